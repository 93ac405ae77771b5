package shell

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/afero"
	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var lessonCommands = []*Command{{
	Name: "lesson", Args: "[N[.STEP] | hint | skip | quit | answer TEXT | reset [N] | report | notes [N] | lint FILE]",
	Short: "learn FTP in guided lessons, on a server in this program",
	Long: "Alone it lists the lessons and how far you are. `lesson N` begins or resumes one; the shell stays as it is, and what you do " +
		"is checked on the wire, so that every right way counts. Where a question is asked, type the answer, or `lesson answer` " +
		"and the answer. In raw mode a dot stands before these: `.lesson hint`.\n" +
		"Teachers: `lesson report` shows what was done, --html FILE makes a page of it, with --name of the learner, --json prints it; " +
		"`lesson notes` has the tasks with their hints, solutions and answers, --html FILE as a page; --dir has lessons of your own in " +
		"place of ours, and `lesson lint FILE` checks one, with --trace against a session that was saved with `trace save`. --seed " +
		"gives a class the same cases where a lesson draws them.",
	Examples: []Example{
		{"lesson", "which there are"},
		{"lesson 1", "begin with the first"},
		{"lesson hint", "when you are stuck; the last hint is the solution"},
		{"lesson report --html report.html", "a page for your teacher"},
	},
	Max: -1, JSON: true, Words: []string{"hint", "skip", "quit", "answer", "reset", "report", "notes", "lint"},
	Complete: []completion.Kind{completion.None, completion.LocalPath},
	Flags: func(fs *pflag.FlagSet) {
		fs.String("dir", "", "the lessons in this `FOLDER` instead")
		namesPath(fs, "dir", completion.LocalDir)
		fs.Int64("seed", 1, "draw the cases of a lesson with this `NUMBER`")
		fs.String("html", "", "report, notes: write a page to `FILE`")
		fs.String("name", "", "report: the `NAME` of the learner, if it is not the login name")
		fs.String("trace", "", "lint: the recorded session in `FILE` (.jsonl)")
	},
	Wire: verbs(LoginVerbs, sends("QUIT")), Foreign: Refused, Run: runLesson,
}}

// class is the lesson that is going on.
type class struct {
	lesson   *teach.Lesson
	number   int // 0: no place among the others
	count    int
	after    string // the title of the lesson that follows; "": none does
	step     int
	since    int // the event before the step
	last     int // the event before the line
	server   *teach.LessonServer
	progress *teach.Progress
	told     map[int]bool // wrong ways that were spoken of
}

func runLesson(ctx context.Context, c *Call) error {
	sh := c.Shell
	switch what := c.Arg(0); what {
	case "":
		return listLessons(c)
	case "report":
		return reportLessons(ctx, c)
	case "notes":
		return lessonNotes(ctx, c)
	case "lint":
		return lintLesson(ctx, c)
	case "reset":
		return resetLesson(c)
	case "hint", "skip", "quit", "answer":
		if sh.class == nil {
			return &failure.UsageError{Text: "no lesson is going on", Hint: "`lesson` lists them"}
		}
		return inLesson(ctx, sh, what, strings.Join(c.Texts()[1:], " "))
	default:
		return beginLesson(ctx, c, what)
	}
}

// readLessons are ours, or those of a teacher.
func readLessons(c *Call) ([]*teach.Lesson, *teach.Progress, error) {
	dir := c.value("dir")
	all, err := teach.Lessons(dir)
	if err != nil {
		return nil, nil, &failure.LocalError{Text: failure.InWords(err)}
	}
	progress, err := teach.OpenProgress(progressFile(c.Shell))
	return all, progress, err
}

func progressFile(sh *Shell) string {
	if sh.opt.StateDir == "" || sh.opt.DryRun {
		return ""
	}
	return filepath.Join(sh.opt.StateDir, "lessons.json")
}

func listLessons(c *Call) error {
	all, progress, err := readLessons(c)
	if err != nil {
		return err
	}
	report := progress.Report(all)
	if c.JSON() {
		return reportJSON(c, report)
	}
	t := render.Table{}
	for i, l := range all {
		r := report[i]
		t.Rows = append(t.Rows, []string{strconv.Itoa(i + 1), l.Title, fmt.Sprintf("%d of %d", r.Done, r.Of), l.Objective})
	}
	return c.table(t)
}

