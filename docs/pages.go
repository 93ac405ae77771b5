package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/ftpsh/ftpsh/client/transfer"
)

// A section is a part of a page that is made from a table, between `<!-- NAME -->` and `<!-- end -->`.
type section struct {
	page, name string
	text       func(root string) (string, error)
}

// sections are all of them.
var sections = []section{
	{"scripting.md", "statuses", table(statusTable)},
	{"scripting.md", "conditions", table(conditionTable)},
	{"guide.md", "keys", table(keyTable)},
	{"protocol.md", "verbs", table(verbTables)},
	{"reliability.md", "verdicts", table(verdictTable)},
	{"reliability.md", "peers", peersTable},
	{"design.md", "imports", importsTable},
}

func table(text func() string) func(string) (string, error) {
	return func(string) (string, error) { return text(), nil }
}

// Pages are the pages of this folder that are made from the program's tables, whole or in part, as they should be, by
// name, and ../shell/teach/packed.zip. Root is the folder of the module. The program is built, and the examples of the
// pages are run by sh (on Windows they are left as they are).
func Pages(root string) (map[string]string, error) {
	program, err := os.MkdirTemp("", "ftpsh-docs-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(program) }()
	help, err := build(root, program)
	if err != nil {
		return nil, err
	}
	pages := map[string]string{"commands.md": commandsPage(), "settings.md": settingsPage(), "migration.md": migrationPage()}
	for _, s := range sections {
		if err := s.fill(root, pages); err != nil {
			return nil, err
		}
	}
	for _, name := range withExamples {
		if err := load(root, name, pages); err != nil {
			return nil, err
		}
		if runtime.GOOS == "windows" {
			continue
		}
		if pages[name], err = playExamples(program, pages[name]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if pages["THIRD_PARTY_LICENSES"], err = licensesPage(root); err != nil {
		return nil, err
	}
	if pages["../shell/teach/packed.zip"], err = packed(root); err != nil {
		return nil, err
	}
	changes, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		return nil, err
	}
	pages["ftpsh.1"] = manual(help, pages["scripting.md"], string(changes))
	return pages, nil
}

// build puts the program into a folder, and returns what its --help prints.
func build(root, dir string) (help string, err error) {
	name := filepath.Join(dir, "ftpsh")
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	cmd := exec.Command("go", "build", "-o", name, "./cmd/ftpsh")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	text, err := exec.Command(name, "--help").Output()
	return string(text), err
}

// load reads a page, unless it has been read before.
func load(root, name string, pages map[string]string) error {
	if pages[name] != "" {
		return nil
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", name))
	pages[name] = string(page)
	return err
}

func (s section) fill(root string, pages map[string]string) error {
	if err := load(root, s.page, pages); err != nil {
		return err
	}
	text, err := s.text(root)
	if err != nil {
		return err
	}
	begin := "<!-- " + s.name + " -->\n"
	before, rest, found := strings.Cut(pages[s.page], begin)
	_, after, ends := strings.Cut(rest, "<!-- end -->")
	if !found || !ends {
		return fmt.Errorf("%s has no section %s", s.page, s.name)
	}
	pages[s.page] = before + begin + text + "<!-- end -->" + after
	return nil
}

// verdictTable says when a download is whole.
func verdictTable() string {
	var b strings.Builder
	b.WriteString("| | what the witnesses say | verdict | the line that is shown |\n|---|---|---|---|\n")
	for i, v := range transfer.Verdicts() {
		fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", i+1, cell(v.When), v.Outcome, cell(v.Note))
	}
	return b.String()
}

// peersTable is what BenchmarkPeers measured last.
func peersTable(root string) (string, error) {
	measured, err := os.ReadFile(filepath.Join(root, "docs", "testdata", "peers.md"))
	return string(measured), err
}
