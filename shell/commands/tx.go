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
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/trash"
	"github.com/ftpsh/ftpsh/client/tx"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// TxCommands are the rows of this file in the catalog.
var TxCommands = []*command.Command{
	{
		Name: "begin", JSON: true, Short: "let changes of the server wait until commit",
		Long: "From here on put, mput, mirror -R, rm, mv, cp, mkdir, rmdir, chmod and touch change nothing that others see. What is sent goes into a " +
			"folder .ftpsh-tx-… beside the files; `tx` shows what waits, `commit` makes all of it at once or nothing, `rollback` " +
			"drops it. It is for what is in the current directory, or in the one of --in.\n" +
			"ls and get show the server as it is, not as it will be. --lock makes the directory .ftpsh-lock there, which only one can " +
			"make: a second begin --lock, from anywhere, is refused until the transaction has ended.",
		Examples: []command.Example{{Line: "begin --in /var/www --lock", Says: "and nobody else does so meanwhile"}},
		Max:      0, Flags: beginFlags, Complete: []completion.Kind{completion.None},
		Wire: command.Verbs(command.ListVerbs, command.Sends("MKD", "SITE CHMOD", "STOR", "RETR", "DELE", "RMD", "CWD")), Needs: command.Login, Foreign: command.Refused, Run: beginTx,
	},
	{
		Name: "tx", Args: "[recover]", JSON: true, Short: "show what waits for commit, or end a transaction that broke off",
		Long: "`tx recover` takes up a transaction of this server that this computer has a journal of: one whose changes wait is open " +
			"again; a commit that broke off continues with --forward, or is taken back with --back; at a terminal you are asked. It looks at both " +
			"names of each rename before it does anything. Where somebody else has changed one of them meanwhile it stops and says so.",
		Examples: []command.Example{{Line: "tx", Says: "what waits"}, {Line: "tx recover --back", Says: "as it was before the commit"}},
		Max:      1, Flags: recoverFlags, Words: []string{"recover"}, Complete: []completion.Kind{completion.None},
		Wire: takeBackVerbs, Needs: command.Login, Foreign: command.Refused, Run: showTx,
	},
	{
		Name: "commit", JSON: true, Short: "make all changes since begin, at once or not at all",
		Long: "Everything that is replaced or goes is compared with what stood there when the change was made; if somebody has changed it since, " +
			"nothing is done and the status is 10. Then only renames are left, many in one packet: directories first, new files, files that " +
			"are replaced, and last what goes; or in the order in which they came, where one needs another. What was there moves into the folder, and into the trash, if that is on.\n" +
			"When the server refuses a step, those before it are taken back. When the connection is lost, the commit connects again and looks; " +
			"after a crash of this computer `tx recover` does.",
		Examples: []command.Example{{Line: "commit -n", Says: "the steps that it would take"}},
		Max:      0, Flags: func(fs *pflag.FlagSet) { fs.BoolP("dry-run", "n", false, "compare and show the steps, and do nothing") },
		Wire: takeBackVerbs, Needs: command.Login, Foreign: command.Refused, Run: commitTx,
	},
	{
		Name: "rollback", JSON: true, Short: "drop what waits since begin",
		Long: "Nothing was visible, and nothing is. Files that were sent for it are deleted from the server.",
		Wire: takeBackVerbs, Needs: command.Login, Foreign: command.Refused, Run: rollbackTx,
	},
}

func beginFlags(fs *pflag.FlagSet) {
	fs.String("in", "", "for what is in `DIRECTORY`")
	command.NamesPath(fs, "in", completion.RemoteDir)
	fs.Bool("lock", false, "only one such transaction at a time, of all computers")
	fs.Bool("break-lock", false, "remove the lock of somebody else first, after a question")
	fs.BoolP("yes", "y", false, "with --break-lock: without a question")
}

func recoverFlags(fs *pflag.FlagSet) {
	fs.String("id", "", "with recover: the transaction called `NAME`, where several have not ended")
	fs.Bool("forward", false, "with recover: go on with the commit")
	fs.Bool("back", false, "with recover: go back to how it was")
}

