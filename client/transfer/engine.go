package transfer

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// Engine moves many files over one session and copies of it, and keeps each of
// them busy: what follows a transfer is arranged while it runs, and what is to
// be asked about an upload leaves with the next one.
//
// What fails on the way (a connection that is lost, data that is cut) is tried
// again as Retry says; what the server refuses is not. An Engine runs once.
type Engine struct {
	Session  *client.Session // the first; nobody else may use it meanwhile
	Parallel int             // sessions; 0: as many as help, at most MostSessions
	Retry    Retry           // of all that breaks on the way

	// Done hears of each task when it is over. Its calls never overlap.
	Done func(Task, Result, error)

	// Watch hears of each transfer that begins; what it returns is called at the
	// end. Both may ask the Meter. May be nil.
	Watch func(Task, *Meter) (over func())

	mu      sync.Mutex
	changed *sync.Cond
	queue
	crew
	account
	typ     client.Type
	stopped error
	telling sync.Mutex // for Done
	closing sync.WaitGroup
}

// queue is what an Engine has to do.
type queue struct {
	sources []func() (Task, bool) // what is still to come
	jobs    []*job                // transfers that wait, in order
	visits  []*job                // directories that wait, the last first: so there are never many
	active  int                   // jobs that run
	running map[*job]bool
}

// crew is the sessions of an Engine.
type crew struct {
	clone   func(context.Context) (*client.Session, error)
	rtt     time.Duration // a round trip to the server
	workers int
	peak    int  // of workers
	full    bool // one more could not be had
	refused bool // since the server said so
}

// account is how far an Engine is.
type account struct {
	files int   // that are over
	bytes int64 // of them
	size  int64 // of all files that are known so far
}

// findings are what a look into a directory brings: files to move, and directories.
type findings struct {
	tasks  func() (Task, bool) // nil: none
	visits []*job
}

// MostSessions is how many sessions an Engine uses at most by itself.
const MostSessions = 8

// job is a transfer, or a directory to look into.
type job struct {
	task  Task
	of    *segmented // fetches parts of this file
	meter Meter
	tries int
	visit func(context.Context, *client.Session) (findings, error)
	lost  func(error) // of a visit: that it failed for good
}

const (
	smallFile = 1 << 20 // below, the round trips count, not the bytes
	enough    = 256     // transfers that wait, before more are looked for
)

// Run carries out tasks until there are no more. Its error says why it stopped
// early: the end of ctx, or the last session was lost; or it is an *AlikeError. Failures of single tasks
// are told to Done only. tasks is called from several goroutines, but never by
// two at once.
func (e *Engine) Run(ctx context.Context, tasks iter.Seq[Task]) error {
	stored := storing{}
	next, stop := iter.Pull(func(yield func(Task) bool) {
		for t := range tasks {
			if stored.add(t); !yield(t) {
				return
			}
		}
	})
	defer stop()
	done, failed := e.Done, map[string]bool{}
	e.Done = func(t Task, r Result, err error) {
		if err != nil {
			failed[t.Remote] = true
		}
		if done != nil {
			done(t, r, err)
		}
	}
	e.start()
	e.sources = append(e.sources, next)
	if err := e.work(ctx); err != nil {
		return err
	}
	return stored.check(ctx, e.Session, failed)
}

func (e *Engine) start() {
	e.changed = sync.NewCond(&e.mu)
	e.typ = e.Session.Type()
	if e.Session.Clones().Alone() != nil {
		e.Parallel = 1 // no other session would be the same
	}
	e.running = map[*job]bool{}
	e.refreshTemplate(e.Session)
}

// refreshTemplate takes what a session knows about the server for those to come. Its
// goroutine calls it.
func (e *Engine) refreshTemplate(s *client.Session) {
	clone, distance := s.Clones().Cloner(), s.Server().RoundTrip()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.clone, e.rtt = clone, distance
}

func (e *Engine) work(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { e.halt(ctx.Err()) })
	defer stop()
	var others, growth sync.WaitGroup
	e.workers, e.peak = 1, 1
	growing, enough := context.WithCancel(ctx)
	growth.Go(func() { e.grow(growing, func(s *client.Session) { others.Go(func() { e.borrowed(ctx, s) }) }) })
	e.serve(ctx, e.Session)
	enough()
	growth.Wait()
	others.Wait()
	e.Session.Pipeline().ExpectMore(false)
	if ctx.Err() != nil {
		e.halt(ctx.Err()) // its own call may still be on its way
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stopped
}

// Wait returns when the sessions that were opened are closed. Run does not wait
// for that: some servers take their time to say goodbye.
func (e *Engine) Wait() { e.closing.Wait() }

// Limit returns how many sessions the server turned out to allow; 0 when that
// was not found out.
func (e *Engine) Limit() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.refused {
		return 0
	}
	return e.peak
}

