package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// NewEngine is what moves many files. Its sessions see what the settings allow.
func NewEngine(c *command.Call) *transfer.Engine {
	e := &transfer.Engine{Session: c.Session(), Parallel: c.Shell.Settings.Parallel, Retry: c.Retry(), Watch: func(t transfer.Task, m *transfer.Meter) func() { return watchTask(c, t, m) }}
	if n := segments(c); n > 1 {
		e.Parallel = max(e.Parallel, n)
	}
	if flag := c.Flags.Lookup("parallel"); flag != nil && flag.Changed {
		e.Parallel, _ = c.Flags.GetInt("parallel")
	}
	if most := mostSessions(c.Shell, e.Session); most > 0 && (e.Parallel == 0 || e.Parallel > most) {
		if e.Parallel > 0 {
			c.Note("%d instead of %d sessions, as the server once allowed; `limits forget %s` tries again", most, e.Parallel, e.Session.Server().Host())
		}
		e.Parallel = most
	}
	if why := e.Session.Clones().Alone(); why != nil && e.Parallel != 1 {
		e.Parallel = 1
		c.Note("one session: %s", why)
	}
	return e
}

// engines makes one engine after the other, all alike.
func engines(c *command.Call) func() *transfer.Engine {
	first := NewEngine(c)
	return func() *transfer.Engine {
		return &transfer.Engine{Session: first.Session, Parallel: first.Parallel, Retry: first.Retry, Watch: first.Watch}
	}
}

// watchTask shows a transfer of many.
func watchTask(c *command.Call, t transfer.Task, m *transfer.Meter) (over func()) {
	return c.Shell.Gauge.File(render.Safe(taskName(t)), m)
}

// taskName is what a transfer is called: the file that it begins from.
func taskName(t transfer.Task) string {
	if t.Op != transfer.Download && t.Local != "" {
		return t.Local
	}
	return t.Remote
}

// moveMany moves files over several sessions and says how many came through; --json has each of them.
func moveMany(ctx context.Context, c *command.Call, tasks []transfer.Task) error {
	set := &c.Shell.Settings
	many := len(tasks) > 1 || len(tasks) == 1 && tasks[0].Segments > 1
	if !many || set.Hash > 0 || set.Tick || c.Shell.Options.DryRun || collide(tasks) {
		return eachOf(ctx, slices.Values(tasks), func(t transfer.Task) error { return moveFile(ctx, c, t) })
	}
	var bytes int64
	for i := range tasks {
		configureTask(c, &tasks[i])
		if err := asked(ctx, c, &tasks[i]); err != nil {
			return err
		}
		bytes += max(tasks[i].Size, 0)
	}
	defer c.Shell.Gauge.All(len(tasks), bytes)()
	defer c.Shell.Draw(c.Shell.Gauge)()
	m := movingMany{Call: c, several: len(tasks) > 1}
	begun, e := time.Now(), NewEngine(c)
	e.Done = m.ended
	err := e.Run(ctx, slices.Values(tasks))
	rememberLimit(c, e)
	m.whole.Elapsed = time.Since(begun)
	sumUp(ctx, c, m.done, len(tasks), m.whole)
	if len(m.errs) > 0 && errors.As(err, new(*transfer.AlikeError)) {
		m.errs = append(m.errs, err)
	}
	if len(m.errs) > 0 {
		return failure.Several(m.errs...)
	}
	return err
}

// movingMany hears what becomes of the files that are moved at the same time.
type movingMany struct {
	*command.Call
	several bool
	whole   transfer.Result // of all
	done    int
	errs    []error
}

func (m *movingMany) ended(t transfer.Task, r transfer.Result, err error) {
	m.Shell.Gauge.Passed(r.Bytes, r.Resumed)
	if err = endedTransfer(m.Call, t, r, err); err == nil && (m.JSON() || !m.several) {
		err = toldArrival(m.Call, t, r)
	}
	if err != nil {
		m.errs = append(m.errs, err)
		return
	}
	m.done++
	m.whole.Bytes += r.Bytes
	m.whole.Resumed += r.Resumed
}

// sumUp reports several files, and how to go on where the user has stopped.
func sumUp(ctx context.Context, c *command.Call, done, of int, whole transfer.Result) {
	flag := c.Flags.Lookup("continue")
	switch {
	case of < 2 || c.JSON():
	case ctx.Err() != nil && (flag != nil || c.Command.Name == "mreget"):
		name, rest, _ := strings.Cut(c.Statement.Source, " ")
		if flag != nil && !flag.Changed {
			name += " -c"
		}
		c.Note("%d of %d files are done; `%s %s` resumes", done, of, name, rest)
	case done < of:
		_ = tellMoved(c, fmt.Sprintf("%d of %d files", done, of), whole)
	default:
		_ = tellMoved(c, fmt.Sprintf("%d files", of), whole)
	}
}

// collide reports whether two tasks have the same end.
func collide(tasks []transfer.Task) bool {
	ends := make(map[string]bool, len(tasks))
	for _, t := range tasks {
		end := t.Local
		if t.Op != transfer.Download {
			end = t.Remote
		}
		if ends[end] {
			return true
		}
		ends[end] = true
	}
	return false
}

// rememberLimit remembers how many sessions the server allows. The goodbyes of the others are not waited
// for.
func rememberLimit(c *command.Call, e *transfer.Engine) {
	if n := e.Limit(); n > 0 {
		command.FoundLimit(c.Shell, limited(e.Session), "parallel", strconv.Itoa(n))
	}
}