// findLesson reads N, N.STEP, ID or ID.STEP.
func findLesson(c *Call, all []*teach.Lesson, word string) (number, step int, err error) {
	name, part, hasStep := strings.Cut(word, ".")
	for i, l := range all {
		if name != l.ID && name != strconv.Itoa(i+1) {
			continue
		}
		if hasStep {
			if step, err = strconv.Atoi(part); err != nil || step < 1 {
				return 0, 0, c.Usage("%q is not a step", part)
			}
		}
		return i + 1, step, nil
	}
	return 0, 0, &failure.UsageError{Text: word + ": no such lesson", Hint: "`lesson` lists them"}
}

func beginLesson(ctx context.Context, c *Call, word string) error {
	all, progress, err := readLessons(c)
	if err != nil {
		return err
	}
	number, step, err := findLesson(c, all, word)
	if err != nil {
		return err
	}
	lesson := all[number-1]
	with := progress.Of(lesson.ID)
	if seed := c.Flags.Lookup("seed"); lesson.Draw > 0 && (with.Seed == 0 || seed.Changed) {
		with.Seed, _ = c.Flags.GetInt64("seed")
	}
	cl := &class{lesson: lesson.Drawn(with.Seed), number: number, count: len(all), progress: progress}
	if number < len(all) {
		cl.after = all[number].Title
	}
	if cl.step = int(with.Next); step > 0 {
		cl.step = step - 1
	}
	switch {
	case step > len(cl.lesson.Steps):
		return c.Usage("lesson %d has %d steps", number, len(cl.lesson.Steps))
	case cl.step >= len(cl.lesson.Steps):
		c.Note("lesson %d is done; it begins again", number)
		cl.step = 0
	}
	c.Shell.class = cl
	return enterStep(ctx, c.Shell)
}

// enterStep shows a step and makes its server ready.
func enterStep(ctx context.Context, sh *Shell) error {
	cl := sh.class
	if server := cl.lesson.ServerAt(cl.step); server != cl.server || sh.practice == nil {
		if err := serveLesson(ctx, sh, server); err != nil {
			sh.class = nil
			return err
		}
	}
	cl.told = map[int]bool{}
	cl.since = sh.recorder.Seq()
	cl.last = cl.since
	cl.present(time.Now())
	dot := ""
	if sh.raw {
		dot = "."
	}
	for _, line := range cl.lesson.Screen(cl.step, cl.number, cl.count, dot) {
		_, _ = io.WriteString(sh.con.Out(), teach.Filled(line, sh.practice.Port())+"\n")
	}
	return nil
}

// lessonComment says something of the lesson.
func lessonComment(sh *Shell, text string) { sh.Say(" " + teach.Filled(text, sh.practice.Port())) }

// present is the learner's progress with the step.
func (cl *class) present(now time.Time) *teach.StepProgress {
	return cl.progress.Of(cl.lesson.ID).Of(cl.task().ID, now)
}

func (cl *class) task() *teach.Step { return &cl.lesson.Steps[cl.step] }

// serveLesson starts the server of a step and goes as far as the step wants.
func serveLesson(ctx context.Context, sh *Shell, server *teach.LessonServer) error {
	opt, err := server.Options()
	if err != nil {
		return err
	}
	sh.disconnect()
	if err := servePractice(sh, opt); err != nil {
		return err
	}
	sh.class.server = server
	if server.Begin == "nothing" {
		return nil
	}
	return openPractice(ctx, sh, server.Clear || server.TLS == "" || server.TLS == "off", server.Begin != "connect")
}

// inLesson does what a learner asks for.
func inLesson(ctx context.Context, sh *Shell, what, text string) error {
	cl := sh.class
	now := time.Now()
	p := cl.present(now)
	switch what {
	case "hint":
		hints := cl.task().Hints
		hint := hints[min(int(p.Hints), len(hints)-1)]
		p.Hints = uint16(min(int(p.Hints)+1, len(hints)))
		lessonComment(sh, "hint: "+hint)
		return cl.progress.Save()
	case "skip":
		p.Skipped, p.Ended = true, now
		return nextStep(ctx, sh)
	case "quit":
		sh.class = nil
		err := cl.progress.Save()
		return cmp.Or(stopPractice(sh), err)
	}
	return judgeAnswer(ctx, sh, text)
}

