package commands

import (
	"bytes"
	"errors"
	"io/fs"
	"sync/atomic"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/knowndirs"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// keptDirs are the listings of the last run, and how many of them were enough in this one.
type keptDirs struct {
	*knowndirs.Dirs
	enough atomic.Int64
}

// knownDirs reads the listings of the last run, where --fast or --trust-dirs wants them; nil otherwise.
func knownDirs(c *command.Call, over *client.Session, m *transfer.Mirror) (*keptDirs, error) {
	switch {
	case !c.Given("fast", "trust-dirs"):
		return nil, nil
	case m.Target != nil || c.Given("renames", "remove-source", "then-move", "settled"):
		return nil, c.Usage("--fast and --trust-dirs go neither with another server nor with --renames, --remove-source, --then-move or --settled")
	case c.Is("fast") && (c.Is("trust-dirs") || c.Value("if") != "differs" && c.Value("if") != "missing"):
		return nil, c.Usage("--fast takes new files only: it goes neither with --trust-dirs nor with --if")
	}
	m.OnlyMissing = m.OnlyMissing || c.Is("fast")
	if !over.Features().Has("MLST") {
		c.Note("this server does not tell the times of directories to the second: every directory is listed")
	}
	of := facts.ServerOf(over)
	dirs := &keptDirs{Dirs: knowndirs.New(of)}
	if name := dirsFile(c, over); name != "" {
		kept, err := readDirs(name, of)
		if err == nil {
			dirs.Dirs = kept
		} else {
			c.Note("%s; every directory is listed", failure.InWords(err))
		}
	}
	m.Known, m.Unlisted = dirs, func(string) { dirs.enough.Add(1) }
	return dirs, nil
}

// longestDirs is how large a file of listings may be.
const longestDirs = 256 << 20

// dirsFile is where listings of a server are kept; "": nowhere.
func dirsFile(c *command.Call, over *client.Session) string {
	if c.Shell.Confined != nil {
		return ""
	}
	return command.StateFile(c.Shell, "dirs", command.ServerOf(over))
}

func readDirs(name string, of facts.Server) (*knowndirs.Dirs, error) {
	text, err := private.Read(name, longestDirs)
	if errors.Is(err, fs.ErrNotExist) {
		return knowndirs.New(of), nil
	}
	if err != nil {
		return nil, err
	}
	return knowndirs.Read(bytes.NewReader(text), name, of)
}

// keepDirs keeps what was listed for the next run, and says what was not listed. Another shell may have
// written meanwhile; a file that is not sound is replaced.
func keepDirs(c *command.Call, over *client.Session, dirs *keptDirs, m *transfer.Mirror) error {
	if dirs == nil {
		return nil
	}
	if n := int(dirs.enough.Load()); n > 0 {
		tellDone(c, command.Plural(n, "directory had", "directories had")+" nothing new: not listed")
	}
	name := dirsFile(c, over)
	if name == "" || m.DryRun {
		return nil
	}
	return private.Locked(name, func() error {
		if others, err := readDirs(name, dirs.Server); err == nil {
			dirs.Add(others)
		}
		var text bytes.Buffer
		if err := dirs.Write(&text); err != nil {
			return err
		}
		return private.Write(name, text.Bytes())
	})
}
