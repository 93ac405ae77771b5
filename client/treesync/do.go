package treesync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// How much is moved before the copies get their names.
const (
	mostFiles = 500
	mostBytes = 256 << 20
	saveEvery = 30 * time.Second
)

// errMeanwhile is of a path that was changed while it was copied, or just before it was deleted: it
// is left as it is, and the next run sees to it.
var errMeanwhile = errors.New("was changed meanwhile; the next run sees to it")

// Idle reports whether there is nothing to do, and nothing to note.
func (y *Sync) Idle() bool {
	return !slices.ContainsFunc(y.Steps, func(s Step) bool { return s.Action != Conflict }) && len(y.agreed)+len(y.forgotten)+len(y.trees[0].left)+len(y.trees[1].left) == 0 && !y.Archive.Made.IsZero()
}

// Do carries out what Look has found. Failures of single steps are told to Tell; the error says why
// the whole stopped. A row of the archive changes only when its step is proved.
func (y *Sync) Do(ctx context.Context) (err error) {
	if err := y.begin(ctx); err != nil {
		return err
	}
	defer func() {
		y.root.Close()
		if failed := y.Save(); err == nil {
			err = failed
		}
	}()
	for _, does := range []func(context.Context) error{
		y.agree, y.early, y.mkdirs, y.renameAll, y.copies(Get), y.copies(Put), y.late,
	} {
		if err := does(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	y.Archive.Made = y.now().UTC().Truncate(time.Second)
	return nil
}

// begin makes the roots, and removes what a run has left that broke off.
func (y *Sync) begin(ctx context.Context) (err error) {
	if y.trees[0].missing {
		err = y.Here.MkdirAll(y.Local)
	}
	if y.trees[1].missing && err == nil {
		err = y.Session.MkdirAll(ctx, y.Remote)
	}
	if err != nil {
		return err
	}
	if y.root, err = y.Here.OpenRoot(y.Local); err != nil {
		return err
	}
	for _, name := range y.trees[0].left {
		_ = y.root.RemoveAll(filepath.FromSlash(name))
	}
	for _, name := range y.trees[1].left {
		y.forget(ctx, name)
	}
	y.trees[0].left, y.trees[1].left = nil, nil
	if y.saved = y.now(); y.Archive.Made.IsZero() {
		return y.Save() // with the ID in it that names of the meantime have
	}
	return nil
}

// forget removes a name of the meantime there.
func (y *Sync) forget(ctx context.Context, name string) {
	_ = y.Session.Aside(func() error { return y.Session.Remove(ctx, y.there(name)) })
}

// agree writes the rows of what needs nothing else.
func (y *Sync) agree(ctx context.Context) error {
	for _, name := range slices.Sorted(maps.Keys(y.agreed)) {
		err := y.record(ctx, name, y.trees[0].at(name), y.trees[1].at(name))
		if err != nil && !errors.Is(err, errMeanwhile) {
			return err
		}
	}
	for _, name := range y.forgotten {
		delete(y.Archive.Rows, name)
	}
	return nil
}

// record notes that both sides of a path are the same. What was changed just now may change again
// without its time telling: its content is noted too.
func (y *Sync) record(ctx context.Context, name string, here, there Side) error {
	row := &Row{Path: jsonl.Name(name), Here: here, There: there, seen: [2]bool{true, true}}
	if here.Type == file && (y.isFresh(here) || y.isFresh(there)) {
		sum, err := y.sumHere(ctx, name)
		if err != nil {
			return err
		}
		now, err := lookHere(y.root, name)
		if err != nil || now != here {
			return cmp.Or(err, errMeanwhile)
		}
		row.Sum = sum
	}
	y.Archive.Rows[name] = row
	if y.now().Sub(y.saved) > saveEvery {
		y.saved = y.now()
		return y.Save()
	}
	return nil
}

// isFresh reports whether a time is so near that another change could have the same one. The clock
// of a server may be a little wrong.
func (y *Sync) isFresh(s Side) bool {
	return s.Type == file && s.Precision == listing.NoTime || y.now().Sub(s.Time) < precision[s.Precision]+clocksApart
}

const clocksApart = 2 * time.Second

// precision is how far apart two changes can be that have one time, by listing.Precision.
var precision = [...]time.Duration{0, 24 * time.Hour, time.Minute, time.Second, time.Second}

// tell tells of a step.
func (y *Sync) tell(step Step, err error) {
	step.Err = err
	if y.Tell != nil {
		y.Tell(step)
	}
}

// stops reports whether an error is of more than the step at hand.
func (y *Sync) stops(ctx context.Context, err error) bool {
	return err != nil && client.Refusal(err) == nil && (ctx.Err() != nil || y.Session.Idle() != nil)
}

func (y *Sync) each(ctx context.Context, wanted func(Step) bool, do func(Step) error) error {
	for _, step := range y.Steps {
		if !wanted(step) {
			continue
		}
		err := do(step)
		y.tell(step, err)
		if y.stops(ctx, err) {
			return err
		}
	}
	return nil
}

func (y *Sync) mkdirs(ctx context.Context) error {
	return y.each(ctx, func(s Step) bool { return s.Action == MkdirHere || s.Action == MkdirThere }, func(step Step) (err error) {
		if step.Action == MkdirThere {
			err = y.mkdirThere(ctx, step.Path)
		} else if err = y.root.Mkdir(filepath.FromSlash(step.Path), 0o777); errors.Is(err, fs.ErrExist) && y.Here.IsDir(y.here(step.Path)) {
			err = nil
		}
		if err != nil {
			return err
		}
		return y.record(ctx, step.Path, Side{Type: dir}, Side{Type: dir})
	})
}

// mkdirThere makes a directory there, unless somebody else has made it meanwhile.
func (y *Sync) mkdirThere(ctx context.Context, name string) error {
	_, err := y.Session.Mkdir(ctx, y.there(name))
	if client.Refusal(err) == nil {
		return err
	}
	if is, failed := y.Session.IsDir(ctx, y.there(name)); failed == nil && is {
		return nil
	}
	return err
}

func (y *Sync) renameAll(ctx context.Context) error {
	return y.each(ctx, func(s Step) bool { return s.Action == RenameHere || s.Action == RenameThere }, func(step Step) error {
		if step.Action == RenameHere {
			return y.renameHere(ctx, step)
		}
		return y.renameThere(ctx, step)
	})
}

func (y *Sync) renameHere(ctx context.Context, step Step) error {
	from, err := lookHere(y.root, step.Path)
	if err != nil {
		return err
	}
	to, err := lookHere(y.root, step.To)
	if err != nil || to.there() || from != y.trees[0].at(step.Path) {
		return cmp.Or(err, errMeanwhile)
	}
	if err := y.root.Rename(filepath.FromSlash(step.Path), filepath.FromSlash(step.To)); err != nil {
		return err
	}
	return y.renamed(ctx, step, from, y.trees[1].at(step.To))
}

func (y *Sync) renameThere(ctx context.Context, step Step) error {
	now, err := y.ask(ctx, []string{step.Path, step.To})
	if err != nil {
		return err
	}
	if now[step.To].there() || !y.trees[1].at(step.Path).same(now[step.Path]) {
		return errMeanwhile
	}
	if err := y.Session.Rename(ctx, y.there(step.Path), y.there(step.To)); err != nil {
		return err
	}
	if now, err = y.ask(ctx, []string{step.To}); err != nil {
		return err
	}
	return y.renamed(ctx, step, y.trees[0].at(step.To), now[step.To])
}

func (y *Sync) renamed(ctx context.Context, step Step, here, there Side) error {
	if here.Type != file || there.Type != file || here.Size != there.Size {
		return errMeanwhile
	}
	delete(y.Archive.Rows, step.Path)
	return y.record(ctx, step.To, here, there)
}

// ask looks at paths there as they are now. A server without MLST may say nothing of a name that
// is not there, so that the directories are listed.
func (y *Sync) ask(ctx context.Context, names []string) (map[string]Side, error) {
	full := make([]string, len(names))
	for i, name := range names {
		full[i] = y.there(name)
	}
	found := make(map[string]Side, len(names))
	if !y.Session.Features().Has("MLST") {
		all, err := facts.Look(ctx, y.Session, full)
		for i, name := range names {
			if err == nil {
				found[name] = sideOfFacts(all[full[i]])
			}
		}
		return found, err
	}
	i := 0
	for e, err := range y.Session.StatEach(ctx, full...) {
		if err != nil && !facts.Missing(err) {
			return nil, err
		}
		if err == nil {
			found[names[i]] = sideThere(e)
		}
		i++
	}
	return found, nil
}

// sideOfFacts is a side as facts tell it.
func sideOfFacts(f *facts.Facts) Side {
	switch {
	case f.IsDir():
		return Side{Type: dir}
	case f.Type != listing.File.String():
		return Side{}
	case f.Time.IsZero():
		return Side{Type: file, Size: f.Size}
	}
	return Side{Type: file, Size: f.Size, Time: f.Time.UTC(), Precision: listing.Second, ID: f.Unique}
}

// askFiles looks at files there that exist.
func (y *Sync) askFiles(ctx context.Context, names []string) (map[string]Side, error) {
	full := make([]string, len(names))
	for i, name := range names {
		full[i] = y.there(name)
	}
	found, i := make(map[string]Side, len(names)), 0
	for e, err := range y.Session.StatEach(ctx, full...) {
		if err != nil && client.Refusal(err) == nil {
			return nil, err
		}
		if err == nil {
			found[names[i]] = sideThere(e)
		}
		i++
	}
	return found, nil
}

func (y *Sync) early(ctx context.Context) error {
	return y.deletions(ctx, func(s Step) bool { return s.early })
}

func (y *Sync) late(ctx context.Context) error {
	return y.deletions(ctx, func(s Step) bool { return !s.early })
}

// deletions deletes files, and then directories from the innermost on.
func (y *Sync) deletions(ctx context.Context, wanted func(Step) bool) error {
	var files, dirs []Step
	for _, step := range y.Steps {
		switch {
		case step.Action != DeleteHere && step.Action != DeleteThere || !wanted(step):
		case step.Dir:
			dirs = append(dirs, step)
		default:
			files = append(files, step)
		}
	}
	slices.SortFunc(dirs, func(a, b Step) int { return strings.Compare(b.Path, a.Path) })
	for some := range slices.Chunk(files, mostFiles) {
		if err := y.deleteFiles(ctx, some); err != nil {
			return err
		}
	}
	for _, step := range dirs {
		err := y.rmdir(ctx, step)
		y.tell(step, err)
		if y.stops(ctx, err) {
			return err
		}
	}
	return nil
}

// deleteFiles deletes files that are still as they were listed.
func (y *Sync) deleteFiles(ctx context.Context, some []Step) error {
	var there []string
	for _, step := range some {
		if step.Action == DeleteThere {
			there = append(there, step.Path)
		}
	}
	now, err := y.ask(ctx, there)
	if err != nil {
		return err
	}
	for _, step := range some {
		side, forget := 0, true
		if step.Action == DeleteThere {
			side, err = 1, y.removeThere(ctx, step.Path, now[step.Path])
			forget = now[step.Path].there() // a server that only refuses to tell looks the same: the next run sees it
		} else {
			err = y.removeHere(step.Path)
		}
		if err == nil && forget {
			delete(y.Archive.Rows, step.Path)
			y.trees[side].remove(step.Path)
		}
		y.tell(step, err)
		if y.stops(ctx, err) {
			return err
		}
	}
	return nil
}

func (y *Sync) removeThere(ctx context.Context, name string, now Side) error {
	switch {
	case !now.there():
		return nil // somebody was faster
	case !y.trees[1].at(name).same(now):
		return errMeanwhile
	}
	return y.Session.Remove(ctx, y.there(name))
}

func (y *Sync) removeHere(name string) error {
	now, err := lookHere(y.root, name)
	switch {
	case err != nil:
		return err
	case !now.there():
		return nil
	case now != y.trees[0].at(name):
		return errMeanwhile
	}
	return y.discardHere(name)
}

// discardHere deletes a file here, or puts it into the trash.
func (y *Sync) discardHere(name string) error {
	local := filepath.FromSlash(name)
	if y.TrashHere == "" {
		return y.root.Remove(local)
	}
	to := filepath.Join(filepath.FromSlash(y.TrashHere), local)
	if err := y.root.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	return y.root.Rename(local, to)
}

// rmdir removes a directory; one in which something is stays.
func (y *Sync) rmdir(ctx context.Context, step Step) error {
	side, err := 0, error(nil)
	if step.Action == DeleteThere {
		side, err = 1, y.Session.Rmdir(ctx, y.there(step.Path))
	} else if err = y.root.Remove(filepath.FromSlash(step.Path)); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err == nil {
		delete(y.Archive.Rows, step.Path)
		y.trees[side].remove(step.Path)
	}
	return err
}

// copies moves files in one direction, some at a time.
func (y *Sync) copies(action Action) func(context.Context) error {
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
				return y.get(ctx, batch)
			}
			return y.put(ctx, batch)
		}
		for i := 0; i < len(y.Steps); i++ { // gets may add puts
			step := y.Steps[i]
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
func (y *Sync) move(ctx context.Context, some []Step, task func(*copying) transfer.Task) ([]*copying, error) {
	all := make([]*copying, len(some))
	byTemp := make(map[string]*copying, len(some))
	tasks := make([]transfer.Task, len(some))
	for i, step := range some {
		y.number++
		temp := path.Join(path.Dir(step.Path), y.meantime()+fmt.Sprint(y.number))
		all[i] = &copying{step: step, temp: temp}
		tasks[i] = task(all[i])
		byTemp[tasks[i].Remote+"\x00"+tasks[i].Local] = all[i]
		y.configure(&tasks[i])
	}
	e := y.Engine()
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
func (y *Sync) get(ctx context.Context, some []Step) error {
	all, failed := y.move(ctx, some, func(c *copying) transfer.Task {
		was := y.trees[1].at(c.source())
		return transfer.Task{
			Op: transfer.Download, Remote: y.there(c.source()), Local: y.here(c.temp), Within: y.Local,
			Size: was.Size, ModTime: was.Time, Known: true,
		}
	})
	var names []string
	for _, c := range all {
		if c.err == nil {
			names = append(names, c.source())
		}
	}
	var now map[string]Side
	if failed == nil {
		now, failed = y.askFiles(ctx, names)
	}
	for _, c := range all {
		if c.err == nil {
			c.err = failed
		}
		if c.err == nil {
			c.err = y.arriveHere(ctx, c, now[c.source()])
		}
		if c.err != nil {
			_ = y.root.Remove(filepath.FromSlash(c.temp))
		}
		y.tell(c.step, c.err)
	}
	if failed != nil && y.stops(ctx, failed) {
		return failed
	}
	return nil
}

// source is the path there of what is fetched.
func (c *copying) source() string { return cmp.Or(c.step.from, c.step.Path) }

// arriveHere gives a file that was fetched its name.
func (y *Sync) arriveHere(ctx context.Context, c *copying, now Side) error {
	was := y.trees[1].at(c.source())
	here, err := lookHere(y.root, c.step.Path)
	switch {
	case err != nil:
		return err
	case !was.same(now) || here != y.trees[0].at(c.step.Path):
		return errMeanwhile
	}
	if here.there() {
		if info, err := y.root.Lstat(filepath.FromSlash(c.step.Path)); err == nil {
			_ = y.chmod(c.temp, info.Mode().Perm())
		}
		if y.TrashHere != "" {
			if err := y.discardHere(c.step.Path); err != nil {
				return err
			}
		}
	}
	if err := y.root.Rename(filepath.FromSlash(c.temp), filepath.FromSlash(c.step.Path)); err != nil {
		return err
	}
	if here, err = lookHere(y.root, c.step.Path); err != nil {
		return err
	}
	y.trees[0].put(c.step.Path, here)
	if c.step.from == "" {
		return y.record(ctx, c.step.Path, here, now)
	}
	y.keepBoth(c.step)
	return nil
}

func (y *Sync) chmod(name string, mode os.FileMode) error {
	return y.root.Chmod(filepath.FromSlash(name), mode)
}

// keepBoth goes on when the server's file of a conflict is here under its other name: it gets that
// there too, and the file here takes its place.
func (y *Sync) keepBoth(got Step) {
	ours := y.trees[0].at(got.from)
	y.Steps = append(y.Steps,
		Step{Action: Put, Path: got.Path, Size: got.Size, Why: "conflict"},
		Step{Action: Put, Path: got.from, Size: ours.Size, Why: "conflict"})
}

// put sends files, under names for the meantime until it is sure that neither the original nor what
// they replace was changed.
func (y *Sync) put(ctx context.Context, some []Step) error {
	all, failed := y.move(ctx, some, func(c *copying) transfer.Task {
		return transfer.Task{Op: transfer.Upload, Remote: y.there(c.temp), Local: y.here(c.step.Path)}
	})
	if failed == nil {
		failed = y.arriveThere(ctx, all)
	}
	for _, c := range all {
		if c.err == nil && failed != nil {
			c.err = failed
		}
		if c.err != nil && c.done && ctx.Err() == nil && !y.stops(ctx, failed) {
			y.forget(ctx, c.temp)
		}
		y.tell(c.step, c.err)
	}
	if failed != nil && y.stops(ctx, failed) {
		return failed
	}
	return nil
}

// arriveThere gives files that were sent their names.
func (y *Sync) arriveThere(ctx context.Context, all []*copying) error {
	var temps, targets []string
	for _, c := range all {
		if c.err == nil {
			temps, targets = append(temps, c.temp), append(targets, c.step.Path)
		}
	}
	sent, err := y.askFiles(ctx, temps)
	if err != nil {
		return err
	}
	now, err := y.ask(ctx, targets)
	if err != nil {
		return err
	}
	var whole []*copying
	var renames []client.Renaming
	for _, c := range all {
		if c.err != nil {
			continue
		}
		if c.err = y.unchanged(c, sent[c.temp], now[c.step.Path]); c.err == nil {
			whole = append(whole, c)
			renames = append(renames, client.Renaming{From: y.there(c.temp), To: y.there(c.step.Path)})
		}
	}
	errs := y.Session.Pipeline().RenameAll(ctx, renames...)
	targets = targets[:0]
	for i, c := range whole {
		if c.err = errs[i]; c.err == nil {
			targets = append(targets, c.step.Path)
		}
	}
	if now, err = y.askFiles(ctx, targets); err != nil {
		return err
	}
	for _, c := range whole {
		if c.err != nil {
			continue
		}
		if !sent[c.temp].same(now[c.step.Path]) {
			c.err = errMeanwhile
			continue
		}
		y.trees[1].put(c.step.Path, now[c.step.Path])
		c.err = y.record(ctx, c.step.Path, y.trees[0].at(c.step.Path), now[c.step.Path])
	}
	return nil
}

// unchanged says whether a file was the same while it was sent, and what it replaces is still what
// was listed.
func (y *Sync) unchanged(c *copying, sent, now Side) error {
	here, err := lookHere(y.root, c.step.Path)
	switch was := y.trees[1].at(c.step.Path); {
	case err != nil:
		return err
	case here != y.trees[0].at(c.step.Path), sent.Type != file || sent.Size != here.Size, was.Type != now.Type, was.there() && !was.same(now):
		return errMeanwhile
	}
	return nil
}
