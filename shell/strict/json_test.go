package strict

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

type value struct {
	A uint16                    `json:"a"`
	B map[string]map[string]int `json:"b"`
}

func TestJSON(t *testing.T) {
	for _, row := range []struct {
		text string
		line int
		says string
	}{
		{"{\"a\":1}\n", 0, ""},
		{"", 1, "it is empty"},
		{"{\n\"a\": 9e18}", 2, "a: number 9e18 cannot be here"},
		{"{\n\"a\":\n-1}", 3, "a: number -1"},
		{"{\"b\": {\"x\":\n{\"c\": \"s\"}}}", 2, "string"},
		{"{\n\"zz\": 1,\n\"a\": 2}", 2, `"zz" is unknown`},
		{"{\"a\":\n", 2, "the end is missing"},
		{"{\"a\": 1}\n\n y", 3, "something follows"},
		{"\x00\x00", 1, "no JSON"},
		{"[1]", 1, "the whole: array"},
	} {
		line, err := JSON([]byte(row.text), &value{})
		if line != row.line || (err == nil) != (row.says == "") || err != nil && !strings.Contains(err.Error(), row.says) {
			t.Errorf("%q: line %d, %v", row.text, line, err)
		}
	}
}

// FuzzStrictJSON: what is taken is what encoding/json takes, and an error is on a line that there is.
func FuzzStrictJSON(f *testing.F) {
	f.Add([]byte("{\n\"a\": 1}\n"))
	f.Add([]byte("{\n\"a\": 9e18}\n{"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var ours, theirs value
		line, err := JSON(text, &ours)
		if err == nil {
			if json.Unmarshal(text, &theirs) != nil || !reflect.DeepEqual(ours, theirs) {
				t.Fatalf("%q was taken", text)
			}
			return
		}
		if line < 1 || line > 1+strings.Count(string(text), "\n") {
			t.Fatalf("%q: line %d, %v", text, line, err)
		}
	})
}
