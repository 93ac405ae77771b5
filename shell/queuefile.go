package shell

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/strict"
)

// kept is a line of the queue as it is on disk, without secrets.
type kept struct {
	Server string `json:"server"` // user@host:port
	client.Made
	Local string `json:"local"`
	Line  string `json:"line"`
}

// queueFile is what a shell keeps of its queue for another day. Each shell has a file of its own, and holds the lock beside
// it while it lives.
type queueFile struct {
	path string
	lock *flock.Flock
}

// longQueue is more than anybody would type.
const longQueue = 16 << 20

// server names what the session is for.
func (c *connections) server() string {
	if c.session == nil {
		return ""
	}
	return serverOf(c.session)
}

// serverOf is who is logged in where.
func serverOf(s *client.Session) string {
	user, _ := s.LoggedIn()
	return user + "@" + s.Options().Addr
}

// keepQueue writes what waits, and what runs as it may not come to its end, into the file of this shell. The queue runs
// although it is not kept.
func keepQueue(sh *Shell) error {
	if sh.opt.StateDir == "" || sh.opt.DryRun {
		return nil
	}
	js := jobsOf(sh)
	js.disk.Lock()
	defer js.disk.Unlock()
	js.mu.Lock()
	q := &js.queue
	closed, jobs := q.closed, slices.Concat(q.running, q.waiting)
	js.mu.Unlock()
	if closed {
		return nil
	}
	var text bytes.Buffer
	rows := json.NewEncoder(&text)
	for _, j := range jobs {
		if j.kept != nil {
			_ = rows.Encode(j.kept) // it has nothing that cannot be written
		}
	}
	if q.file == nil && text.Len() == 0 {
		return nil
	}
	err := ownQueueFile(sh)
	if err == nil {
		err = private.Write(q.file.path, text.Bytes())
	}
	if err != nil {
		return fmt.Errorf("the queue runs, but is not kept for another day: %w", err)
	}
	return nil
}

// ownQueueFile gives this shell a file that no other one has ever had: one of a shell that was killed is taken from nobody.
func ownQueueFile(sh *Shell) error {
	q := &jobsOf(sh).queue
	if q.file != nil {
		return nil
	}
	path := filepath.Join(queueDir(sh), time.Now().UTC().Format("20060102-150405.000000000-")+fmt.Sprint(os.Getpid()))
	if err := private.MakeFolder(path); err != nil {
		return err
	}
	lock, free, err := lockQueue(path)
	if err == nil && !free {
		err = &private.Error{Name: path, Err: errors.New("another ftpsh holds it")}
	}
	if err == nil {
		q.file = &queueFile{path, lock}
	}
	return err
}

func queueDir(sh *Shell) string { return filepath.Join(sh.opt.StateDir, "queue") }

// lockQueue locks the file of a shell, if that has gone.
func lockQueue(path string) (lock *flock.Flock, free bool, err error) {
	lock = flock.New(path+queueLock, flock.SetPermissions(0o600))
	free, err = lock.TryLock()
	if err != nil || !free {
		lock.Close()
	}
	return lock, free, err
}

const queueLock = ".lock"

// leaveQueue removes the file of an empty queue, and gives that of another one free for the next shell.
func leaveQueue(sh *Shell) {
	js := jobsOf(sh)
	js.disk.Lock()
	defer js.disk.Unlock()
	js.mu.Lock()
	js.queue.stopped, js.queue.closed = true, true
	js.mu.Unlock()
	file := js.queue.file
	if file == nil {
		return
	}
	if info, err := os.Stat(file.path); err == nil && info.Size() == 0 {
		_ = file.remove()
	}
	file.lock.Close()
}

// remove takes the file away, and then its lock: who waits for the lock finds no file.
func (f *queueFile) remove() error {
	err := os.Remove(f.path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = os.Remove(f.lock.Path())
	}
	return err
}

// keptLines are the lines in a file of the queue: those for this server, and the text of all others.
type keptLines struct {
	mine    []kept
	others  []byte
	damaged []error // lines that stay, with their names
}

// readKept reads the text of a file of the queue.
func readKept(path string, text []byte, server string) (all keptLines) {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		k, err := parseKept(line)
		switch {
		case err != nil:
			all.damaged = append(all.damaged, private.Damaged(path, n, err))
		case k.Server == server:
			all.mine = append(all.mine, k)
			continue
		}
		all.others = append(all.others, line...)
	}
	return all
}