// borrowed serves with a session of the engine's own. Its goodbye is said behind
// the back of the one that is asked about commands.
func (e *Engine) borrowed(ctx context.Context, s *client.Session) {
	e.serve(ctx, s)
	s.Tune(func(o *client.Options) { o.Gate = nil })
	e.closing.Go(func() { s.Close() })
}

// serve does jobs over one session until there are none.
func (e *Engine) serve(ctx context.Context, s *client.Session) {
	small := &smallFiles{}
	defer small.close()
	for {
		j := e.take(false)
		if j == nil {
			s.Pipeline().Flush(ctx) // the riders have heard of any error
			j = e.take(true)
		}
		if j == nil {
			e.leave()
			return
		}
		j.task.small = small
		err := e.do(ctx, s, j)
		if errors.Is(err, errRetire) {
			s.Pipeline().Flush(ctx)
			return
		}
	}
}

// errRetire is returned for a session that is of no more use.
var errRetire = errors.New("session lost")

// do does a job, and sees to what follows from it.
func (e *Engine) do(ctx context.Context, s *client.Session, j *job) error {
	inStep := !s.Pipeline().Desynced()
	r, err := e.try(ctx, s, j)
	switch {
	case inStep && mistaken(s, err) && j.tries == 0 && j.task.canRepeat(r):
		j.tries++
		e.again(j)
	case err != nil:
		return e.failed(ctx, s, j, r, err)
	case j.visit != nil:
		e.over(j)
	case j.of != nil, j.task.alone(s):
		e.done(j, r, nil)
	case proves(j.task, r):
		e.settle(ctx, s, j, r)
	case j.task.RemoveSource:
		e.done(j, r, removeSource(ctx, s, j.task, r))
	default:
		e.done(j, r, nil)
	}
	return nil
}

// try does a job once.
func (e *Engine) try(ctx context.Context, s *client.Session, j *job) (Result, error) {
	switch {
	case j.visit != nil:
		return Result{}, e.visit(ctx, s, j)
	case j.of != nil:
		s.Pipeline().ExpectMore(false)
		if err := j.of.begin(e.Watch); err != nil {
			return Result{}, err
		}
		return Result{}, j.of.bounds().within(ctx, &j.of.meter, func(ctx context.Context) error { return j.of.fetch(ctx, s, &j.meter) })
	}
	if j.task.landing == nil {
		j.task.landing = &landing{}
	}
	alone := j.task.alone(s)
	s.Pipeline().ExpectMore(e.hasMore() && isSmall(j.task) && !alone)
	if e.Watch != nil {
		defer e.Watch(j.task, &j.meter)()
	}
	if alone {
		return once(ctx, s, &j.task, &j.meter)
	}
	return carry(ctx, s, j.task, &j.meter)
}

// visit looks into a directory.
func (e *Engine) visit(ctx context.Context, s *client.Session, j *job) error {
	if err := s.Pipeline().Flush(ctx); err != nil {
		return err
	}
	s.Pipeline().ExpectMore(false)
	more, err := j.visit(ctx, s)
	if err == nil {
		e.refreshTemplate(s)
		e.put(more)
	}
	return err
}

// alone reports whether all that belongs to a transfer is done before the next.
func (t Task) alone(s *client.Session) bool {
	return t.Verify || t.Check || t.Text || t.Op == Upload && (t.Atomic || s.Options().Stage != nil)
}

// settle proves an upload with the next one.
func (e *Engine) settle(ctx context.Context, s *client.Session, j *job, r Result) {
	told := func(err error) {
		if err != nil && e.tryAgain(ctx, s, j, r, err) {
			return
		}
		if err == nil && j.task.RemoveSource {
			err = removeSource(ctx, s, j.task, r)
		}
		e.done(j, r, err)
	}
	if r.Elapsed >= movedAfter && proves(j.task, r) {
		told(prove(ctx, s, j.task, &r))
		return
	}
	proveLater(ctx, s, j.task, &r, told)
}

// isSmall reports whether a file is moved so fast that the round trips count.
func isSmall(t Task) bool {
	if t.Op == BetweenServers {
		return false
	}
	if t.Op != Download && t.In == nil && !t.Known {
		info, err := t.Here.Stat(t.Local)
		return err == nil && info.Size() < smallFile
	}
	return t.Size > 0 && t.Size < smallFile || t.Size == 0 && t.Known
}

