package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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

var _ = command.Add(&command.Command{
	Name: "tx", Theme: "whole trees", Args: "[recover]", JSON: true, Short: "show what waits for commit, or finish a transaction that broke off",
	Long: "`tx recover` takes up a transaction of this server that this computer has a journal of: one whose changes wait is open " +
		"again; a commit that broke off continues with --forward, or is taken back with --back; at a terminal you are asked. It looks at both " +
		"names of each rename before it does anything. Where somebody else has changed one of them meanwhile it stops and says so.",
	Examples: []command.Example{{Line: "tx", Says: "what waits"}, {Line: "tx recover --back", Says: "as it was before the commit"}},
	Max:      1, Flags: recoverFlags, Words: []string{"recover"}, Complete: []completion.Kind{completion.None},
	Wire: takeBackVerbs, Needs: command.Login, Foreign: command.Refused, Run: showTx,
})

func recoverFlags(fs *pflag.FlagSet) {
	fs.String("id", "", "with recover: the transaction called `NAME`, where several have not ended")
	fs.Bool("forward", false, "with recover: complete the commit")
	fs.Bool("back", false, "with recover: undo it")
}

// outsideTx refuses a command that is not part of a transaction.
func outsideTx(c *command.Call) error {
	if c.Shell.Tx == nil {
		return nil
	}
	return &failure.UsageError{Text: "a transaction is open", Hint: "`commit` or `rollback` ends it"}
}

// opens makes a transaction that of the shell.
func opens(sh *command.Shell, open *command.OpenTx, s *client.Session) {
	open.Server = command.ServerOf(s)
	sh.Tx = open
	sh.Sessions(sh.Guard)
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
	return txHead{t.ID, t.Begun.Format(time.RFC3339), string(t.Dir), string(t.Phase()), t.Lock != ""}
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
		return errNoTx
	}
	t := c.Shell.Tx
	rows := t.Rows()
	state := command.Plural(len(rows), "change", "changes") + "; nothing is visible yet: `commit` or `rollback`"
	if t.Phase() != tx.Staging {
		state = "the commit broke off: `tx recover`"
	}
	if !c.JSON() {
		locked := ""
		if t.Lock != "" {
			locked = ", with its lock"
		}
		c.Note("transaction %s in %s, since %s%s", t.ID, t.Dir, stampText(c, t.Begun), locked)
	}
	err := command.Rows(c, changesTable(), state, rows, func(i int, r tx.Row) (any, []string) {
		return newTxRow(i+1, r), txCells(i+1, r, string(t.Dir))
	})
	if err == nil && len(rows) > 0 && !c.JSON() {
		c.Note("%s", state)
	}
	return err
}

func newTxRow(n int, r tx.Row) txRow {
	o := txRow{N: n, Do: string(r.Do), Path: string(r.Path), To: string(r.To), Mode: r.Mode}
	if r.Do == tx.Put {
		o.Size = &r.Size
	}
	if r.Over != nil {
		o.Over = r.Over.String()
	}
	return o
}

// txCells are a row in columns; its paths begin at the directory of the transaction.
func txCells(n int, r tx.Row, dir string) []string {
	rel := func(name string) string {
		return render.Safe(strings.TrimPrefix(name, strings.TrimSuffix(dir, "/")+"/"))
	}
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
	return []string{strconv.Itoa(n), string(r.Do), size, name, over}
}

var errNoTx = &failure.UsageError{Text: "no transaction is open", Hint: "`begin` begins one, `tx recover` takes up one that broke off"}

// insideTx refuses a command that ends a transaction where none is open on this server.
func insideTx(c *command.Call) error {
	switch t := c.Shell.Tx; {
	case t == nil:
		return errNoTx
	case !command.InTx(c.Shell, c.Session()):
		return c.Usage("the transaction is on another server: %s", t.Server)
	}
	return nil
}

// tidy forgets what was known of the names that a commit has changed, and removes what it no longer needs.
func tidy(ctx context.Context, c *command.Call, rows []tx.Row) error {
	for _, r := range rows {
		c.Shell.Remote.Forget(completion.Join(string(r.Path), ".."))
		if r.To != "" {
			c.Shell.Remote.Forget(completion.Join(string(r.To), ".."))
		}
	}
	return tidyTx(ctx, c)
}