func parseKept(line []byte) (k kept, err error) {
	_, err = strict.JSON(line, &k)
	if err == nil {
		err = k.Made.Check()
	}
	switch {
	case err != nil:
	case !bytes.HasSuffix(line, []byte("\n")):
		err = errors.New("the end is missing")
	case k.Server == "" || strings.TrimSpace(k.Line) == "" || !filepath.IsAbs(k.Local):
		err = errors.New("the server, the command or the local directory is missing")
	}
	if err != nil {
		err = fmt.Errorf("no line of a queue: %w", err)
	}
	return k, err
}

// keptFiles calls f with each file that a shell has left which is gone, while no other one can take it.
func keptFiles(sh *Shell, f func(queueFile, keptLines) error) error {
	if sh.opt.StateDir == "" || sh.session == nil {
		return nil
	}
	names, err := os.ReadDir(queueDir(sh))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	all := []error{err}
	for _, entry := range names {
		if name := entry.Name(); !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, queueLock) {
			all = append(all, keptFile(sh, filepath.Join(queueDir(sh), name), f))
		}
	}
	return failure.Several(all)
}

func keptFile(sh *Shell, path string, f func(queueFile, keptLines) error) error {
	if err := private.Check(path); err != nil { // before anything is made beside it
		return err
	}
	lock, free, err := lockQueue(path)
	if err != nil || !free {
		return err
	}
	defer lock.Close()
	text, err := private.Read(path, longQueue)
	if errors.Is(err, fs.ErrNotExist) { // another shell was faster
		return os.Remove(lock.Path())
	}
	if err != nil {
		return err
	}
	return f(queueFile{path, lock}, readKept(path, text, sh.server()))
}

// tellKept says what an earlier shell has left for this server.
func tellKept(sh *Shell) {
	n := 0
	err := keptFiles(sh, func(_ queueFile, all keptLines) error {
		n += len(all.mine)
		return failure.Several(all.damaged)
	})
	warnOfQueue(sh, err)
	if n > 0 {
		sh.Say(plural(n, "command is", "commands are") + " queued from an earlier session; `queue start` runs what is left")
	}
}

// warnOfQueue tells of each file or line that cannot be used.
func warnOfQueue(sh *Shell, err error) {
	if err != nil {
		sh.warn("the queue of an earlier session: " + strings.ReplaceAll(failure.InWords(err), "\n", "; "))
	}
}

// takeKept queues what an earlier shell has left for this server. A line is in the file of this shell before it is taken
// out of that of the other one.
func takeKept(ctx context.Context, c *Call) error {
	sh := c.Shell
	if sh.opt.DryRun {
		return nil
	}
	return keptFiles(sh, func(file queueFile, all keptLines) error {
		if len(all.mine) == 0 || !wantsKept(ctx, c, all.mine) {
			return failure.Several(all.damaged)
		}
		if err := enqueue(sh, resumed(sh, all.mine), true); err != nil {
			return err
		}
		if len(all.others) == 0 {
			return file.remove()
		}
		return failure.Several(append(all.damaged, private.Write(file.path, all.others)))
	})
}

// wantsKept shows the lines of an earlier shell and asks about them: they were typed long ago, or came with the file.
func wantsKept(ctx context.Context, c *Call, lines []kept) bool {
	if !c.Interactive() {
		return true
	}
	for _, k := range lines {
		text := "  " + k.Line
		if k.Local != workingDir() {
			text += "  (in " + k.Local + ")"
		}
		if len(k.Told) > 0 {
			text += "  (after " + strings.Join(k.Told, "; ") + ")"
		}
		c.Note("%s", text)
	}
	return c.Confirm(ctx, "run "+plural(len(lines), "command", "commands")+" of an earlier session?")
}

// resumed are the jobs of lines that an earlier shell has kept.
func resumed(sh *Shell, lines []kept) (all []*job) {
	for _, k := range lines {
		f := sh.apart()
		f.localDir = k.Local
		j := newJob(k.Line, f, nil)
		j.from.made, j.from.alone = k.Made, nil
		j.line = j.resuming()
		j.run = func() error {
			if err := f.session.Remake(f.base, k.Made); err != nil {
				return failure.Shown(err)
			}
			return failure.Shown(f.Do(Line{Text: j.line}))
		}
		all = append(all, j)
	}
	return all
}
