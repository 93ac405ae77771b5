package main

import (
	"slices"
	"strings"
	"testing"
)

func TestSplitOperations(t *testing.T) {
	for _, test := range []struct{ args, rest, lines string }{
		{"-d host -l -dpub -p a", "-d host", "dir|cd pub|passive|get a -"},
		{"host -p -dd -dpub a", "host", "passive|debug 2|cd pub|get a -"},
		{"host -lpub", "host", "dir pub"},
		{"-P 2121 host file other", "-P 2121 host", "get file -|get other -"},
		{"host 2121", "host 2121", ""},
		{"host -p -d", "host -p -d", ""},
		{"host --tls=off", "host --tls=off", ""},
		{"host -c ls", "host -c ls", ""},
		{"ftp://host/a ftp://host/b", "ftp://host/a ftp://host/b", ""},
		{"-u ftp://host/ a b", "-u ftp://host/ a b", ""},
		{"--demo", "--demo", ""},
	} {
		rest, lines := splitOperations(strings.Fields(test.args))
		if strings.Join(rest, " ") != test.rest || strings.Join(lines, "|") != test.lines {
			t.Errorf("%s: %q and %q", test.args, rest, lines)
		}
	}
	if _, lines := splitOperations([]string{"host", "-ltwo words"}); !slices.Equal(lines, []string{`dir two\ words`}) {
		t.Errorf("a blank: %q", lines)
	}
}
