package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	osuser "os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/trash"
	"github.com/ftpsh/ftpsh/client/tx"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "begin", Theme: "whole trees", JSON: true, Short: "hold changes to the server back until commit",
	Long: "From here on put, mput, mirror -R, rm, mv, cp, mkdir, rmdir, chmod and touch change nothing that others " +
		"see. Uploads go into a folder .ftpsh-tx-… beside the files; `tx` shows what waits, `commit` makes all of " +
		"the changes at once or none, `rollback` drops them. It covers what is in the current directory, or in the " +
		"one of --in.\n" +
		"ls and get show the server as it is, not as it will be. --lock creates the directory .ftpsh-lock there, " +
		"which only one can do: a second begin --lock, from anywhere, is refused until the transaction has ended.",
	Examples: []command.Example{{Line: "begin --in /var/www --lock", Says: "and nobody else can meanwhile"}},
	Max:      0, Flags: beginFlags, Complete: []completion.Kind{completion.None},
	Wire: command.Verbs(command.ListVerbs, command.Sends("MKD", "SITE CHMOD", "STOR", "RETR", "DELE", "RMD", "CWD")), Needs: command.Login, Foreign: command.Refused, Run: beginTx,
})

func beginFlags(fs *pflag.FlagSet) {
	fs.String("in", "", "for what is in `DIRECTORY`")
	command.NamesPath(fs, "in", completion.RemoteDir)
	fs.Bool("lock", false, "allow only one such transaction at a time, from anywhere")
	fs.Bool("break-lock", false, "remove the lock of somebody else first, after a question")
	fs.BoolP("yes", "y", false, "with --break-lock: without a question")
}

func beginTx(ctx context.Context, c *command.Call) error {
	if err := cmp.Or(outsideTx(c), needsRenames(c)); err != nil {
		return err
	}
	s := c.Session()
	dir := c.Absolute(cmp.Or(c.Value("in"), "."))
	if !strings.HasPrefix(dir, "/") {
		return trash.ErrNoPlace
	}
	if is, err := s.IsDir(ctx, dir); err != nil || !is {
		return failure.About(dir, cmp.Or(err, error(&failure.LocalError{Text: "is not a directory of the server"})))
	}
	if not, err := command.WouldRun(c.Shell, "begin --in "+dir); not {
		return err
	}
	h := tx.NewHead(s, dir, time.Now())
	if err := lockTx(ctx, c, &h); err != nil {
		return err
	}
	open, err := journalTx(c.Shell, h.ID)
	if err == nil {
		open.Tx, err = tx.Begin(ctx, s, h, open.Journal())
	}
	if err != nil {
		open.End()
		if h.Lock != "" {
			err = errors.Join(err, tx.Unlock(ctx, s, dir))
		}
		return err
	}
	if open.Held == nil && !net.ParseIP(s.Server().Host()).IsLoopback() { // that of --demo goes with this program
		c.Shell.Warn("no journal is kept here: if this computer stops during the commit nobody knows how far it came")
	}
	opens(c.Shell, open, s)
	text := fmt.Sprintf("transaction %s in %s: changes wait for `commit`; ls and get show the server as it is", h.ID, dir)
	return tellResult(c, txObject(open.Tx), text)
}

// lockTx takes the lock, if that is wanted.
func lockTx(ctx context.Context, c *command.Call, h *tx.Head) error {
	if !c.Is("lock") && !c.Is("break-lock") {
		return nil
	}
	name := "somebody"
	if who, err := osuser.Current(); err == nil {
		name = who.Username
	}
	host, _ := os.Hostname()
	by := fmt.Sprintf("%s on %s, process %d, since %s", name, host, os.Getpid(), h.Begun.Format(time.RFC3339))
	err := h.LockDir(ctx, c.Session(), by)
	locked := new(tx.LockedError)
	if !errors.As(err, &locked) || !c.Is("break-lock") {
		return err
	}
	switch {
	case c.Is("yes"):
	case !c.Interactive():
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: locked.Error() + "; ftpsh cannot ask without a terminal", Hint: "`begin --break-lock -y`"}
	case !c.Confirm(ctx, locked.Error()+". Remove that lock?"):
		return locked
	}
	if err := tx.Unlock(ctx, c.Session(), string(h.Dir)); err != nil {
		return err
	}
	return h.LockDir(ctx, c.Session(), by)
}

// journalTx makes the file of a journal, which no other shell can take while this one lives.
func journalTx(sh *command.Shell, id string) (*command.OpenTx, error) {
	open := &command.OpenTx{}
	if sh.Options.StateDir == "" {
		return open, nil
	}
	path := filepath.Join(command.TxDir(sh), id+".jsonl")
	var err error
	if open.Held, err = command.OwnQueue(path); err == nil {
		open.File, err = private.Append(path)
	}
	return open, err
}
