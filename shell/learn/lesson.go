package learn

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
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var _ = command.Add(&command.Command{
	Name: "lesson", Theme: "learn", Args: "[N[.STEP] | hint | skip | quit | answer TEXT | reset [N] | report | notes [N] | lint FILE]",
	Short: "learn FTP in guided lessons, on a server inside this program",
	Long: "Alone it lists the lessons and how far you are. `lesson N` begins or resumes one; the shell stays as it is, and what you do " +
		"is checked on the wire, so that every right way counts. Where a question is asked, type the answer, or `lesson answer` " +
		"and the answer. In raw mode a dot stands before these: `.lesson hint`.\n" +
		"Teachers: `lesson report` shows what was done, --html FILE makes a page of it, with --name of the learner, --json prints it; " +
		"`lesson notes` has the tasks with their hints, solutions and answers, --html FILE as a page; --dir has lessons of your own in " +
		"place of ours, and `lesson lint FILE` checks one, with --trace against a session that was saved with `trace save`. --seed " +
		"gives a class the same cases where a lesson draws them.",
	Examples: []command.Example{
		{Line: "lesson", Says: "which there are"},
		{Line: "lesson 1", Says: "begin with the first"},
		{Line: "lesson hint", Says: "when you are stuck; the last hint is the solution"},
		{Line: "lesson report --html report.html", Says: "a page for your teacher"},
	},
	Max: -1, JSON: true, Words: []string{"hint", "skip", "quit", "answer", "reset", "report", "notes", "lint"},
	Complete: []completion.Kind{completion.None, completion.LocalPath},
	Flags: func(fs *pflag.FlagSet) {
		fs.String("dir", "", "the lessons in this `FOLDER` instead")
		command.NamesPath(fs, "dir", completion.LocalDir)
		fs.Int64("seed", 1, "draw the cases of a lesson with this `NUMBER`")
		fs.String("html", "", "report, notes: write a page to `FILE`")
		fs.String("name", "", "report: the `NAME` of the learner, if it is not the login name")
		fs.String("trace", "", "lint: the recorded session in `FILE` (.jsonl)")
	},
	Wire: command.Verbs(command.LoginVerbs, command.Sends("QUIT")), Foreign: command.Refused, Run: runLesson,
})

func runLesson(ctx context.Context, c *command.Call) error {
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
		if sh.Class == nil {
			return &failure.UsageError{Text: "no lesson is going on", Hint: "`lesson` lists them"}
		}
		return inLesson(ctx, sh, what, strings.Join(c.Texts()[1:], " "))
	default:
		return beginLesson(ctx, c, what)
	}
}

// readLessons are ours, or those of a teacher.
func readLessons(c *command.Call) ([]*teach.Lesson, *teach.Progress, error) {
	dir := c.Value("dir")
	all, err := teach.Lessons(dir)
	if err != nil {
		return nil, nil, &failure.LocalError{Text: failure.InWords(err)}
	}
	progress, err := teach.OpenProgress(progressFile(c.Shell))
	return all, progress, err
}

func progressFile(sh *command.Shell) string {
	if sh.Options.StateDir == "" || sh.Options.DryRun {
		return ""
	}
	return filepath.Join(sh.Options.StateDir, "lessons.json")
}

func listLessons(c *command.Call) error {
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
	return c.Table(t)
}

