package teach

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// schema is what of JSON Schema docs/trace.schema.json uses.
type schema struct {
	Type       any                `json:"type"`
	Const      any                `json:"const"`
	Enum       []any              `json:"enum"`
	Pattern    string             `json:"pattern"`
	Minimum    *float64           `json:"minimum"`
	Maximum    *float64           `json:"maximum"`
	MinItems   int                `json:"minItems"`
	Items      *schema            `json:"items"`
	Required   []string           `json:"required"`
	Properties map[string]*schema `json:"properties"`
	AllOf      []struct {
		If, Then *schema
	} `json:"allOf"`
	Closed *bool `json:"unevaluatedProperties"`
}

func readSchema(t testing.TB) *schema {
	t.Helper()
	text, err := os.ReadFile("../../docs/trace.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	s := &schema{}
	if err := json.Unmarshal(text, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// check returns what is wrong with a value, or nil.
func (s *schema) check(v any) error {
	switch {
	case s.Const != nil && !reflect.DeepEqual(s.Const, v):
		return fmt.Errorf("%v is not %v", v, s.Const)
	case s.Enum != nil && !contains(s.Enum, v):
		return fmt.Errorf("%v is not one of %v", v, s.Enum)
	case s.Type != nil && !s.isType(v):
		return fmt.Errorf("%v is no %v", v, s.Type)
	}
	switch v := v.(type) {
	case string:
		if s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(v) {
			return fmt.Errorf("%q does not match %s", v, s.Pattern)
		}
	case float64:
		if s.Minimum != nil && v < *s.Minimum || s.Maximum != nil && v > *s.Maximum {
			return fmt.Errorf("%v is out of range", v)
		}
	case []any:
		if len(v) < s.MinItems {
			return fmt.Errorf("%d items are too few", len(v))
		}
		for _, item := range v {
			if s.Items != nil {
				if err := s.Items.check(item); err != nil {
					return err
				}
			}
		}
	case map[string]any:
		return s.checkObject(v)
	}
	return nil
}

func (s *schema) checkObject(v map[string]any) error {
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			return fmt.Errorf("%s is missing", name)
		}
	}
	for name, value := range v {
		p := s.Properties[name]
		if p == nil {
			if s.Closed != nil && !*s.Closed {
				return fmt.Errorf("%s is not known", name)
			}
			continue
		}
		if err := p.check(value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, rule := range s.AllOf {
		if rule.If.check(v) == nil {
			if err := rule.Then.check(v); err != nil {
				return err
			}
		}
	}
	return nil
}

func contains(all []any, v any) bool {
	for _, one := range all {
		if reflect.DeepEqual(one, v) {
			return true
		}
	}
	return false
}

func (s *schema) isType(v any) bool {
	names, ok := s.Type.([]any)
	if !ok {
		names = []any{s.Type}
	}
	for _, name := range names {
		switch v := v.(type) {
		case string:
			ok = name == "string"
		case bool:
			ok = name == "boolean"
		case nil:
			ok = name == "null"
		case float64:
			ok = name == "number" || name == "integer" && v == math.Trunc(v)
		case []any:
			ok = name == "array"
		case map[string]any:
			ok = name == "object"
		}
		if ok {
			return true
		}
	}
	return false
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
		if err := s.check(v); err != nil {
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

// The validator itself must find what is wrong, or it proves nothing.
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
		if err := s.check(v); (err == nil) != row.ok {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}
