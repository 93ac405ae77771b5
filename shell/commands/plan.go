package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/plan"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// PlanCommands are the rows of this file in the catalog.
var PlanCommands = []*command.Command{
	{
		Name: "plan", Args: "command… | show file | check file", JSON: true,
		Short: "show what a command would change on the server, and keep that for apply",
		Long: "The command is mirror, put, mput, get, mget, rm, delete, mdelete, mv, rename, cp, mkdir, rmdir, chmod, touch or sync. Its rows say " +
			"what would be done and what stands there now. With -o they are kept in a file, which `apply` does later, as it is: if " +
			"anything has changed on either side meanwhile, nothing is done. `plan show` shows a file, `plan check` compares it " +
			"with both sides.",
		Examples: []command.Example{
			{Line: "plan mirror -R --delete site /var/www", Says: "what that would do"},
			{Line: "plan -o site.ftpplan mirror -R --delete site /var/www", Says: "and keep it"},
			{Line: "plan check site.ftpplan", Says: "does it still fit?"},
		},
		Min: 1, Max: -1, Flags: planFlags, Words: []string{"show", "check"}, Complete: []completion.Kind{completion.Command, completion.RemotePath},
		Wire: command.Verbs(getVerbs, putVerbs, mirrorVerbs), Needs: command.Login, Nests: true, Foreign: command.Refused, Run: planCommand,
	},
	{
		Name: "apply", Args: "[file]", JSON: true, Short: "do what a plan says, if both sides are as they were",
		Long: "All rows are compared with the server and the files here before the first of them is done; if one does not fit, nothing is " +
			"changed and the status is 10. What is replaced, moved or deleted is looked at once more just before; what changes within " +
			"that last moment cannot be seen. Uploads have another name until they are whole. What is done is noted in FILE.done: " +
			"after a break the same `apply` goes on. Without a file it is the last plan of this session, after a question.",
		Examples: []command.Example{{Line: "apply site.ftpplan", Says: "do it"}, {Line: "apply -n site.ftpplan", Says: "only compare"}, {Line: "apply --only 1,4-9 site.ftpplan", Says: "some rows"}},
		Max:      1, Flags: applyFlags, Complete: []completion.Kind{completion.LocalPath},
		Wire: command.Verbs(getVerbs, putVerbs, mirrorVerbs, command.Sends("SITE CPFR", "SITE CPTO")), Needs: command.Login, Foreign: command.Refused, Run: apply,
	},
}

func planFlags(fs *pflag.FlagSet) {
	fs.SetInterspersed(false) // what follows the command is its own
	fs.StringP("output", "o", "", "keep the plan in `FILE`")
	command.NamesPath(fs, "output", completion.LocalPath)
	fs.Bool("exit-code", false, "status 10 when there is something to do")
}

func applyFlags(fs *pflag.FlagSet) {
	fs.BoolP("yes", "y", false, "without a question")
	fs.BoolP("dry-run", "n", false, "compare, and do nothing")
	fs.String("only", "", "just the rows `N`: 1,4-9")
}

// planned are the commands that a plan can hold.
var planned = []string{"mirror", "put", "mput", "get", "mget", "rm", "delete", "mdelete", "mv", "rename", "cp", "mkdir", "rmdir", "chmod", "touch", "sync"}