// nextStep goes on, or ends the lesson.
func nextStep(ctx context.Context, sh *Shell) error {
	cl := sh.class
	cl.step++
	with := cl.progress.Of(cl.lesson.ID)
	with.Next = uint16(cl.step)
	err := cl.progress.Save()
	if cl.step < len(cl.lesson.Steps) {
		return cmp.Or(enterStep(ctx, sh), err)
	}
	sh.class = nil
	for _, line := range cl.lesson.End {
		lessonComment(sh, line)
	}
	sh.Say(" the lesson is done; " + cl.following())
	return cmp.Or(stopPractice(sh), err)
}

// following says what comes after the lesson.
func (cl *class) following() string {
	if cl.after == "" {
		return "it was the last; `lesson report` shows what you did"
	}
	return fmt.Sprintf("next: `lesson %d`, %s", cl.number+1, cl.after)
}

// lessonAttempt is what the learner has done in this step.
func lessonAttempt(sh *Shell, since int, answer string) *teach.Attempt {
	return &teach.Attempt{
		Events: sh.recorder.Events(since), Answer: answer, Local: func(name string) ([]byte, error) { return plainLocal(sh, name) },
		Server: func(name string) ([]byte, error) {
			if sh.practice == nil {
				return nil, os.ErrNotExist
			}
			return afero.ReadFile(sh.practice.FS(), "/"+strings.TrimPrefix(name, "/"))
		},
	}
}

// plainLocal reads a local file for a lesson, which names it: one of the current folder or below, and
// nothing without an end.
func plainLocal(sh *Shell, name string) ([]byte, error) {
	root, err := sh.folder().OpenRoot(".")
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if info, err := root.Stat(filepath.Clean(name)); err != nil || !info.Mode().IsRegular() { // a FIFO would be waited at
		return nil, cmp.Or(err, os.ErrNotExist)
	}
	return teach.ReadPlain(root.FS(), filepath.ToSlash(filepath.Clean(name)))
}

// judgeAnswer looks whether the step is done.
func judgeAnswer(ctx context.Context, sh *Shell, answer string) error {
	cl := sh.class
	s, p := cl.task(), cl.present(time.Now())
	if s.Check.Passes(lessonAttempt(sh, cl.since, answer)) {
		p.Done, p.Ended = true, time.Now()
		lessonComment(sh, "right"+strings.TrimSuffix(": "+s.Done, ": "))
		return nextStep(ctx, sh)
	}
	if s.Check.Answered(lessonAttempt(sh, cl.since, answer)) {
		sh.Say(" that may well be right: prove it first, then say it again; `lesson hint` helps")
		return nil
	}
	line := lessonAttempt(sh, cl.last, answer)
	for i, w := range s.Wrong {
		if !cl.told[i] && w.Check.Passes(line) {
			cl.told[i] = true
			p.Wrong++
			lessonComment(sh, w.Say)
			return nil
		}
	}
	if answer != "" {
		p.Wrong++
		sh.Say(" not quite; `lesson hint` helps")
	}
	return nil
}

// answered takes a line that is no command for an answer, where one is wanted.
func answered(sh *Shell, line Line) bool {
	if sh.class == nil || line.within != nil || sh.raw || !sh.class.task().WantsAnswer() {
		return false
	}
	tokens := syntax.Lex(line.Text)
	if len(tokens) == 0 || tokens[0].Op != syntax.Word {
		return false
	}
	_, err := sh.catalog.Find(tokens[0].Text)
	_, named := aliasLine(sh, tokens[0].Text)
	return err != nil && !named
}

// afterLine checks the step after a line of the learner.
func afterLine(sh *Shell, line Line, answer string) {
	cl := sh.class
	if cl == nil || line.within != nil || sh.quitting || sh.ended() {
		return
	}
	ctx, done := sh.signals.during(sh.base, sh.session)
	defer done()
	cl.present(time.Now()).Commands++
	if err := judgeAnswer(ctx, sh, answer); err != nil {
		sh.failed(line, "lesson", failure.Interrupted(ctx, err))
	}
	if sh.class != nil {
		sh.class.last = sh.recorder.Seq()
	}
}

// allowed refuses a command that would do the learner's work.
func (l *learning) allowed(command *Command) error {
	if cl := l.class; cl != nil && cl.lesson.Forbids(command.Name, cl.step) {
		return &failure.UsageError{Text: command.Name + " is not for this step: find it out yourself", Hint: "`lesson hint`"}
	}
	return nil
}

// lessonMark is the step, for the prompt.
func lessonMark(l *learning) string {
	if l.class == nil {
		return ""
	}
	return fmt.Sprintf("[%d.%d] ", l.class.number, l.class.step+1)
}
