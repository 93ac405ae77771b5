package docs

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/ftpsh/ftpsh/"

// rules say who may import what. The first rule that matches both sides
// decides; an import that no rule matches is allowed.
var rules = []struct {
	from, to string // path patterns below the module; a trailing ... matches everything below
	allowed  bool
	why      string
}{
	{"client/listing", "encoding/...", true, ""},
	{"client/listing", module + "...", false, "listings are parsed from bytes alone"},
	{"completion", module + "...", false, "completion gets its names from functions"},
	{"history", module + "history/private", true, ""},
	{"history", module + "...", false, "history knows lines, not commands"},
	{"history/private", module + "...", false, "what all may use knows nothing of ours"},
	{"shell/strict", module + "...", false, "what all may use knows nothing of ours"},
	{"client...", module + "history/...", false, "the client reads no file of the user's"},
	{"shell/syntax", module + "...", false, "the language is understood without the shell"},
	{"shell/equivalents", module + "...", false, "the words of other clients are a table"},
	{"shell/settings", module + "shell/failure", true, ""},
	{"shell/settings", module + "shell/equivalents", true, ""},
	{"shell/settings", module + "shell/render", true, ""},
	{"shell/settings", module + "shell...", false, "a setting is a value with a name: what it changes is told by its effect"},
	{"shell/failure", module + "client", true, ""},
	{"shell/failure", module + "shell/render", true, ""},
	{"shell/failure", module + "...", false, "every room of the shell makes errors: it is below them all"},
	// The rooms of the shell, each with what it may know.
	{"shell/site", module + "shell/failure", true, ""},
	{"shell/site", module + "shell/settings", true, ""},
	{"shell/site", module + "shell/syntax", true, ""},
	{"shell/site", module + "shell/render", true, ""},
	{"shell/site", module + "shell...", false, "what is known about servers is known without a shell"},
	{"shell/command", module + "shell/site", true, ""},
	{"shell/command", module + "shell/console", true, ""},
	{"shell/command", module + "shell/equivalents", true, ""},
	{"shell/command", module + "shell/failure", true, ""},
	{"shell/command", module + "shell/processors", true, ""},
	{"shell/command", module + "shell/render", true, ""},
	{"shell/command", module + "shell/settings", true, ""},
	{"shell/command", module + "shell/strict", true, ""},
	{"shell/command", module + "shell/syntax", true, ""},
	{"shell/command", module + "shell/teach", true, ""},
	{"shell/command", module + "shell...", false, "what a command sees knows no command: what lies above is reached through Hooks"},
	{"shell/commands", module + "shell/command", true, ""},
	{"shell/commands", module + "shell/site", true, ""},
	{"shell/commands", module + "shell/console", true, ""},
	{"shell/commands", module + "shell/equivalents", true, ""},
	{"shell/commands", module + "shell/failure", true, ""},
	{"shell/commands", module + "shell/render", true, ""},
	{"shell/commands", module + "shell/settings", true, ""},
	{"shell/commands", module + "shell/strict", true, ""},
	{"shell/commands", module + "shell/syntax", true, ""},
	{"shell/commands", module + "shell/teach", true, ""},
	{"shell/commands", module + "shell...", false, "a command sees the shell through its Call, and no job, lesson or prompt"},
	{"shell/script", module + "shell/command", true, ""},
	{"shell/script", module + "shell/commands", true, ""},
	{"shell/script", module + "shell/site", true, ""},
	{"shell/script", module + "shell/console", true, ""},
	{"shell/script", module + "shell/equivalents", true, ""},
	{"shell/script", module + "shell/failure", true, ""},
	{"shell/script", module + "shell/render", true, ""},
	{"shell/script", module + "shell/settings", true, ""},
	{"shell/script", module + "shell/strict", true, ""},
	{"shell/script", module + "shell/syntax", true, ""},
	{"shell/script", module + "shell/teach", true, ""},
	{"shell/script", module + "shell...", false, "a script runs commands; who runs a script is above it"},
	{"shell/jobs", module + "shell/command", true, ""},
	{"shell/jobs", module + "shell/commands", true, ""},
	{"shell/jobs", module + "shell/script", true, ""},
	{"shell/jobs", module + "shell/site", true, ""},
	{"shell/jobs", module + "shell/console", true, ""},
	{"shell/jobs", module + "shell/equivalents", true, ""},
	{"shell/jobs", module + "shell/failure", true, ""},
	{"shell/jobs", module + "shell/render", true, ""},
	{"shell/jobs", module + "shell/settings", true, ""},
	{"shell/jobs", module + "shell/strict", true, ""},
	{"shell/jobs", module + "shell/syntax", true, ""},
	{"shell/jobs", module + "shell/teach", true, ""},
	{"shell/jobs", module + "shell...", false, "a job runs lines; nothing in it is about learning or the prompt"},
	{"shell/learn", module + "shell/command", true, ""},
	{"shell/learn", module + "shell/commands", true, ""},
	{"shell/learn", module + "shell/site", true, ""},
	{"shell/learn", module + "shell/console", true, ""},
	{"shell/learn", module + "shell/equivalents", true, ""},
	{"shell/learn", module + "shell/failure", true, ""},
	{"shell/learn", module + "shell/render", true, ""},
	{"shell/learn", module + "shell/settings", true, ""},
	{"shell/learn", module + "shell/strict", true, ""},
	{"shell/learn", module + "shell/syntax", true, ""},
	{"shell/learn", module + "shell/teach", true, ""},
	{"shell/learn", module + "shell...", false, "a lesson runs commands; it knows no job and no prompt"},
	{"shell/prompt", module + "shell/command", true, ""},
	{"shell/prompt", module + "shell/commands", true, ""},
	{"shell/prompt", module + "shell/script", true, ""},
	{"shell/prompt", module + "shell/jobs", true, ""},
	{"shell/prompt", module + "shell/learn", true, ""},
	{"shell/prompt", module + "shell/site", true, ""},
	{"shell/prompt", module + "shell/console", true, ""},
	{"shell/prompt", module + "shell/equivalents", true, ""},
	{"shell/prompt", module + "shell/failure", true, ""},
	{"shell/prompt", module + "shell/render", true, ""},
	{"shell/prompt", module + "shell/settings", true, ""},
	{"shell/prompt", module + "shell/strict", true, ""},
	{"shell/prompt", module + "shell/syntax", true, ""},
	{"shell/prompt", module + "shell/teach", true, ""},
	{"shell/prompt", module + "shell...", false, "the prompt shows what all others do; only the wiring is above it"},
	{"client/practice/...", module + "client", false, "the server that tests the client shares no code with it"},
	{"client/practice/...", module + "shell...", false, "the client and its server do not know the shell"},
	{"client/...", module + "shell...", false, "arrows point one way: shell -> client"},
	{"client/...", module + "cmd...", false, "arrows point one way: cmd -> shell -> client"},
	{"client/...", module + "history", false, "the client has no terminal and no history"},
	{"client/...", module + "completion", false, "the client has no terminal"},
	{"client", module + "client/listing", true, ""},
	{"client", module + "client/syserror", true, ""},
	{"client", module + "...", false, "client is the lowest layer but for listing and syserror"},
	{"client", "external", false, "client uses the standard library only"},
	{"client/listing", "external", false, "client uses the standard library only"},
	{"client/practice/daemon", "external", false, "starting a daemon needs no library"},
	{"client/transfer", module + "client/practice...", false, "practice is for tests and demos"},
	{"client/transfer", module + "client/proxy", false, "a transfer does not know how its session was reached"},
	{"client/transfer", "golang.org/x/...", true, ""},
	{"client/transfer", "external", false, "the engine uses what Go's makers have beside the standard library"},
	{"client/proxy", module + "...", false, "a proxy is a dialler: it needs to know nothing of FTP"},
	{"client/proxy", "golang.org/x/net/proxy", true, ""},
	{"client/proxy", "external", false, "proxies are spoken with x/net/proxy and the standard library"},
	{"client", "os/signal", false, "the client handles no signals"},
	{"client/transfer", "os/signal", false, "the client handles no signals"},
	{"shell/console", "github.com/chzyer/readline", true, ""},
	{"...", "github.com/chzyer/readline", false, "one object owns the terminal: shell/console"},
	{"shell/render", "github.com/olekukonko/tablewriter...", true, ""},
	{"...", "github.com/olekukonko/tablewriter...", false, "tables are drawn by shell/render"},
	{"shell/render", "github.com/fatih/color", true, ""},
	{"shell/console", "github.com/fatih/color", true, ""},
	{"...", "github.com/fatih/color", false, "colour is decided in shell/console and used in shell/render"},
	{"shell/...", module + "cmd...", false, "arrows point one way: cmd -> shell"},
	{"shell/console", module + "client/syserror", true, ""},
	{"shell/console", module + "client...", false, "the console knows lines and keys, not FTP"},
	{"shell/teach", module + "shell/console", false, "teach makes text; the shell shows it"},
	{"shell/render", module + "client/listing", true, ""},
	{"shell/render", module + "client...", false, "render draws entries; it has no session"},
}

