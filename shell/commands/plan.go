package commands

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/plan"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "plan", Theme: "whole trees", Args: "command… | show file | check file", JSON: true,
	Short: "show what a command would change on the server, and save that for apply",
	Long: "The command is mirror, put, mput, get, mget, rm, delete, mdelete, mv, rename, cp, mkdir, rmdir, chmod, touch or sync. " +
		"Its rows say what would be done and what is there now. With -o they are saved in a file, which `apply` " +
		"carries out later: if anything has changed on either side meanwhile, nothing is done. " +
		"`plan show` shows a file, `plan check` compares it " +
		"with both sides.",
	Examples: []command.Example{
		{Line: "plan mirror -R --delete site /var/www", Says: "what that would do"},
		{Line: "plan -o site.ftpplan mirror -R --delete site /var/www", Says: "and keep it"},
		{Line: "plan check site.ftpplan", Says: "does it still hold?"},
	},
	Min: 1, Max: -1, Flags: planFlags, Words: []string{"show", "check"}, Complete: []completion.Kind{completion.Command, completion.RemotePath},
	Wire: command.Verbs(getVerbs, putVerbs, mirrorVerbs), Needs: command.Login, Nests: true, Foreign: command.Refused, Run: planCommand,
})

func planFlags(fs *pflag.FlagSet) {
	fs.SetInterspersed(false) // what follows the command is its own
	fs.StringP("output", "o", "", "keep the plan in `FILE`")
	command.NamesPath(fs, "output", completion.LocalPath)
	fs.Bool("exit-code", false, "status 10 when there is something to do")
}

func planCommand(ctx context.Context, c *command.Call) error {
	switch word := c.Arg(0); {
	case word == "show" || word == "check":
		if len(c.Args) != 2 {
			return c.Usage("the name of a plan is missing")
		}
		p, err := readPlan(ctx, c, c.Arg(1))
		if err == nil && word == "check" {
			return checkPlan(ctx, c, p, c.Arg(1), nil)
		}
		if err == nil {
			err = showPlan(c, p)
		}
		return err
	}
	p, err := makePlan(ctx, c)
	if err != nil {
		return err
	}
	c.Shell.LastPlan = p
	if err := showPlan(c, p); err != nil {
		return err
	}
	if name := c.Value("output"); name != "" {
		if err := keepPlan(ctx, c, p, name); err != nil {
			return err
		}
	}
	if c.Is("exit-code") && len(p.Rows) > 0 {
		return &command.LeftError{What: command.Plural(len(p.Rows), "change", "changes") + " to make"}
	}
	return nil
}

// makePlan runs the command as in a dry run, and takes what that tells.
func makePlan(ctx context.Context, c *command.Call) (*plan.Plan, error) {
	inner := &command.Call{Shell: c.Shell, Name: c.Arg(0), Out: c.Out, Err: c.Err, Screen: c.Screen, Line: c.Line, Statement: c.Statement}
	var err error
	if inner.Command, err = c.Shell.Catalog.Find(c.Arg(0)); err != nil {
		return nil, err
	}
	if !inner.Command.Plans {
		wrong := &failure.UsageError{Usage: c.Command.Synopsis(), Text: inner.Command.Name + " is not a command that a plan can hold"}
		if inner.Command.FlagSet().Lookup("dry-run") != nil {
			wrong.Hint = "`" + inner.Command.Name + " -n` shows what it would do"
		}
		return nil, wrong
	}
	if err := inner.Parse(ctx, c.Args[1:]); err != nil {
		return nil, err
	}
	sh := c.Shell
	p := &command.Planning{Call: inner, Plan: plan.Begin(c.Session(), command.Recorded(strings.Join(c.Texts(), " "), inner.Command.Name), time.Now())}
	p.Plan.Preserve = sh.Settings.Preserve
	dry := sh.Options.DryRun
	sh.Options.DryRun, sh.Planning = true, p
	sh.Sessions(sh.Guard)
	err = inner.Command.Run(ctx, inner)
	sh.Options.DryRun, sh.Planning = dry, nil
	sh.Sessions(sh.Guard)
	if err == nil {
		err = p.Err
	}
	if err == nil {
		err = p.Plan.Complete(ctx, c.Session(), hereFiles{sh.Folder()})
	}
	return p.Plan, err
}

// hereFiles looks at files of this computer.
type hereFiles struct{ transfer.Folder }

// Lstat tells what a plan wants to know of a file.
func (h hereFiles) Lstat(name string) (size int64, modified time.Time, dir, there bool, err error) {
	info, err := h.Folder.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, time.Time{}, false, false, nil
	}
	if err != nil {
		return 0, time.Time{}, false, false, err
	}
	return info.Size(), info.ModTime(), info.IsDir(), true, nil
}

// rowObject is a row as JSON shows it.
type rowObject struct {
	N       int    `json:"n"`
	Do      string `json:"do"`
	Path    string `json:"path"`
	To      string `json:"to,omitempty"`
	Local   string `json:"local,omitempty"`
	Size    *int64 `json:"size,omitempty"`
	Mode    string `json:"mode,omitempty"`
	Was     string `json:"was,omitempty"`
	InPlace bool   `json:"in_place,omitempty"`
	State   string `json:"state,omitempty"` // done, failed, moved
	Reason  string `json:"reason,omitempty"`
}

func newRowObject(r plan.Row, state, reason string) rowObject {
	o := rowObject{
		N: r.N, Do: string(r.Do), Path: string(r.Path), To: string(r.To), Local: string(r.Local), Mode: r.Mode,
		InPlace: r.InPlace, State: state, Reason: reason,
	}
	if r.Local != "" && r.Do != plan.MkdirHere {
		o.Size = &r.Size
	}
	if r.Was != nil {
		o.Was = r.Was.String()
	}
	return o
}