// failed tries a job again, or gives it up. A session that cannot be made again
// leaves its work to the others.
func (e *Engine) failed(ctx context.Context, s *client.Session, j *job, r Result, err error) error {
	if ctx.Err() != nil {
		e.done(j, r, j.task.landing.clear(ctx, j.task.Local, ctx.Err()))
		return nil
	}
	lost := gone(err) && s.Idle() != nil
	switch {
	case lost && e.retire():
		e.again(j)
		return errRetire
	case e.tryAgain(ctx, s, j, r, err):
		return nil
	}
	e.done(j, r, j.task.landing.clear(ctx, j.task.Local, err))
	if lost {
		e.halt(err)
		return errRetire
	}
	return nil
}

// tryAgain has a job done again that broke on the way, if Retry says so.
func (e *Engine) tryAgain(ctx context.Context, s *client.Session, j *job, r Result, err error) bool {
	if !j.task.canRepeat(r) || j.task.stuck(err) || !e.Retry.again(ctx, j.tries+1, err) {
		return false
	}
	j.tries++
	s.Pipeline().Disable()
	j.task = j.task.after(r, s.Type(), err)
	e.again(j)
	return true
}

// gone reports whether err says that no session could be made.
func gone(err error) bool {
	var connect *client.ConnectError
	if errors.As(err, &connect) {
		return connect.Channel == "control connection"
	}
	no := client.Refusal(err)
	return no != nil && (no.Reply.Code == 421 || no.Reply.Code == 530)
}

// take returns the next job, nil when there is none: with wait, when there will
// be none any more.
func (e *Engine) take(wait bool) *job {
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		if e.stopped != nil {
			return nil
		}
		e.fill()
		if j := e.pop(); j != nil {
			e.active++
			if j.visit == nil {
				e.running[j] = true
			}
			return j
		}
		if !wait || e.active == 0 {
			return nil
		}
		e.changed.Wait()
	}
}

// fill reads ahead what is to be done.
func (e *Engine) fill() {
	for len(e.sources) > 0 && len(e.jobs) < enough {
		if t, ok := e.sources[0](); ok {
			e.add(t)
		} else {
			e.sources = e.sources[1:]
		}
	}
}

// pop prefers directories while few transfers wait: they make more of them.
func (e *Engine) pop() (j *job) {
	if n := len(e.visits); n > 0 && len(e.jobs) < enough {
		j, e.visits = e.visits[n-1], e.visits[:n-1]
		return j
	}
	if len(e.jobs) > 0 {
		j, e.jobs = e.jobs[0], e.jobs[1:]
	}
	return j
}

func (e *Engine) add(t Task) {
	if inParts(&t, e.typ) {
		e.jobs = append(e.jobs, inSegments(t)...)
	} else {
		e.jobs = append(e.jobs, &job{task: t})
	}
	e.size += max(t.Size, 0)
}

// put gives the engine more to do while it runs.
func (e *Engine) put(more findings) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if more.tasks != nil {
		e.sources = append(e.sources, more.tasks)
	}
	e.visits = append(e.visits, more.visits...)
	e.changed.Broadcast()
}

// hasMore reports whether a session that has a job will soon have another.
func (e *Engine) hasMore() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fill()
	return len(e.jobs) >= e.workers
}

func (e *Engine) again(j *job) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.running, j)
	e.active--
	if j.visit != nil {
		e.visits = append(e.visits, j)
	} else {
		e.jobs = append(e.jobs, j)
	}
	e.changed.Broadcast()
}

// over takes a finished job off the account.
func (e *Engine) over(j *job) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.running, j)
	e.active--
	e.changed.Broadcast()
}

// done tells that a task, or a visit that failed, is over.
func (e *Engine) done(j *job, r Result, err error) {
	if j.of != nil {
		var last bool
		if r, last, err = j.of.leave(err); !last {
			e.over(j)
			return
		}
	}
	e.mu.Lock()
	if j.visit == nil {
		e.files++
		e.bytes += r.Bytes + r.Resumed
		if j.task.Size <= 0 {
			e.size += r.Bytes + r.Resumed
		}
	}
	e.mu.Unlock()
	e.telling.Lock()
	switch {
	case j.visit != nil:
		j.lost(err)
	case e.Done != nil:
		e.Done(j.task, named(j.task, r), err)
	}
	e.telling.Unlock()
	e.over(j)
}

// halt ends everything.
func (e *Engine) halt(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped == nil {
		e.stopped = err
	}
	e.changed.Broadcast()
}

// retire takes a session off the account, unless it is the last.
func (e *Engine) retire() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.workers == 1 {
		return false
	}
	e.workers--
	return true
}

func (e *Engine) leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.workers--
	e.changed.Broadcast()
}

// moved is a measure of what has been done: a file weighs as much as the bytes
// that could have been moved in the time of its round trips.
func (e *Engine) moved() float64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	const fileWeight = 64 << 10
	sum := float64(e.files)*fileWeight + float64(e.bytes)
	for j := range e.running {
		sum += float64(j.meter.Done())
	}
	return sum
}
