package commands

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/ignore"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// mirrorReport gathers what a mirror does.
type mirrorReport struct {
	call   *command.Call
	mirror *transfer.Mirror
	root   string // what a step without a path is about
	dry    bool
	counts map[transfer.Action]int
	notes  map[string]int // what was said of files, each once
	bytes  int64
	plan   render.Table
	errs   []error
	failed []string // paths of which something was not done
}

// actionWords is an action in a summary, for one and for more of them, done and planned.
type actionWords[A comparable] struct {
	action     A
	one, many  string
	done, plan string
}

// sumOf says how often each action was done, or would be.
func sumOf[A comparable](rows []actionWords[A], counts map[A]int, planned bool) (words []string) {
	for _, row := range rows {
		n, what, verb := counts[row.action], row.many, row.done
		if n == 1 {
			what = row.one
		}
		if planned {
			verb = row.plan
		}
		if n > 0 {
			words = append(words, fmt.Sprintf("%d %s%s", n, what, verb))
		}
	}
	return words
}

var mirrorWords = []actionWords[transfer.Action]{
	{transfer.ActDownload, "", "", "downloaded", "to download"},
	{transfer.ActUpload, "", "", "uploaded", "to upload"},
	{transfer.ActCopy, "", "", "copied", "to copy"},
	{transfer.ActMkdir, "directory ", "directories ", "made", "to make"},
	{transfer.ActLink, "link ", "links ", "made", "to make"},
	{transfer.ActRename, "", "", "renamed", "to rename"},
	{transfer.ActDelete, "", "", "deleted", "to delete"},
	{transfer.ActRmdir, "directory ", "directories ", "deleted", "to delete"},
	{transfer.ActSkip, "", "", "skipped", "to skip"},
}

// stepObject is a step of mirror, or of sync, as --json shows it.
type stepObject struct {
	DryRun bool   `json:"dry_run,omitempty"`
	Action string `json:"action"`
	Path   string `json:"path"`
	To     string `json:"to,omitempty"` // of a rename
	Size   *int64 `json:"size,omitempty"`
	Why    string `json:"why"`
	Error  string `json:"error,omitempty"`
}

// runMirror mirrors, and returns how much was changed.
func runMirror(ctx context.Context, c *command.Call, over *client.Session, m *transfer.Mirror) (int, error) {
	c.SumsUp()
	report := &mirrorReport{call: c}
	err := report.run(ctx, over, m)
	return report.changed(), err
}

func (r *mirrorReport) run(ctx context.Context, over *client.Session, m *transfer.Mirror) error {
	c := r.call
	m.DryRun = m.DryRun || c.Shell.Options.DryRun
	m.TellRoot = c.Shell.Planning != nil
	r.mirror, r.root, r.dry, r.counts, r.notes = m, m.Remote, m.DryRun, map[transfer.Action]int{}, map[string]int{}
	r.plan.Right = []bool{false, true}
	ignored := &ignore.Tree{}
	if m.Target == nil {
		ignored = ignoredHere(c, m.Local)
	}
	if ignored.Ignored("x", false); ignored.Err() != nil { // before anything is done
		return ignored.Err()
	}
	r.configure(m, ignored)
	e := NewEngine(c)
	e.Session = over
	end := c.Shell.Gauge.All(0, 0)
	stop := c.Shell.Draw(c.Shell.Gauge)
	var err error
	if c.Is("renames") {
		err = m.Renames(ctx, func() *transfer.Engine { return &transfer.Engine{Session: over, Parallel: e.Parallel, Retry: e.Retry} })
	}
	if err == nil {
		err = m.Run(ctx, e)
	}
	stop()
	end()
	rememberLimit(c, e)
	err = cmp.Or(err, r.end(err))
	switch {
	case m.DryRun:
	case m.Up:
		c.Shell.Remote.Forget(c.Absolute(m.Remote))
	case m.Target == c.Session():
		c.Shell.Remote.Forget(c.Absolute(m.CopyName))
	}
	return failure.Several(append(r.errs, err, ignored.Err())...)
}