func showPlan(c *command.Call, p *plan.Plan) error {
	told := !c.JSON() && len(p.Rows) > 0
	if told {
		c.Note("%s@%s: %s", p.User, p.Host, p.Command)
	}
	counts := map[plan.Do]int{}
	lack := lackOf(c, c.Session())
	err := command.Rows(c, changesTable(), p.Command+": nothing to do", p.Rows, func(_ int, r plan.Row) (any, []string) {
		counts[r.Do]++
		return newRowObject(r, "", ""), planCells(r, lack)
	})
	if err == nil && told {
		c.Note("%s", planSummary(counts, p.Bytes()))
	}
	return err
}

// changesTable is the table of what would change on the server: that of plan, and that of tx.
func changesTable() render.Table {
	return render.Table{Header: []string{"n", "what", "size", "path", "there now"}, Right: []bool{true, false, true}}
}

// planCells are a row of a plan in columns.
func planCells(r plan.Row, lack transfer.Lack) []string {
	size, name, was := "-", string(r.Path), ""
	switch {
	case r.Local != "" && r.Do != plan.MkdirHere:
		size = render.Size(r.Size)
	case r.Mode != "":
		size = r.Mode
	}
	if r.Do == plan.Get || r.Do == plan.MkdirHere {
		name = string(r.Local)
	}
	if r.To != "" {
		name += " -> " + string(r.To)
	}
	if r.Was.There() && r.Do != plan.Rmdir {
		was = r.Was.String()
	}
	switch {
	case r.Do == plan.Chmod:
		was = r.Was.Mode
	case r.Do == plan.Move && lack == transfer.Replaces && r.Was.There():
		was += ": DELE first, this server renames nothing onto it"
	case r.InPlace:
		was = strings.TrimPrefix(was+", in place", ", ")
	}
	return []string{strconv.Itoa(r.N), string(r.Do), size, render.Safe(name), was}
}

// planWords are what a summary says of the rows.
var planWords = []struct {
	do        plan.Do
	one, many string
}{
	{plan.New, "new", "new"},
	{plan.Replace, "replaced", "replaced"},
	{plan.Get, "to get", "to get"},
	{plan.Copy, "copied", "copied"},
	{plan.Move, "moved", "moved"},
	{plan.Delete, "deleted", "deleted"},
	{plan.Mkdir, "directory made", "directories made"},
	{plan.MkdirHere, "directory made here", "directories made here"},
	{plan.Rmdir, "directory removed", "directories removed"},
	{plan.Chmod, "mode set", "modes set"},
	{plan.Touch, "time set", "times set"},
}

func planSummary(counts map[plan.Do]int, bytes int64) string {
	var words []string
	for _, row := range planWords {
		if n := counts[row.do]; n > 0 {
			words = append(words, command.Plural(n, row.one, row.many))
		}
	}
	text := strings.Join(words, ", ")
	if bytes > 0 {
		text += "; " + command.BytesText(bytes) + " to move"
	}
	return text
}

// keepPlan writes a plan into a file that is there as a whole or not at all.
func keepPlan(ctx context.Context, c *command.Call, p *plan.Plan, name string) error {
	if c.Shell.Options.DryRun {
		return c.Shell.Would(command.DryAction{Action: "write", What: name})
	}
	if err := freePlan(ctx, c, name); err != nil {
		return err
	}
	if err := c.Save(ctx, name, 0o600, false, p.Write); err != nil {
		return err
	}
	if !c.JSON() {
		c.Note("saved: %s   to do it: apply %s", name, name)
	}
	return nil
}

const doneSuffix = ".done"

// freePlan makes room for a plan: the journal of one that was carried out whole goes.
func freePlan(ctx context.Context, c *command.Call, name string) error {
	journal := c.Shell.Local(name) + doneSuffix
	if !plan.Exists(journal) {
		return nil
	}
	if p, err := readPlan(ctx, c, name); err == nil {
		if j, err := plan.OpenJournal(journal, p); err == nil {
			whole := j.Whole(p)
			if err := j.Close(); err != nil || !plan.Exists(journal) { // it was not begun
				return err
			}
			if whole {
				return c.Shell.Folder().Remove(journal)
			}
		}
	}
	return &failure.LocalError{Text: name + " was begun and not ended, as " + name + doneSuffix + " says: take another name, or remove that"}
}

func readPlan(ctx context.Context, c *command.Call, name string) (*plan.Plan, error) {
	file, err := c.Shell.Folder().Open(ctx, name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return plan.Read(file, name)
}

// checkPlan compares a plan with both sides.
func checkPlan(ctx context.Context, c *command.Call, p *plan.Plan, name string, wanted func(int) bool) error {
	j, err := plan.OpenJournal("", p)
	if err == nil && name != "" && plan.Exists(c.Shell.Local(name)+doneSuffix) {
		j, err = plan.OpenJournal(c.Shell.Local(name)+doneSuffix, p)
	}
	if err != nil {
		return err
	}
	defer j.Close()
	if err := showDifferences(c, p.Check(ctx, c.Session(), hereFiles{c.Shell.Folder()}, j, wanted)); err != nil {
		return err
	}
	if !c.JSON() {
		c.Note("it fits: %s", command.Plural(len(p.Rows), "row", "rows"))
	}
	return nil
}

// showDifferences shows the rows that no longer fit.
func showDifferences(c *command.Call, err error) error {
	stale := new(plan.StaleError)
	if !errors.As(err, &stale) {
		return err
	}
	for _, m := range stale.Moved {
		if err := command.Result(c, newRowObject(m.Row, "moved", m.String()), "  %s", m); err != nil {
			return err
		}
	}
	return err
}