// outsideTx refuses a command that is no part of a transaction.
func outsideTx(c *command.Call) error {
	if c.Shell.Tx == nil {
		return nil
	}
	return &failure.UsageError{Text: "a transaction is open", Hint: "`commit` or `rollback` ends it"}
}

func beginTx(ctx context.Context, c *command.Call) error {
	if err := outsideTx(c); err != nil {
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
	if c.JSON() {
		return c.Object(txObject(open.Tx))
	}
	c.Note("transaction %s in %s: changes wait for `commit`; ls and get show the server as it is", h.ID, dir)
	return nil
}

// opens makes a transaction that of the shell.
func opens(sh *command.Shell, open *command.OpenTx, s *client.Session) {
	open.Server = command.ServerOf(s)
	sh.Tx = open
	sh.Sessions(sh.Guard)
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
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: locked.Error() + "; nobody can be asked", Hint: "`begin --break-lock -y`"}
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
	if err := private.MakeFolder(path); err != nil {
		return open, err
	}
	lock, free, err := command.LockQueue(path)
	if err == nil && !free {
		err = &private.Error{Name: path, Err: errors.New("another ftpsh holds it")}
	}
	if err != nil {
		return open, err
	}
	open.Held = &command.QueueFile{Path: path, Lock: lock}
	open.File, err = private.Append(path)
	return open, err
}

// txHead is a transaction as JSON shows it.
type txHead struct {
	ID     string `json:"id"`
	Begun  string `json:"begun"`
	Dir    string `json:"dir"`
	Phase  string `json:"phase"`
	Locked bool   `json:"locked,omitempty"`
}

func txObject(t *tx.Tx) txHead {
	dir, _ := render.Text(string(t.Dir))
	return txHead{t.ID, t.Begun.Format(time.RFC3339), dir, string(t.Phase()), t.Lock != ""}
}

// txRow is a change that waits, as JSON shows it.
type txRow struct {
	N    int    `json:"n"`
	Do   string `json:"do"`
	Path string `json:"path"`
	To   string `json:"to,omitempty"`
	Size *int64 `json:"size,omitempty"`
	Mode string `json:"mode,omitempty"`
	Over string `json:"over,omitempty"`
}

func showTx(ctx context.Context, c *command.Call) error {
	switch {
	case c.Arg(0) == "recover":
		return recoverTx(ctx, c, c.Value("id"))
	case c.Arg(0) != "":
		return c.Usage("%q is not recover", c.Arg(0))
	case c.Shell.Tx == nil:
		return noTx(c)
	}
	t := c.Shell.Tx
	rows := t.Rows()
	if c.JSON() {
		for i, r := range rows {
			o := txRow{N: i + 1, Do: string(r.Do), Mode: r.Mode}
			o.Path, _ = render.Text(string(r.Path))
			o.To, _ = render.Text(string(r.To))
			if r.Do == tx.Put {
				o.Size = &r.Size
			}
			if r.Over != nil {
				o.Over = r.Over.String()
			}
			if err := c.Object(o); err != nil {
				return err
			}
		}
		return nil
	}
	locked := ""
	if t.Lock != "" {
		locked = ", with its lock"
	}
	c.Note("transaction %s in %s, since %s%s", t.ID, t.Dir, stampText(c, t.Begun), locked)
	if len(rows) > 0 {
		if err := c.Table(txTable(rows, string(t.Dir))); err != nil {
			return err
		}
	}
	if t.Phase() != tx.Staging {
		c.Note("the commit broke off: `tx recover`")
		return nil
	}
	c.Note("%s; nothing is visible yet: `commit` or `rollback`", command.Plural(len(rows), "change", "changes"))
	return nil
}

// txTable shows rows; their paths begin at the directory of the transaction.
func txTable(rows []tx.Row, dir string) render.Table {
	rel := func(name string) string {
		return render.Safe(strings.TrimPrefix(name, strings.TrimSuffix(dir, "/")+"/"))
	}
	t := render.Table{Header: []string{"n", "what", "size", "path", "there now"}, Right: []bool{true, false, true}}
	for i, r := range rows {
		size, name, over := "-", rel(string(r.Path)), ""
		switch {
		case r.Do == tx.Put:
			size = render.Size(r.Size)
		case r.Mode != "":
			size = r.Mode
		}
		if r.To != "" {
			name += " -> " + rel(string(r.To))
		}
		if r.Over != nil {
			over = r.Over.String()
		}
		t.Rows = append(t.Rows, []string{strconv.Itoa(i + 1), string(r.Do), size, name, over})
	}
	return t
}

