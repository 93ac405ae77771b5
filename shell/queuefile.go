package shell

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/gofrs/flock"

	"github.com/ftpsh/ftpsh/client"
)

// kept is a line of the queue as it is on disk, without secrets.
type kept struct {
	Server string `json:"server"` // user@host:port
	client.Made
	Local string `json:"local"`
	Line  string `json:"line"`
}

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

// keepQueue writes what waits, and what runs as it may not come to its end, into
// a file of this shell. A disk that is full does not keep anything from running.
func (sh *Shell) keepQueue() {
	if sh.opt.StateDir == "" || !sh.Interactive() || sh.opt.DryRun {
		return
	}
	js := sh.jobs
	js.disk.Lock()
	defer js.disk.Unlock()
	js.mu.Lock()
	q := &js.queue
	closed, jobs := q.closed, slices.Concat(q.running, q.waiting)
	js.mu.Unlock()
	if closed {
		return
	}
	var all []kept
	for _, j := range jobs {
		if j.kept != nil {
			all = append(all, *j.kept)
		}
	}
	if q.file == nil {
		dir := filepath.Join(sh.opt.StateDir, "queue")
		if len(all) == 0 || os.MkdirAll(dir, 0o700) != nil {
			return
		}
		q.file = flock.New(filepath.Join(dir, strconv.Itoa(os.Getpid())), flock.SetPermissions(0o600))
		q.file.TryLock()
	}
	writeKept(q.file.Path(), all)
}

// leaveQueue removes the file of an empty queue, and gives that of another one
// free for the next shell.
func (sh *Shell) leaveQueue() {
	js := sh.jobs
	js.disk.Lock()
	defer js.disk.Unlock()
	js.mu.Lock()
	js.queue.stopped, js.queue.closed = true, true
	js.mu.Unlock()
	if js.queue.file == nil {
		return
	}
	if info, err := os.Stat(js.queue.file.Path()); err == nil && info.Size() == 0 {
		os.Remove(js.queue.file.Path())
	}
	js.queue.file.Unlock()
}

// keptFor calls f with the files that shells have left which are gone, and the
// lines for this server in them.
func (sh *Shell) keptFor(f func(path string, mine, others []kept)) {
	if sh.opt.StateDir == "" || sh.session == nil {
		return
	}
	paths, _ := filepath.Glob(filepath.Join(sh.opt.StateDir, "queue", "[0-9]*"))
	for _, path := range paths {
		lock := flock.New(path)
		if ours, err := lock.TryLock(); err != nil || !ours {
			continue
		}
		var mine, others []kept
		for _, k := range readKept(path) {
			if k.Server == sh.server() {
				mine = append(mine, k)
			} else {
				others = append(others, k)
			}
		}
		f(path, mine, others)
		lock.Unlock()
	}
}

func readKept(path string) (all []kept) {
	text, _ := ReadPrivate(path)
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var k kept
		if json.Unmarshal(lines.Bytes(), &k) == nil {
			all = append(all, k)
		}
	}
	return all
}

func writeKept(path string, all []kept) {
	var text bytes.Buffer
	rows := json.NewEncoder(&text)
	for _, k := range all {
		rows.Encode(k)
	}
	os.WriteFile(path, text.Bytes(), 0o600)
}

// tellKept says what an earlier shell has left for this server.
func (sh *Shell) tellKept() {
	n := 0
	sh.keptFor(func(_ string, mine, _ []kept) { n += len(mine) })
	if n > 0 {
		sh.Say(plural(n, "command is", "commands are") + " queued from an earlier session; `queue start` runs what is left")
	}
}

// takeKept queues what an earlier shell has left for this server.
func (sh *Shell) takeKept() {
	if sh.opt.DryRun {
		return
	}
	var all []kept
	sh.keptFor(func(path string, mine, others []kept) {
		all = append(all, mine...)
		if len(others) == 0 {
			os.Remove(path)
			return
		}
		writeKept(path, others)
	})
	for _, k := range all {
		f := sh.apart()
		f.localDir = k.Local
		j := newJob(k.Line, f, nil)
		j.from.made, j.from.alone = k.Made, nil
		j.line = j.resuming()
		j.run = func() error {
			if err := f.session.Remake(f.base, k.Made); err != nil {
				return shown(err)
			}
			return shown(f.Do(Line{Text: j.line}))
		}
		sh.enqueue(j)
	}
}
