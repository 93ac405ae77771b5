package shell

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
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/plan"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var planCommands = []*Command{
	{
		Name: "plan", Args: "command… | show file | check file", JSON: true,
		Short: "show what a command would change on the server, and keep that for apply",
		Long: "The command is mirror, put, mput, get, mget, rm, delete, mdelete, mv, rename, cp, mkdir, rmdir, chmod, touch or sync. Its rows say " +
			"what would be done and what stands there now. With -o they are kept in a file, which `apply` does later, as it is: if " +
			"anything has changed on either side meanwhile, nothing is done. `plan show` shows a file, `plan check` compares it " +
			"with both sides.",
		Examples: []Example{
			{"plan mirror -R --delete site /var/www", "what that would do"},
			{"plan -o site.ftpplan mirror -R --delete site /var/www", "and keep it"},
			{"plan check site.ftpplan", "does it still fit?"},
		},
		Min: 1, Max: -1, Flags: planFlags, Words: []string{"show", "check"}, Complete: []completion.Kind{completion.Command, completion.RemotePath},
		Wire: verbs(getVerbs, putVerbs, mirrorVerbs), Needs: Login, Nests: true, Foreign: Refused, Run: planCommand,
	},
	{
		Name: "apply", Args: "[file]", JSON: true, Short: "do what a plan says, if both sides are as they were",
		Long: "All rows are compared with the server and the files here before the first of them is done; if one does not fit, nothing is " +
			"changed and the status is 10. What is replaced, moved or deleted is looked at once more just before; what changes within " +
			"that last moment cannot be seen. Uploads have another name until they are whole. What is done is noted in FILE.done: " +
			"after a break the same `apply` goes on. Without a file it is the last plan of this session, after a question.",
		Examples: []Example{{"apply site.ftpplan", "do it"}, {"apply -n site.ftpplan", "only compare"}, {"apply --only 1,4-9 site.ftpplan", "some rows"}},
		Max:      1, Flags: applyFlags, Complete: []completion.Kind{completion.LocalPath},
		Wire: verbs(getVerbs, putVerbs, mirrorVerbs, sends("SITE CPFR", "SITE CPTO")), Needs: Login, Foreign: Refused, Run: apply,
	},
}

func planFlags(fs *pflag.FlagSet) {
	fs.SetInterspersed(false) // what follows the command is its own
	fs.StringP("output", "o", "", "keep the plan in `FILE`")
	namesPath(fs, "output", completion.LocalPath)
	fs.Bool("exit-code", false, "status 10 when there is something to do")
}

func applyFlags(fs *pflag.FlagSet) {
	fs.BoolP("yes", "y", false, "without a question")
	fs.BoolP("dry-run", "n", false, "compare, and do nothing")
	fs.String("only", "", "just the rows `N`: 1,4-9")
}

// planned are the commands that a plan can hold.
var planned = []string{"mirror", "put", "mput", "get", "mget", "rm", "delete", "mdelete", "mv", "rename", "cp", "mkdir", "rmdir", "chmod", "touch", "sync"}

// planning is a plan that is being made: the command runs as in a dry run, which tells it what it
// would do.
type planning struct {
	call *Call
	plan *plan.Plan
	err  error // of what no plan can hold
}

func (p *planning) add(r plan.Row) error {
	p.plan.Rows = append(p.plan.Rows, r)
	return nil
}

// unfit is of something that the command would do and that is not in a plan.
func (p *planning) unfit(what string) error {
	if p.err == nil {
		p.err = &failure.UsageError{Text: "a plan cannot hold this: " + what}
	}
	return p.err
}

// there is a name of the server from its root.
func (p *planning) there(name string) jsonl.Name { return jsonl.Name(p.call.absolute(name)) }

// here is a name of this computer from its root.
func (p *planning) here(name string) jsonl.Name {
	name = p.call.Shell.folder().Name(name)
	if abs, err := filepath.Abs(name); err == nil {
		name = abs
	}
	return jsonl.Name(name)
}

// change takes what the funnel tells.
func (p *planning) change(c client.Change) error {
	r := plan.Row{Path: p.there(c.Path)}
	switch {
	case c.Line != "":
		return p.unfit(c.Line)
	case c.Do == client.Delete:
		r.Do = plan.Delete
	case c.Do == client.Rmdir:
		r.Do = plan.Rmdir
	case c.Do == client.Mkdir:
		r.Do = plan.Mkdir
	case c.Do == client.Rename:
		r.Do, r.To = plan.Move, p.there(c.To)
	case c.Do == client.Chmod:
		r.Do, r.Mode = plan.Chmod, fmt.Sprintf("%04o", c.Mode.Perm())
	case c.Do == client.SetTime:
		r.Do, r.Time = plan.Touch, c.Time.UTC()
	default:
		return p.unfit(c.String())
	}
	return p.add(r)
}

