package completion

import (
	"strings"
	"testing"
)

func texts(r Result) string {
	var out []string
	for _, c := range r.Candidates {
		out = append(out, c.Text)
	}
	return strings.Join(out, " ")
}

func TestWords(t *testing.T) {
	all := []Candidate{{Text: "get", Note: "download"}, {Text: "glob"}, {Text: "GLOBAL"}, {Text: "größe"}, {Text: "grün"}}
	for _, row := range []struct{ name, typed, want, common string }{
		{"all", "", "get glob GLOBAL größe grün", ""},
		{"one", "ge", "get", "get"},
		{"exact case first", "gl", "glob", "glob"},
		{"another case", "globa", "GLOBAL", "GLOBAL"},
		{"upper case is meant", "Glob", "glob GLOBAL", "Glob"},
		{"whole characters", "gr", "größe grün", "gr"},
		{"within", "lob", "glob GLOBAL", "lob"},
		{"letters in this order", "gbl", "GLOBAL", "GLOBAL"},
		{"none", "x", "", "x"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := Words(row.typed, all)
			if texts(r) != row.want || r.Common != row.common {
				t.Errorf("got %q, %q; want %q, %q", texts(r), r.Common, row.want, row.common)
			}
		})
	}
	if got := Words("ge", all).Candidates[0]; got != (Candidate{Text: "get", Shown: "get", Note: "download"}) {
		t.Errorf("got %+v", got)
	}
}

func TestCommonPrefix(t *testing.T) {
	for want, names := range map[string][]string{
		"":     nil,
		"a":    {"a"},
		"ab":   {"abc", "abd", "ab"},
		"x":    {"xé", "xè"}, // they share the first byte of é
		"日":    {"日本", "日曜"},
		"\xff": {"\xffa", "\xffb"},
	} {
		if got := CommonPrefix(names); got != want {
			t.Errorf("CommonPrefix(%q): got %q, want %q", names, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	commands := strings.Fields("get put mget mput ls lls dir cd lcd pwd close passive mkdir rmdir rename mirror open quit status system")
	for _, row := range []struct{ name, word, want string }{
		{"swapped", "gte", "get"},
		{"missing letter", "mke", ""},
		{"one letter", "passivr", "passive"},
		{"added", "mirrorr", "mirror"},
		{"two slips in a long word", "renmae", "rename"},
		{"several", "mkdri", "mkdir"},
		{"case", "GTE", "get"},
		{"beginning", "statu", "status"},
		{"nothing near", "frobnicate", ""},
		{"a letter is not a hint", "x", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := strings.Join(Nearest(row.word, commands), " ")
			if got != row.want {
				t.Errorf("Nearest(%q): got %q, want %q", row.word, got, row.want)
			}
		})
	}
}
