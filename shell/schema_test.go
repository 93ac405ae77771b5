package shell

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
)

// schemas are those of the objects that commands print, from docs/events.schema.json.
type schemas struct {
	any  *jsonschema.Schema            // of all objects
	each map[string]*jsonschema.Schema // by name
	of   map[string][]string           // command: the names of its objects
}

const schemaFile = "../docs/events.schema.json"

func eventSchemas(t *testing.T) *schemas {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Defs map[string]struct {
			Commands []string `json:"x-commands"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("events.json", document); err != nil {
		t.Fatal(err)
	}
	s := &schemas{any: compiler.MustCompile("events.json"), each: map[string]*jsonschema.Schema{}, of: map[string][]string{}}
	for name, def := range file.Defs {
		s.each[name] = compiler.MustCompile("events.json#/$defs/" + name)
		for _, command := range def.Commands {
			s.of[command] = append(s.of[command], name)
		}
	}
	return s
}

// check checks a line against the schemas of its command; those of commands that run others may be of any.
func (s *schemas) check(t *testing.T, command, line string) {
	t.Helper()
	object, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
	if err != nil {
		t.Errorf("%q: %v", line, err)
		return
	}
	names := append(slices.Clone(s.of[command]), "dry_run", "failure")
	if len(s.of[command]) == 0 {
		if err := s.any.Validate(object); err != nil {
			t.Errorf("%s is like nothing in %s", strings.TrimSpace(line), schemaFile)
		}
		return
	}
	var last error
	if !slices.ContainsFunc(names, func(name string) bool { last = s.each[name].Validate(object); return last == nil }) {
		t.Errorf("%s is not one of %q in %s: %v", strings.TrimSpace(line), names, schemaFile, last)
	}
}

// TestEveryDryRunIsInTheSchema: so is what a command would do.
func TestEveryDryRunIsInTheSchema(t *testing.T) {
	schemas := eventSchemas(t)
	everyCommand(t, command.Options{JSON: true, DryRun: true}, func(t *testing.T, c *command.Command, _ *practice.Server, _ []string, out string) {
		for line := range strings.Lines(out) {
			if !slices.Contains(printsText, c.Name) {
				schemas.check(t, c.Name, line)
			}
		}
	})
}

// TestEveryFailureIsInTheSchema: the object that tells of a failure is valid, too, of whatever kind the failure is.
func TestEveryFailureIsInTheSchema(t *testing.T) {
	server, err := practice.Start(practice.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	sh, said := batchShell(t, command.Options{JSON: true, StateDir: t.TempDir()})
	for _, line := range []string{
		"open 127.0.0.1 1", "ls", "open ftp://bob:wrong@" + server.Addr(),
		"open ftp://" + server.Addr() + "; get nosuch", "get nosuch*", "rm a b", "put nosuch", "nosuch", "get --nosuch", "set timeout x", "if exists", "open sftp://h/", "lcd /nosuch", "tls",
	} {
		said.Reset()
		if err := sh.Do(command.Line{Text: line, Script: "script", Number: 7}); err == nil {
			t.Errorf("%s went well", line)
		}
		found := false
		for object := range strings.Lines(said.String()) {
			if !strings.HasPrefix(object, "warning: ") {
				eventSchemas(t).check(t, "", object)
				found = found || strings.HasPrefix(object, `{"error":`)
			}
		}
		if !found {
			t.Errorf("%s: it says %q", line, said)
		}
	}
}
