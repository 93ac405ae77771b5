package commands

import (
	"context"
	"os"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/taken"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// onlyOnce opens the journal of what was fetched, where --once wants it; nil otherwise.
func onlyOnce(c *command.Call, m *transfer.Mirror) (*taken.Journal, error) {
	if c.Value("once") == "" {
		return nil, nil
	}
	if m.Up || m.Target != nil {
		return nil, c.Usage("--once is for files that come from the server to here")
	}
	root := c.Absolute(m.Remote)
	if root == "" || root[0] != '/' {
		return nil, &failure.LocalError{Text: "the server does not say where its directories are, so that two runs could mean different ones"}
	}
	server := facts.ServerOf(c.Session())
	name := command.StateFile(c.Shell, "taken", command.ServerOf(c.Session()))
	if name == "" || c.Shell.Confined != nil {
		return nil, &failure.LocalError{Text: "--once: nothing is remembered here, so that the next time all would be fetched again"}
	}
	file, err := openTaken(name, m.DryRun || c.Shell.Options.DryRun)
	if err != nil {
		return nil, err
	}
	journal, err := taken.Open(file, name, server)
	if err != nil {
		if file != nil {
			file.Close()
		}
		return nil, err
	}
	m.Once = taken.Tree{Journal: journal, Dir: root}
	return journal, nil
}

// openTaken opens the file; a dry run makes none.
func openTaken(name string, dry bool) (taken.File, error) {
	if _, err := os.Stat(name); err != nil && dry {
		return nil, nil
	}
	if err := private.MakeFolder(name); err != nil {
		return nil, err
	}
	file, err := private.Append(name)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// seedOnce notes all that is there as fetched.
func seedOnce(ctx context.Context, c *command.Call, over *client.Session, m *transfer.Mirror) error {
	if not, err := command.WouldRun(c.Shell, "mirror", "--once=seed", m.Remote); not || m.DryRun {
		return err
	}
	n, failed := 0, error(nil)
	err := surveyTree(ctx, c, over, m.Remote, false, func(name string, e listing.Entry) {
		if e.Type == listing.File && m.Filter(name, &e) && failed == nil {
			n, failed = n+1, m.Once.Add(name, e)
		}
	})
	c.Note("%s noted as fetched", command.Plural(n, "file is", "files are"))
	return failure.Several(err, failed)
}

// resetOnce forgets what was fetched of a tree.
func resetOnce(c *command.Call, m *transfer.Mirror) error {
	if not, err := command.WouldRun(c.Shell, "mirror", "--once=reset", m.Remote); not || m.DryRun {
		return err
	}
	t := m.Once.(taken.Tree)
	return t.Journal.Forget(t.Dir)
}
