package jsonl_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/jsonl"
)

type row struct {
	Path jsonl.Name `json:"path"`
	N    int        `json:"n"`
}

func read(text string) (rows []row, err error) {
	err = jsonl.Read(strings.NewReader(text), "f", "test", nil, func(_ int, line []byte) error {
		var r row
		err := jsonl.Decode(line, &r)
		rows = append(rows, r)
		return err
	})
	return rows, err
}

// What is written comes back, names that are not UTF-8 too.
func TestRoundTrip(t *testing.T) {
	want := []row{{"a b", 1}, {"\xff/\n", 2}, {"<&>", 3}}
	var text strings.Builder
	if err := jsonl.Encode(&text, jsonl.NewHead("test")); err != nil {
		t.Fatal(err)
	}
	for _, r := range want {
		if err := jsonl.Encode(&text, r); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := read(text.String()); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

// What is not such a file is refused, with its line.
func TestRefusals(t *testing.T) {
	head := `{"v":1,"kind":"test"}` + "\n"
	for text, line := range map[string]int{
		"": 0, "\n": 1, "hello": 1, `{"v":1,"kind":"other"}`: 1, `{"v":2,"kind":"test"}`: 1,
		head + "x": 2, head + `{"path":"a"}` + "\n" + `{"path":"a","more":1}`: 3, head + `{"path":{"base64":"?"}}`: 2,
		head + `{"n":1}{"n":2}`: 2, head + `{"n":1e99}`: 2, head + strings.Repeat("x", 2<<20): 2, head + "\n": 2,
	} {
		_, err := read(text)
		wrong := new(jsonl.Error)
		if !errors.As(err, &wrong) || wrong.Line != line || errors.Is(err, io.EOF) {
			t.Errorf("%.60q: %v, want an error of line %d", text, err, line)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"v":1,"kind":"test"}` + "\n" + `{"path":"a","n":1}`)
	f.Fuzz(func(t *testing.T, text string) { read(text) })
}
