package shell

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/render"
)

// mostParallel is the largest value of the setting parallel.
const mostParallel = 64

var parallelSettings = []*Setting{{
	Name: "parallel", Short: "sessions for many files at once: auto (as many as help and the server allows), or a number",
	show: func(s *Settings) string {
		if s.Parallel == 0 {
			return "auto"
		}
		return strconv.Itoa(s.Parallel)
	},
	parse: func(s *Settings, text string) error {
		n, err := strconv.Atoi(text)
		switch {
		case text == "auto":
			n = 0
		case err != nil || n < 1 || n > mostParallel:
			return fmt.Errorf("%q is neither auto nor a number from 1 to %d", text, mostParallel)
		}
		s.Parallel = n
		return nil
	},
}}

// engine is what moves many files. Its sessions see what the settings allow.
func (c *Call) engine() *transfer.Engine {
	e := &transfer.Engine{Session: c.Session(), Parallel: c.Shell.Settings.Parallel, Retry: c.retry(), Watch: c.watchTask}
	if n := c.segments(); n > 1 {
		e.Parallel = max(e.Parallel, n)
	}
	if known, ok := c.Shell.capacity.Load(serverOf(e.Session)); ok && (e.Parallel == 0 || e.Parallel > known.(int)) {
		e.Parallel = known.(int)
	}
	return e
}

// watchTask shows a transfer of many.
func (c *Call) watchTask(t transfer.Task, m *transfer.Meter) (over func()) {
	return c.Shell.gauge.file(render.Safe(taskName(t)), m)
}

// taskName is what a transfer is called: the file that it begins from.
func taskName(t transfer.Task) string {
	if t.Op != transfer.Download && t.Local != "" {
		return t.Local
	}
	return t.Remote
}

// moveMany moves files over several sessions, and reports each as move does.
func (c *Call) moveMany(ctx context.Context, tasks []transfer.Task) error {
	set := &c.Shell.Settings
	several := len(tasks) > 1 || len(tasks) == 1 && tasks[0].Segments > 1
	if !several || set.Hash > 0 || set.Tick || c.Shell.opt.DryRun || collide(tasks) {
		return c.oneByOne(ctx, tasks)
	}
	var bytes int64
	for i := range tasks {
		c.equip(&tasks[i])
		bytes += max(tasks[i].Size, 0)
	}
	defer c.Shell.gauge.all(len(tasks), bytes)()
	return c.run(ctx, c.engine(), slices.Values(tasks))
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

// run lets an engine do its work and shows how far it is.
func (c *Call) run(ctx context.Context, e *transfer.Engine, tasks iter.Seq[transfer.Task]) error {
	var errs []error
	e.Done = func(t transfer.Task, r transfer.Result, err error) {
		c.Shell.gauge.passed(r.Bytes + r.Resumed)
		errs = append(errs, c.arrived(t, r, err))
	}
	defer c.Shell.draw(c.Shell.gauge)()
	err := e.Run(ctx, tasks)
	c.learn(e)
	if several(errs) == nil {
		return err
	}
	return several(errs)
}

// learn remembers how many sessions the server allows, as long as the shell
// lives and for its jobs as well, but no longer: tomorrow it may be less busy.
// The goodbyes of the others are not waited for.
func (c *Call) learn(e *transfer.Engine) {
	if n := e.Limit(); n > 0 {
		c.Shell.capacity.Store(serverOf(e.Session), n)
	}
}

func (c *Call) oneByOne(ctx context.Context, tasks []transfer.Task) error {
	var errs []error
	for _, t := range tasks {
		err := c.move(ctx, t)
		errs = append(errs, err)
		if endsAll(ctx, err) {
			break
		}
	}
	return several(errs)
}
