package shell

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/syserror"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

const (
	progressDelay  = time.Second // a line for what is over at once only flickers
	progressPeriod = 200 * time.Millisecond
)

// moveFile carries out a transfer, shows how far it is while it lasts, and what it
// did at its end.
func moveFile(ctx context.Context, c *Call, t transfer.Task) error {
	if _, screen := t.Out.(*screenWriter); c.Shell.opt.DryRun && t.Out != c.Out && !screen {
		return wouldMove(c.Shell, t)
	}
	configureTask(c, &t)
	meter := &transfer.Meter{}
	stop := watchMeter(c, render.Safe(taskName(t)), meter)
	r, err := transfer.Run(ctx, c.Session(), t, meter)
	stop()
	if err != nil {
		keepPartial(ctx, c, t, meter, err)
		err = diagnosed(ctx, c, t, err)
	}
	if err := endedTransfer(c, t, r, err); err != nil {
		return err
	}
	return toldArrival(c, t, r)
}

// diagnosed asks what lies behind a refusal whose words seldom say it: a
// directory in place of a file, or none to write into.
func diagnosed(ctx context.Context, c *Call, t transfer.Task, err error) error {
	if !client.IsCode(err, 550, 553, 501) || ctx.Err() != nil {
		return err
	}
	switch dir := parentOf(t.Remote); {
	case failure.Refused(err, "RETR"):
		if e, failed := c.Session().Stat(ctx, t.Remote); failed == nil && e.Type == listing.Dir {
			return &isDirError{err}
		}
	case failure.Refused(err, "STOR", "APPE", "STOU") && dir != "":
		if _, failed := c.Session().Stat(ctx, dir); client.IsCode(failed, 550, 450, 501, 553) {
			return &noDirError{dir, err}
		}
	}
	return err
}

// configureTask gives a transfer what the settings say.
func configureTask(c *Call, t *transfer.Task) {
	t.Here = c.Shell.folder()
	t.Retry, t.Verify, t.Atomic = c.retry(), c.Is("verify"), c.Is("atomic")
	t.Preserve, t.KeepCR, t.Limit = c.Shell.Settings.Preserve, !c.Shell.Settings.CR, c.Shell.limiter(t.Op)
	t.Bounds, t.AnySize = c.Shell.Settings.Bounds, !c.Shell.Settings.CompareSizes
}

// endedTransfer says which file an error is about, and takes note of one that has arrived.
func endedTransfer(c *Call, t transfer.Task, r transfer.Result, err error) error {
	name := taskName(t)
	c.moves++
	if err != nil {
		var local *fs.PathError
		if errors.As(err, &local) {
			return err // it names the file itself
		}
		return failure.About(name, err)
	}
	if t.Op != transfer.Download {
		c.Shell.remote.Add(c.absolute(r.Remote), completion.Name{Name: baseName(r.Remote), Note: render.Size(r.Size)})
	}
	if r.Note != "" {
		c.Note("%s: %s", name, r.Note)
	}
	return nil
}

// toldArrival reports one transfer.
func toldArrival(c *Call, t transfer.Task, r transfer.Result) error {
	if c.JSON() {
		return c.done(transferEvent(t.Op, r))
	}
	return tellMoved(c, taskName(t), r)
}

// watchMeter shows how far a transfer is until the returned function is called.
func watchMeter(c *Call, name string, m *transfer.Meter) (stop func()) {
	over := c.Shell.gauge.file(name, m)
	halt := func() {}
	switch set := &c.Shell.Settings; {
	case set.Hash > 0 && !c.JSON():
		halt = printMarks(c, m)
	case set.Tick:
		halt = printTicks(c, name, m)
	default:
		halt = c.Shell.draw(c.Shell.gauge)
	}
	return func() {
		over()
		halt()
		c.Shell.gauge.passed(m.Moved(), m.Done()-m.Moved())
	}
}

// keepPartial tells what a transfer that failed has left, and how to resume.
func keepPartial(ctx context.Context, c *Call, t transfer.Task, m *transfer.Meter, err error) {
	if err == nil || m.Done() == 0 || m.Total() > 0 && m.Done() >= m.Total() {
		return
	}
	switch {
	case t.Op == transfer.Download && t.Out == nil:
		if free, known := freeSpace(filepath.Dir(c.Shell.local(t.Local))); known && isFull(err) {
			c.Note("%s are free in %s", bytesText(free), filepath.Dir(t.Local))
		}
		name := c.Shell.folder().Part(t.Local)
		if part, missing := c.Shell.folder().Lstat(name); missing == nil {
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

// isFull reports whether there is no room for a local file.
func isFull(err error) bool {
	return syserror.DiskFull(err)
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
func transferEvent(op transfer.Op, r transfer.Result) event {
	how := transferVerbs[op]
	e := event{Direction: how[0], Verb: how[1], Remote: r.Remote, Local: r.Local, Hash: r.Hash}
	e.transferred(r.Bytes, r.Resumed, r.Size, r.ModTime, r.Elapsed)
	return e
}

// tellMoved reports a transfer, with verbose.
func tellMoved(c *Call, name string, r transfer.Result) error {
	if !c.Shell.Settings.Verbose {
		return nil
	}
	text := fmt.Sprintf("%s  %s", render.Safe(name), bytesText(r.Bytes))
	if r.Resumed > 0 {
		text += fmt.Sprintf(" (%s were there)", bytesText(r.Resumed))
	}
	text += fmt.Sprintf(" in %s", seconds(r.Elapsed))
	if r.Elapsed > 0 && r.Bytes > 1<<20 {
		text += fmt.Sprintf(" (%s)", render.Rate(float64(r.Bytes)/r.Elapsed.Seconds()))
	}
	_, err := fmt.Fprintln(c.Err, text)
	return err
}

func bytesText(n int64) string {
	if n < 1024 {
		return plural(int(n), "byte", "bytes")
	}
	return render.Size(n)
}

func seconds(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return render.Clock(d)
}
