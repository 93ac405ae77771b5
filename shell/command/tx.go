package command

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/tx"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// OpenTx is a transaction of a shell.
type OpenTx struct {
	*tx.Tx
	Server string
	Held   *QueueFile // its journal; nil: none is kept
	File   *os.File
}

// InTx reports whether the changes of a session wait for commit.
func InTx(sh *Shell, s *client.Session) bool { return sh.Tx != nil && ServerOf(s) == sh.Tx.Server }

// errTxJob is of a job while a transaction is open: nobody would know whether it belongs to it.
var errTxJob = errors.New("a transaction is open in the foreground; jobs change nothing on its server until commit or rollback")

// hearTx is the funnel with a transaction open.
func hearTx(ctx context.Context, sh *Shell, s *client.Session, c client.Change, do func() error) error {
	switch {
	case !InTx(sh, s):
		return hearTrash(ctx, sh, s, c, do)
	case sh.Forked:
		return errTxJob
	}
	return sh.Tx.Hear(ctx, s, c, do)
}

// stage says where the uploads of a session go.
func stage(sh *Shell, s *client.Session) func(string) string {
	if sh.Tx == nil || sh.Options.DryRun {
		return nil
	}
	return func(name string) string {
		if !InTx(sh, s) || sh.Forked {
			return ""
		}
		return sh.Tx.Stage(name)
	}
}

// Closes ends the transaction of the shell here.
func Closes(sh *Shell, done bool) {
	open := sh.Tx
	sh.Tx = nil
	sh.Sessions(sh.Guard)
	if done {
		open.End()
		return
	}
	open.Release()
}

// TxDir is where the journals of transactions are.
func TxDir(sh *Shell) string { return filepath.Join(sh.Options.StateDir, "tx") }

// Journal is the file as the transaction takes it.
func (o *OpenTx) Journal() tx.File {
	if o.File == nil {
		return nil
	}
	return o.File
}

// Release leaves the journal to another shell.
func (o *OpenTx) Release() {
	if o.File != nil {
		o.File.Close()
	}
	if o.Held != nil {
		o.Held.Lock.Close()
	}
}

// End removes the journal of a transaction that has ended.
func (o *OpenTx) End() {
	if o.File != nil {
		o.File.Close()
	}
	if o.Held != nil {
		_ = o.Held.Remove()
		o.Held.Lock.Close()
	}
}

// Unfinished goes through the journals for a server that no other shell holds.
func Unfinished(sh *Shell, s *client.Session, f func(path string, h tx.Head) error) error {
	names, err := os.ReadDir(TxDir(sh))
	if sh.Options.StateDir == "" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	all := []error{err}
	for _, entry := range names {
		path := filepath.Join(TxDir(sh), entry.Name())
		if filepath.Ext(path) != ".jsonl" || sh.Tx != nil && sh.Tx.Held != nil && sh.Tx.Held.Path == path {
			continue
		}
		file, err := private.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var h tx.Head
		if err == nil {
			h, err = tx.ReadHead(file, path)
			file.Close()
		}
		if now := facts.ServerOf(s); err == nil && h.Host == now.Host && h.Port == now.Port && h.User == now.User {
			err = f(path, h)
		}
		all = append(all, err)
	}
	return failure.Several(all...)
}

// tellUnfinished says after a login what transaction has broken off.
func tellUnfinished(sh *Shell) {
	if sh.Forked || sh.Confined != nil || sh.Tx != nil {
		return
	}
	err := Unfinished(sh, sh.Session, func(path string, h tx.Head) error {
		lock, free, err := LockQueue(path)
		if err != nil || !free {
			return err
		}
		lock.Close()
		sh.Say("a transaction of " + h.Begun.Local().Format("Jan 2 15:04") + " in " + string(h.Dir) + " has not ended: `tx recover`")
		return nil
	})
	if err != nil {
		sh.Warn("transactions of earlier sessions: " + strings.ReplaceAll(failure.InWords(err), "\n", "; "))
	}
}

// leavePatience is how long a rollback may take when a script ends.
const leavePatience = 20 * time.Second

// leaveTx ends or leaves the transaction when the session ends: at the end of a script nobody comes
// back to it, at a terminal it waits.
func leaveTx(sh *Shell) {
	if sh.Tx == nil || sh.Forked || !InTx(sh, sh.Session) {
		return
	}
	t := sh.Tx
	if sh.Interactive() || t.Phase() != tx.Staging {
		sh.Warn("transaction " + t.ID + " has not ended: `tx recover` after the next login takes it up")
		Closes(sh, false)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(sh.Base), leavePatience)
	defer cancel()
	if err := t.Rollback(ctx, sh.Session); err != nil {
		sh.Warn("transaction " + t.ID + " was not committed and waits: `tx recover` after the next login takes it up; " + failure.InWords(err))
		Closes(sh, false)
		return
	}
	sh.Warn("transaction " + t.ID + " was not committed: rolled back, nothing was changed")
	Closes(sh, true)
}
