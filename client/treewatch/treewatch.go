// Package treewatch keeps a tree of a server like one here, as that changes.
package treewatch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// Action is what was done.
type Action string

// The actions.
const (
	Put    Action = "put"
	Mkdir  Action = "mkdir"
	Rename Action = "rename"
	Delete Action = "delete"
	Rmdir  Action = "rmdir"
	Lost   Action = "lost" // the connection: Err says how; Wait is how long until it is tried again
)

// Event is something that was done, or not.
type Event struct {
	Action  Action
	Path    string
	To      string // of a Rename
	Size    int64
	Elapsed time.Duration
	Waiting int // of Lost: how many paths wait
	Wait    time.Duration
	Note    string // of a Put: what a careful user would want to know, or ""
	Err     error
}

// Tree is a tree here whose copy on a server follows it.
type Tree struct {
	Session *client.Session
	Here    transfer.Folder
	Local   string // from the root of this computer
	Remote  string

	Ignored func(name string, dir bool) bool // nil: nothing
	Reread  func() error                     // what is ignored was changed; an error keeps it as it was

	Delete    bool          // what is gone here goes there too
	MaxDelete int           // at most so much at once; below 0: not more than half of what is there, and 10
	Quiet     time.Duration // 0: DefaultQuiet
	Poll      time.Duration // look at the whole tree so often; 0: wait for events

	Lacks transfer.Lack // what the server is known, or was found, not to do

	Engine    func() *transfer.Engine
	Configure func(*transfer.Task)
	Tell      func(Event)

	// May is asked before anything is done, with what that is. What it refuses is left alone until it
	// changes again; an error ends the watching. nil: yes.
	May func(ctx context.Context, does []Event) (bool, error)

	watch *watcher
	sent  map[string]stamp // what the server has
	wait  time.Duration    // after a lost connection

	refused map[string]stamp // what May has refused, as it was then
}

// stamp is what a file or directory was known by when it was sent.
type stamp struct {
	info fs.FileInfo
	dir  bool
}

func stampOf(info fs.FileInfo) stamp { return stamp{info, info.IsDir()} }

// same reports whether a file is as it was when it was sent.
func (s stamp) same(now stamp) bool {
	if s.dir || now.dir {
		return s.dir == now.dir
	}
	return s.info.Size() == now.info.Size() && s.info.ModTime().Equal(now.info.ModTime()) && os.SameFile(s.info, now.info)
}

// Start begins to gather changes. It comes before the tree is sent as a whole, so that nothing is
// missed meanwhile. ErrNoEvents says that the tree will be looked at again and again.
func (t *Tree) Start() (err error) {
	if t.Quiet == 0 {
		t.Quiet = DefaultQuiet
	}
	if t.Ignored == nil {
		t.Ignored = func(string, bool) bool { return false }
	}
	t.watch, err = newWatcher(t.Local, t.Quiet, func(name string, dir bool) bool { return t.Ignored(name, dir) }, t.Poll == 0)
	if err != nil && t.Poll == 0 {
		t.Poll = defaultPoll
	}
	t.sent = t.scan()
	t.watch.due.paths = nil
	return err
}

// defaultPoll is how often a tree is looked at of which no events come.
const defaultPoll = 2 * time.Second

// Close ends the watching.
func (t *Tree) Close() { t.watch.close() }

// Unsent says that a path did not arrive when the tree was sent: it is tried again.
func (t *Tree) Unsent(name string) {
	delete(t.sent, name)
	t.watch.touch(name)
}

// Size is how many directories and files are watched.
func (t *Tree) Size() (dirs, files int) {
	for _, s := range t.sent {
		if s.dir {
			dirs++
		} else {
			files++
		}
	}
	return dirs + 1, files
}

