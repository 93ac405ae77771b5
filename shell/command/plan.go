package command

import (
	"fmt"
	"path"
	"path/filepath"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/plan"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// Planning is a plan that is being made: the command runs as in a dry run, which tells it what it
// would do.
type Planning struct {
	Call *Call
	Plan *plan.Plan
	Err  error // of what no plan can hold
}

func (p *Planning) add(r plan.Row) error {
	p.Plan.Rows = append(p.Plan.Rows, r)
	return nil
}

// unfit is of something that the command would do and that is not in a plan.
func (p *Planning) unfit(what string) error {
	if p.Err == nil {
		p.Err = &failure.UsageError{Text: "a plan cannot hold this: " + what}
	}
	return p.Err
}

// there is a name of the server from its root.
func (p *Planning) there(name string) jsonl.Name { return jsonl.Name(p.Call.Absolute(name)) }

// here is a name of this computer from its root.
func (p *Planning) here(name string) jsonl.Name {
	name = p.Call.Shell.Folder().Name(name)
	if abs, err := filepath.Abs(name); err == nil {
		name = abs
	}
	return jsonl.Name(name)
}

// change takes what the funnel tells.
func (p *Planning) change(c client.Change) error {
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
func (p *Planning) move(t transfer.Task) error {
	switch {
	case t.Op == transfer.Upload && t.Local != "" && t.In == nil && t.Offset == 0 && !t.Resume:
		r := plan.Row{Do: plan.New, Path: p.there(t.Remote), Local: p.here(t.Local), InPlace: p.Call.Is("in-place")}
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
func (p *Planning) would(w DryAction) error {
	if w.Action == "copy" {
		return p.add(plan.Row{Do: plan.Copy, Path: p.there(w.What), To: p.there(w.To)})
	}
	return p.unfit(w.Action + " " + w.What)
}

// Step takes a step of a mirror.
func (p *Planning) Step(m *transfer.Mirror, s transfer.Step) error {
	remote := path.Clean(JoinRemote(m.Remote, s.Path))
	local := filepath.Join(m.Local, filepath.FromSlash(s.Path))
	switch {
	case s.Action == transfer.ActSkip || s.Err != nil:
		return nil
	case s.Action == transfer.ActUpload:
		t := transfer.Task{Op: transfer.Upload, Remote: remote, Local: local}
		if info, err := p.Call.Shell.Folder().Stat(local); err == nil && m.Chmod {
			t.Mode = info.Mode()
		}
		return p.move(t)
	case s.Action == transfer.ActDownload:
		return p.move(transfer.Task{Op: transfer.Download, Remote: remote, Local: local})
	case s.Action == transfer.ActMkdir && m.Up:
		return p.add(plan.Row{Do: plan.Mkdir, Path: p.there(remote)})
	case s.Action == transfer.ActRename && m.Up:
		return p.add(plan.Row{Do: plan.Move, Path: p.there(remote), To: p.there(JoinRemote(m.Remote, s.To))})
	case s.Action == transfer.ActMkdir:
		return p.add(plan.Row{Do: plan.MkdirHere, Local: p.here(local)})
	case s.Action == transfer.ActDelete && m.Up:
		return p.add(plan.Row{Do: plan.Delete, Path: p.there(remote)})
	case s.Action == transfer.ActRmdir && m.Up:
		return p.add(plan.Row{Do: plan.Rmdir, Path: p.there(remote)})
	}
	return p.unfit(fmt.Sprintf("%s %s here", s.Action, s.Path))
}

// UnappliedError is of a plan of which some rows failed.
type UnappliedError struct{ N int }

func (e *UnappliedError) Error() string {
	return Plural(e.N, "row", "rows") + " failed; the same apply tries them again"
}
