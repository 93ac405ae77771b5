package shell

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var jobCommands = []*Command{
	{
		Name: "jobs", Short: "list what runs in the background", JSON: true,
		Long: "`command &` runs a command in the background, and Ctrl-Z sends a transfer there that has begun. A job is a shell of " +
			"its own, with its own connection: what it changes (`cd`, `set`) is its own business, and it asks nothing. What it " +
			"prints appears above the prompt.",
		Examples: []Example{{"jobs", "after `get big.iso &`: how far is it"}},
		Run:      listJobs,
	},
	{
		Name: "fg", Args: "[job]", Short: "bring a job to the foreground: its progress, Ctrl-C and Ctrl-Z",
		Max: 1, Complete: []completion.Kind{completion.Job}, Nests: true, Run: toForeground,
	},
	{
		Name: "bg", Args: "[command…]", Short: "run a command in the background, like `command &`",
		Long:     "Jobs never stand still: one that Ctrl-Z has sent to the background runs on there, and needs no bg.",
		Examples: []Example{{"bg mget *.iso", "the same as `mget *.iso &`"}},
		Max:      -1, Complete: []completion.Kind{completion.Command, completion.RemotePath}, Nests: true, Run: toBackground,
	},
	{
		Name: "wait", Args: "[job…]", Short: "wait until jobs have ended: those named, or all",
		Long: "It fails as the first of them that failed. Ctrl-C stops the waiting, not the jobs. A script waits at its end by itself.",
		Max:  -1, Complete: []completion.Kind{completion.Job}, Nests: true, Run: waitForJobs,
	},
	{
		Name: "kill", Args: "job… | all", Short: "stop jobs",
		Long: "A download that was stopped can go on later: `reget`.",
		Min:  1, Max: -1, Ask: []string{"job"}, Complete: []completion.Kind{completion.Job}, Nests: true, Run: killJobs,
	},
}

// errKilled ends a job.
var errKilled error = ended("killed")

// errDetached ends a job that goes on in another process.
var errDetached error = ended("detached")

type ended string

func (e ended) Error() string        { return string(e) }
func (e ended) Is(target error) bool { return target == errInterrupted }

// errAway ends a line whose command goes on in the background.
var errAway = errors.New("in the background")

// A job is a line that runs beside the prompt, in a shell of its own.
type job struct {
	kept   *kept // for another day, if it is in the queue
	id     int   // 0 while it is in the foreground and was never elsewhere
	line   string
	sh     *Shell
	spare  *client.Session // for the prompt, when the job goes away with its connection
	began  time.Time
	run    func() error
	cancel context.CancelCauseFunc
	done   chan struct{} // closed at the very end

	mu      sync.Mutex
	started bool // false: it is in the queue
	ended   time.Time
	err     error
}

// jobs are those of a shell.
type jobs struct {
	mu    sync.Mutex
	last  int
	all   []*job
	queue queue
}

func newJobs() *jobs { return &jobs{queue: queue{atOnce: 1}} }

// fork makes a shell for a job: like sh, and none of its changes reach sh.
func (sh *Shell) fork() *Shell {
	f := &Shell{
		Settings: sh.Settings, opt: sh.opt, json: sh.json, catalog: sh.catalog, known: sh.known, remote: sh.remote,
		limits: sh.limits, capacity: sh.capacity, log: sh.log, jobs: newJobs(), gauge: &gauge{}, depth: sh.depth, sources: sh.sources, restart: sh.restart,
		status: sh.status, nmap: sh.nmap, ntrans: sh.ntrans, hosts: sh.hosts, macros: maps.Clone(sh.macros),
		vars: maps.Clone(sh.vars), aliases: maps.Clone(sh.aliases), connection: sh.connection, recorder: sh.recorder, unwatch: sh.unwatch,
		con: &seat{Console: sh.con.Console}, forked: true,
	}
	f.localDir, _ = os.Getwd()
	f.borrowed = nil // they are given back once
	f.base, f.end = context.WithCancelCause(sh.base)
	return f
}

// apart makes a shell for the background, with a connection of its own.
func (sh *Shell) apart() *Shell {
	f := sh.fork()
	f.opt.Started, f.opt.Trace = nil, nil // who listens in wants to know what the user does
	f.Settings.Hash, f.Settings.Tick = 0, false
	f.con.away.Store(true)
	f.record(sh.opt.Version)
	f.verbose.Store(false) // the words of the server would stand among those for the foreground
	if sh.session != nil {
		f.session = sh.session.Twin(f.dialogue())
	}
	return f
}

// local is where a local name of this shell is: that of a job stays where it was
// when lcd goes elsewhere.
func (sh *Shell) local(name string) string {
	if !sh.forked || filepath.IsAbs(name) {
		return name
	}
	if now, err := os.Getwd(); err != nil || now == sh.localDir {
		return name
	}
	return filepath.Join(sh.localDir, name)
}