// TestImports keeps the arrows of docs/design.md. Test files may import more.
func TestImports(t *testing.T) {
	eachImport(t, func(file, imported string) {
		if why := forbidden(path.Dir(file), imported); why != "" {
			t.Errorf("%s imports %s: %s", file, imported, why)
		}
	})
}

// eachImport calls f with every import of a file that is no test; the file's
// name is that below the module.
func eachImport(t *testing.T, f func(file, imported string)) {
	root := ".."
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != root || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			f(filepath.ToSlash(name[len(root)+1:]), imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func forbidden(from, to string) (why string) {
	for _, r := range rules {
		if !matches(r.from, from) || !matches(r.to, to) {
			continue
		}
		if r.allowed {
			return ""
		}
		return r.why
	}
	return ""
}

func matches(pattern, p string) bool {
	if pattern == "external" {
		first, _, _ := strings.Cut(p, "/")
		return strings.Contains(first, ".") && !strings.HasPrefix(p, module)
	}
	if prefix, ok := strings.CutSuffix(pattern, "..."); ok {
		return strings.HasPrefix(p+"/", prefix) || strings.HasPrefix(p, strings.TrimSuffix(prefix, "/"))
	}
	return path.Clean(p) == pattern
}

// TestTopLevel keeps the fixed top level of the tree: what is shared has its place below one of these.
func TestTopLevel(t *testing.T) {
	allowed := map[string]bool{
		"go.mod": true, "go.sum": true, "cmd": true, "shell": true, "client": true, "completion": true,
		"history": true, "docs": true, "README.md": true, "LICENSE": true,
		"CHANGELOG.md": true, "CONTRIBUTING.md": true, "SECURITY.md": true,
	}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !allowed[e.Name()] && !strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
	}
}
