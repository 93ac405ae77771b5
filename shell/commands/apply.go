package commands

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/plan"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "apply", Theme: "whole trees", Args: "[file]", JSON: true, Short: "carry out a plan, if both sides are still as they were",
	Long: "All rows are compared with the server and the files here before the first of them is done; if one no " +
		"longer holds, nothing is changed and the status is 10. What is replaced, moved or deleted is checked " +
		"again just before; a change in that last moment cannot be seen. " +
		"Uploads have another name until they are whole. What is done is noted in FILE.done: " +
		"if it breaks off, the same `apply` resumes. Without a file it carries out the last plan of this session, " +
		"after a question.",
	Examples: []command.Example{{Line: "apply site.ftpplan", Says: "do it"}, {Line: "apply -n site.ftpplan", Says: "only compare"}, {Line: "apply --only 1,4-9 site.ftpplan", Says: "some rows"}},
	Max:      1, Flags: applyFlags, Complete: []completion.Kind{completion.LocalPath},
	Wire: command.Verbs(getVerbs, putVerbs, mirrorVerbs, command.Sends("SITE CPFR", "SITE CPTO")), Needs: command.Login, Foreign: command.Refused, Run: apply,
})

func applyFlags(fs *pflag.FlagSet) {
	fs.BoolP("yes", "y", false, "without a question")
	fs.BoolP("dry-run", "n", false, "only compare")
	fs.String("only", "", "just the rows `N`: 1,4-9")
}

func apply(ctx context.Context, c *command.Call) error {
	if err := outsideTx(c); err != nil {
		return err
	}
	c.SumsUp()
	p, name := c.Shell.LastPlan, c.Arg(0)
	var err error
	if name != "" {
		p, err = readPlan(ctx, c, name)
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
	if isDry(c) {
		return checkPlan(ctx, c, p, name, wanted)
	}
	if name == "" && !c.Is("yes") {
		if !c.Interactive() {
			return cannotAsk(c, "`apply -y`, or the name of a plan")
		}
		if err := showPlan(c, p); err != nil || !c.Confirm(ctx, "do that?") {
			return err
		}
	}
	return applyPlan(ctx, c, p, name, wanted)
}

// applyPlan carries out a plan that still holds. The journal is beside the file of that name, which no other ftpsh carries out meanwhile.
func applyPlan(ctx context.Context, c *command.Call, p *plan.Plan, name string, wanted func(int) bool) error {
	journal := ""
	if name != "" {
		release, free := command.Hold(c.Shell.Local(name))
		defer release()
		if !free {
			return &failure.LocalError{Text: name + ": another ftpsh carries it out"}
		}
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
	defer inBytes(c.Session())()
	counts, bytes := map[plan.Do]int{}, int64(0)
	var errs []error
	err := p.Apply(ctx, c.Session(), here, planMover{c}, j, wanted, func(r plan.Row, err error) error {
		state, reason := "done", ""
		if err != nil {
			state, reason = "failed", err.Error()
			errs = append(errs, failure.About(fmt.Sprintf("row %d, %s %s", r.N, r.Do, cmp.Or(r.Path, r.Local)), err))
		} else {
			counts[r.Do]++
			bytes += max(r.Size, 0)
			if r.Path != "" {
				c.Shell.Remote.Forget(completion.Join(string(r.Path), ".."))
			}
		}
		if c.JSON() {
			return c.Object(newRowObject(r, state, reason))
		}
		return nil
	})
	if len(errs) > 0 && err == nil {
		err = &command.UnappliedError{N: len(errs)}
	}
	switch {
	case c.JSON():
	case len(counts) == 0 && len(errs) == 0 && err == nil:
		tellDone(c, "nothing was left to do")
	case len(counts) > 0:
		tellDone(c, "done: "+strings.TrimSuffix(planSummary(counts, bytes), " to move"))
	}
	return failure.Several(append(errs, err)...)
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

// planMover moves the files of rows, each under another name until it is complete.
type planMover struct{ call *command.Call }

// Move moves them over several sessions.
func (m planMover) Move(ctx context.Context, s *client.Session, moves plan.Moves) error {
	e := NewEngine(m.call)
	e.Session = s
	lacks := lackOf(m.call, s)
	e.Done = func(t transfer.Task, r transfer.Result, err error) {
		foundLack(m.call, s, r.Lacks)
		if r.Note != "" {
			m.call.Note("%s: %s", t.Remote, r.Note)
		}
		moves.Done(moves.Rows[t.Number], err)
	}
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
			t.Preserve, t.Atomic, t.OrInPlace, t.Lacks = moves.Preserve, t.Op == transfer.Upload, true, lacks
			t.InPlace = r.InPlace
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

// MkdirHere makes a directory here.
func (m planMover) MkdirHere(r plan.Row) error {
	return m.call.Shell.Folder().MkdirAll(string(r.Local))
}

// Copy copies one on the server.
func (m planMover) Copy(ctx context.Context, s *client.Session, r plan.Row) error {
	return copyRemote(ctx, m.call, string(r.Path), string(r.To))
}