func planCommand(ctx context.Context, c *command.Call) error {
	switch word := c.Arg(0); {
	case word == "show" || word == "check":
		if len(c.Args) != 2 {
			return c.Usage("the name of a plan is missing")
		}
		p, err := readPlan(c, c.Arg(1))
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
	if !slices.Contains(planned, inner.Command.Name) {
		return nil, c.Usage("%s is not a command that a plan can hold", inner.Command.Name)
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
	N      int    `json:"n"`
	Do     string `json:"do"`
	Path   string `json:"path"`
	To     string `json:"to,omitempty"`
	Local  string `json:"local,omitempty"`
	Size   *int64 `json:"size,omitempty"`
	Mode   string `json:"mode,omitempty"`
	Was    string `json:"was,omitempty"`
	State  string `json:"state,omitempty"` // done, failed, moved
	Reason string `json:"reason,omitempty"`
}

func newRowObject(r plan.Row, state, reason string) rowObject {
	o := rowObject{N: r.N, Do: string(r.Do), Mode: r.Mode, State: state, Reason: reason}
	o.Path, _ = render.Text(string(r.Path))
	o.To, _ = render.Text(string(r.To))
	o.Local, _ = render.Text(string(r.Local))
	if r.Local != "" {
		o.Size = &r.Size
	}
	if r.Was != nil {
		o.Was = r.Was.String()
	}
	return o
}

func showPlan(c *command.Call, p *plan.Plan) error {
	if c.JSON() {
		for _, r := range p.Rows {
			if err := c.Object(newRowObject(r, "", "")); err != nil {
				return err
			}
		}
		return nil
	}
	counts := map[plan.Do]int{}
	t := render.Table{Header: []string{"n", "what", "size", "path", "there now"}, Right: []bool{true, false, true}}
	for _, r := range p.Rows {
		counts[r.Do]++
		size, name, was := "-", string(r.Path), ""
		switch {
		case r.Local != "":
			size = render.Size(r.Size)
		case r.Mode != "":
			size = r.Mode
		}
		if r.Do == plan.Get {
			name = string(r.Local)
		}
		if r.To != "" {
			name += " -> " + string(r.To)
		}
		if r.Was.There() && r.Do != plan.Rmdir {
			was = r.Was.String()
		}
		if r.Do == plan.Chmod {
			was = r.Was.Mode
		}
		t.Rows = append(t.Rows, []string{strconv.Itoa(r.N), string(r.Do), size, render.Safe(name), was})
	}
	if len(p.Rows) == 0 {
		c.Note("%s: nothing to do", p.Command)
		return nil
	}
	c.Note("%s@%s: %s", p.User, p.Host, p.Command)
	if err := c.Table(t); err != nil {
		return err
	}
	c.Note("%s", planSummary(counts, p.Bytes()))
	return nil
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
	if plan.Exists(c.Shell.Local(name) + doneSuffix) {
		return &failure.LocalError{Text: name + doneSuffix + " is the journal of a plan that was begun: take another name, or remove it"}
	}
	file, err := c.IntoFile(ctx, name, 0o600, false)
	if err != nil {
		return err
	}
	if err := file.End(p.Write(file)); err != nil {
		return err
	}
	if !c.JSON() {
		c.Note("saved: %s   to do it: apply %s", name, name)
	}
	return nil
}

const doneSuffix = ".done"

func readPlan(c *command.Call, name string) (*plan.Plan, error) {
	file, err := c.Shell.Folder().Open(context.Background(), name, os.O_RDONLY, 0)
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
		if c.JSON() {
			err := c.Object(newRowObject(m.Row, "moved", m.String()))
			if err != nil {
				return err
			}
			continue
		}
		if err := c.Print("  %s", m); err != nil {
			return err
		}
	}
	return err
}

func apply(ctx context.Context, c *command.Call) error {
	if err := outsideTx(c); err != nil {
		return err
	}
	p, name := c.Shell.LastPlan, c.Arg(0)
	var err error
	if name != "" {
		p, err = readPlan(c, name)
	}
	switch {
	case err != nil:
		return err
	case p == nil:
		return c.Usage("no plan was made in this session; the name of one is missing")
	}
	wanted, err := onlyRows(c, len(p.Rows))
	if err != nil {
		return err
	}
	if c.Is("dry-run") || c.Shell.Options.DryRun {
		return checkPlan(ctx, c, p, name, wanted)
	}
	if name == "" && !c.Is("yes") {
		if !c.Interactive() {
			return &failure.UsageError{Usage: c.Command.Synopsis(), Text: "nobody can be asked", Hint: "`apply -y`, or the name of a plan"}
		}
		if err := showPlan(c, p); err != nil || !c.Confirm(ctx, "do that?") {
			return err
		}
	}
	journal := ""
	if name != "" {
		journal = c.Shell.Local(name) + doneSuffix
	}
	j, err := plan.OpenJournal(journal, p)
	if err != nil {
		return err
	}
	defer j.Close()
	here := hereFiles{c.Shell.Folder()}
	if err := showDifferences(c, p.Check(ctx, c.Session(), here, j, wanted)); err != nil {
		return err
	}
	return applyRows(ctx, c, p, here, j, wanted)
}

// applyRows does the rows and tells of each.
func applyRows(ctx context.Context, c *command.Call, p *plan.Plan, here hereFiles, j *plan.Journal, wanted func(int) bool) error {
	typ := c.Session().Type()
	c.Session().SetType(client.Binary)
	defer c.Session().SetType(typ)
	counts, bytes := map[plan.Do]int{}, int64(0)
	var errs []error
	err := p.Apply(ctx, c.Session(), here, planMover{c}, j, wanted, func(r plan.Row, err error) error {
		state, reason := "done", ""
		if err != nil {
			state, reason = "failed", err.Error()
			errs = append(errs, failure.About(fmt.Sprintf("row %d, %s %s", r.N, r.Do, r.Path), err))
		} else {
			counts[r.Do]++
			bytes += max(r.Size, 0)
			c.Shell.Remote.Forget(completion.Join(string(r.Path), ".."))
		}
		if c.JSON() {
			return c.Object(newRowObject(r, state, reason))
		}
		return nil
	})
	if len(errs) > 0 && err == nil {
		err = &command.UnappliedError{N: len(errs)}
	}
	if !c.JSON() && len(counts) > 0 {
		c.Note("done: %s", strings.TrimSuffix(planSummary(counts, bytes), " to move"))
	}
	return failure.Several(append(errs, err))
}

// onlyRows reads the option --only.
func onlyRows(c *command.Call, rows int) (func(int) bool, error) {
	text := c.Value("only")
	if text == "" {
		return nil, nil
	}
	wanted := map[int]bool{}
	for part := range strings.SplitSeq(text, ",") {
		from, to, is := strings.Cut(part, "-")
		if !is {
			to = from
		}
		a, err1 := strconv.Atoi(from)
		b, err2 := strconv.Atoi(to)
		if err1 != nil || err2 != nil || a < 1 || b < a || b > rows {
			return nil, c.Usage("--only: %q is not among the rows 1 to %d", part, rows)
		}
		for n := a; n <= b; n++ {
			wanted[n] = true
		}
	}
	return func(n int) bool { return wanted[n] }, nil
}

// planMover moves the files of rows, each under another name until it is whole.
type planMover struct{ call *command.Call }

// Move moves them over several sessions.
func (m planMover) Move(ctx context.Context, s *client.Session, moves plan.Moves) error {
	e := NewEngine(m.call)
	e.Session = s
	e.Done = func(t transfer.Task, _ transfer.Result, err error) { moves.Done(moves.Rows[t.Number], err) }
	for i, r := range moves.Rows { // before the engine begins: Done is told one after the other
		if err := m.makeRoom(r); err != nil {
			moves.Done(r, err)
			moves.Rows[i].Do = ""
		}
	}
	return e.Run(ctx, func(yield func(transfer.Task) bool) {
		for i, r := range moves.Rows {
			t := transfer.Task{Op: transfer.Upload, Remote: string(r.Path), Local: string(r.Local), Number: i, Part: moves.Part(r), Mode: r.FileMode()}
			switch r.Do {
			case "":
				continue
			case plan.Get:
				t.Op = transfer.Download
			}
			configureTask(m.call, &t)
			t.Preserve, t.Atomic = moves.Preserve, t.Op == transfer.Upload
			t.Before = func(ctx context.Context, s *client.Session) error { return moves.Look(ctx, s, r) }
			if !yield(t) {
				return
			}
		}
	})
}

// makeRoom makes the directory here that a file goes into.
func (m planMover) makeRoom(r plan.Row) error {
	if r.Do != plan.Get {
		return nil
	}
	return m.call.Shell.Folder().MkdirAll(filepath.Dir(string(r.Local)))
}

// Copy copies one on the server.
func (m planMover) Copy(ctx context.Context, s *client.Session, r plan.Row) error {
	return copyRemote(ctx, m.call, string(r.Path), string(r.To))
}
