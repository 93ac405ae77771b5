package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
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
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/trash"
	"github.com/ftpsh/ftpsh/client/tx"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var txCommands = []*Command{
	{
		Name: "begin", JSON: true, Short: "let changes of the server wait until commit",
		Long: "From here on put, mput, mirror -R, rm, mv, cp, mkdir, rmdir, chmod and touch change nothing that others see. What is sent goes into a " +
			"folder .ftpsh-tx-… beside the files; `tx` shows what waits, `commit` makes all of it at once or nothing, `rollback` " +
			"drops it. It is for what is in the current directory, or in the one of --in.\n" +
			"ls and get show the server as it is, not as it will be. --lock makes the directory .ftpsh-lock there, which only one can " +
			"make: a second begin --lock, from anywhere, is refused until the transaction has ended.",
		Examples: []Example{{"begin --in /var/www --lock", "and nobody else does so meanwhile"}},
		Max:      0, Flags: beginFlags, Complete: []completion.Kind{completion.None},
		Wire: verbs(listVerbs, sends("MKD", "SITE CHMOD", "STOR", "RETR", "DELE", "RMD", "CWD")), Needs: Login, Foreign: Refused, Run: beginTx,
	},
	{
		Name: "tx", Args: "[recover]", JSON: true, Short: "show what waits for commit, or end a transaction that broke off",
		Long: "`tx recover` takes up a transaction of this server that this computer has a journal of: one whose changes wait is open " +
			"again; a commit that broke off goes on with --forward, or goes back to how it was with --back; at a terminal you are asked. It looks at both " +
			"names of each rename before it does anything. Where somebody else has changed one of them meanwhile it stops and says so.",
		Examples: []Example{{"tx", "what waits"}, {"tx recover --back", "as it was before the commit"}},
		Max:      1, Flags: recoverFlags, Words: []string{"recover"}, Complete: []completion.Kind{completion.None},
		Wire: takeBackVerbs, Needs: Login, Foreign: Refused, Run: showTx,
	},
	{
		Name: "commit", JSON: true, Short: "make all changes since begin, at once or not at all",
		Long: "Everything that is replaced or goes is compared with what stood there when the change was made; if somebody has changed it since, " +
			"nothing is done and the status is 10. Then only renames are left, many in one packet: directories first, new files, files that " +
			"are replaced, and last what goes; or in the order in which they came, where one needs another. What was there moves into the folder, and into the trash, if that is on.\n" +
			"When the server refuses a step, those before it are taken back. When the connection is lost, the commit connects again and looks; " +
			"after a crash of this computer `tx recover` does.",
		Examples: []Example{{"commit -n", "the steps that it would take"}},
		Max:      0, Flags: func(fs *pflag.FlagSet) { fs.BoolP("dry-run", "n", false, "compare and show the steps, and do nothing") },
		Wire: takeBackVerbs, Needs: Login, Foreign: Refused, Run: commitTx,
	},
	{
		Name: "rollback", JSON: true, Short: "drop what waits since begin",
		Long: "Nothing was visible, and nothing is. Files that were sent for it are deleted from the server.",
		Wire: takeBackVerbs, Needs: Login, Foreign: Refused, Run: rollbackTx,
	},
}

func beginFlags(fs *pflag.FlagSet) {
	fs.String("in", "", "for what is in `DIRECTORY`")
	namesPath(fs, "in", completion.RemoteDir)
	fs.Bool("lock", false, "only one such transaction at a time, of all computers")
	fs.Bool("break-lock", false, "remove the lock of somebody else first, after a question")
	fs.BoolP("yes", "y", false, "with --break-lock: without a question")
}

func recoverFlags(fs *pflag.FlagSet) {
	fs.String("id", "", "with recover: the transaction called `NAME`, where several have not ended")
	fs.Bool("forward", false, "with recover: go on with the commit")
	fs.Bool("back", false, "with recover: go back to how it was")
}

// openTx is a transaction of a shell.
type openTx struct {
	*tx.Tx
	server string
	held   *queueFile // its journal; nil: none is kept
	file   *os.File
}

// inTx reports whether the changes of a session wait for commit.
func inTx(sh *Shell, s *client.Session) bool { return sh.tx != nil && serverOf(s) == sh.tx.server }