// newJob is a job that does not run yet.
func newJob(line string, f *Shell, run func() error) *job {
	return &job{line: strings.TrimSpace(line), sh: f, began: time.Now(), cancel: f.end, run: run, done: make(chan struct{})}
}

// start runs a job in its own shell. Once it has a number it says goodbye to the
// server at its end, and tells how that was unless somebody waits for it.
func (sh *Shell) start(j *job) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.started || !j.ended.IsZero() {
		return
	}
	j.started, j.began = true, time.Now()
	go func() {
		defer close(j.done)
		err := j.run()
		if cause := context.Cause(j.sh.base); err == nil && errors.Is(cause, errInterrupted) {
			err = cause
		}
		if j.end(err) {
			sh.afterwards(j)
		}
	}()
}

// end says how a job has ended, and reports whether it has a number.
func (j *job) end(err error) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.err, j.ended = err, time.Now()
	return j.id != 0
}

// afterwards is what follows the end of a job.
func (sh *Shell) afterwards(j *job) {
	if s := j.sh.session; s != nil { // nobody wants to read the goodbye
		s.Conn().Send("QUIT")
		s.Conn().Close()
	}
	if j.sh.con.away.Load() {
		if j.err != nil && !errors.As(j.err, new(ended)) {
			j.sh.failed(Line{}, j.name(), j.err)
		}
		sh.tell(j)
	}
	sh.jobs.left(sh, j)
}

// background runs a chain beside the prompt.
func (sh *Shell) background(line Line, chain syntax.Chain) {
	j := sh.jobOf(line, chain)
	sh.number(j)
	if sh.Interactive() {
		sh.Say(fmt.Sprintf("[%d] %s", j.id, j.shown()))
	}
	sh.start(j)
}

// jobOf is the job of a chain.
func (sh *Shell) jobOf(line Line, chain syntax.Chain) *job {
	line.within = nil
	f := sh.apart()
	return newJob(chainText(chain), f, func() error {
		return shown(f.chain(line, syntax.Chain{Statements: chain.Statements}))
	})
}

// chainText is a chain as it was typed.
func chainText(chain syntax.Chain) string {
	var text strings.Builder
	for i, st := range chain.Statements {
		if i > 0 {
			text.WriteString(" " + st.After.String() + " ")
		}
		text.WriteString(st.Source)
	}
	return text.String()
}

// number takes a job into the list. It reports false when it has ended already.
func (sh *Shell) number(j *job) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.ended.IsZero() {
		return false
	}
	js := sh.jobs
	js.mu.Lock()
	defer js.mu.Unlock()
	if len(js.all) == 0 {
		js.last = 0
	}
	js.last++
	j.id = js.last
	js.all = append(js.all, j)
	return true
}

// tell says how a job has ended, above the prompt.
func (sh *Shell) tell(j *job) {
	if sh.con.Screen() {
		sh.Say(fmt.Sprintf("[%d] %s  %s", j.id, j.state(), j.shown()))
		sh.notify(j.elapsed(), j.state()+": "+j.shown())
		sh.con.Reprompt(sh.promptText)
	}
}

// state is how a job is, in a word or two.
func (j *job) state() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case !j.started && j.ended.IsZero():
		return "queued"
	case j.ended.IsZero():
		return "running"
	case j.err == nil:
		return "done"
	}
	if e := ended(""); errors.As(j.err, &e) {
		return string(e)
	}
	return fmt.Sprintf("failed (%d)", Status(j.err))
}

// shown is the line of a job without its secrets, safe for a screen.
func (j *job) shown() string { return render.Safe(recorded(j.line, "a command")) }

// name is the name of its first command.
func (j *job) name() string {
	name, _, _ := strings.Cut(j.line, " ")
	return name
}

// running are the jobs that have not ended; those that have are forgotten if
// forget says so.
func (js *jobs) running(forget bool) []*job {
	js.mu.Lock()
	defer js.mu.Unlock()
	var on []*job
	for _, j := range js.all {
		if !j.over() {
			on = append(on, j)
		}
	}
	if forget {
		js.all = slices.Clone(on)
	}
	return on
}

// over reports whether a job has ended.
func (j *job) over() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return !j.ended.IsZero()
}

// inWords counts the jobs that run.
func (js *jobs) inWords() string {
	switch n := len(js.running(false)); n {
	case 0:
		return ""
	case 1:
		return "1 job"
	default:
		return strconv.Itoa(n) + " jobs"
	}
}

// list returns the jobs that run, and those that ended and were not listed yet.
func (js *jobs) list() []*job {
	js.mu.Lock()
	defer js.mu.Unlock()
	return slices.Clone(js.all)
}

// find returns the job of a number, or the newest for an empty word.
func (sh *Shell) findJob(word string) (*job, error) {
	all := sh.jobs.running(false)
	if word == "" && len(all) > 0 {
		return all[len(all)-1], nil
	}
	number, err := strconv.Atoi(strings.TrimPrefix(word, "%"))
	for _, j := range all {
		if err == nil && j.id == number {
			return j, nil
		}
	}
	if word == "" {
		return nil, &UsageError{Text: "no job runs", Hint: "`command &` starts one"}
	}
	return nil, &UsageError{Text: word + ": no such job", Hint: "`jobs` lists them"}
}

