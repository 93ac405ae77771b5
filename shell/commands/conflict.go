package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// A conflict is a transfer to a name that is taken by a file that differs.
type conflict struct {
	name        string // that is taken
	there       bool   // on the server, not here
	old, new    string // the size and the age of both
	canContinue bool   // what is there may be the beginning of what comes
}

const conflictHelp = "y replace it, c keep it and move only the rest, r take another name, n leave it alone; add a (ya, na) to do the same with all others"

// askConflict asks what becomes of the file that is there: y, c, r or n. A line that cannot be read is n.
func askConflict(ctx context.Context, c *command.Call, f conflict) rune {
	if c.Always != 0 && (c.Always != 'c' || f.canContinue) {
		return c.Always
	}
	sides, answers := [2]string{"here", "on the server"}, "[y]es, [c]ontinue, [r]ename, [n]o, [?] "
	if f.there {
		sides[0], sides[1] = sides[1], sides[0]
	}
	if !f.canContinue {
		answers = strings.Replace(answers, "[c]ontinue, ", "", 1)
	}
	fmt.Fprintf(c.Err, "%s is %s already\n  %-13s  %s\n  %-13s  %s\n", render.Safe(f.name), sides[0], sides[0], f.old, sides[1], f.new)
	for {
		line, err := c.Shell.Console.Ask(ctx, "replace it? "+answers)
		if err != nil {
			return 'n'
		}
		line = strings.ToLower(strings.TrimSpace(line))
		letter, all := strings.CutSuffix(line, "a")
		if all && letter == "" {
			letter = "y"
		}
		switch letter {
		case "yes", "no":
			letter = letter[:1]
		case "c":
			if !f.canContinue {
				letter = ""
			}
		}
		if len(letter) != 1 || !strings.Contains("ycrn", letter) {
			c.Note(conflictHelp)
			continue
		}
		if all {
			c.Always = rune(letter[0])
		}
		return rune(letter[0])
	}
}

// settleHere decides about a local file that a download would replace.
func settleHere(ctx context.Context, c *command.Call, t *transfer.Task, info fs.FileInfo, e listing.Entry) (bool, error) {
	var err error
	switch askConflict(ctx, c, conflict{name: t.Local, old: command.Describe(info), new: describeEntry(e), canContinue: e.Size < 0 || info.Size() < e.Size}) {
	case 'n':
		c.Note("%s stays as it was", t.Local)
		return false, nil
	case 'c':
		t.Resume = true
	case 'r':
		if t.Local, err = freeLocal(c.Shell, t.Local); err == nil {
			c.Note("it becomes %s", t.Local)
		}
	}
	return err == nil, err
}

// settleThere decides about a file on the server that an upload would replace. A script replaces it.
func settleThere(ctx context.Context, c *command.Call, t *transfer.Task) (bool, error) {
	if t.Op != transfer.Upload || t.Resume || t.Offset > 0 || !c.Interactive() || c.Is("force") || c.Shell.Settings.Clobber == "on" || c.Shell.Options.DryRun {
		return true, nil
	}
	e, err := c.Session().Stat(ctx, t.Remote)
	if err != nil || e.Type == listing.Dir {
		return true, ctx.Err() // nothing is in the way, or the upload says more than we could
	}
	f := conflict{name: t.Remote, there: true, old: describeEntry(e), new: "what is read from the command"}
	if t.In == nil {
		info, err := c.Shell.Folder().Stat(t.Local)
		if err != nil {
			return true, nil
		}
		if same(info, e) {
			return true, nil
		}
		f.new, f.canContinue = command.Describe(info), e.Size >= 0 && e.Size < info.Size()
	}
	switch askConflict(ctx, c, f) {
	case 'n':
		c.Note("%s stays as it was", t.Remote)
		return false, nil
	case 'c':
		t.Resume = true
	case 'r':
		if t.Remote, err = freeRemote(ctx, c, t.Remote); err != nil {
			return false, err
		}
		c.Note("it becomes %s", t.Remote)
	}
	return true, nil
}

// freeRemote is name.1 and so on, the first that the server has no file of.
func freeRemote(ctx context.Context, c *command.Call, name string) (string, error) {
	for i := 1; i <= mostUnique; i++ {
		free := fmt.Sprintf("%s.%d", name, i)
		if _, err := c.Session().Stat(ctx, free); err != nil {
			return free, ctx.Err()
		}
	}
	return "", &failure.UsageError{Text: fmt.Sprintf("%s.1 to %s.%d are all on the server already", name, name, mostUnique)}
}

// replacingThere says in the question of mput what an upload would replace.
func replacingThere(ctx context.Context, c *command.Call, remote string) string {
	e, err := c.Session().Stat(ctx, remote)
	if err != nil || e.Type == listing.Dir {
		return ""
	}
	return " (replaces that of " + describeEntry(e) + ")"
}

// describeEntry is the size and the age of a file on the server, as far as they are known.
func describeEntry(e listing.Entry) string {
	text := "size not known"
	if e.Size >= 0 {
		text = command.BytesText(e.Size)
	}
	if !e.Time.IsZero() {
		text += ", " + render.Since(e.Time, time.Now())
	}
	return text
}

// same reports whether a local file looks like the copy it would become.
func same(info fs.FileInfo, e listing.Entry) bool {
	return info.Size() == e.Size && !e.Time.IsZero() && info.ModTime().Sub(e.Time).Abs() < 2*time.Second
}

// mostUnique is where runique gives up, as ftp(1) does.
const mostUnique = 99

// uniqueLocal returns name, or with runique the first of name.1, name.2 … that
// no local file has.
func uniqueLocal(sh *command.Shell, name string) (string, error) {
	if !sh.Settings.RUnique {
		return name, nil
	}
	return freeLocal(sh, name)
}

// freeLocal is a name that no local file has: name itself, else name.1 and so on.
func freeLocal(sh *command.Shell, name string) (string, error) {
	for i := 0; i <= mostUnique; i++ {
		unique := name
		if i > 0 {
			unique = fmt.Sprintf("%s.%d", name, i)
		}
		if _, err := sh.Folder().Lstat(unique); errors.Is(err, fs.ErrNotExist) {
			return unique, nil
		}
	}
	return "", &failure.LocalError{Text: fmt.Sprintf("%s and %s.1 to %s.%d are all there already", name, name, name, mostUnique)}
}
