package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/syserror"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

func init() { command.Add(toggle("progress")) }

// moveFile carries out a transfer, shows how far it is while it lasts, and what it
// did at its end.
func moveFile(ctx context.Context, c *command.Call, t transfer.Task) error {
	if _, screen := t.Out.(*screenWriter); c.Shell.Options.DryRun && t.Out != c.Out && !screen {
		return command.WouldMove(c.Shell, t)
	}
	configureTask(c, &t)
	if err := asked(ctx, c, &t); err != nil {
		return err
	}
	meter := &transfer.Meter{}
	stop := watchMeter(c, render.Safe(taskName(t)), meter)
	r, err := transfer.Run(ctx, c.Session(), t, meter)
	stop()
	if err != nil {
		keepPartial(ctx, c, t, meter, err)
		err = diagnosedHere(c, t, diagnosed(ctx, c, t.Remote, err))
	}
	return toldTransfer(c, t, r, err)
}

// toldTransfer reports one transfer that has ended.
func toldTransfer(c *command.Call, t transfer.Task, r transfer.Result, err error) error {
	if err := endedTransfer(c, t, r, err); err != nil {
		return err
	}
	return toldArrival(c, t, r)
}

// configureTask gives a transfer what the settings say.
func configureTask(c *command.Call, t *transfer.Task) {
	t.Here = c.Shell.Folder()
	t.Retry, t.Verify, t.Atomic = c.Retry(), c.Is("verify"), c.Is("atomic") || c.Shell.Settings.Atomic && t.Op == transfer.Upload && !t.Resume
	t.Preserve, t.KeepCR, t.Limit = c.Shell.Settings.Preserve, !c.Shell.Settings.CR, c.Shell.Limiter(t.Op)
	t.Bounds, t.AnySize = c.Shell.Settings.Bounds, !c.Shell.Settings.CompareSizes
	t.Check, t.InPlace = c.Is("check"), c.Is("in-place")
	t.Backup, t.Fits = backups[c.Shell.Settings.Backup], fits(c, *t)
	if t.Op == transfer.Upload || t.Op == transfer.UploadUnique {
		t.Mode, t.Allocate = cmp.Or(t.Mode, c.Shell.Settings.UploadMode), c.Shell.Settings.Allo
	}
}

// endedTransfer says which file an error is about, and takes note of one that has arrived.
func endedTransfer(c *command.Call, t transfer.Task, r transfer.Result, err error) error {
	name := taskName(t)
	c.Moves++
	if err != nil {
		var local *fs.PathError
		if errors.As(err, &local) {
			return err // it names the file itself
		}
		return failure.About(name, err)
	}
	if t.Op != transfer.Download {
		c.Shell.Remote.Add(c.Absolute(r.Remote), completion.Name{Name: command.BaseName(r.Remote), Note: render.Size(r.Size)})
	}
	if r.Note != "" {
		c.Note("%s: %s", name, r.Note)
	}
	return failure.About(name, onFile(c, t.Op, r))
}

// toldArrival reports one transfer.
func toldArrival(c *command.Call, t transfer.Task, r transfer.Result) error {
	if c.JSON() {
		return c.Done(transferEvent(t.Op, r))
	}
	if r.LeftOut { // its note says so
		return nil
	}
	return tellMoved(c, taskName(t), r)
}

// watchMeter shows how far a transfer is until the returned function is called.
func watchMeter(c *command.Call, name string, m *transfer.Meter) (stop func()) {
	over := c.Shell.Gauge.File(name, m)
	halt := func() {}
	switch set := &c.Shell.Settings; {
	case set.Hash > 0 && !c.JSON():
		halt = printMarks(c, m)
	case set.Tick:
		halt = printTicks(c, name, m)
	default:
		halt = c.Shell.Draw(c.Shell.Gauge)
	}
	return func() {
		over()
		halt()
		c.Shell.Gauge.Passed(m.Moved(), m.Done()-m.Moved())
	}
}