// configure takes over what the settings say, and what is ignored.
func (r *mirrorReport) configure(m *transfer.Mirror, ignored *ignore.Tree) {
	c := r.call
	filter := m.Filter
	m.Filter = func(name string, e *listing.Entry) bool {
		return !ignored.Ignored(name, e.Type == listing.Dir) && (filter == nil || filter(name, e))
	}
	m.Here, m.Rules, m.Number = c.Shell.Folder(), AskFolder, c.Shell.Settings.NumbersCollisions()
	m.OnStep, m.Preserve = r.tell, c.Shell.Settings.Preserve
	m.Depth, m.Directories = c.Shell.Settings.MaxDepth, c.Shell.Settings.MaxDirectories
	m.Bounds, m.DirMode = c.Shell.Settings.Bounds, c.Shell.Settings.UploadDirMode
	m.Configure = func(t *transfer.Task) {
		configureTask(c, t)
		t.Segments = segments(c)
	}
	m.Found = c.Shell.Gauge.More
}

func (r *mirrorReport) changed() int {
	n := 0
	for action, count := range r.counts {
		if action != transfer.ActSkip {
			n += count
		}
	}
	return n
}

// tell takes one step.
func (r *mirrorReport) tell(s transfer.Step) {
	if s.Result.Local != "" {
		r.call.Shell.Gauge.Passed(s.Result.Bytes, s.Result.Resumed)
	}
	if s.Err != nil {
		r.errs = append(r.errs, failure.About(cmp.Or(s.Path, r.root), s.Err))
		r.failed = append(r.failed, s.Path)
	} else {
		r.counts[s.Action]++
		if s.Action != transfer.ActRename {
			r.bytes += max(s.Size, 0)
		}
		r.arrived(s)
	}
	switch {
	case r.call.Shell.Planning != nil:
		_ = r.call.Shell.Planning.Step(r.mirror, s) // it keeps its first error
	case r.call.JSON():
		r.object(s)
	case s.Err != nil:
	case s.Result.Note != "":
		if r.notes[s.Result.Note]++; r.notes[s.Result.Note] == 1 {
			r.call.Note("%s: %s", s.Path, s.Result.Note)
		}
	case r.dry:
		size := ""
		if s.Size >= 0 {
			size = render.Size(s.Size)
		}
		r.plan.Rows = append(r.plan.Rows, []string{string(s.Action), size, s.Why, shownStep(s)})
	case r.call.Shell.Settings.Verbose && s.Result.Local != "":
		_ = tellMoved(r.call, s.Path, s.Result)
	case r.call.Shell.Settings.Verbose:
		r.call.Note("%s %s (%s)", s.Action, shownStep(s), s.Why)
	}
}

// shownStep is what a step is about.
func shownStep(s transfer.Step) string {
	if s.To == "" {
		return render.Safe(s.Path)
	}
	return render.Safe(s.Path) + " -> " + render.Safe(s.To)
}

// arrived runs the command of the setting on-file.
func (r *mirrorReport) arrived(s transfer.Step) {
	ops := map[transfer.Action]transfer.Op{transfer.ActDownload: transfer.Download, transfer.ActUpload: transfer.Upload, transfer.ActCopy: transfer.BetweenServers}
	op, moved := ops[s.Action]
	if !moved || s.Result.Local == "" {
		return
	}
	if err := onFile(r.call, op, s.Result); err != nil {
		r.errs = append(r.errs, failure.About(s.Path, err))
	}
}

func (r *mirrorReport) object(s transfer.Step) {
	o := stepObject{DryRun: r.dry, Action: string(s.Action), Path: s.Path, To: s.To, Why: s.Why}
	if s.Size >= 0 {
		o.Size = &s.Size
	}
	if s.Err != nil {
		o.Error = failure.InWords(s.Err)
	}
	_ = r.call.Object(o)
}

// end shows the plan, or sums up. After a failure with nothing done there is
// nothing to say that would be true.
func (r *mirrorReport) end(failure error) error {
	if r.call.JSON() || r.call.Shell.Planning != nil {
		return nil
	}
	words := sumOf(mirrorWords, r.counts, r.dry)
	if len(words) == 0 {
		if failure != nil || len(r.errs) > 0 {
			return nil
		}
		words = []string{"nothing to do"}
	} else if r.bytes > 0 {
		words = append(words, command.BytesText(r.bytes))
	}
	for _, note := range slices.Sorted(maps.Keys(r.notes)) {
		if n := r.notes[note] - 1; n > 0 {
			r.call.Note("%s: %s", command.Plural(n, "more file", "more files"), note)
		}
	}
	err := r.call.Table(r.plan)
	if r.dry {
		r.call.Note("%s", strings.Join(words, ", "))
	} else {
		tellDone(r.call, strings.Join(words, ", "))
	}
	return err
}