func noTx(c *command.Call) error {
	return &failure.UsageError{Text: "no transaction is open", Hint: "`begin` begins one, `tx recover` takes up one that broke off"}
}

func commitTx(ctx context.Context, c *command.Call) error {
	t, s := c.Shell.Tx, c.Session()
	switch {
	case t == nil:
		return noTx(c)
	case !command.InTx(c.Shell, s):
		return c.Usage("the transaction is on another server: %s", t.Server)
	case c.Is("dry-run") || c.Shell.Options.DryRun:
		steps, err := t.Dry(ctx, s)
		if err = foreignTx(c, err); err != nil {
			return err
		}
		return showSteps(c, steps)
	}
	out, err := t.Commit(ctx, s)
	for _, note := range out.Notes {
		c.Note("%s", note)
	}
	if err != nil {
		return foreignTx(c, err)
	}
	return committed(ctx, c, t.Rows(), out)
}

// committed tidies up behind a commit that is done, and tells of it.
func committed(ctx context.Context, c *command.Call, rows []tx.Row, out tx.Outcome) error {
	for _, r := range rows {
		c.Shell.Remote.Forget(completion.Join(string(r.Path), ".."))
		if r.To != "" {
			c.Shell.Remote.Forget(completion.Join(string(r.To), ".."))
		}
	}
	tidied := tidyTx(ctx, c)
	if c.JSON() {
		err := c.Object(map[string]any{"new": out.New, "replaced": out.Replaced, "removed": out.Removed, "moved": out.Moved, "other": out.Other, "seconds": out.Took.Seconds(), "mixed_seconds": out.Mixed.Seconds()})
		return cmp.Or(tidied, err)
	}
	var words []string
	for _, one := range []struct {
		n    int
		what string
	}{{out.New, "new"}, {out.Replaced, "replaced"}, {out.Removed, "removed"}, {out.Moved, "moved"}, {out.Other, "other"}} {
		if one.n > 0 {
			words = append(words, fmt.Sprintf("%d %s", one.n, one.what))
		}
	}
	c.Note("committed: %s in %s; others saw a mixture for %s", cmp.Or(strings.Join(words, ", "), "nothing"), command.Seconds(out.Took), command.Seconds(out.Mixed))
	return tidied
}

// tidyTx gives what was replaced to the trash, or deletes it, and ends the transaction.
func tidyTx(ctx context.Context, c *command.Call) error {
	t, s := c.Shell.Tx, c.Session()
	var g *trash.Group
	if command.Trashes(c.Shell) {
		g = command.TrashGroup(c.Shell, s)
	}
	if err := t.Tidy(ctx, s, g); err != nil {
		return fmt.Errorf("the commit is done, but what it replaced is still in %s, `tx recover` clears it away: %w", t.Folder, err)
	}
	command.Closes(c.Shell, true)
	return nil
}

// foreignTx shows what somebody else has changed.
func foreignTx(c *command.Call, err error) error {
	var moved []tx.Moved
	stale, foreign := new(tx.StaleError), new(tx.ForeignError)
	switch {
	case errors.As(err, &stale):
		moved = stale.Moved
	case errors.As(err, &foreign):
		moved = foreign.Moved
	}
	for _, m := range moved {
		if c.JSON() {
			name, _ := render.Text(m.Path)
			if shown := c.Object(map[string]string{"path": name, "was": m.Was.String(), "is": m.Is.String()}); shown != nil {
				return shown
			}
		} else if shown := c.Print("  %s", m); shown != nil {
			return shown
		}
	}
	return err
}

// showSteps shows what a commit would send.
func showSteps(c *command.Call, steps []tx.Step) error {
	for _, step := range steps {
		from, _ := render.Text(string(step.From))
		to, _ := render.Text(string(step.To))
		if c.JSON() {
			if err := c.Object(map[string]any{"dry_run": true, "do": step.Do, "path": from, "to": to}); err != nil {
				return err
			}
			continue
		}
		if err := c.Print("%s", strings.TrimSpace(fmt.Sprintf("would %s %s %s", step.Do, from, to))); err != nil {
			return err
		}
	}
	return nil
}

