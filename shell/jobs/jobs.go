package jobs

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "jobs", Theme: "jobs", Short: "list what runs in the background", JSON: true,
	Long: "`command &` runs a command in the background, and Ctrl-Z sends a transfer there that has begun. A job is a shell of " +
		"its own, with its own connection: what it changes (`cd`, `set`) stays its own, and it asks nothing. What it " +
		"prints appears above the prompt.",
	Examples: []command.Example{{Line: "jobs", Says: "after `get big.iso &`: how far is it"}},
	Foreign:  command.Refused, Run: listJobs,
})

// jobs are those of a shell.
type jobs struct {
	disk  sync.Mutex // the file of the queue: no prompt waits for it
	mu    sync.Mutex
	last  int
	all   []*job
	queue queue
}

// Of are those of a shell.
func Of(sh *command.Shell) *jobs { return sh.Jobs.(*jobs) }

// NewJobs is a list of jobs with nothing in it.
func NewJobs() *jobs { return &jobs{queue: queue{atOnce: 1}} }

// NumberJob takes a job into the list. It reports false when it has ended already.
func NumberJob(sh *command.Shell, j *job) bool {
	js := Of(sh)
	js.mu.Lock()
	defer js.mu.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.ended.IsZero() {
		return false
	}
	if len(js.all) == 0 {
		js.last = 0
	}
	js.last++
	j.id = js.last
	js.all = append(js.all, j)
	return true
}

// All returns the jobs that run, and those that ended and were not listed yet.
func (js *jobs) All() []*job {
	js.mu.Lock()
	defer js.mu.Unlock()
	return slices.Clone(js.all)
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

// InWords counts the jobs that run.
func (js *jobs) InWords() string {
	if n := len(js.running(false)); n > 0 {
		return command.Plural(n, "job", "jobs")
	}
	return ""
}

// find returns the job of a number, or the newest for an empty word.
func findJob(sh *command.Shell, word string) (*job, error) {
	all := Of(sh).running(false)
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
		return nil, &failure.UsageError{Text: "no job runs", Hint: "`command &` starts one"}
	}
	return nil, &failure.UsageError{Text: word + ": no such job", Hint: "`jobs` lists them"}
}

// JobCandidates are the numbers of jobs, for completion.
func JobCandidates(sh *command.Shell) []completion.Candidate {
	var all []completion.Candidate
	for _, j := range Of(sh).running(false) {
		all = append(all, completion.Candidate{Text: strconv.Itoa(j.id), Note: j.shown()})
	}
	for _, d := range detachedJobs(sh) {
		all = append(all, completion.Candidate{Text: d.id(), Note: d.line})
	}
	return all
}

func listJobs(_ context.Context, c *command.Call) error {
	for _, j := range Of(c.Shell).All() {
		err := command.Result(c, j.object(), "[%d]  %s  %s  %s", j.id, j.state(), render.Clock(j.elapsed()), j.shown())
		if err != nil {
			return err
		}
		if c.JSON() {
			continue
		}
		for _, p := range j.Sh.Gauge.Rows() {
			if err := c.Print("     %s", p.Line(c.Shell.Console.Width()-6)); err != nil {
				return err
			}
		}
	}
	Of(c.Shell).running(true)
	return listDetached(c)
}

// jobObject is a job as --json shows it.
type jobObject struct {
	ID      int     `json:"id"`
	State   string  `json:"state"` // queued, running, done, killed, failed, detached
	Status  int     `json:"status"`
	Line    string  `json:"line"`
	Seconds float64 `json:"seconds"`
	File    string  `json:"file,omitempty"` // that moves
	Bytes   int64   `json:"bytes,omitempty"`
	Size    int64   `json:"size,omitempty"`
}

func (j *job) object() jobObject {
	state, _, _ := strings.Cut(j.state(), " ")
	o := jobObject{ID: j.id, State: state, Line: command.Recorded(j.line, "a command"), Seconds: j.elapsed().Seconds()}
	if state != "running" && state != "queued" {
		o.Status = command.Status(j.err)
	} else if rows := j.Sh.Gauge.Rows(); len(rows) > 0 {
		p := rows[len(rows)-1]
		o.File, o.Bytes, o.Size = p.Name, p.Done, p.Total
	}
	return o
}
