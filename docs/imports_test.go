package docs

import (
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

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
	{"history/private", module + "client/syserror", true, ""},
	{"history/private", module + "...", false, "what all may use knows nothing of ours"},
	{"shell/strict", module + "...", false, "what all may use knows nothing of ours"},
	{"client...", module + "history/...", false, "the client reads no file of the user's"},
	{"shell/syntax", module + "...", false, "the language is understood without the shell"},
	{"shell/equivalents", module + "...", false, "the words of other clients are a table"},
	{"shell/sitefiles", module + "history/private", true, ""},
	{"shell/sitefiles", module + "...", false, "the files of other clients are read without the shell"},
	{"shell/settings", module + "shell/failure", true, ""},
	{"shell/settings", module + "shell/equivalents", true, ""},
	{"shell/settings", module + "shell/render", true, ""},
	{"shell/settings", module + "shell...", false, "a setting is a value with a name: what it changes is told by its effect"},
	{"shell/failure", module + "client", true, ""},
	{"shell/failure", module + "shell/render", true, ""},
	{"shell/failure", module + "...", false, "every room of the shell makes errors: it is below them all"},
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

// rooms are those of the shell, each with the ones of the shell that it may know, and why no others.
var rooms = []struct{ room, knows, why string }{
	{"site", "failure settings syntax render", "what is known about servers is known without a shell"},
	{"command", below + " processors", "what a command sees knows no command: what lies above is reached through Hooks"},
	{"commands", below + " command sitefiles", "a command sees the shell through its Call, and no job, lesson or prompt"},
	{"script", below + " command commands", "a script runs commands; who runs a script is above it"},
	{"jobs", below + " command commands script", "a job runs lines; nothing in it is about learning or the prompt"},
	{"learn", below + " command commands", "a lesson runs commands; it knows no job and no prompt"},
	{"prompt", below + " command commands script jobs learn", "the prompt shows what all others do; only the wiring is above it"},
}

// below are those that all of them from command on may know.
const below = "site console equivalents failure render settings strict syntax teach"

// TestImports keeps the arrows of design.md. Test files may import more.
func TestImports(t *testing.T) {
	err := eachImport("..", func(file, imported string) {
		if why := forbidden(path.Dir(file), imported); why != "" {
			t.Errorf("%s imports %s: %s", file, imported, why)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func forbidden(from, to string) (why string) {
	for _, r := range rooms {
		to, ours := strings.CutPrefix(to, module+"shell/")
		if from == "shell/"+r.room && ours && !slices.Contains(strings.Fields(r.knows), to) {
			return r.why
		}
	}
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
		return external(p)
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
