package jobs

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "queue", Theme: "jobs", Secret: history.Secret{Wraps: true}, Values: [][]string{{"start", "stop"}}, Args: "[command… | start | stop]", Short: "run commands one after the other, in the background",
	Long: "`queue get big.iso` puts a command after those that wait; it runs as a job, for this server and in " +
		"these directories. " +
		"Alone it lists what waits. `queue stop` stops starting new ones, `queue start` resumes. `set queue-jobs 2` lets two run " +
		"at once.\n" +
		"What waits when you leave is kept: `queue start` on the same server resumes it, even another day. A line with a " +
		"secret in it, or that needs one which was sent by hand (ACCT), is not kept.",
	Examples: []command.Example{
		{Line: "queue mget *.iso", Says: "when the others are done"},
		{Line: "queue -m 3 1", Says: "job 3 before all others"},
		{Line: "queue -d 3", Says: "not that one"},
	},
	Max: -1, Complete: []completion.Kind{completion.Command, completion.RemotePath}, Nests: true,
	Flags: func(fs *pflag.FlagSet) {
		fs.SetInterspersed(false)
		fs.IntP("move", "m", 0, "move the job `N` to the place that follows, 1 being the next")
		fs.IntP("delete", "d", 0, "take the job `N` out")
	},
	Foreign: command.Refused, Run: queueCommand,
})

// A queue is jobs that wait, and those of them that run.
type queue struct {
	waiting, running []*job
	stopped, closed  bool
	atOnce           int
	file             *command.QueueFile // nil: nothing was kept yet
	unkept           bool               // the user was told that it is not
}

func queueCommand(ctx context.Context, c *command.Call) error {
	sh := c.Shell
	switch first := c.Arg(0); {
	case c.Given("delete"):
		n, _ := c.Flags.GetInt("delete")
		j, err := findJob(sh, strconv.Itoa(n))
		if err == nil {
			stopJob(sh, j, ErrKilled)
		}
		return err
	case c.Given("move"):
		return moveInQueue(c)
	case len(c.Args) == 0:
		return showQueue(c)
	case len(c.Args) == 1 && first == "stop":
		Of(sh).stopQueue(true)
		return nil
	case len(c.Args) == 1 && first == "start":
		err := takeKept(ctx, c)
		Of(sh).stopQueue(false)
		Of(sh).next(sh)
		return err
	}
	list, err := command.InnerList(c, c.Args)
	if err != nil {
		return err
	}
	var all []*job
	for _, chain := range list {
		all = append(all, jobOf(sh, c.Line, chain))
	}
	return enqueue(sh, all, sh.Interactive())
}

// enqueue puts jobs at the end of the queue. They run although they cannot be kept for another day.
func enqueue(sh *command.Shell, all []*job, keep bool) error {
	for _, j := range all {
		NumberJob(sh, j)
		line, ok := history.Redact(j.line)
		if keep && ok && line == j.line && j.session != nil && j.from.alone == nil && !j.from.made.Secret() {
			j.kept = &kept{sh.Server(), j.from.made, j.from.local, j.line}
		}
		if sh.Interactive() {
			sh.Say(fmt.Sprintf("[%d] queued  %s", j.id, j.shown()))
		}
	}
	js := Of(sh)
	js.mu.Lock()
	js.queue.waiting = append(js.queue.waiting, all...)
	js.mu.Unlock()
	err := keepQueue(sh)
	js.next(sh)
	return err
}

// next starts jobs of the queue as long as there is room.
func (js *jobs) next(sh *command.Shell) {
	js.mu.Lock()
	defer js.mu.Unlock()
	q := &js.queue
	for !q.stopped && len(q.waiting) > 0 && len(q.running) < q.atOnce {
		j := q.waiting[0]
		q.waiting, q.running = q.waiting[1:], append(q.running, j)
		StartJob(sh, j)
	}
}

// left takes a job out of the queue that has ended.
func (js *jobs) left(sh *command.Shell, j *job) {
	js.mu.Lock()
	q := &js.queue
	of := slices.Contains(q.waiting, j) || slices.Contains(q.running, j)
	q.waiting = without(q.waiting, j)
	q.running = without(q.running, j)
	js.mu.Unlock()
	if of {
		err := keepQueue(sh)
		js.mu.Lock()
		say := err != nil && !q.unkept // once, until it works again
		q.unkept = err != nil
		js.mu.Unlock()
		if say {
			sh.Warn(failure.InWords(err))
		}
		js.next(sh)
	}
}

func without(all []*job, j *job) []*job {
	return slices.DeleteFunc(slices.Clone(all), func(other *job) bool { return other == j })
}

func (js *jobs) stopQueue(stop bool) {
	js.mu.Lock()
	defer js.mu.Unlock()
	js.queue.stopped = stop
}

func (js *jobs) Limit(sh *command.Shell, n int) {
	js.mu.Lock()
	js.queue.atOnce = n
	js.mu.Unlock()
	js.next(sh)
}

func moveInQueue(c *command.Call) error {
	n, _ := c.Flags.GetInt("move")
	place, err := strconv.Atoi(c.Arg(0))
	if err != nil || len(c.Args) != 1 {
		return c.Usage("-m needs a job and its new place")
	}
	js := Of(c.Shell)
	js.mu.Lock()
	q := &js.queue
	from := slices.IndexFunc(q.waiting, func(j *job) bool { return j.id == n })
	if from >= 0 {
		j := q.waiting[from]
		q.waiting = slices.Delete(q.waiting, from, from+1)
		q.waiting = slices.Insert(q.waiting, min(max(place-1, 0), len(q.waiting)), j)
	}
	js.mu.Unlock()
	if from < 0 {
		return &failure.UsageError{Text: fmt.Sprintf("%d: no job waits with this number", n), Hint: "`queue` lists them"}
	}
	return keepQueue(c.Shell)
}

func showQueue(c *command.Call) error {
	js := Of(c.Shell)
	js.mu.Lock()
	stopped, all := js.queue.stopped, slices.Concat(js.queue.running, js.queue.waiting)
	js.mu.Unlock()
	t := render.Table{}
	for _, j := range all {
		t.Rows = append(t.Rows, []string{fmt.Sprintf("[%d]", j.id), j.state(), j.shown()})
	}
	if err := c.Table(t); err != nil {
		return err
	}
	if stopped {
		c.Note("the queue is stopped; `queue start` resumes it")
	}
	TellKept(c.Shell)
	return nil
}
