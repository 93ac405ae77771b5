package treesync

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// copies moves files in one direction, some at a time.
func (d *doer) copies(action Action) func(context.Context) error {
	return func(ctx context.Context) error {
		var some []Step
		bytes := int64(0)
		flush := func() error {
			if len(some) == 0 {
				return nil
			}
			batch := some
			some, bytes = nil, 0
			if action == Get {
				return d.get(ctx, batch)
			}
			return d.put(ctx, batch)
		}
		for i := 0; i < len(d.Steps); i++ { // gets may add puts
			step := d.Steps[i]
			if step.Action != action {
				continue
			}
			some, bytes = append(some, step), bytes+step.Size
			if len(some) >= mostFiles || bytes >= mostBytes {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		return flush()
	}
}

// copying is a file on its way, under a name for the meantime.
type copying struct {
	step Step
	temp string
	err  error
	done bool
}

// move has an engine move files. The results are by the names of the meantime.
func (d *doer) move(ctx context.Context, some []Step, task func(*copying) transfer.Task) ([]*copying, error) {
	all := make([]*copying, len(some))
	byTemp := make(map[string]*copying, len(some))
	tasks := make([]transfer.Task, len(some))
	for i, step := range some {
		d.number++
		temp := path.Join(path.Dir(step.Path), d.meantime()+fmt.Sprint(d.number))
		all[i] = &copying{step: step, temp: temp}
		tasks[i] = task(all[i])
		byTemp[tasks[i].Remote+"\x00"+tasks[i].Local] = all[i]
		d.configure(&tasks[i])
	}
	e := d.Engine()
	e.Done = func(t transfer.Task, r transfer.Result, err error) {
		c := byTemp[t.Remote+"\x00"+t.Local]
		c.done, c.err = true, err
		if c.err == nil && r.Size >= 0 && r.Size != c.step.Size {
			c.err = errMeanwhile
		}
	}
	err := e.Run(ctx, slices.Values(tasks))
	e.Wait()
	for _, c := range all {
		if !c.done && c.err == nil {
			c.err = cmp.Or(err, errMeanwhile)
		}
	}
	return all, err
}

// get fetches files. They have names for the meantime until it is sure that neither the original
// nor what they replace was changed.
func (d *doer) get(ctx context.Context, some []Step) error {
	all, failed := d.move(ctx, some, func(c *copying) transfer.Task {
		was := d.trees[1].at(c.source())
		return transfer.Task{
			Op: transfer.Download, Remote: d.there(c.source()), Local: d.here(c.temp), Within: d.Local,
			Size: was.Size, ModTime: was.Time, Known: true,
		}
	})
	var now map[string]Side
	if failed == nil {
		now, failed = d.askFiles(ctx, paths(whole(all), (*copying).source))
	}
	for _, c := range all {
		if c.err == nil {
			c.err = failed
		}
		if c.err == nil {
			c.err = d.arriveHere(ctx, c, now[c.source()])
		}
		if c.err != nil {
			_ = d.root.Remove(filepath.FromSlash(c.temp))
		}
		d.tell(c.step, c.err)
	}
	if failed != nil && d.stops(ctx, failed) {
		return failed
	}
	return nil
}

// source is the path there of what is fetched.
func (c *copying) source() string { return cmp.Or(c.step.from, c.step.Path) }

func (c *copying) target() string   { return c.step.Path }
func (c *copying) meantime() string { return c.temp }

// whole are those without an error.
func whole(all []*copying) (some []*copying) {
	for _, c := range all {
		if c.err == nil {
			some = append(some, c)
		}
	}
	return some
}

func paths(some []*copying, which func(*copying) string) (names []string) {
	for _, c := range some {
		names = append(names, which(c))
	}
	return names
}

// arriveHere gives a file that was fetched its name.
func (d *doer) arriveHere(ctx context.Context, c *copying, now Side) error {
	was := d.trees[1].at(c.source())
	here, err := lookHere(d.root, c.step.Path)
	switch {
	case err != nil:
		return err
	case !was.same(now) || here != d.trees[0].at(c.step.Path):
		return errMeanwhile
	}
	if here.there() {
		if info, err := d.root.Lstat(filepath.FromSlash(c.step.Path)); err == nil {
			_ = d.chmod(c.temp, info.Mode().Perm())
		}
		if d.TrashHere != "" {
			if err := d.discardHere(c.step.Path); err != nil {
				return err
			}
		}
	}
	if err := d.root.Rename(filepath.FromSlash(c.temp), filepath.FromSlash(c.step.Path)); err != nil {
		return err
	}
	if here, err = lookHere(d.root, c.step.Path); err != nil {
		return err
	}
	d.trees[0].put(c.step.Path, here)
	if c.step.from == "" {
		return d.rows.record(ctx, c.step.Path, here, now)
	}
	d.keepBoth(c.step)
	return nil
}

func (d *doer) chmod(name string, mode os.FileMode) error {
	return d.root.Chmod(filepath.FromSlash(name), mode)
}

// keepBoth goes on when the server's file of a conflict is here under its other name: it gets that
// there too, and the file here takes its place.
func (d *doer) keepBoth(got Step) {
	ours := d.trees[0].at(got.from)
	d.Steps = append(d.Steps,
		Step{Action: Put, Path: got.Path, Size: got.Size, Why: "conflict"},
		Step{Action: Put, Path: got.from, Size: ours.Size, Why: "conflict"})
}

// put sends files, under names for the meantime until it is sure that neither the original nor what
// they replace was changed.
func (d *doer) put(ctx context.Context, some []Step) error {
	all, failed := d.move(ctx, some, func(c *copying) transfer.Task {
		return transfer.Task{Op: transfer.Upload, Remote: d.there(c.temp), Local: d.here(c.step.Path)}
	})
	if failed == nil {
		failed = d.arriveThere(ctx, all)
	}
	for _, c := range all {
		if c.err == nil && failed != nil {
			c.err = failed
		}
		if c.err != nil && c.done && ctx.Err() == nil && !d.stops(ctx, failed) {
			d.forget(ctx, c.temp)
		}
		d.tell(c.step, c.err)
	}
	if failed != nil && d.stops(ctx, failed) {
		return failed
	}
	return nil
}

// arriveThere gives files that were sent their names.
func (d *doer) arriveThere(ctx context.Context, all []*copying) error {
	sent, err := d.askFiles(ctx, paths(whole(all), (*copying).meantime))
	if err != nil {
		return err
	}
	now, err := d.ask(ctx, paths(whole(all), (*copying).target))
	if err != nil {
		return err
	}
	for _, c := range whole(all) {
		c.err = d.unchanged(c, sent[c.temp], now[c.step.Path])
	}
	var renames []client.Renaming
	moved := whole(all)
	for _, c := range moved {
		renames = append(renames, client.Renaming{From: d.there(c.temp), To: d.there(c.step.Path)})
	}
	for i, err := range d.Session.Pipeline().RenameAll(ctx, renames...) {
		moved[i].err = err
	}
	if now, err = d.askFiles(ctx, paths(whole(all), (*copying).target)); err != nil {
		return err
	}
	for _, c := range whole(all) {
		is := now[c.step.Path]
		if !sent[c.temp].same(is) {
			c.err = errMeanwhile
			continue
		}
		d.trees[1].put(c.step.Path, is)
		c.err = d.rows.record(ctx, c.step.Path, d.trees[0].at(c.step.Path), is)
	}
	return nil
}

// unchanged says whether a file was the same while it was sent, and what it replaces is still what
// was listed.
func (d *doer) unchanged(c *copying, sent, now Side) error {
	here, err := lookHere(d.root, c.step.Path)
	switch was := d.trees[1].at(c.step.Path); {
	case err != nil:
		return err
	case here != d.trees[0].at(c.step.Path), sent.Type != file || sent.Size != here.Size, was.Type != now.Type, was.there() && !was.same(now):
		return errMeanwhile
	}
	return nil
}
