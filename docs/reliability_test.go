package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/transfer"
)

// TestReliability: every promise has a test, and the page says which.
func TestReliability(t *testing.T) {
	tests := testsOfTheTree(t)
	for _, part := range []struct {
		letter string
		last   int
		rows   []Row
	}{{"S", 65, Attacks}, {"F", 59, Faults}, {"B", 17, Proof}, {"C", 6, Deletions}, {"A", 8, Sessions}, {"E", 15, slices.Concat(Sessions, Servers)}, {rows: Servers}} {
		for i := range part.last {
			id := part.letter + strconv.Itoa(i+1)
			if !slices.ContainsFunc(part.rows, func(r Row) bool { return r.ID == id }) {
				t.Errorf("%s has no row", id)
			}
		}
		of := func(r Row) bool { return strings.HasPrefix(r.ID, part.letter) }
		if n := len(slices.DeleteFunc(slices.Clone(part.rows), func(r Row) bool { return !of(r) })); part.letter != "" && n != part.last {
			t.Errorf("%d rows of %s, want %d", n, part.letter, part.last)
		}
		for _, row := range part.rows {
			if len(row.Tests) == 0 || row.Does == "" || row.What == "" {
				t.Errorf("%s has no test, or does not say what happens", row.ID)
			}
			for _, name := range row.Tests {
				if _, err := tests.file(name); err != nil {
					t.Errorf("%s: %v", row.ID, err)
				}
			}
		}
	}
	measured, err := os.ReadFile("testdata/peers.md")
	if err != nil {
		t.Fatal(err)
	}
	if !t.Failed() {
		compare(t, "reliability.md", reliabilityPage(t, tests, string(measured)))
	}
}

// peersText explains the table that BenchmarkPeers writes.
const peersText = `
The same cases with other clients, in one run on one machine: a file of 3 MiB, and each client with three tries a second
apart and two seconds of patience where it knows such options. The server is the practice server with a fault, or a daemon
as its makers configure it, with TLS; clients without TLS use the same daemon in the clear.

- whole: the file is right, and the client says so. reported: it is not there, and the client says so. Both are as it should be.
- half: the client reports a failure, and leaves a part of the file under its name.
- LIED: the client says that all is well, and the file is wrong.
- HUNG: it was not over after 20 seconds.
- IN CLEAR: protection was asked for and refused, and the file came all the same.

`

// reliabilityPage has all promises.
func reliabilityPage(t *testing.T, tests tests, measured string) string {
	t.Helper()
	limits := constantsOfTheTree(t)
	var b strings.Builder
	b.WriteString(generated + "# What ftpsh does when things go wrong\n\n")
	b.WriteString("Every row is a promise, and names the tests that show it. Two rules stand over all of them:\n\n")
	b.WriteString("- Nothing is called success unless it was proved: the final reply, a clean end of the data, and the size where the server names one.\n")
	b.WriteString("- What a server says is data. It chooses no host, no local folder, no command, no action of the terminal, no amount of memory.\n")
	b.WriteString("\n## Attacks\n\n" + rowsTable(tests, Attacks))
	b.WriteString("\n## Faults\n\n" + rowsTable(tests, Faults))
	b.WriteString("\n## Proof\n\n" + rowsTable(tests, Proof) + verdictText + verdictTable())
	b.WriteString("\n## Deleting\n\n" + rowsTable(tests, Deletions))
	b.WriteString("\n## Servers and their listings\n\n" + rowsTable(tests, Servers))
	b.WriteString("\n## Sessions\n\nA session is the list of what made it: the directory, and what was told by hand. That holds on every connection, or nothing is done there.\n\n" + rowsTable(tests, Sessions))
	b.WriteString("\n## Limits\n\nNo wait for a server is without an end, and nothing that a server says decides how much memory is taken.\n\n" + limitsTable(t, limits))
	b.WriteString("\n## Other clients\n" + peersText + measured)
	b.WriteString("\n`go test ./client/practice/peers -bench . -benchtime 1x -table ../../../docs/testdata/peers.md` measures it again.\n")
	return limits.filled(t, b.String())
}