// Waiting are the paths that were changed and are not there yet. It is for when Run is over.
func (t *Tree) Waiting() []string {
	t.watch.mu.Lock()
	defer t.watch.mu.Unlock()
	var names []string
	open := maps.Clone(t.watch.due.paths)
	for name := range t.refused {
		if open == nil {
			open = map[string]moments{}
		}
		open[name] = moments{}
	}
	for name := range open {
		now, there := t.look(name)
		if was, sent := t.sent[name]; there && !t.Ignored(name, now.dir) && (!sent || !was.same(now)) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Gone are the paths that the server has and the tree has not. It is for when Run is over.
func (t *Tree) Gone() []string {
	var names []string
	for name := range t.sent {
		if _, there := t.look(name); !there {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// scan looks at the whole tree.
func (t *Tree) scan() map[string]stamp {
	found := map[string]stamp{}
	_ = filepath.WalkDir(t.Local, func(full string, d fs.DirEntry, err error) error {
		name := t.watch.name(full)
		if name == "" || err != nil {
			return nil
		}
		info, err := d.Info()
		switch {
		case err != nil:
			return nil // it has just gone
		case t.Ignored(name, d.IsDir()) && d.IsDir():
			return fs.SkipDir
		case t.Ignored(name, d.IsDir()) || !info.IsDir() && !info.Mode().IsRegular():
			return nil
		}
		found[name] = stampOf(info)
		return nil
	})
	return found
}

// look looks at a path.
func (t *Tree) look(name string) (s stamp, there bool) {
	info, err := os.Lstat(filepath.Join(t.Local, filepath.FromSlash(name)))
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		return stamp{}, false
	}
	return stampOf(info), true
}

// Run follows the tree until ctx ends. The error is of what nothing can be done about.
func (t *Tree) Run(ctx context.Context) error {
	var poll <-chan time.Time
	if t.Poll > 0 {
		poll = time.Tick(t.Poll)
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-poll:
			t.compareAll()
		case <-t.watch.changed:
		case <-timer.C:
		}
		if err := t.isThere(ctx); err != nil {
			return err // the tree itself is gone: nothing is deleted for that
		}
		if err := t.act(ctx); err != nil {
			return err
		}
		t.watch.mu.Lock()
		when, some := t.watch.due.next()
		short := t.watch.short
		t.watch.mu.Unlock()
		if short != nil && t.Poll == 0 {
			t.Poll = defaultPoll
			poll = time.Tick(t.Poll)
			t.Tell(Event{Action: Lost, Err: fmt.Errorf("%w; looking at the tree every %s", short, t.Poll)})
		}
		if some {
			timer.Reset(max(time.Until(when), t.wait))
		}
	}
}

// isThere waits a while for a tree that is gone: it may be replaced by another one.
func (t *Tree) isThere(ctx context.Context) error {
	_, err := os.Stat(t.Local)
	if err == nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(t.watch.due.goneQuiet()):
	}
	_, err = os.Stat(t.Local)
	return err
}

// compareAll compares the whole tree with what was sent. What differs is due.
func (t *Tree) compareAll() {
	now := t.scan()
	for name, s := range now {
		if was, sent := t.sent[name]; !sent || !was.same(s) {
			t.watch.touchOnce(name)
		}
	}
	for name := range t.sent {
		if _, there := now[name]; !there && t.Delete {
			t.watch.touchOnce(name)
		}
	}
}

// touchOnce is touch for what may have been seen before: it does not wait any longer for that.
func (w *watcher) touchOnce(name string) {
	w.mu.Lock()
	_, busy := w.due.paths[name]
	w.mu.Unlock()
	if !busy {
		w.touch(name)
	}
}

// act does what is due.
func (t *Tree) act(ctx context.Context) error {
	t.watch.mu.Lock()
	all, rules := t.watch.all, t.watch.rules
	t.watch.all, t.watch.rules = false, false
	t.watch.mu.Unlock()
	if rules && t.Reread != nil {
		if err := t.Reread(); err != nil {
			t.Tell(Event{Action: Lost, Err: err})
		}
		all = true
	}
	if all {
		t.watch.watchAgain()
		t.compareAll()
	}
	t.watch.mu.Lock()
	ready := t.watch.due.take(time.Now())
	t.watch.mu.Unlock()
	if len(ready) == 0 {
		return nil
	}
	w := t.sort(ready)
	if may, err := w.allowed(ctx); err != nil || !may {
		return err
	}
	err := w.do(ctx)
	if err == nil || ctx.Err() != nil {
		t.wait = 0
		w.putBack(ctx.Err() != nil)
		return nil
	}
	if errors.Is(err, client.ErrNotLoggedIn) {
		return err
	}
	w.putBack(true)
	t.wait = min(max(2*t.wait, time.Second), mostWait)
	t.Tell(Event{Action: Lost, Err: err, Waiting: len(t.Waiting()), Wait: t.wait})
	return nil
}

const mostWait = 30 * time.Second

// work is what is due, sorted.
type work struct {
	t       *Tree
	ready   map[string]moments
	mkdirs  []string
	puts    []string
	renames [][2]string
	deletes []string // the innermost first
	stamps  map[string]stamp
	done    map[string]bool
}

// sort finds out what is to be done with the paths that are due.
func (t *Tree) sort(ready map[string]moments) *work {
	w := &work{t: t, ready: ready, stamps: map[string]stamp{}, done: map[string]bool{}}
	for _, name := range slices.Sorted(maps.Keys(ready)) {
		w.see(name)
	}
	slices.SortFunc(w.deletes, func(a, b string) int { return strings.Compare(b, a) })
	if n := len(w.deletes); n > t.mostDeletions() { // somebody took the disk away, perhaps
		t.Tell(Event{Action: Delete, Path: w.deletes[n-1], Err: fmt.Errorf("and %d more are gone at once: none of them was deleted there; --max-delete %d allows it", n-1, n)})
		for _, name := range w.deletes {
			w.done[name] = true
		}
		w.deletes = nil
	}
	return w
}

const fewDeletions = 10

func (t *Tree) mostDeletions() int {
	if t.MaxDelete >= 0 {
		return t.MaxDelete
	}
	return max(fewDeletions, len(t.sent)/2)
}

func (w *work) see(name string) {
	t := w.t
	now, there := t.look(name)
	was, sent := t.sent[name]
	switch {
	case there && t.Ignored(name, now.dir), t.isRefused(name, now, there):
		w.done[name] = true
	case !there && !sent:
		w.done[name] = true
	case !there:
		t.watch.mu.Lock()
		waits := t.watch.due.again(name, w.ready[name], time.Now())
		t.watch.mu.Unlock()
		if waits || !t.Delete {
			w.done[name] = true
		} else {
			w.remove(name)
		}
	case sent && was.dir && now.dir && !os.SameFile(was.info, now.info):
		t.sent[name], w.done[name] = now, true
		t.touchGone(name)
	case sent && was.same(now):
		w.done[name] = true
	default:
		w.come(name, now, sent && was.dir != now.dir)
	}
}

// touchGone is for a directory that another one has replaced: no event tells of what is not in that.
func (t *Tree) touchGone(dir string) {
	for name := range t.sent {
		if !strings.HasPrefix(name, dir+"/") {
			continue
		}
		if _, there := t.look(name); !there {
			t.watch.touchOnce(name)
		}
	}
}

// come is for a path that is new, or was changed.
func (w *work) come(name string, now stamp, otherType bool) {
	t := w.t
	if otherType {
		w.remove(name)
	}
	w.stamps[name] = now
	if dir := path.Dir(name); dir != "." { // a directory that is not there yet comes first
		if _, sent := t.sent[dir]; !sent && w.stamps[dir].info == nil {
			if s, there := t.look(dir); there && s.dir {
				w.come(dir, s, false)
			}
		}
	}
	if _, sent := t.sent[name]; !sent {
		if old := w.renamed(name, now); old != "" {
			w.renames = append(w.renames, [2]string{old, name})
			return
		}
	}
	if now.dir {
		w.mkdirs = append(w.mkdirs, name)
		return
	}
	w.puts = append(w.puts, name)
}

// renamed finds the name that something had when it was sent.
func (w *work) renamed(name string, now stamp) string {
	for old, was := range w.t.sent {
		if was.dir != now.dir || !os.SameFile(was.info, now.info) || !was.dir && !was.same(now) {
			continue
		}
		if _, there := w.t.look(old); !there {
			return old
		}
	}
	return ""
}

// remove deletes a path, with all that was sent into it.
func (w *work) remove(name string) {
	for at := range w.t.sent {
		if (at == name || strings.HasPrefix(at, name+"/")) && !slices.Contains(w.deletes, at) {
			w.deletes = append(w.deletes, at)
		}
	}
}

// do does it. The error is of the connection.
func (w *work) do(ctx context.Context) error {
	for _, does := range []func(context.Context) error{w.renameAll, w.deleteAll, w.mkdirAll, w.putAll} {
		if err := does(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tree) there(name string) string { return path.Join(t.Remote, name) }

// tell tells of one thing that was done; its error stays that of the connection only.
func (w *work) tell(e Event) error {
	if e.Err != nil && client.Refusal(e.Err) == nil && w.t.Session.Idle() != nil {
		return e.Err
	}
	w.t.Tell(e)
	return nil
}

func (w *work) renameAll(ctx context.Context) error {
	t := w.t
	for _, pair := range w.renames {
		old, name := pair[0], pair[1]
		if was, came := t.sent[name]; came && was.same(w.stamps[name]) { // with the directory that it is in
			w.done[name] = true
			continue
		}
		if _, still := t.sent[old]; !still {
			w.again(name)
			continue
		}
		start := time.Now()
		err := t.Session.Rename(ctx, t.there(old), t.there(name))
		if client.Refusal(err) != nil {
			w.again(name)
			continue
		}
		if err := w.tell(Event{Action: Rename, Path: old, To: name, Elapsed: time.Since(start), Err: err}); err != nil {
			return err
		}
		if err != nil {
			continue
		}
		t.move(old, name)
		w.done[old], w.done[name] = true, true
	}
	return nil
}

// again has something sent as what is new, which could not be renamed.
func (w *work) again(name string) {
	if w.stamps[name].dir {
		w.mkdirs = append(w.mkdirs, name)
	} else {
		w.puts = append(w.puts, name)
	}
}

// move notes that the server has something under another name.
func (t *Tree) move(old, name string) {
	for at, s := range maps.Clone(t.sent) {
		if at == old || strings.HasPrefix(at, old+"/") {
			delete(t.sent, at)
			t.sent[name+at[len(old):]] = s
		}
	}
}

func (w *work) deleteAll(ctx context.Context) error {
	t := w.t
	for _, name := range w.deletes {
		was, sent := t.sent[name]
		if !sent { // it was renamed
			continue
		}
		if now, there := t.look(name); there && now.dir == was.dir {
			continue // it is back, and due again
		}
		e := Event{Action: Delete, Path: name}
		if was.dir {
			e.Action, e.Err = Rmdir, t.Session.Rmdir(ctx, t.there(name))
		} else {
			e.Err = t.Session.Remove(ctx, t.there(name))
		}
		if client.Refusal(e.Err) != nil {
			if _, there, err := facts.Stands(ctx, t.Session, t.there(name)); err == nil && !there { // somebody was faster
				e.Err = nil
			}
		}
		if err := w.tell(e); err != nil {
			return err
		}
		w.done[name] = true
		delete(t.sent, name)
	}
	return nil
}

func (w *work) mkdirAll(ctx context.Context) error {
	t := w.t
	slices.Sort(w.mkdirs)
	for _, name := range slices.Compact(w.mkdirs) {
		_, err := t.Session.Mkdir(ctx, t.there(name))
		if client.Refusal(err) != nil {
			if is, failed := t.Session.IsDir(ctx, t.there(name)); failed == nil && is {
				err = nil
			}
		}
		if err := w.tell(Event{Action: Mkdir, Path: name, Err: err}); err != nil {
			return err
		}
		if w.done[name] = true; err == nil {
			t.sent[name] = w.stamps[name]
		}
	}
	return nil
}

// putAll sends files, each under another name until it is complete.
func (w *work) putAll(ctx context.Context) error {
	t := w.t
	if len(w.puts) == 0 {
		return nil
	}
	p := &putting{work: w, names: map[string]string{}}
	for _, name := range w.puts {
		p.names[t.there(name)] = name
	}
	e := t.Engine()
	e.Done = func(task transfer.Task, r transfer.Result, err error) { p.arrived(ctx, task, r, err) }
	err := e.Run(ctx, w.uploads(t.Lacks))
	e.Wait()
	t.Lacks = cmp.Or(p.lacks, t.Lacks)
	if alike := new(transfer.AlikeError); errors.As(err, &alike) {
		t.Tell(Event{Action: Put, Path: alike.Names[0], Err: err})
		err = nil
	}
	if err = cmp.Or(err, p.lost); err != nil {
		return err
	}
	return w.refused(ctx, p.refusals)
}

// uploads are the tasks of the files that are to be sent.
func (w *work) uploads(lacks transfer.Lack) iter.Seq[transfer.Task] {
	t := w.t
	return func(yield func(transfer.Task) bool) {
		for _, name := range w.puts {
			task := transfer.Task{Op: transfer.Upload, Remote: t.there(name), Local: filepath.Join(t.Local, filepath.FromSlash(name))}
			if t.Configure != nil {
				t.Configure(&task)
			}
			task.Here, task.Atomic, task.OrInPlace, task.Lacks = t.Here, true, true, lacks
			if !yield(task) {
				return
			}
		}
	}
}

// putting hears what becomes of the files that are sent.
type putting struct {
	*work
	names map[string]string // by the path there
	lost  error             // of the connection
	lacks transfer.Lack

	refusals []Event // told when nothing is moving any more
}

func (p *putting) arrived(ctx context.Context, task transfer.Task, r transfer.Result, err error) {
	t, name := p.t, p.names[task.Remote]
	if err != nil && (client.Refusal(err) == nil && !isLocal(err) || ctx.Err() != nil) {
		p.lost = err
		return
	}
	p.done[name] = true
	if errors.Is(err, fs.ErrNotExist) {
		return // gone again
	}
	p.lacks = cmp.Or(p.lacks, r.Lacks)
	event := Event{Action: Put, Path: name, Size: r.Size, Elapsed: r.Elapsed, Note: r.Note, Err: err}
	if client.Refusal(err) != nil {
		p.refusals = append(p.refusals, event)
		return
	}
	if t.Tell(event); err != nil {
		return
	}
	t.sent[name] = p.stamps[name]
	if now, there := t.look(name); !there || !now.same(p.stamps[name]) {
		t.watch.touch(name) // it was changed meanwhile
	}
}

// refused tells of uploads that were refused, but for those whose directory somebody has removed on the server: it is made
// again, and all that is in it is sent.
func (w *work) refused(ctx context.Context, events []Event) error {
	t, stands := w.t, map[string]bool{".": true} // directories that are in their place
	for _, e := range events {
		gone := ""
		for dir := path.Dir(e.Path); !stands[dir]; dir = path.Dir(dir) {
			if _, sent := t.sent[dir]; !sent && gone == "" {
				break // that it cannot be made was told
			}
			is, err := t.Session.IsDir(ctx, t.there(dir))
			if err != nil {
				return err
			}
			if is {
				stands[dir] = true
				break
			}
			gone = dir
		}
		if gone == "" {
			t.Tell(e)
			continue
		}
		for name := range maps.Clone(t.sent) {
			if name == gone || strings.HasPrefix(name, gone+"/") {
				delete(t.sent, name)
				t.watch.touch(name)
			}
		}
		t.watch.touch(e.Path)
	}
	return nil
}

func isLocal(err error) bool { return errors.As(err, new(*fs.PathError)) }

// putBack makes due again what was not done.
func (w *work) putBack(lost bool) {
	if !lost {
		return
	}
	w.t.watch.mu.Lock()
	defer w.t.watch.mu.Unlock()
	for name := range w.ready {
		if !w.done[name] {
			w.t.watch.due.back(name, w.ready[name])
		}
	}
	for name := range w.stamps { // directories on the way
		if !w.done[name] {
			w.t.watch.due.back(name, moments{first: time.Now(), last: time.Now()})
		}
	}
}
