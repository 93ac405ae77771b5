package docs

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// TestFeatures: each row of features.md names what does it, which is there, and a test, which is there. A note stands behind
// what is not wholly there, and only there. The page counts its rows rightly.
func TestFeatures(t *testing.T) {
	help, err := build("..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	_, _, options := splitHelp(help)
	tests := testsOfTheTree(t)
	count, id := map[string]int{}, 0
	for _, row := range tableRows(t, "features.md") {
		if len(row) != 9 || row[0] == "" {
			continue
		}
		if id++; row[0] != strconv.Itoa(id) || row[1] == "" || len([]rune(strings.Join(row[3:7], ""))) != 4 {
			t.Errorf("row %d: %q", id, row)
		}
		state, with := row[2], row[7]
		count[state]++
		lines, note := linesAndNote(with)
		if (state == "●") != (note == "") {
			t.Errorf("%d: a note is for what is not wholly there: %q", id, note)
		}
		for _, line := range lines {
			if err := isThere(line, options); err != nil {
				t.Errorf("%d: %v", id, err)
			}
		}
		if state != "●" && state != "◐" {
			continue
		}
		if len(lines) == 0 {
			t.Errorf("%d: nothing is named that does it", id)
		}
		if err := tests.areThere(row[8]); err != nil {
			t.Errorf("%d: %v", id, err)
		}
	}
	page, err := os.ReadFile("features.md")
	if err != nil {
		t.Fatal(err)
	}
	says := fmt.Sprintf("Of 277 rows ftpsh has %d wholly, %d in part and %d not; %d are left out on purpose, with the reason.\n",
		count["●"], count["◐"], count["·"], count["left out"])
	if id != 277 || !strings.Contains(string(page), says) {
		t.Errorf("%d rows, and the page does not say %q", id, says)
	}
}

// quoted is a line in the column that says how it is done.
var quoted = regexp.MustCompile("^(?:`` (.*?) ``|`([^`]*)`)(?:, |; |$)")

// linesAndNote takes that column apart: `open`, `set tls`; what is missing.
func linesAndNote(with string) (lines []string, note string) {
	for {
		m := quoted.FindStringSubmatch(with)
		if m == nil {
			return lines, with
		}
		lines = append(lines, m[1]+m[2])
		with = with[len(m[0]):]
	}
}

// isThere says what of a line there is not.
func isThere(line string, options [][2]string) error {
	for _, row := range slices.Concat(keyRows(), environment, files) {
		if slices.Contains(strings.Fields(strings.NewReplacer(",", " ", "/", " ").Replace(row[0])), line) {
			return nil
		}
	}
	name, rest, _ := strings.Cut(line, " ")
	if name == "ftpsh" {
		return haveOptions(line, rest, options)
	}
	c := shell.Catalog().Exact(name)
	if c == nil {
		return fmt.Errorf("%q: there is no command, key, variable or file %s", line, name)
	}
	if name == "set" {
		setting, _, _ := strings.Cut(rest, " ")
		if !slices.ContainsFunc(settings.All(), func(row *settings.Setting) bool { return row.Name == setting }) {
			return fmt.Errorf("%q: there is no setting %s", line, setting)
		}
	}
	return haveOptions(line, rest, c.Options())
}

// behindCommand is where the first command of a line ends.
var behindCommand = regexp.MustCompile(`[|&>"].*`)

// haveOptions says which option of a line is not among those that there are.
func haveOptions(line, rest string, options [][2]string) error {
	for _, word := range strings.Fields(behindCommand.ReplaceAllString(rest, "")) {
		is := func(row [2]string) bool {
			name := regexp.MustCompile(`[\[=].*`).ReplaceAllString(row[0], "")
			return slices.Contains(strings.FieldsFunc(name, func(r rune) bool { return r == ',' || r == ' ' }), word)
		}
		if strings.HasPrefix(word, "-") && word != "-" && !slices.ContainsFunc(options, is) {
			return fmt.Errorf("%q: there is no option %s", line, word)
		}
	}
	return nil
}

func keyRows() (rows [][2]string) {
	for _, group := range shell.Keys() {
		rows = append(rows, group.Rows...)
	}
	return rows
}
