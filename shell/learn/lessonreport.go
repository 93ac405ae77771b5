package learn

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// This file is for teachers: what learners did, and lessons of one's own.

func resetLesson(c *command.Call) error {
	all, progress, err := readLessons(c)
	if err != nil {
		return err
	}
	for i, l := range all {
		if len(c.Args) == 1 || c.Arg(1) == l.ID || c.Arg(1) == strconv.Itoa(i+1) {
			delete(progress.Lessons, l.ID)
		}
	}
	if c.Shell.Class != nil {
		c.Shell.Class.Progress = progress
	}
	return progress.Save()
}

func reportLessons(ctx context.Context, c *command.Call) error {
	all, progress, err := readLessons(c)
	if err != nil {
		return err
	}
	if c.Shell.Class != nil {
		progress = c.Shell.Class.Progress
	}
	report := progress.Report(all)
	if name := c.Value("html"); name != "" {
		return c.Save(ctx, name, 0o666, false, func(file io.Writer) error {
			return teach.WriteReport(file, cmp.Or(c.Value("name"), learner()), time.Now(), report)
		})
	}
	if c.JSON() {
		return reportJSON(c, report)
	}
	t := render.Table{}
	for i, r := range report {
		seconds, commands, hints, wrong := 0, 0, 0, 0
		for _, s := range r.Steps {
			seconds, commands, hints, wrong = seconds+s.Seconds, commands+int(s.Commands), hints+int(s.Hints), wrong+int(s.Wrong)
		}
		t.Rows = append(t.Rows, []string{
			strconv.Itoa(i + 1), r.Title, r.State, fmt.Sprintf("%d of %d", r.Done, r.Of),
			fmt.Sprintf("%d s, %d commands, %d hints, %d wrong", seconds, commands, hints, wrong),
		})
	}
	return c.Table(t)
}

func reportJSON(c *command.Call, report []teach.LessonReport) error {
	for _, r := range report {
		if err := c.Object(r); err != nil {
			return err
		}
	}
	return nil
}

// lessonNotes are what a teacher wants to have at hand: all lessons, or one.
func lessonNotes(ctx context.Context, c *command.Call) error {
	all, _, err := readLessons(c)
	if err != nil {
		return err
	}
	if word := c.Arg(1); word != "" {
		number, _, err := findLesson(c, all, word)
		if err != nil {
			return err
		}
		all = all[number-1 : number]
	}
	if name := c.Value("html"); name != "" {
		return c.Save(ctx, name, 0o666, false, func(file io.Writer) error { return teach.WriteNotes(file, all) })
	}
	for _, l := range all {
		if err := printLines(c, l.Notes()); err != nil {
			return err
		}
	}
	return nil
}

// learner is who hands in the report, as far as the computer knows.
func learner() string {
	return cmp.Or(os.Getenv("LOGNAME"), os.Getenv("USER"), os.Getenv("USERNAME"), "somebody")
}

func lintLesson(ctx context.Context, c *command.Call) error {
	if len(c.Args) != 2 {
		return c.Usage("lint needs the file of a lesson")
	}
	file, err := c.Shell.Folder().Open(ctx, c.Arg(1), os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	text, err := teach.PlainText(file)
	if err = cmp.Or(err, file.Close()); err != nil {
		return err
	}
	lesson, err := teach.ParseLesson(text)
	if err != nil {
		return failure.About(c.Arg(1), &failure.LocalError{Text: failure.InWords(err)})
	}
	problems := lesson.Lint()
	for _, problem := range problems {
		if err := c.Print("%s", problem); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		return failure.About(c.Arg(1), &failure.LocalError{Text: fmt.Sprintf("%d problems", len(problems))})
	}
	if name := c.Value("trace"); name != "" {
		return playedLesson(ctx, c, lesson, name)
	}
	return nil
}

// playedLesson says which steps a recorded session passes.
func playedLesson(ctx context.Context, c *command.Call, lesson *teach.Lesson, name string) error {
	events, err := readRecording(ctx, c, name)
	if err != nil {
		return err
	}
	passed := lesson.Played(events)
	if err := c.Print("%s passes %d of %d steps", name, passed, len(lesson.Steps)); err != nil || passed == len(lesson.Steps) {
		return err
	}
	return failure.About(lesson.Steps[passed].ID, &failure.LocalError{Text: "the step is not passed"})
}