// errTxJob is of a job while a transaction is open: nobody would know whether it belongs to it.
var errTxJob = errors.New("a transaction is open in the foreground; jobs change nothing on its server until commit or rollback")

// hearTx is the funnel with a transaction open.
func hearTx(ctx context.Context, sh *Shell, s *client.Session, c client.Change, do func() error) error {
	switch {
	case !inTx(sh, s):
		return hearTrash(ctx, sh, s, c, do)
	case sh.forked:
		return errTxJob
	}
	return sh.tx.Hear(ctx, s, c, do)
}

// stage says where the uploads of a session go.
func stage(sh *Shell, s *client.Session) func(string) string {
	if sh.tx == nil || sh.opt.DryRun {
		return nil
	}
	return func(name string) string {
		if !inTx(sh, s) || sh.forked {
			return ""
		}
		return sh.tx.Stage(name)
	}
}

// outsideTx refuses a command that is no part of a transaction.
func outsideTx(c *Call) error {
	if c.Shell.tx == nil {
		return nil
	}
	return &failure.UsageError{Text: "a transaction is open", Hint: "`commit` or `rollback` ends it"}
}

func beginTx(ctx context.Context, c *Call) error {
	if err := outsideTx(c); err != nil {
		return err
	}
	s := c.Session()
	dir := c.absolute(cmp.Or(c.value("in"), "."))
	if !strings.HasPrefix(dir, "/") {
		return trash.ErrNoPlace
	}
	if is, err := s.IsDir(ctx, dir); err != nil || !is {
		return failure.About(dir, cmp.Or(err, error(&failure.LocalError{Text: "is not a directory of the server"})))
	}
	if not, err := wouldRun(c.Shell, "begin --in "+dir); not {
		return err
	}
	h := tx.NewHead(s, dir, time.Now())
	if err := lockTx(ctx, c, &h); err != nil {
		return err
	}
	open, err := journalTx(c.Shell, h.ID)
	if err == nil {
		open.Tx, err = tx.Begin(ctx, s, h, open.journal())
	}
	if err != nil {
		open.end()
		if h.Lock != "" {
			err = errors.Join(err, tx.Unlock(ctx, s, dir))
		}
		return err
	}
	if open.held == nil && !net.ParseIP(s.Host()).IsLoopback() { // that of --demo goes with this program
		c.Shell.warn("no journal is kept here: if this computer stops during the commit nobody knows how far it came")
	}
	opens(c.Shell, open, s)
	if c.JSON() {
		return c.object(txObject(open.Tx))
	}
	c.Note("transaction %s in %s: changes wait for `commit`; ls and get show the server as it is", h.ID, dir)
	return nil
}

// opens makes a transaction that of the shell.
func opens(sh *Shell, open *openTx, s *client.Session) {
	open.server = serverOf(s)
	sh.tx = open
	sh.sessions(sh.guard)
}

// closes ends the transaction of the shell here.
func closes(sh *Shell, done bool) {
	open := sh.tx
	sh.tx = nil
	sh.sessions(sh.guard)
	if done {
		open.end()
		return
	}
	open.release()
}