// move takes a transfer.
func (p *planning) move(t transfer.Task) error {
	switch {
	case t.Op == transfer.Upload && t.Local != "" && t.In == nil && t.Offset == 0 && !t.Resume:
		r := plan.Row{Do: plan.New, Path: p.there(t.Remote), Local: p.here(t.Local)}
		if t.Mode != 0 {
			r.Mode = fmt.Sprintf("%04o", t.Mode.Perm())
		}
		return p.add(r)
	case t.Op == transfer.Download && t.Local != "" && t.Out == nil && t.Offset == 0 && !t.Resume:
		return p.add(plan.Row{Do: plan.Get, Path: p.there(t.Remote), Local: p.here(t.Local)})
	}
	return p.unfit("a transfer that is not of whole files")
}

// would takes what a dry run tells otherwise.
func (p *planning) would(w dryAction) error {
	if w.Action == "copy" {
		return p.add(plan.Row{Do: plan.Copy, Path: p.there(w.What), To: p.there(w.To)})
	}
	return p.unfit(w.Action + " " + w.What)
}

// step takes a step of a mirror.
func (p *planning) step(m *transfer.Mirror, s transfer.Step) error {
	remote := joinRemote(m.Remote, s.Path)
	local := filepath.Join(m.Local, filepath.FromSlash(s.Path))
	switch {
	case s.Action == transfer.ActSkip || s.Err != nil:
		return nil
	case s.Action == transfer.ActUpload:
		t := transfer.Task{Op: transfer.Upload, Remote: remote, Local: local}
		if info, err := p.call.Shell.folder().Stat(local); err == nil && m.Chmod {
			t.Mode = info.Mode()
		}
		return p.move(t)
	case s.Action == transfer.ActDownload:
		return p.move(transfer.Task{Op: transfer.Download, Remote: remote, Local: local})
	case s.Action == transfer.ActMkdir && m.Up:
		return p.add(plan.Row{Do: plan.Mkdir, Path: p.there(remote)})
	case s.Action == transfer.ActMkdir: // made with the first file in it
		return nil
	case s.Action == transfer.ActDelete && m.Up:
		return p.add(plan.Row{Do: plan.Delete, Path: p.there(remote)})
	case s.Action == transfer.ActRmdir && m.Up:
		return p.add(plan.Row{Do: plan.Rmdir, Path: p.there(remote)})
	}
	return p.unfit(fmt.Sprintf("%s %s here", s.Action, s.Path))
}

func planCommand(ctx context.Context, c *Call) error {
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
	c.Shell.lastPlan = p
	if err := showPlan(c, p); err != nil {
		return err
	}
	if name := c.value("output"); name != "" {
		if err := keepPlan(ctx, c, p, name); err != nil {
			return err
		}
	}
	if c.Is("exit-code") && len(p.Rows) > 0 {
		return &leftError{plural(len(p.Rows), "change", "changes") + " to make"}
	}
	return nil
}

