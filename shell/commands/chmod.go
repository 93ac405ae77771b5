package commands

import (
	"context"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "chmod", Theme: "change files", Plans: true, Values: [][]string{{"644", "600", "755", "u+x", "go-w", "a+r"}}, Args: "mode file…", Short: "change who may read and write a file", JSON: true,
	Long: "The mode is that of chmod(1): octal digits such as 644, or what is to change, such as u+x or go-w,a+r. The server must " +
		"know SITE CHMOD; for u+x and its like it must also say what the mode is now.",
	Examples: []command.Example{
		{Line: "chmod 644 index.html", Says: "everybody reads, only you write"},
		{Line: "chmod u+x run.sh", Says: "you may run it"},
		{Line: "chmod -R go-w site", Says: "a directory with everything in it"},
	},
	Min: 2, Max: -1, Ask: []string{"mode", "remote-file"}, DashArgs: isModeChange,
	Flags: func(fs *pflag.FlagSet) {
		fs.BoolP("recursive", "R", false, "directories, too, and everything in them")
	},
	Complete: []completion.Kind{completion.Mode, completion.RemotePath},
	Wire:     command.Verbs(command.ListVerbs, command.Sends("SITE CHMOD", "MFF")), Needs: command.Login, Foreign: command.Confined, Run: chmod,
})

func chmod(ctx context.Context, c *command.Call) error {
	change, ok := parseModeChange(c.Arg(0))
	if !ok {
		return c.Usage("%s is not a mode such as 644 or u+x", c.Arg(0))
	}
	if !c.Is("recursive") {
		return eachName(ctx, c, c.Args[1:], func(name command.RemoteName) error {
			return chmodOne(ctx, c, change, name.Path, listing.Entry{})
		})
	}
	done := 0
	err := eachName(ctx, c, c.Args[1:], func(name command.RemoteName) error {
		n, err := chmodTree(ctx, c, change, name.Path)
		done += n
		return err
	})
	if done > 0 && c.Shell.Settings.Verbose && !c.JSON() {
		c.Note("the mode of %s changed", command.Plural(done, "file or directory", "files and directories"))
	}
	return err
}

// chmodTree changes the modes of all that is in a directory, and returns how many it has changed.
func chmodTree(ctx context.Context, c *command.Call, change modeChange, name string) (done int, err error) {
	c.Links = true
	t := &tree{call: c, most: math.MaxInt}
	t.before = func(file string, e listing.Entry, _ int) error {
		if e.Type == listing.Link {
			return nil // it would change what the link points to
		}
		err := chmodOne(ctx, c, change, file, e)
		if err == nil {
			done++
		}
		return t.later(err, ctx.Err() != nil || c.Session().Idle() != nil)
	}
	return done, t.walk(ctx, name)
}

// chmodOne changes the mode of one file; e is what a listing said about it.
func chmodOne(ctx context.Context, c *command.Call, change modeChange, name string, e listing.Entry) error {
	if change.relative() && !e.HasMode {
		var err error
		if e, err = withMode(ctx, c, name); err != nil {
			return failure.About(name, err)
		}
		if !e.HasMode {
			return failure.About(name, &failure.UsageError{Text: "the server does not say what its mode is now", Hint: "`chmod 644 " + name + "` sets all of it"})
		}
	}
	mode := change.apply(e.Mode, e.Type == listing.Dir)
	if err := c.Session().Chmod(ctx, mode, name); err != nil {
		return failure.About(name, err)
	}
	return c.Done(command.Event{Verb: "SITE CHMOD", Remote: name, Mode: strconv.FormatUint(uint64(mode.Perm()), 8)})
}

// withMode finds out the mode of a file: by MLST, or from the listing of its
// directory where that does not have it.
func withMode(ctx context.Context, c *command.Call, name string) (listing.Entry, error) {
	e, err := c.Session().Stat(ctx, name)
	if err != nil || e.HasMode {
		return e, err
	}
	dir, base := path.Split(path.Clean(name))
	for found, err := range c.Session().List(ctx, dir, client.ListOptions{Hidden: true, Plain: true}) {
		if err != nil {
			return e, err
		}
		if found.Name == base {
			e = found
		}
	}
	return e, nil
}

// A modeChange is what chmod does: one clause for each part between commas.
type modeChange []modeClause

type modeClause struct {
	who fs.FileMode // the bits that may change
	op  byte        // '+', '-' or '='
	set fs.FileMode
	x   bool // X: may be run if it is a directory or may be run already
}

// relative reports whether the mode of now matters.
func (m modeChange) relative() bool {
	return slices.ContainsFunc(m, func(clause modeClause) bool {
		return clause.op != '=' || clause.who != 0o777 || clause.x
	})
}

func (m modeChange) apply(mode fs.FileMode, dir bool) fs.FileMode {
	mode = mode.Perm()
	for _, clause := range m {
		set := clause.set
		if clause.x && (dir || mode&0o111 != 0) {
			set |= 0o111
		}
		set &= clause.who
		switch clause.op {
		case '+':
			mode |= set
		case '-':
			mode &^= set
		default:
			mode = mode&^clause.who | set
		}
	}
	return mode
}

// parseModeChange reads octal digits, or clauses such as u+x and go=r.
func parseModeChange(text string) (all modeChange, ok bool) {
	if mode, err := strconv.ParseUint(text, 8, 32); err == nil {
		return modeChange{{who: 0o777, op: '=', set: fs.FileMode(mode)}}, mode <= 0o777
	}
	for part := range strings.SplitSeq(text, ",") {
		clause, ok := parseModeClause(part)
		if !ok {
			return nil, false
		}
		all = append(all, clause)
	}
	return all, true
}

func parseModeClause(text string) (clause modeClause, ok bool) {
	at := strings.IndexAny(text, "+-=")
	if at < 0 {
		return clause, false
	}
	for _, who := range text[:at] {
		bits, known := map[rune]fs.FileMode{'u': 0o700, 'g': 0o070, 'o': 0o007, 'a': 0o777}[who]
		if !known {
			return clause, false
		}
		clause.who |= bits
	}
	if at == 0 {
		clause.who = 0o777
	}
	clause.op = text[at]
	for _, perm := range text[at+1:] {
		bits, known := map[rune]fs.FileMode{'r': 0o444, 'w': 0o222, 'x': 0o111, 'X': 0}[perm]
		if !known {
			return clause, false
		}
		clause.set |= bits
		clause.x = clause.x || perm == 'X'
	}
	return clause, true
}

// isModeChange reports whether a word that begins with a dash is a mode, as -w.
func isModeChange(word string) bool {
	_, ok := parseModeChange(word)
	return ok
}
