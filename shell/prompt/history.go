package prompt

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "history", Theme: "the shell", Values: [][]string{{"10", "50"}}, Args: "[text… | N]", Short: "show the lines you typed, or those that contain a text", JSON: true,
	Long: "The history is shared by all shells at once and holds no passwords. `!!` runs the last line again, `!12` the one " +
		"with that number, `!-2` the last but one, `!get` the last that begins so (where that is not a program of this computer) " +
		"and `!?iso` the last with iso in it. The line is shown before it runs.\n" +
		"Ctrl-R searches while one types, Up brings lines back that begin like the one typed. A line that begins with a " +
		"blank is not kept.",
	Examples: []command.Example{
		{Line: "history big", Says: "what was done with big.iso?"},
		{Line: "history 5", Says: "the last five"},
		{Line: "history -n 8 -s > again.ftp", Says: "a script of what was done last; `source again.ftp` does it again"},
		{Line: "history -n 50 -l here", Says: "the last fifty lines that hold this word, with time, status, duration and place"},
	},
	Max: -1, Flags: historyFlags, Complete: []completion.Kind{completion.Text}, Foreign: command.Refused, Run: showHistory,
})

func historyFlags(fs *pflag.FlagSet) {
	fs.IntP("number", "n", 30, "the last `N` lines; 0: all")
	fs.BoolP("long", "l", false, "with time, exit status, duration, host and directory")
	fs.BoolP("script", "s", false, "only the lines that worked, as a script for `source`")
	fs.BoolP("here", "H", false, "only those typed for this host")
}

// A recalled is a line of the history with its number.
type recalled struct {
	number int
	history.Record
}

// recallRecords returns the lines that pass, the oldest first. Equal ones in a row
// count once.
func recallRecords(sh *command.Shell, passes func(history.Record) bool) []recalled {
	if sh.Options.History == nil {
		return nil
	}
	var all []recalled
	number, last := 0, ""
	for r := range sh.Options.History.Lines() {
		if number++; passes(r) {
			if r.Line == last {
				all = all[:len(all)-1]
			}
			all, last = append(all, recalled{number, r}), r.Line
		}
	}
	return all
}

type historyObject struct {
	Number int     `json:"number"`
	Time   *string `json:"time"`
	Host   string  `json:"host"`
	Dir    string  `json:"dir"`
	Line   string  `json:"line"`

	Status  *int     `json:"status"`  // null: it has not ended, or nobody noted how
	Seconds *float64 `json:"seconds"` // how long it took
}

func newHistoryObject(r recalled) historyObject {
	o := historyObject{Number: r.number, Time: render.Stamp(r.Time), Host: r.Host, Dir: r.Dir, Line: r.Line}
	if seconds := r.Took.Seconds(); r.Ended {
		o.Status, o.Seconds = &r.Status, &seconds
	}
	return o
}

func showHistory(_ context.Context, c *command.Call) error {
	text := strings.Join(c.Texts(), " ")
	limit, _ := c.Flags.GetInt("number")
	if n, err := strconv.Atoi(text); err == nil && n > 0 && !c.Given("number") { // as in sh
		text, limit = "", n
	}
	found := recallRecords(c.Shell, func(r history.Record) bool {
		return holds(r.Line, text) && (!c.Is("script") || r.Ended && r.Status == 0) && (!c.Is("here") || r.Host == c.Shell.Where())
	})
	if limit > 0 {
		found = found[max(0, len(found)-limit):]
	}
	if c.Is("script") {
		return printScript(c, found)
	}
	t := render.Table{Right: []bool{true}}
	if c.Is("long") {
		t.Header, t.Right = []string{"", "time", "status", "took", "where", "line"}, []bool{true, false, true, true}
	}
	return command.Rows(c, t, "", found, func(_ int, r recalled) (any, []string) {
		row := []string{strconv.Itoa(r.number), render.Safe(r.Line)}
		if c.Is("long") {
			status, took := "", ""
			if r.Ended {
				status, took = strconv.Itoa(r.Status), command.Seconds(r.Took)
			}
			row = slices.Insert(row, 1, shortTime(r.Time, time.Now()), status, took, render.Safe(r.Host+":"+r.Dir))
		}
		return newHistoryObject(r), row
	})
}

// printScript prints lines as a file that can be run again.
func printScript(c *command.Call, found []recalled) error {
	for _, r := range found {
		if err := c.Print("%s", r.Line); err != nil {
			return err
		}
	}
	return nil
}

// shortTime is the time of day for today, the date and the time for others.
func shortTime(t, now time.Time) string {
	if t.Local().Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Local().Format(time.TimeOnly)
	}
	return t.Local().Format("2006-01-02 15:04")
}

// holds reports whether a line has a text in it; capitals count when the text
// has some.
func holds(line, text string) bool {
	if text == strings.ToLower(text) {
		line = strings.ToLower(line)
	}
	return strings.Contains(line, text)
}

// recalling returns the line that !!, !12, !-2, !?text or !prefix stands for. Other
// lines that begin with ! are for the local shell.
func recalling(sh *command.Shell, line string) (again string, is bool, err error) {
	word, isBang := strings.CutPrefix(strings.TrimSpace(line), "!")
	if !isBang || word == "" || sh.Options.History == nil {
		return line, false, nil
	}
	pick := func(passes func(recalled) bool) (string, bool, error) {
		all := recallRecords(sh, func(history.Record) bool { return true })
		for _, r := range slices.Backward(all) {
			if passes(r) {
				return r.Line, true, nil
			}
		}
		return "", true, &failure.UsageError{Text: "!" + word + ": no such line in the history", Hint: "`history` shows it"}
	}
	number, notNumber := strconv.Atoi(word)
	text, search := strings.CutPrefix(word, "?")
	switch {
	case word == "!":
		return pick(func(recalled) bool { return true })
	case notNumber == nil && number > 0:
		return pick(func(r recalled) bool { return r.number == number })
	case notNumber == nil && number < 0:
		left := -number
		return pick(func(recalled) bool { left--; return left == 0 })
	case search && text != "":
		return pick(func(r recalled) bool { return holds(r.Line, text) })
	case isOnlyOurs(sh, word):
		return pick(func(r recalled) bool { return strings.HasPrefix(r.Line, word) })
	}
	return line, false, nil
}

// isOnlyOurs reports whether a word after ! is a command here and no program of this
// computer.
func isOnlyOurs(sh *command.Shell, word string) bool {
	if _, err := sh.Catalog.Find(word); err != nil || strings.ContainsAny(word, " \t;|&") {
		return false
	}
	_, err := exec.LookPath(word)
	return err != nil
}

// RecalledLine replaces what stands for a line of the history, and shows it.
func RecalledLine(sh *command.Shell, line string) (string, bool) {
	again, is, err := recalling(sh, line)
	if err != nil {
		sh.Failed(command.Line{}, "history", err)
		return "", false
	}
	if is {
		fmt.Fprintln(sh.Console.Err(), render.SafeLines(again))
	}
	return again, true
}
