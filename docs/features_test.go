package docs

import (
	"fmt"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// TestFeatures: each row of features.md names what does it, which is there, and a test, which is there.
func TestFeatures(t *testing.T) {
	help, err := exec.Command(filepath.Join(program(t), "ftpsh"), "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, _, options := splitHelp(string(help))
	tests := testsOfTheTree(t)
	id := 0
	for _, group := range Features {
		for _, row := range group.Features {
			if id++; row.ID != id || row.What == "" || len([]rune(row.Others)) != 4 {
				t.Errorf("row %d: %+v", id, row)
			}
			if row.State <= Partly && (len(row.How) == 0 || len(row.Tests) == 0) {
				t.Errorf("%d %s: nothing is named that does it, or no test", id, row.What)
			}
			if (row.State == Full) != (row.Note == "") {
				t.Errorf("%d %s: a note is for what is not full: %q", id, row.What, row.Note)
			}
			for _, line := range row.How {
				if err := isThere(line, options); err != nil {
					t.Errorf("%d %s: %v", id, row.What, err)
				}
			}
			for _, name := range row.Tests {
				if _, err := tests.file(name); err != nil {
					t.Errorf("%d %s: %v", id, row.What, err)
				}
			}
		}
	}
	if id != 277 {
		t.Errorf("%d rows, want 277", id)
	}
	if !t.Failed() {
		compare(t, "features.md", featuresPage(tests))
	}
}

// isThere says what of a line of Feature.How there is not.
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

// marks are the states as the page shows them.
var marks = map[State]string{Full: "●", Partly: "◐", Missing: "·", LeftOut: "left out"}

// featuresPage compares ftpsh with others, feature by feature.
func featuresPage(tests tests) string {
	count := map[State]int{}
	var b strings.Builder
	for _, group := range Features {
		fmt.Fprintf(&b, "\n## %s\n\n| | | ftpsh | lftp | tnftp | ncftp | curl | with | shown by |\n|---|---|---|---|---|---|---|---|---|\n", group.Title)
		for _, row := range group.Features {
			count[row.State]++
			with := codes(row.How)
			if row.Note != "" {
				with = strings.TrimPrefix(with+"; "+row.Note, "; ")
			}
			var links []string
			for _, name := range row.Tests {
				file, _ := tests.file(name)
				links = append(links, fmt.Sprintf("[%s](../%s)", path.Base(name), file))
			}
			fmt.Fprintf(&b, "| %d | %s | %s | %s | %s | %s |\n", row.ID, cell(row.What), marks[row.State],
				strings.Join(strings.Split(row.Others, ""), " | "), with, strings.Join(links, "<br>"))
		}
	}
	head := generated + "# What FTP clients can do\n\n" +
		"What lftp 4.9.2, tnftp 20210827, ncftp 3.2.6 or curl 7.88.1 can do, some things that none of them can, and how it is done here.\n" +
		"● is wholly, ◐ in part, · not, ? not found out. Each row names a test that fails when this changes.\n\n"
	return head + fmt.Sprintf("Of %d rows ftpsh has %d wholly, %d in part and %d not; %d are left out on purpose, with the reason.\n",
		count[Full]+count[Partly]+count[Missing]+count[LeftOut], count[Full], count[Partly], count[Missing], count[LeftOut]) + b.String()
}