// lockTx takes the lock, if that is wanted.
func lockTx(ctx context.Context, c *Call, h *tx.Head) error {
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

func txDir(sh *Shell) string { return filepath.Join(sh.opt.StateDir, "tx") }

// journalTx makes the file of a journal, which no other shell can take while this one lives.
func journalTx(sh *Shell, id string) (*openTx, error) {
	open := &openTx{}
	if sh.opt.StateDir == "" {
		return open, nil
	}
	path := filepath.Join(txDir(sh), id+".jsonl")
	if err := private.MakeFolder(path); err != nil {
		return open, err
	}
	lock, free, err := lockQueue(path)
	if err == nil && !free {
		err = &private.Error{Name: path, Err: errors.New("another ftpsh holds it")}
	}
	if err != nil {
		return open, err
	}
	open.held = &queueFile{path, lock}
	open.file, err = private.Append(path)
	return open, err
}

// journal is the file as the transaction takes it.
func (o *openTx) journal() tx.File {
	if o.file == nil {
		return nil
	}
	return o.file
}

// release leaves the journal to another shell.
func (o *openTx) release() {
	if o.file != nil {
		o.file.Close()
	}
	if o.held != nil {
		o.held.lock.Close()
	}
}

// end removes the journal of a transaction that has ended.
func (o *openTx) end() {
	if o.file != nil {
		o.file.Close()
	}
	if o.held != nil {
		_ = o.held.remove()
		o.held.lock.Close()
	}
}

// unfinished goes through the journals for a server that no other shell holds.
func unfinished(sh *Shell, s *client.Session, f func(path string, h tx.Head) error) error {
	names, err := os.ReadDir(txDir(sh))
	if sh.opt.StateDir == "" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	all := []error{err}
	for _, entry := range names {
		path := filepath.Join(txDir(sh), entry.Name())
		if filepath.Ext(path) != ".jsonl" || sh.tx != nil && sh.tx.held != nil && sh.tx.held.path == path {
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
	return failure.Several(all)
}

// tellUnfinished says after a login what transaction has broken off.
func tellUnfinished(sh *Shell) {
	if sh.forked || sh.confined != nil || sh.tx != nil {
		return
	}
	err := unfinished(sh, sh.session, func(path string, h tx.Head) error {
		lock, free, err := lockQueue(path)
		if err != nil || !free {
			return err
		}
		lock.Close()
		sh.Say("a transaction of " + h.Begun.Local().Format("Jan 2 15:04") + " in " + string(h.Dir) + " has not ended: `tx recover`")
		return nil
	})
	if err != nil {
		sh.warn("transactions of earlier sessions: " + strings.ReplaceAll(failure.InWords(err), "\n", "; "))
	}
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

func showTx(ctx context.Context, c *Call) error {
	switch {
	case c.Arg(0) == "recover":
		return recoverTx(ctx, c, c.value("id"))
	case c.Arg(0) != "":
		return c.Usage("%q is not recover", c.Arg(0))
	case c.Shell.tx == nil:
		return noTx(c)
	}
	t := c.Shell.tx
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
			if err := c.object(o); err != nil {
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
		if err := c.table(txTable(rows, string(t.Dir))); err != nil {
			return err
		}
	}
	if t.Phase() != tx.Staging {
		c.Note("the commit broke off: `tx recover`")
		return nil
	}
	c.Note("%s; nothing is visible yet: `commit` or `rollback`", plural(len(rows), "change", "changes"))
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

func noTx(c *Call) error {
	return &failure.UsageError{Text: "no transaction is open", Hint: "`begin` begins one, `tx recover` takes up one that broke off"}
}

func commitTx(ctx context.Context, c *Call) error {
	t, s := c.Shell.tx, c.Session()
	switch {
	case t == nil:
		return noTx(c)
	case !inTx(c.Shell, s):
		return c.Usage("the transaction is on another server: %s", t.server)
	case c.Is("dry-run") || c.Shell.opt.DryRun:
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
func committed(ctx context.Context, c *Call, rows []tx.Row, out tx.Outcome) error {
	for _, r := range rows {
		c.Shell.remote.Forget(completion.Join(string(r.Path), ".."))
		if r.To != "" {
			c.Shell.remote.Forget(completion.Join(string(r.To), ".."))
		}
	}
	tidied := tidyTx(ctx, c)
	if c.JSON() {
		err := c.object(map[string]any{"new": out.New, "replaced": out.Replaced, "removed": out.Removed, "moved": out.Moved, "other": out.Other, "seconds": out.Took.Seconds(), "mixed_seconds": out.Mixed.Seconds()})
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
	c.Note("committed: %s in %s; others saw a mixture for %s", cmp.Or(strings.Join(words, ", "), "nothing"), seconds(out.Took), seconds(out.Mixed))
	return tidied
}

// tidyTx gives what was replaced to the trash, or deletes it, and ends the transaction.
func tidyTx(ctx context.Context, c *Call) error {
	t, s := c.Shell.tx, c.Session()
	var g *trash.Group
	if trashes(c.Shell) {
		g = group(c.Shell, s)
	}
	if err := t.Tidy(ctx, s, g); err != nil {
		return fmt.Errorf("the commit is done, but what it replaced is still in %s, `tx recover` clears it away: %w", t.Folder, err)
	}
	closes(c.Shell, true)
	return nil
}

// foreignTx shows what somebody else has changed.
func foreignTx(c *Call, err error) error {
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
			if shown := c.object(map[string]string{"path": name, "was": m.Was.String(), "is": m.Is.String()}); shown != nil {
				return shown
			}
		} else if shown := c.Print("  %s", m); shown != nil {
			return shown
		}
	}
	return err
}

// showSteps shows what a commit would send.
func showSteps(c *Call, steps []tx.Step) error {
	for _, step := range steps {
		from, _ := render.Text(string(step.From))
		to, _ := render.Text(string(step.To))
		if c.JSON() {
			if err := c.object(map[string]any{"dry_run": true, "do": step.Do, "path": from, "to": to}); err != nil {
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

func rollbackTx(ctx context.Context, c *Call) error {
	t, s := c.Shell.tx, c.Session()
	switch {
	case t == nil:
		return noTx(c)
	case !inTx(c.Shell, s):
		return c.Usage("the transaction is on another server: %s", t.server)
	}
	if not, err := wouldRun(c.Shell, "rollback"); not {
		return err
	}
	n := len(t.Rows())
	if err := t.Rollback(ctx, s); err != nil {
		return err
	}
	closes(c.Shell, true)
	if c.JSON() {
		return c.object(map[string]any{"dropped": n})
	}
	c.Note("rolled back: %s dropped, nothing was changed", plural(n, "change", "changes"))
	return nil
}

// recoverTx takes up a transaction that has not ended.
func recoverTx(ctx context.Context, c *Call, id string) error {
	if c.Is("forward") && c.Is("back") {
		return c.Usage("--forward and --back are two ways")
	}
	s := c.Session()
	if c.Shell.tx == nil {
		open, err := reopenTx(c, id)
		if err != nil {
			return err
		}
		if c.Shell.opt.DryRun {
			defer open.release()
			return c.Shell.would(dryAction{Action: "recover", What: open.ID + ", " + string(open.Phase())})
		}
		opens(c.Shell, open, s)
	}
	t := c.Shell.tx
	forward := c.Is("forward")
	switch t.Phase() {
	case tx.Forward, tx.Back:
		if !forward && !c.Is("back") {
			if !c.Interactive() {
				return &failure.UsageError{Usage: c.Command.Synopsis(), Text: "the commit broke off, and nobody can be asked", Hint: "`tx recover --forward` goes on, `tx recover --back` goes back"}
			}
			key, err := c.Shell.con.AskKey(ctx, "the commit broke off: go [f]orward or [b]ack? ", "fb")
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
		return c.object(txObject(t.Tx))
	}
	c.Note("transaction %s is open again: %s, and nothing is visible; `commit` or `rollback`", t.ID, plural(len(rows), "change waits", "changes wait"))
	return nil
}

// reopenTx finds the journal of a transaction with this server that nobody has open.
func reopenTx(c *Call, id string) (open *openTx, err error) {
	var ids []string
	var busy bool
	err = unfinished(c.Shell, c.Session(), func(path string, h tx.Head) error {
		if ids = append(ids, h.ID); open != nil || id != "" && h.ID != id {
			return nil
		}
		lock, free, err := lockQueue(path)
		if err != nil || !free {
			busy = true
			return err
		}
		open = &openTx{held: &queueFile{path, lock}}
		if open.file, err = private.Append(path); err == nil {
			open.Tx, err = tx.Open(open.file, path)
		}
		if err != nil {
			open.release()
			open = nil
		}
		return err
	})
	switch {
	case err != nil && open == nil:
		return nil, err
	case open != nil && id == "" && len(ids) > 1:
		open.release()
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

// leavePatience is how long a rollback may take when a script ends.
const leavePatience = 20 * time.Second

// leaveTx ends or leaves the transaction when the session ends: at the end of a script nobody comes
// back to it, at a terminal it waits.
func leaveTx(sh *Shell) {
	if sh.tx == nil || sh.forked || !inTx(sh, sh.session) {
		return
	}
	t := sh.tx
	if sh.Interactive() || t.Phase() != tx.Staging {
		sh.warn("transaction " + t.ID + " has not ended: `tx recover` after the next login takes it up")
		closes(sh, false)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(sh.base), leavePatience)
	defer cancel()
	if err := t.Rollback(ctx, sh.session); err != nil {
		sh.warn("transaction " + t.ID + " was not committed and waits: `tx recover` after the next login takes it up; " + failure.InWords(err))
		closes(sh, false)
		return
	}
	sh.warn("transaction " + t.ID + " was not committed: rolled back, nothing was changed")
	closes(sh, true)
}
