package client

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// Change is something that a Session is about to do to the files of the server.
type Change struct {
	Do     Deed
	Path   string // what is changed; "" where the server chooses the name, or a line says more than is known of it
	To     string // the new name, of Rename and Copy; the target, of Link
	Offset int64  // where a Store goes on
	Mode   fs.FileMode
	Time   time.Time // of SetTime
	Line   string    // as it was said by hand; ""
}

// Deed is what a Change does.
type Deed string

// The deeds. Store, Copy and Rename replace what stands under the name, on most servers.
const (
	Store       Deed = "store"
	Append      Deed = "append"
	StoreUnique Deed = "store-unique" // under a name that the server chooses
	Delete      Deed = "delete"
	Rmdir       Deed = "rmdir"
	RemoveTree  Deed = "remove-tree"
	Rename      Deed = "rename"
	Copy        Deed = "copy"
	Link        Deed = "link"
	Mkdir       Deed = "mkdir"
	Chmod       Deed = "chmod"
	SetTime     Deed = "set-time"
	Other       Deed = "other" // a line, or facts, that no other deed stands for
)

// Funnel is told of every change before the first of its lines leaves, and carries it out with do.
// What it returns is the outcome: nil without do means that the change passes for done, where it
// brings nothing back; else it is ErrSkipped. It may use the Session that is about to change, on
// which nobody else speaks meanwhile; what it does there is not told to it. Sessions that are made
// of one another share it: its calls may overlap.
//
// It hears of an upload when that begins.
type Funnel func(ctx context.Context, s *Session, c Change, do func() error) error

// ErrThere is for a Funnel to return of a directory that already exists, or will be.
var ErrThere = errors.New("already exists")

// Stage is the file that an upload goes into until it is complete, "" for none but its own.
func (s *peer) Stage(name string) string {
	if s.opt.Stage == nil {
		return ""
	}
	return s.opt.Stage(name)
}

// Aside runs what the funnel is not told of: the work of who listens to it.
func (s *Session) Aside(f func() error) error {
	before := s.inFunnel
	s.inFunnel = true
	defer func() { s.inFunnel = before }()
	return f()
}

// change passes a change through the funnel.
func (s *Session) change(ctx context.Context, c Change, do func() error) error {
	if s.opt.Funnel == nil || s.inFunnel {
		return do()
	}
	s.inFunnel = true
	defer func() { s.inFunnel = false }()
	return s.opt.Funnel(ctx, s, c, do)
}

// changeLater is for a change whose answer nobody waits for: its own command leaves with the next
// transfer, unless somebody is told of it, and may want to look first; do makes it then.
func (s *Session) changeLater(c Change, own command, do func(context.Context) error, then func(error)) {
	if s.opt.Funnel == nil || s.inFunnel {
		s.deferCommand(own, func(_ Reply, err error) { then(err) })
		return
	}
	s.pipe.told = append(s.pipe.told, func(ctx context.Context) { then(s.change(ctx, c, func() error { return do(ctx) })) })
}

// tellLater carries out what changeLater kept.
func (s *outbox) tellLater(ctx context.Context) {
	for len(s.pipe.told) > 0 {
		tell := s.pipe.told[0]
		s.pipe.told = s.pipe.told[1:]
		tell(ctx)
	}
}

// upload begins an upload. One that passes for done was skipped: it has no data to write.
func (s *Session) upload(ctx context.Context, c Change, t Transfer) (d *Data, err error) {
	err = s.change(ctx, c, func() (err error) {
		d, err = s.transfer(ctx, s.typ, t)
		return err
	})
	if err == nil && d == nil {
		err = ErrSkipped
	}
	return d, err
}

// changing are the verbs that change files, with how their arguments are read.
var changing = []struct {
	verb, word string // word: of SITE
	change     func(rest string) Change
}{
	{"STOR", "", onPath(Store)},
	{"APPE", "", onPath(Append)},
	{"STOU", "", func(string) Change { return Change{Do: StoreUnique} }},
	{"DELE", "", onPath(Delete)},
	{"RMD", "", onPath(Rmdir)},
	{"XRMD", "", onPath(Rmdir)},
	{"RMDA", "", onPath(RemoveTree)},
	{"MKD", "", onPath(Mkdir)},
	{"XMKD", "", onPath(Mkdir)},
	{"RNTO", "", func(rest string) Change { return Change{Do: Rename, To: rest} }},
	{"MFMT", "", timed},
	{"MFCT", "", behind(Other)},
	{"MFF", "", behind(Other)},
	{"COMB", "", func(string) Change { return Change{Do: Other} }},
	{"SITE", "CHMOD", moded},
	{"SITE", "CHGRP", behind(Other)},
	{"SITE", "CHOWN", behind(Other)},
	{"SITE", "UTIME", timed},
	{"SITE", "TOUCH", onPath(SetTime)},
	{"SITE", "SYMLINK", link},
	{"SITE", "LINK", link},
	{"SITE", "MKDIR", onPath(Mkdir)},
	{"SITE", "RMDIR", onPath(RemoveTree)},
	{"SITE", "CPTO", func(rest string) Change { return Change{Do: Copy, To: rest} }},
	{"SITE", "COPY", func(string) Change { return Change{Do: Other} }},
	{"SITE", "EXEC", func(string) Change { return Change{Do: Other} }},
}

