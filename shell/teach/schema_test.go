package teach

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ftpsh/ftpsh/client/practice"
)

// readSchema returns the schema of recordings.
func readSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("../../docs/trace.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// mustBeValid checks events as they are written against the schema.
func mustBeValid(t *testing.T, events []*Event) {
	t.Helper()
	s := readSchema(t)
	var text strings.Builder
	if err := Write(&text, events); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text.String()) {
		var v any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%v in %s", err, line)
		}
	}
}

// What record writes is as the schema says, the text of a listing too.
func TestRecordingIsValid(t *testing.T) {
	w := serve(t, practice.Options{TLS: practice.Explicit})
	var text strings.Builder
	recording := w.rec.Record(&text, true)
	w.mustOpen(nil)
	w.list("pub")
	w.get("data.bin")
	w.rec.Note("", SettingNote, "passive off")
	if ops, err := recording.Stop(); ops != 3 || err != nil {
		t.Errorf("%d commands, %v", ops, err)
	}
	events, err := Read(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	mustBeValid(t, events)
	kept := slices.ContainsFunc(events, func(e *Event) bool {
		return e.Ev == DataEnd && e.Type == "listing" && strings.Contains(strings.Join(e.Lines, " "), "notes.txt")
	})
	if !kept || !strings.Contains(text.String(), `"sha256"`) || strings.Contains(text.String(), practice.Password) {
		t.Errorf("recorded was\n%s", text.String())
	}
}

// The schema itself must find what is wrong, or it proves nothing.
func TestSchema(t *testing.T) {
	s := readSchema(t)
	for _, row := range []struct {
		name, line string
		ok         bool
	}{
		{"a command", `{"v":1,"seq":2,"t":0.1,"op":1,"ev":"cmd","conn":"C","enc":false,"line":"NOOP","verb":"NOOP"}`, true},
		{"no version", `{"seq":2,"t":0.1,"op":1,"ev":"note"}`, false},
		{"a command without its line", `{"v":1,"seq":2,"t":0.1,"op":1,"ev":"cmd","conn":"C","enc":false,"verb":"NOOP"}`, false},
		{"a kind that there is not", `{"v":1,"seq":2,"t":0.1,"op":1,"ev":"command"}`, false},
		{"a field that there is not", `{"v":1,"seq":2,"t":0.1,"op":1,"ev":"note","secret":"x"}`, false},
		{"a code of four digits", `{"v":1,"seq":2,"t":0.1,"op":1,"ev":"reply","conn":"C","enc":false,"code":"2200","lines":["x"],"final":true,"ms":1}`, false},
		{"half an event", `{"v":1,"seq":2.5,"t":0.1,"op":1,"ev":"note"}`, false},
		{"a connection E1", `{"v":1,"seq":2,"t":0.1,"op":1,"ev":"close","conn":"E1"}`, false},
	} {
		var v any
		if err := json.Unmarshal([]byte(row.line), &v); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); (err == nil) != row.ok {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}