func rollbackTx(ctx context.Context, c *command.Call) error {
	t, s := c.Shell.Tx, c.Session()
	switch {
	case t == nil:
		return noTx(c)
	case !command.InTx(c.Shell, s):
		return c.Usage("the transaction is on another server: %s", t.Server)
	}
	if not, err := command.WouldRun(c.Shell, "rollback"); not {
		return err
	}
	n := len(t.Rows())
	if err := t.Rollback(ctx, s); err != nil {
		return err
	}
	command.Closes(c.Shell, true)
	if c.JSON() {
		return c.Object(map[string]any{"dropped": n})
	}
	c.Note("rolled back: %s dropped, nothing was changed", command.Plural(n, "change", "changes"))
	return nil
}

// recoverTx takes up a transaction that has not ended.
func recoverTx(ctx context.Context, c *command.Call, id string) error {
	if c.Is("forward") && c.Is("back") {
		return c.Usage("--forward and --back are two ways")
	}
	s := c.Session()
	if c.Shell.Tx == nil {
		open, err := reopenTx(c, id)
		if err != nil {
			return err
		}
		if c.Shell.Options.DryRun {
			defer open.Release()
			return c.Shell.Would(command.DryAction{Action: "recover", What: open.ID + ", " + string(open.Phase())})
		}
		opens(c.Shell, open, s)
	}
	t := c.Shell.Tx
	forward := c.Is("forward")
	switch t.Phase() {
	case tx.Forward, tx.Back:
		if !forward && !c.Is("back") {
			if !c.Interactive() {
				return &failure.UsageError{Usage: c.Command.Synopsis(), Text: "the commit broke off, and nobody can be asked", Hint: "`tx recover --forward` goes on, `tx recover --back` goes back"}
			}
			key, err := c.Shell.Console.AskKey(ctx, "the commit broke off: go [f]orward or [b]ack? ", "fb")
			if err != nil {
				return err
			}
			forward = key == 'f'
		}
		if err := t.Recover(ctx, s, forward); err != nil {
			return foreignTx(c, err)
		}
	}
	rows := t.Rows()
	if t.Phase() == tx.Tidying {
		if err := committed(ctx, c, rows, tx.Outcome{Other: len(rows)}); err != nil {
			return err
		}
		return nil
	}
	if c.JSON() {
		return c.Object(txObject(t.Tx))
	}
	c.Note("transaction %s is open again: %s, and nothing is visible; `commit` or `rollback`", t.ID, command.Plural(len(rows), "change waits", "changes wait"))
	return nil
}

// reopenTx finds the journal of a transaction with this server that nobody has open.
func reopenTx(c *command.Call, id string) (open *command.OpenTx, err error) {
	var ids []string
	var busy bool
	err = command.Unfinished(c.Shell, c.Session(), func(path string, h tx.Head) error {
		if ids = append(ids, h.ID); open != nil || id != "" && h.ID != id {
			return nil
		}
		lock, free, err := command.LockQueue(path)
		if err != nil || !free {
			busy = true
			return err
		}
		open = &command.OpenTx{Held: &command.QueueFile{Path: path, Lock: lock}}
		if open.File, err = private.Append(path); err == nil {
			open.Tx, err = tx.Open(open.File, path)
		}
		if err != nil {
			open.Release()
			open = nil
		}
		return err
	})
	switch {
	case err != nil && open == nil:
		return nil, err
	case open != nil && id == "" && len(ids) > 1:
		open.Release()
		return nil, c.Usage("%d transactions have not ended: --id %s", len(ids), strings.Join(ids, ", --id "))
	case open != nil:
		return open, nil
	case busy:
		return nil, &failure.LocalError{Text: "another ftpsh has the transaction open"}
	case id != "" && !slices.Contains(ids, id):
		return nil, c.Usage("no transaction %s with this server is known here", id)
	}
	return nil, c.Usage("no transaction with this server has broken off")
}