// jobObject is a job as --json shows it.
type jobObject struct {
	ID      int     `json:"id"`
	State   string  `json:"state"` // queued, running, done, killed, failed
	Status  int     `json:"status"`
	Line    string  `json:"line"`
	Seconds float64 `json:"seconds"`
	File    string  `json:"file,omitempty"` // that moves
	Bytes   int64   `json:"bytes,omitempty"`
	Size    int64   `json:"size,omitempty"`
}

func listJobs(_ context.Context, c *Call) error {
	for _, j := range c.Shell.jobs.list() {
		if c.JSON() {
			if err := c.object(j.object()); err != nil {
				return err
			}
			continue
		}
		if err := c.Print("[%d]  %s  %s  %s", j.id, j.state(), render.Clock(j.elapsed()), j.shown()); err != nil {
			return err
		}
		for _, p := range j.sh.gauge.rows() {
			if err := c.Print("     %s", p.Line(c.Shell.con.Width()-6)); err != nil {
				return err
			}
		}
	}
	c.Shell.jobs.running(true)
	return nil
}

func (j *job) object() jobObject {
	state, _, _ := strings.Cut(j.state(), " ")
	o := jobObject{ID: j.id, State: state, Line: recorded(j.line, "a command"), Seconds: j.elapsed().Seconds()}
	if state != "running" && state != "queued" {
		o.Status = Status(j.err)
	} else if rows := j.sh.gauge.rows(); len(rows) > 0 {
		p := rows[len(rows)-1]
		o.File, o.Bytes, o.Size = p.Name, p.Done, p.Total
	}
	return o
}

func (j *job) elapsed() time.Duration {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ended.IsZero() {
		return time.Since(j.began)
	}
	return j.ended.Sub(j.began)
}

func toForeground(_ context.Context, c *Call) error {
	j, err := c.Shell.findJob(c.Arg(0))
	if err != nil {
		return err
	}
	c.Note("%s", j.line)
	return c.Shell.foreground(j, func() {}) // it runs, or waits in the queue
}

func toBackground(_ context.Context, c *Call) error {
	if len(c.Args) > 0 {
		st := syntax.Statement{Words: c.Args, Line: c.statement.Line, Source: commandText(c.Args)}
		c.Shell.background(c.line, syntax.Chain{Statements: []syntax.Statement{st}})
		return nil
	}
	if len(c.Shell.jobs.running(false)) == 0 {
		return &UsageError{Text: "no job runs", Hint: "`command &` starts one"}
	}
	return listJobs(context.Background(), c)
}

func waitForJobs(ctx context.Context, c *Call) error {
	waited := c.Shell.jobs.list()
	if len(c.Args) > 0 {
		waited = nil
	}
	for _, word := range c.Texts() {
		j, err := c.Shell.findJob(word)
		if err != nil {
			return err
		}
		waited = append(waited, j)
	}
	defer c.Shell.jobs.running(true)
	return c.Shell.await(ctx, waited)
}

// await waits for jobs, and shows how far they are. The error is the first of
// theirs; they have shown it themselves.
func (sh *Shell) await(ctx context.Context, waited []*job) error {
	var gauges []*gauge
	for _, j := range waited {
		gauges = append(gauges, j.sh.gauge)
	}
	defer sh.draw(gauges...)()
	var first error
	for _, j := range waited {
		select {
		case <-j.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if first == nil && j.err != nil {
			first = shown(j.err)
		}
	}
	return first
}

func killJobs(_ context.Context, c *Call) error {
	words := c.Texts()
	if len(words) == 1 && words[0] == "all" {
		words = nil
		for _, j := range c.Shell.jobs.running(false) {
			words = append(words, strconv.Itoa(j.id))
		}
	}
	for _, word := range words {
		j, err := c.Shell.findJob(word)
		if err != nil {
			return err
		}
		c.Shell.stop(j, errKilled)
		<-j.done
	}
	return nil
}

// stop ends a job, or takes it out of the queue.
func (sh *Shell) stop(j *job, cause error) {
	j.cancel(cause)
	j.mu.Lock()
	waits := !j.started && j.ended.IsZero()
	if waits {
		j.err, j.ended = cause, time.Now()
	}
	j.mu.Unlock()
	if waits {
		close(j.done)
		sh.jobs.left(sh, j)
	}
}

// jobCandidates are the numbers of jobs, for completion.
func (sh *Shell) jobCandidates() []completion.Candidate {
	var all []completion.Candidate
	for _, j := range sh.jobs.running(false) {
		all = append(all, completion.Candidate{Text: strconv.Itoa(j.id), Note: j.shown()})
	}
	return all
}
