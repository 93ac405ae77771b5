package jobs

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/script"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// JobCommands are the rows of this file in the catalog.
var JobCommands = []*command.Command{
	{
		Name: "jobs", Short: "list what runs in the background", JSON: true,
		Long: "`command &` runs a command in the background, and Ctrl-Z sends a transfer there that has begun. A job is a shell of " +
			"its own, with its own connection: what it changes (`cd`, `set`) is its own business, and it asks nothing. What it " +
			"prints appears above the prompt.",
		Examples: []command.Example{{Line: "jobs", Says: "after `get big.iso &`: how far is it"}},
		Foreign:  command.Refused, Run: listJobs,
	},
	{
		Name: "fg", Aliases: []string{"attach"}, Args: "[job]", Short: "bring a job to the foreground: its progress, Ctrl-C and Ctrl-Z",
		Long: "A job that was detached from an earlier shell (`jobs` calls it @ and a number) shows what it says until it has ended; " +
			"Ctrl-C leaves it alone.",
		Max: 1, Complete: []completion.Kind{completion.Job}, Nests: true, Foreign: command.Refused, Run: toForeground,
	},
	{
		Name: "bg", Args: "[command…]", Short: "run a command in the background, like `command &`",
		Long:     "Jobs never stand still: one that Ctrl-Z has sent to the background runs on there, and needs no bg.",
		Examples: []command.Example{{Line: "bg mget *.iso", Says: "the same as `mget *.iso &`"}},
		Max:      -1, Complete: []completion.Kind{completion.Command, completion.RemotePath}, Nests: true, Foreign: command.Refused, Run: toBackground,
	},
	{
		Name: "wait", Args: "[job…]", Short: "wait until jobs have ended: those named, or all",
		Long: "It fails as the first of them that failed. Ctrl-C stops the waiting, not the jobs. A script waits at its end by itself.",
		Max:  -1, Complete: []completion.Kind{completion.Job}, Nests: true, Foreign: command.Refused, Run: waitForJobs,
	},
	{
		Name: "kill", Args: "job… | all", Short: "stop jobs",
		Long: "A download that was stopped can go on later: `reget`.",
		Min:  1, Max: -1, Ask: []string{"job"}, Complete: []completion.Kind{completion.Job}, Nests: true, Foreign: command.Refused, Run: killJobs,
	},
}

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
	switch n := len(js.running(false)); n {
	case 0:
		return ""
	case 1:
		return "1 job"
	default:
		return strconv.Itoa(n) + " jobs"
	}
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
		if c.JSON() {
			if err := c.Object(j.object()); err != nil {
				return err
			}
			continue
		}
		if err := c.Print("[%d]  %s  %s  %s", j.id, j.state(), render.Clock(j.elapsed()), j.shown()); err != nil {
			return err
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

func toForeground(ctx context.Context, c *command.Call) error {
	if isDetached(c.Arg(0)) {
		d, err := findDetached(c.Shell, c.Arg(0))
		if err != nil {
			return err
		}
		return attachJob(ctx, c, d)
	}
	j, err := findJob(c.Shell, c.Arg(0))
	if err != nil {
		return err
	}
	c.Note("%s", j.shown())
	return foreground(c.Shell, j, func() {}) // it runs, or waits in the queue
}

func toBackground(_ context.Context, c *command.Call) error {
	if len(c.Args) > 0 {
		st := syntax.Statement{Words: c.Args, Line: c.Statement.Line, Source: script.CommandText(c.Args)}
		Background(c.Shell, c.Line, syntax.Chain{Statements: []syntax.Statement{st}})
		return nil
	}
	if len(Of(c.Shell).running(false)) == 0 {
		return &failure.UsageError{Text: "no job runs", Hint: "`command &` starts one"}
	}
	return listJobs(context.Background(), c)
}

func waitForJobs(ctx context.Context, c *command.Call) error {
	waited := Of(c.Shell).All()
	if len(c.Args) > 0 {
		waited = nil
	}
	for _, word := range c.Texts() {
		j, err := findJob(c.Shell, word)
		if err != nil {
			return err
		}
		waited = append(waited, j)
	}
	defer Of(c.Shell).running(true)
	return AwaitJobs(ctx, c.Shell, waited)
}

// AwaitJobs waits for jobs, and shows how far they are. The error is the first of
// theirs; they have shown it themselves.
func AwaitJobs(ctx context.Context, sh *command.Shell, waited []*job) error {
	var gauges []*command.Gauge
	for _, j := range waited {
		gauges = append(gauges, j.Sh.Gauge)
	}
	defer sh.Draw(gauges...)()
	var first error
	for _, j := range waited {
		select {
		case <-j.Done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if first == nil && j.err != nil {
			first = failure.Shown(j.err)
		}
	}
	return first
}

func killJobs(ctx context.Context, c *command.Call) error {
	words := c.Texts()
	if len(words) == 1 && words[0] == "all" {
		return killEach(ctx, c.Shell, Of(c.Shell).running(false))
	}
	for _, word := range words {
		if isDetached(word) {
			d, err := findDetached(c.Shell, word)
			if err := cmp.Or(err, d.stop(ctx)); err != nil {
				return err
			}
			continue
		}
		j, err := findJob(c.Shell, word)
		if err == nil {
			err = killEach(ctx, c.Shell, []*job{j})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// killEach stops jobs and waits for their ends: the last one first, so that none of the queue begins when another one ends.
func killEach(ctx context.Context, sh *command.Shell, all []*job) error {
	for _, j := range slices.Backward(all) {
		stopJob(sh, j, ErrKilled)
	}
	for _, j := range all {
		select {
		case <-j.Done:
		case <-ctx.Done(): // it hangs, and Ctrl-C was pressed
			if j.session != nil {
				j.session.Drop()
			}
			return ctx.Err()
		}
	}
	return nil
}