// ended is committed for a commit that had broken off: nobody has measured how long others saw some old and some new.
func ended(ctx context.Context, c *command.Call, rows []tx.Row) error {
	direct := c.Shell.Tx.Direct()
	tidied := tidy(ctx, c, rows)
	text := fmt.Sprintf("committed: %s; until now others may have seen a mixture%s", command.Plural(len(rows), "change", "changes"), noWayBack(direct))
	return cmp.Or(tidied, tellResult(c, map[string]any{"other": len(rows), "no_way_back": direct}, text))
}

// noWayBack says how many files were replaced of which nothing was kept.
func noWayBack(direct int) string {
	if direct == 0 {
		return ""
	}
	return "; no way back for " + command.Plural(direct, "replaced file", "replaced files")
}

// committed tidies up behind a commit that is done, and tells of it.
func committed(ctx context.Context, c *command.Call, rows []tx.Row, out tx.Outcome) error {
	direct := c.Shell.Tx.Direct()
	tidied := tidy(ctx, c, rows)
	object := map[string]any{
		"new": out.New, "replaced": out.Replaced, "removed": out.Removed, "moved": out.Moved, "other": out.Other,
		"no_way_back": direct, "seconds": out.Took.Seconds(), "mixed_seconds": out.Mixed.Seconds(),
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
	text := fmt.Sprintf("committed: %s in %s; others saw a mixture for %s%s",
		cmp.Or(strings.Join(words, ", "), "nothing"), command.Seconds(out.Took), command.Seconds(out.Mixed), noWayBack(direct))
	return cmp.Or(tidied, tellResult(c, object, text))
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
	stale, foreign, partly := new(tx.StaleError), new(tx.ForeignError), new(tx.PartlyError)
	switch {
	case errors.As(err, &stale):
		moved = stale.Moved
	case errors.As(err, &foreign):
		moved = foreign.Moved
	case errors.As(err, &partly):
		return cmp.Or(showPartly(c, partly), err)
	}
	for _, m := range moved {
		o := map[string]string{"path": m.Path, "was": m.Was.String(), "is": m.Is.String()}
		if shown := command.Result(c, o, "  %s", m); shown != nil {
			return shown
		}
	}
	return err
}

// showPartly shows what a commit that cannot go back has done, and what not.
func showPartly(c *command.Call, e *tx.PartlyError) error {
	for _, part := range []struct {
		names []string
		state string
	}{{e.Done, "done"}, {e.Left, "as before"}} {
		for _, name := range part.names {
			o := map[string]string{"path": name, "state": part.state}
			if err := command.Result(c, o, "  %-9s  %s", part.state, name); err != nil {
				return err
			}
		}
	}
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
	if t.Phase() == tx.Forward || t.Phase() == tx.Back {
		forward, err := goesForward(ctx, c)
		if err != nil {
			return err
		}
		if err := t.Recover(ctx, s, forward); err != nil {
			return foreignTx(c, err)
		}
	}
	rows := t.Rows()
	if t.Phase() == tx.Tidying {
		return ended(ctx, c, rows)
	}
	if c.JSON() {
		return c.Object(txObject(t.Tx))
	}
	c.Note("transaction %s is open again: %s, and nothing is visible; `commit` or `rollback`", t.ID, command.Plural(len(rows), "change waits", "changes wait"))
	return nil
}

// goesForward is the way that the user chooses for a commit that broke off.
func goesForward(ctx context.Context, c *command.Call) (bool, error) {
	if c.Is("forward") || c.Is("back") {
		return c.Is("forward"), nil
	}
	if !c.Interactive() {
		return false, &failure.UsageError{Usage: c.Command.Synopsis(), Text: "the commit broke off, and ftpsh cannot ask without a terminal", Hint: "`tx recover --forward` completes it, `tx recover --back` undoes it"}
	}
	key, err := c.Shell.Console.AskKey(ctx, "the commit broke off: go [f]orward or [b]ack? ", "fb")
	return key == 'f', err
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