func onPath(do Deed) func(string) Change {
	return func(rest string) Change { return Change{Do: do, Path: rest} }
}

// behind is for a path behind a first word.
func behind(do Deed) func(string) Change {
	return func(rest string) Change {
		_, path, _ := strings.Cut(rest, " ")
		return Change{Do: do, Path: path}
	}
}

func moded(rest string) Change {
	octal, path, _ := strings.Cut(rest, " ")
	mode, _ := strconv.ParseUint(octal, 8, 12)
	return Change{Do: Chmod, Path: path, Mode: fs.FileMode(mode)}
}

// timed reads the forms of timeWays.
func timed(rest string) Change {
	stamp, path, _ := strings.Cut(rest, " ")
	when, err := time.Parse(timeVal, stamp)
	if words := strings.Fields(rest); err != nil && len(words) > 4 { // SITE UTIME path atime mtime ctime UTC
		path = strings.TrimSpace(strings.TrimSuffix(rest, strings.Join(words[len(words)-4:], " ")))
		when, err = time.Parse(timeVal, words[len(words)-2])
	}
	if err != nil {
		return Change{Do: Other}
	}
	return Change{Do: SetTime, Path: path, Time: when}
}

func link(rest string) Change {
	target, path, _ := strings.Cut(rest, " ")
	return Change{Do: Link, Path: path, To: target}
}

// ChangeOf reads a line as the server gets it. It reports false for one that changes no file: RNFR
// and SITE CPFR only name what the next line is about.
func ChangeOf(line string) (Change, bool) {
	verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	verb, rest = strings.ToUpper(verb), strings.TrimLeft(rest, " ")
	word := ""
	switch verb {
	case "SITE":
		word, rest, _ = strings.Cut(rest, " ")
		word = strings.ToUpper(word)
	case "MDTM": // with a time in front of the name it sets that (vsftpd, Serv-U)
		c := timed(rest)
		c.Line = line
		return c, c.Do == SetTime
	}
	for _, row := range changing {
		if row.verb == verb && row.word == word {
			c := row.change(rest)
			c.Line = line
			return c, true
		}
	}
	return Change{}, false
}

// byHandChange passes a line that was said by hand through the funnel.
func (s *Session) byHandChange(ctx context.Context, line string, do func() error) error {
	c, changes := ChangeOf(line)
	verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	if !changes {
		err := do()
		switch {
		case strings.EqualFold(verb, "RNFR"):
			s.renaming = rest
		case strings.EqualFold(verb, "SITE") && len(rest) > 5 && strings.EqualFold(rest[:5], "CPFR "):
			s.renaming = rest[5:]
		}
		return err
	}
	if c.Do == Rename || c.Do == Copy {
		c.Path, s.renaming = s.renaming, ""
	}
	done := false
	err := s.change(ctx, c, func() error {
		done = true
		return do()
	})
	if err == nil && !done {
		return ErrSkipped // nobody may invent the reply to a line that was typed
	}
	return err
}

// String is the change in a few words: "rename a to b".
func (c Change) String() string {
	switch {
	case c.Line != "" && c.Do == Other:
		return c.Line
	case c.Do == Chmod:
		return fmt.Sprintf("chmod %03o %s", c.Mode.Perm(), c.Path)
	case c.Do == SetTime:
		return fmt.Sprintf("set the time of %s", c.Path)
	case c.Do == StoreUnique:
		return "store a file under a new name"
	case c.Do == Link:
		return fmt.Sprintf("link %s to %s", c.Path, c.To)
	case c.To != "":
		return fmt.Sprintf("%s %s to %s", c.Do, c.Path, c.To)
	}
	return string(c.Do) + " " + c.Path
}
