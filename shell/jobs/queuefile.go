package jobs

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

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/command"
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

// longQueue is more than anybody would type.
const longQueue = 16 << 20

// keepQueue writes what waits, and what runs as it may not come to its end, into the file of this shell. The queue runs
// although it is not kept.
func keepQueue(sh *command.Shell) error {
	if sh.Options.StateDir == "" || sh.Options.DryRun {
		return nil
	}
	js := Of(sh)
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
		err = private.Write(q.file.Path, text.Bytes())
	}
	if err != nil {
		return fmt.Errorf("the queue runs, but is not kept for another day: %w", err)
	}
	return nil
}

// ownQueueFile gives this shell a file that no other one has ever had: one of a shell that was killed is taken from nobody.
func ownQueueFile(sh *command.Shell) error {
	q := &Of(sh).queue
	if q.file != nil {
		return nil
	}
	path := filepath.Join(queueDir(sh), time.Now().UTC().Format("20060102-150405.000000000-")+fmt.Sprint(os.Getpid()))
	var err error
	q.file, err = command.OwnQueue(path)
	return err
}

func queueDir(sh *command.Shell) string { return filepath.Join(sh.Options.StateDir, "queue") }

// LeaveQueue removes the file of an empty queue, and gives that of another one free for the next shell.
func LeaveQueue(sh *command.Shell) {
	js := Of(sh)
	js.disk.Lock()
	defer js.disk.Unlock()
	js.mu.Lock()
	js.queue.stopped, js.queue.closed = true, true
	js.mu.Unlock()
	file := js.queue.file
	if file == nil {
		return
	}
	if info, err := os.Stat(file.Path); err == nil && info.Size() == 0 {
		_ = file.Remove()
	}
	file.Lock.Close()
}

// keptLines are the lines in a file of the queue: those for this server, and the text of all others.
type keptLines struct {
	Mine    []kept
	Others  []byte
	Damaged []error // lines that stay, with their names
}

// ReadKept reads the text of a file of the queue.
func ReadKept(path string, text []byte, server string) (all keptLines) {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		k, err := parseKept(line)
		switch {
		case err != nil:
			all.Damaged = append(all.Damaged, private.Damaged(path, n, err))
		case k.Server == server:
			all.Mine = append(all.Mine, k)
			continue
		}
		all.Others = append(all.Others, line...)
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
func keptFiles(sh *command.Shell, f func(command.QueueFile, keptLines) error) error {
	if sh.Options.StateDir == "" || sh.Session == nil {
		return nil
	}
	names, err := os.ReadDir(queueDir(sh))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	all := []error{err}
	for _, entry := range names {
		if name := entry.Name(); !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, command.QueueLock) {
			all = append(all, keptFile(sh, filepath.Join(queueDir(sh), name), f))
		}
	}
	return failure.Several(all...)
}

func keptFile(sh *command.Shell, path string, f func(command.QueueFile, keptLines) error) error {
	if err := private.Check(path); err != nil { // before anything is made beside it
		return err
	}
	lock, free, err := command.LockQueue(path)
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
	return f(command.QueueFile{Path: path, Lock: lock}, ReadKept(path, text, sh.Server()))
}

// TellKept says what an earlier shell has left for this server, and which file or line of it cannot be used.
func TellKept(sh *command.Shell) {
	n := 0
	err := keptFiles(sh, func(_ command.QueueFile, all keptLines) error {
		n += len(all.Mine)
		return failure.Several(all.Damaged...)
	})
	if err != nil {
		sh.Warn("the queue of an earlier session: " + strings.ReplaceAll(failure.InWords(err), "\n", "; "))
	}
	if n > 0 {
		sh.Say(command.Plural(n, "command is", "commands are") + " queued from an earlier session; `queue start` runs what is left")
	}
}

// takeKept queues what an earlier shell has left for this server. A line is in the file of this shell before it is taken
// out of that of the other one.
func takeKept(ctx context.Context, c *command.Call) error {
	sh := c.Shell
	if sh.Options.DryRun {
		return nil
	}
	return keptFiles(sh, func(file command.QueueFile, all keptLines) error {
		if len(all.Mine) == 0 || !wantsKept(ctx, c, all.Mine) {
			return failure.Several(all.Damaged...)
		}
		if err := enqueue(sh, resumed(sh, all.Mine), true); err != nil {
			return err
		}
		if len(all.Others) == 0 {
			return file.Remove()
		}
		return failure.Several(append(all.Damaged, private.Write(file.Path, all.Others))...)
	})
}

// wantsKept shows the lines of an earlier shell and asks about them: they were typed long ago, or came with the file.
func wantsKept(ctx context.Context, c *command.Call, lines []kept) bool {
	if !c.Interactive() {
		return true
	}
	for _, k := range lines {
		text := "  " + k.Line
		if k.Local != command.WorkingDir() {
			text += "  (in " + k.Local + ")"
		}
		if len(k.Told) > 0 {
			text += "  (after " + strings.Join(k.Told, "; ") + ")"
		}
		c.Note("%s", text)
	}
	return c.Confirm(ctx, "run "+command.Plural(len(lines), "command", "commands")+" of an earlier session?")
}

// resumed are the jobs of lines that an earlier shell has kept.
func resumed(sh *command.Shell, lines []kept) (all []*job) {
	for _, k := range lines {
		f := sh.Apart()
		f.LocalDir = k.Local
		j := NewJob(k.Line, f, nil)
		j.from.made, j.from.alone = k.Made, nil
		j.line = j.resuming()
		j.run = func() error {
			if err := f.Session.Clones().Remake(f.Base, k.Made); err != nil {
				return err
			}
			return failure.Shown(f.Do(command.Line{Text: j.line}))
		}
		all = append(all, j)
	}
	return all
}