// makePlan runs the command as in a dry run, and takes what that tells.
func makePlan(ctx context.Context, c *Call) (*plan.Plan, error) {
	inner := &Call{Shell: c.Shell, Name: c.Arg(0), Out: c.Out, Err: c.Err, screen: c.screen, line: c.line, statement: c.statement}
	var err error
	if inner.Command, err = c.Shell.catalog.Find(c.Arg(0)); err != nil {
		return nil, err
	}
	if !slices.Contains(planned, inner.Command.Name) {
		return nil, c.Usage("%s is not a command that a plan can hold", inner.Command.Name)
	}
	if err := inner.parse(ctx, c.Args[1:]); err != nil {
		return nil, err
	}
	sh := c.Shell
	p := &planning{call: inner, plan: plan.Begin(c.Session(), recorded(strings.Join(c.Texts(), " "), inner.Command.Name), time.Now())}
	p.plan.Preserve = sh.Settings.Preserve
	dry := sh.opt.DryRun
	sh.opt.DryRun, sh.planning = true, p
	sh.sessions(sh.guard)
	err = inner.Command.Run(ctx, inner)
	sh.opt.DryRun, sh.planning = dry, nil
	sh.sessions(sh.guard)
	if err == nil {
		err = p.err
	}
	if err == nil {
		err = p.plan.Complete(ctx, c.Session(), hereFiles{sh.folder()})
	}
	return p.plan, err
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

func showPlan(c *Call, p *plan.Plan) error {
	if c.JSON() {
		for _, r := range p.Rows {
			if err := c.object(newRowObject(r, "", "")); err != nil {
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
	if err := c.table(t); err != nil {
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
			words = append(words, plural(n, row.one, row.many))
		}
	}
	text := strings.Join(words, ", ")
	if bytes > 0 {
		text += "; " + bytesText(bytes) + " to move"
	}
	return text
}

// keepPlan writes a plan into a file that is there as a whole or not at all.
func keepPlan(ctx context.Context, c *Call, p *plan.Plan, name string) error {
	if c.Shell.opt.DryRun {
		return c.Shell.would(dryAction{Action: "write", What: name})
	}
	if plan.Exists(c.Shell.local(name) + doneSuffix) {
		return &failure.LocalError{Text: name + doneSuffix + " is the journal of a plan that was begun: take another name, or remove it"}
	}
	file, err := c.intoFile(ctx, name, 0o600, false)
	if err != nil {
		return err
	}
	if err := file.end(p.Write(file)); err != nil {
		return err
	}
	if !c.JSON() {
		c.Note("saved: %s   to do it: apply %s", name, name)
	}
	return nil
}

const doneSuffix = ".done"

func readPlan(c *Call, name string) (*plan.Plan, error) {
	file, err := c.Shell.folder().Open(context.Background(), name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return plan.Read(file, name)
}

// checkPlan compares a plan with both sides.
func checkPlan(ctx context.Context, c *Call, p *plan.Plan, name string, wanted func(int) bool) error {
	j, err := plan.OpenJournal("", p)
	if err == nil && name != "" && plan.Exists(c.Shell.local(name)+doneSuffix) {
		j, err = plan.OpenJournal(c.Shell.local(name)+doneSuffix, p)
	}
	if err != nil {
		return err
	}
	defer j.Close()
	if err := showDifferences(c, p.Check(ctx, c.Session(), hereFiles{c.Shell.folder()}, j, wanted)); err != nil {
		return err
	}
	if !c.JSON() {
		c.Note("it fits: %s", plural(len(p.Rows), "row", "rows"))
	}
	return nil
}

// showDifferences shows the rows that no longer fit.
func showDifferences(c *Call, err error) error {
	stale := new(plan.StaleError)
	if !errors.As(err, &stale) {
		return err
	}
	for _, m := range stale.Moved {
		if c.JSON() {
			err := c.object(newRowObject(m.Row, "moved", m.String()))
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

func apply(ctx context.Context, c *Call) error {
	if err := outsideTx(c); err != nil {
		return err
	}
	p, name := c.Shell.lastPlan, c.Arg(0)
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
	if c.Is("dry-run") || c.Shell.opt.DryRun {
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
		journal = c.Shell.local(name) + doneSuffix
	}
	j, err := plan.OpenJournal(journal, p)
	if err != nil {
		return err
	}
	defer j.Close()
	here := hereFiles{c.Shell.folder()}
	if err := showDifferences(c, p.Check(ctx, c.Session(), here, j, wanted)); err != nil {
		return err
	}
	return applyRows(ctx, c, p, here, j, wanted)
}

// applyRows does the rows and tells of each.
func applyRows(ctx context.Context, c *Call, p *plan.Plan, here hereFiles, j *plan.Journal, wanted func(int) bool) error {
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
			c.Shell.remote.Forget(completion.Join(string(r.Path), ".."))
		}
		if c.JSON() {
			return c.object(newRowObject(r, state, reason))
		}
		return nil
	})
	if len(errs) > 0 && err == nil {
		err = &unappliedError{len(errs)}
	}
	if !c.JSON() && len(counts) > 0 {
		c.Note("done: %s", strings.TrimSuffix(planSummary(counts, bytes), " to move"))
	}
	return failure.Several(append(errs, err))
}

// unappliedError is of a plan of which some rows failed.
type unappliedError struct{ n int }

func (e *unappliedError) Error() string {
	return plural(e.n, "row", "rows") + " failed; the same apply tries them again"
}

// onlyRows reads the option --only.
func onlyRows(c *Call, rows int) (func(int) bool, error) {
	text := c.value("only")
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
type planMover struct{ call *Call }

// Upload sends a file.
func (m planMover) Upload(ctx context.Context, s *client.Session, r plan.Row, preserve bool) error {
	return m.run(ctx, s, transfer.Task{Op: transfer.Upload, Remote: string(r.Path), Local: string(r.Local), Preserve: preserve})
}

// Download fetches one.
func (m planMover) Download(ctx context.Context, s *client.Session, r plan.Row, preserve bool) error {
	if err := m.call.Shell.folder().MkdirAll(filepath.Dir(string(r.Local))); err != nil {
		return err
	}
	return m.run(ctx, s, transfer.Task{Op: transfer.Download, Remote: string(r.Path), Local: string(r.Local), Preserve: preserve})
}

func (m planMover) run(ctx context.Context, s *client.Session, t transfer.Task) error {
	preserve := t.Preserve
	configureTask(m.call, &t)
	t.Preserve, t.Atomic = preserve, t.Op == transfer.Upload
	meter := &transfer.Meter{}
	over := m.call.Shell.gauge.file(render.Safe(taskName(t)), meter)
	defer over()
	_, err := transfer.Run(ctx, s, t, meter)
	return err
}

// Copy copies one on the server.
func (m planMover) Copy(ctx context.Context, s *client.Session, r plan.Row) error {
	return copyRemote(ctx, m.call, string(r.Path), string(r.To))
}