// keepPartial tells what a transfer that failed has left, and how to resume.
func keepPartial(ctx context.Context, c *command.Call, t transfer.Task, m *transfer.Meter, err error) {
	if err == nil || m.Done() == 0 || m.Total() > 0 && m.Done() >= m.Total() {
		return
	}
	switch {
	case t.Op == transfer.Download && t.Out == nil:
		if free, known := freeSpace(filepath.Dir(c.Shell.Local(t.Local))); known && syserror.DiskFull(err) {
			c.Note("%s are free in %s", command.BytesText(free), filepath.Dir(t.Local))
		}
		name := c.Shell.Folder().Part(t.Local)
		if part, missing := c.Shell.Folder().Lstat(name); missing == nil {
			of := ""
			if m.Total() > 0 {
				of = fmt.Sprintf("of %d ", m.Total())
			}
			c.Note("%d %sbytes are in %s; `%s` resumes", part.Size(), of, name, resuming("reget", t.Remote, t.Local))
		}
	case t.Op == transfer.Upload && t.In == nil && c.Interactive() && errors.Is(err, context.Canceled):
		n, how := m.Done(), "were sent"
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keptPatience)
		defer cancel()
		if size, err := c.Session().Size(ctx, t.Remote); err == nil {
			n, how = size, "are on the server"
		}
		c.Note("%d of %d bytes %s; `%s` resumes", n, m.Total(), how, resuming("put -c", t.Local, t.Remote))
	}
}

// resuming is a line that resumes a transfer, with the second name where it is not that of the first.
func resuming(command, from, to string) string {
	line := command + " " + syntax.Quote(from)
	if to != "" && to != path.Base(filepath.ToSlash(from)) {
		line += " " + syntax.Quote(to)
	}
	return line
}

// keptPatience is how long the prompt waits for what the server says about an
// interrupted upload.
const keptPatience = 150 * time.Millisecond

// transferVerbs are what moves a file, and which way it goes.
var transferVerbs = map[transfer.Op][2]string{
	transfer.Download: {"download", "RETR"}, transfer.Upload: {"upload", "STOR"}, transfer.Append: {"upload", "APPE"},
	transfer.UploadUnique: {"upload", "STOU"}, transfer.BetweenServers: {"server", "STOR"},
}

// transferEvent is a transfer as --json shows it.
func transferEvent(op transfer.Op, r transfer.Result) command.Event {
	how := transferVerbs[op]
	e := command.Event{Direction: how[0], Verb: how[1], Remote: r.Remote, Local: r.Local, Hash: r.Hash}
	e.Transferred(r.Bytes, r.Resumed, r.Size, r.ModTime, r.Elapsed)
	return e
}

// tellMoved reports a transfer, with verbose.
func tellMoved(c *command.Call, name string, r transfer.Result) error {
	if !c.Shell.Settings.Verbose {
		return nil
	}
	text := fmt.Sprintf("%s  %s", render.Safe(name), command.BytesText(r.Bytes))
	if r.Resumed > 0 {
		text += fmt.Sprintf(" (%s were there)", command.BytesText(r.Resumed))
	}
	text += fmt.Sprintf(" in %s", command.Seconds(r.Elapsed))
	if r.Elapsed > 0 && r.Bytes > 1<<20 {
		text += fmt.Sprintf(" (%s)", render.Rate(float64(r.Bytes)/r.Elapsed.Seconds()))
	}
	_, err := fmt.Fprintln(c.Err, text)
	return err
}

// meterPeriod is how often marks and counters are brought up to date.
const meterPeriod = 100 * time.Millisecond

// printMarks prints a # for every block moved, and a line end after the last one.
// They go where messages go: standard output has results only.
func printMarks(c *command.Call, m *transfer.Meter) (stop func()) {
	printed := int64(0)
	update := func() {
		due := m.Moved() / c.Shell.Settings.Hash
		if n := min(due-printed, mostMarks); n > 0 {
			_, _ = io.WriteString(c.Err, strings.Repeat("#", int(n)))
		}
		printed = due
	}
	halt := command.Every(meterPeriod, update)
	return func() {
		halt()
		update()
		if printed > 0 {
			_, _ = io.WriteString(c.Err, "\n")
		}
	}
}

// mostMarks bounds what one look prints, when a fast line meets a small block.
const mostMarks = 1 << 16

// printTicks shows how many bytes have been moved, and nothing else.
func printTicks(c *command.Call, name string, m *transfer.Meter) (stop func()) {
	halt := command.Every(meterPeriod, func() {
		c.Shell.Console.Status(fmt.Sprintf("%s  %d bytes", render.Safe(name), m.Done()))
	})
	return func() {
		halt()
		c.Shell.Console.Status("")
	}
}
