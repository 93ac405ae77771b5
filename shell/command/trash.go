package command

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/trash"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// changes are what a shell knows of the changes that can be taken back.
type changes struct {
	mu     sync.Mutex
	lines  int                     // of command lines that run each other
	groups map[string]*trash.Group // of the command line at hand, by server
	bins   map[string]*trash.Trash // by server
	logs   map[string]*trash.Log   // by server
	Plain  bool                    // the command at hand does without the trash
	Undoes string                  // the group that the command at hand takes back
	source string                  // the command line
}

func newChanges() changes {
	return changes{groups: map[string]*trash.Group{}, bins: map[string]*trash.Trash{}, logs: map[string]*trash.Log{}}
}

// Trashes reports whether deleted files go into the trash.
func Trashes(sh *Shell) bool {
	on, known := settings.OnWords[strings.ToLower(sh.Settings.Trash)]
	return (on || !known && sh.Settings.Trash != "") && !sh.Changes.Plain
}

// hearTrash is the funnel with the trash on.
func hearTrash(ctx context.Context, sh *Shell, s *client.Session, c client.Change, do func() error) error {
	if !Trashes(sh) {
		return do()
	}
	return TrashGroup(sh, s).Hear(ctx, s, c, do)
}

// TrashGroup is what the command line at hand changes on the server of a session.
func TrashGroup(sh *Shell, s *client.Session) *trash.Group {
	ch := &sh.Changes
	ch.mu.Lock()
	defer ch.mu.Unlock()
	server := ServerOf(s)
	if ch.groups[server] == nil {
		ch.groups[server] = Bin(sh, s).Begin(Recorded(ch.source, "a command"), time.Now())
		ch.groups[server].Undoes = ch.Undoes
	}
	return ch.groups[server]
}

// Bin is the trash of the server of a session.
func Bin(sh *Shell, s *client.Session) *trash.Trash {
	ch := &sh.Changes
	server := ServerOf(s)
	dir := sh.Settings.Trash
	if _, is := settings.OnWords[strings.ToLower(dir)]; is {
		dir = ""
	}
	if t := ch.bins[server]; t != nil && t.Dir == dir {
		return t
	}
	home := s.Dir()
	for _, c := range sh.Connections.All() {
		if c.Session != nil && c.Home != nil && ServerOf(c.Session) == server {
			home = c.Home.String()
		}
	}
	ch.bins[server] = &trash.Trash{Home: home, Dir: dir, Unfit: func(dir string) error { return unfit(sh, dir) }, Tell: sh.Warn}
	return ch.bins[server]
}

// unfit asks whether the trash may be where a web server shows it.
func unfit(sh *Shell, dir string) error {
	if !sh.Interactive() {
		sh.Warn(dir + " may be shown to the world by a web server; `set trash DIR` keeps it elsewhere")
		return nil
	}
	key, err := sh.Console.AskKey(sh.Base, render.Safe(dir)+" may be shown to the world by a web server. Make it? [y/n] ", "yn")
	if err == nil && key == 'y' {
		return nil
	}
	return &failure.UsageError{Text: "this server has no trash yet", Hint: "`set trash DIR` names a directory that no web server shows"}
}

// beginChanges begins a command line: what it changes is one group, whatever lines it runs.
func beginChanges(sh *Shell, line Line) (end func()) {
	ch := &sh.Changes
	if ch.lines++; ch.lines == 1 {
		ch.source, ch.Undoes = strings.TrimSpace(line.Text), ""
	}
	return func() {
		if ch.lines--; ch.lines == 0 {
			EndChanges(sh)
		}
	}
}

// endPatience is how long a group may take to be written down.
const endPatience = 20 * time.Second

// EndChanges writes down what the command line has changed.
func EndChanges(sh *Shell) {
	ch := &sh.Changes
	ch.mu.Lock()
	groups := ch.groups
	ch.groups = map[string]*trash.Group{}
	ch.mu.Unlock()
	for server, g := range groups {
		if len(g.Steps) == 0 {
			continue
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(sh.Base), endPatience)
		for _, c := range sh.Connections.All() {
			if c.Session == nil || ServerOf(c.Session) != server {
				continue
			}
			if err := g.End(ctx, c.Session); err != nil {
				sh.Warn("what was changed could not be looked at in the end, so that undo looks less closely: " + failure.InWords(err))
			}
			break
		}
		cancel()
		err := UndoLog(sh, server).Change(func(all []*trash.Group) []*trash.Group {
			for _, of := range all {
				of.Undone = of.Undone || of.ID == g.Undoes
			}
			return append(all, g)
		})
		if err != nil {
			sh.Warn("undo will not know of this: " + failure.InWords(err))
		}
	}
}

// UndoLog is the list of groups of a server.
func UndoLog(sh *Shell, server string) *trash.Log {
	ch := &sh.Changes
	if ch.logs[server] == nil {
		ch.logs[server] = &trash.Log{Path: StateFile(sh, "undo", server), Open: private.Open, Locked: private.Locked, Write: private.Write}
	}
	return ch.logs[server]
}

// StateFile is a file about a server, "" where nothing is kept.
func StateFile(sh *Shell, kind, server string) string {
	if sh.Options.StateDir == "" {
		return ""
	}
	user, addr, _ := strings.Cut(server, "@")
	host, port, _ := net.SplitHostPort(addr)
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|%`, r) || r < ' ' {
			return '_'
		}
		return r
	}, host+"-"+port+"-"+user)
	return filepath.Join(sh.Options.StateDir, kind, name+".jsonl")
}

// LeftError says that there is something left to do.
type LeftError struct{ What string }

func (e *LeftError) Error() string { return e.What }