// verdictText explains the table of transfer.Verdicts.
const verdictText = `
### When a download is whole

After the server's final reply (2yz), the end of its data, and what each witness says of the size: the listing or MLST, the
preliminary reply, SIZE in type I, and the number of bytes that came. The first row that fits counts; "asked again" means
that size and time are asked for once more, and the table is read again. A refusal, a lost connection and a data connection
that broke are errors before it comes to this.

`

func verdictTable() string {
	var b strings.Builder
	b.WriteString("| | what the witnesses say | verdict | the line that is shown |\n|---|---|---|---|\n")
	for i, v := range transfer.Verdicts() {
		fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", i+1, cell(v.When), v.Outcome, cell(v.Note))
	}
	return b.String()
}

func rowsTable(tests tests, rows []Row) string {
	var b strings.Builder
	b.WriteString("| | what happens | what ftpsh does | others | shown by |\n|---|---|---|---|---|\n")
	for _, row := range rows {
		var links []string
		for _, name := range row.Tests {
			file, _ := tests.file(name)
			links = append(links, fmt.Sprintf("[%s](../%s)", path.Base(name), file))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", row.ID, cell(row.What), cell(row.Does), cell(row.Peers), strings.Join(links, "<br>"))
	}
	return b.String()
}

// tests are all tests of the tree, with what they and their cases may be called.
type tests struct {
	files   map[string][]string        // by name: the files that have such a test, or the script itself
	strings map[string]map[string]bool // by file: the names that its cases can have
}

// testName is a test without its cases: TestCommands, client/proxy.TestCommands.
var testName = regexp.MustCompile(`^(?:[a-z/]+\.)?(?:Test|Fuzz)\w*`)

// file is where a test is. A name that two packages have needs its folder in
// front: client/proxy.TestCommands.
func (t tests) file(name string) (string, error) {
	var cases []string
	if test := testName.FindString(name); test != "" && test != name {
		name, cases = test, strings.Split(name[len(test)+1:], "/")
	}
	files := t.files[name]
	switch {
	case len(files) == 0:
		return "", fmt.Errorf("there is no test %s", name)
	case len(files) > 1:
		return "", fmt.Errorf("%s is in %s: which?", name, strings.Join(files, ", "))
	}
	for _, c := range cases {
		if !t.strings[files[0]][c] {
			return "", fmt.Errorf("%s has no case %q", name, c)
		}
	}
	return files[0], nil
}

// testsOfTheTree reads all tests and scripts.
func testsOfTheTree(t *testing.T) tests {
	t.Helper()
	all := tests{files: map[string][]string{}, strings: map[string]map[string]bool{}}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		file := filepath.ToSlash(strings.TrimPrefix(name, ".."+string(filepath.Separator)))
		switch {
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != "..":
			return fs.SkipDir
		case strings.HasPrefix(file, "shell/testdata/") && strings.HasSuffix(file, ".txt"):
			all.files[file] = []string{file}
		case strings.HasSuffix(file, "_test.go"):
			return all.read(name, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (t tests) read(name, file string) error {
	syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, decl := range syntax.Decls {
		f, is := decl.(*ast.FuncDecl)
		if is && f.Recv == nil && (strings.HasPrefix(f.Name.Name, "Test") || strings.HasPrefix(f.Name.Name, "Fuzz")) {
			t.files[f.Name.Name] = append(t.files[f.Name.Name], file)
			full := path.Dir(file) + "." + f.Name.Name
			t.files[full] = append(t.files[full], file)
		}
	}
	cases := map[string]bool{}
	ast.Inspect(syntax, func(n ast.Node) bool {
		if lit, is := n.(*ast.BasicLit); is && lit.Kind == token.STRING {
			text, _ := strconv.Unquote(lit.Value)
			cases[strings.ReplaceAll(text, " ", "_")] = true
			cases[text] = true
		}
		return true
	})
	t.strings[file] = cases
	return nil
}