// findLesson reads N, N.STEP, ID or ID.STEP.
func findLesson(c *command.Call, all []*teach.Lesson, word string) (number, step int, err error) {
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

func beginLesson(ctx context.Context, c *command.Call, word string) error {
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
	cl := &command.Class{Lesson: lesson.Drawn(with.Seed), Number: number, Count: len(all), Progress: progress}
	if number < len(all) {
		cl.After = all[number].Title
	}
	if cl.Step = int(with.Next); step > 0 {
		cl.Step = step - 1
	}
	switch {
	case step > len(cl.Lesson.Steps):
		return c.Usage("lesson %d has %d steps", number, len(cl.Lesson.Steps))
	case cl.Step >= len(cl.Lesson.Steps):
		c.Note("lesson %d is done; it begins again", number)
		cl.Step = 0
	}
	c.Shell.Class = cl
	return EnterStep(ctx, c.Shell)
}

// EnterStep shows a step and makes its server ready.
func EnterStep(ctx context.Context, sh *command.Shell) error {
	cl := sh.Class
	if server := cl.Lesson.ServerAt(cl.Step); server != cl.Server || sh.Practice == nil {
		if err := serveLesson(ctx, sh, server); err != nil {
			sh.Class = nil
			return err
		}
	}
	cl.Told = map[int]bool{}
	cl.Since = sh.Recorder.Seq()
	cl.Last = cl.Since
	cl.Present(time.Now())
	dot := ""
	if sh.Raw {
		dot = "."
	}
	for _, line := range cl.Lesson.Screen(cl.Step, cl.Number, cl.Count, dot) {
		_, _ = io.WriteString(sh.Console.Out(), teach.Filled(line, sh.Practice.Port())+"\n")
	}
	return nil
}

// lessonComment says something of the lesson.
func lessonComment(sh *command.Shell, text string) {
	sh.Say(" " + teach.Filled(text, sh.Practice.Port()))
}

// serveLesson starts the server of a step and goes as far as the step wants.
func serveLesson(ctx context.Context, sh *command.Shell, server *teach.LessonServer) error {
	opt, err := server.Options()
	if err != nil {
		return err
	}
	sh.Disconnect()
	if err := servePractice(sh, opt); err != nil {
		return err
	}
	sh.Class.Server = server
	if server.Begin == "nothing" {
		return nil
	}
	return openPractice(ctx, sh, server.Clear || server.TLS == "" || server.TLS == "off", server.Begin != "connect")
}

// inLesson does what a learner asks for.
func inLesson(ctx context.Context, sh *command.Shell, what, text string) error {
	cl := sh.Class
	now := time.Now()
	p := cl.Present(now)
	switch what {
	case "hint":
		hints := cl.Task().Hints
		hint := hints[min(int(p.Hints), len(hints)-1)]
		p.Hints = uint16(min(int(p.Hints)+1, len(hints)))
		lessonComment(sh, "hint: "+hint)
		return cl.Progress.Save()
	case "skip":
		p.Skipped, p.Ended = true, now
		return nextStep(ctx, sh)
	case "quit":
		sh.Class = nil
		err := cl.Progress.Save()
		if cl.Number > 0 {
			sh.Say(fmt.Sprintf(" you leave at step %d of %d; `lesson %d` resumes there", cl.Step+1, len(cl.Lesson.Steps), cl.Number))
		}
		return cmp.Or(StopPractice(sh), err)
	}
	return judgeAnswer(ctx, sh, text)
}

// nextStep goes on, or ends the lesson.
func nextStep(ctx context.Context, sh *command.Shell) error {
	cl := sh.Class
	cl.Step++
	with := cl.Progress.Of(cl.Lesson.ID)
	with.Next = uint16(cl.Step)
	err := cl.Progress.Save()
	if cl.Step < len(cl.Lesson.Steps) {
		return cmp.Or(EnterStep(ctx, sh), err)
	}
	sh.Class = nil
	for _, line := range cl.Lesson.End {
		lessonComment(sh, line)
	}
	sh.Say(" the lesson is done; " + cl.Following())
	return cmp.Or(StopPractice(sh), err)
}

// lessonAttempt is what the learner has done in this step.
func lessonAttempt(sh *command.Shell, since int, answer string) *teach.Attempt {
	return &teach.Attempt{
		Events: sh.Recorder.Events(since), Answer: answer, Local: func(name string) ([]byte, error) { return plainLocal(sh, name) },
		Server: func(name string) ([]byte, error) {
			if sh.Practice == nil {
				return nil, os.ErrNotExist
			}
			return afero.ReadFile(sh.Practice.FS(), "/"+strings.TrimPrefix(name, "/"))
		},
	}
}

// plainLocal reads a local file for a lesson, which names it: one of the current folder or below, and
// nothing without an end.
func plainLocal(sh *command.Shell, name string) ([]byte, error) {
	root, err := sh.Folder().OpenRoot(".")
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
func judgeAnswer(ctx context.Context, sh *command.Shell, answer string) error {
	cl := sh.Class
	s, p := cl.Task(), cl.Present(time.Now())
	if s.Check.Passes(lessonAttempt(sh, cl.Since, answer)) {
		p.Done, p.Ended = true, time.Now()
		lessonComment(sh, "right"+strings.TrimSuffix(": "+s.Done, ": "))
		return nextStep(ctx, sh)
	}
	if s.Check.Answered(lessonAttempt(sh, cl.Since, answer)) {
		sh.Say(" that may well be right: prove it first, then say it again; `lesson hint` helps")
		return nil
	}
	line := lessonAttempt(sh, cl.Last, answer)
	for i, w := range s.Wrong {
		if !cl.Told[i] && w.Check.Passes(line) {
			cl.Told[i] = true
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

// Answered takes a line that is no command for an answer, where one is wanted, and one that is the right answer in any
// case: a command can have the same name.
func Answered(sh *command.Shell, line command.Line) bool {
	if sh.Class == nil || line.Within != nil || sh.Raw || !sh.Class.Task().WantsAnswer() {
		return false
	}
	tokens := syntax.Lex(line.Text)
	if len(tokens) == 0 || tokens[0].Op != syntax.Word {
		return false
	}
	if len(tokens) == 1 && sh.Class.Task().Check.Answered(lessonAttempt(sh, sh.Class.Since, line.Text)) {
		return true
	}
	_, err := sh.Catalog.Find(tokens[0].Text)
	_, named := command.AliasLine(sh, tokens[0].Text)
	return err != nil && !named
}

// AfterLine checks the step after a line of the learner.
func AfterLine(sh *command.Shell, line command.Line, answer string) {
	cl := sh.Class
	if cl == nil || line.Within != nil || sh.Quitting || sh.Ended() {
		return
	}
	ctx, done := sh.Signals.During(sh.Base, sh.Session)
	defer done()
	cl.Present(time.Now()).Commands++
	if err := judgeAnswer(ctx, sh, answer); err != nil {
		sh.Failed(line, "lesson", failure.Interrupted(ctx, err))
	}
	if sh.Class != nil {
		sh.Class.Last = sh.Recorder.Seq()
	}
}

// LessonMark is the step, for the prompt.
func LessonMark(l *command.Learning) string {
	if l.Class == nil {
		return ""
	}
	return fmt.Sprintf("[%d.%d] ", l.Class.Number, l.Class.Step+1)
}
