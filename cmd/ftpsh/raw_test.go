//go:build unix

package main

import (
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestRawWithTrace: where the trace shows the dialogue, raw does not show it once more, and what only raw knows stays.
func TestRawWithTrace(t *testing.T) {
	term, _ := loggedIn(t, serves(t, practice.Options{}, map[string]string{"a.txt": "a\n"}))
	for _, level := range []string{"1", "2"} {
		term.enter("trace " + level)
		term.see("PLAIN> ")
		term.enter("raw")
		term.see("C> ")
		before := term.seen.Len()
		term.enter("EPSV")
		term.see("C> ")
		term.enter("NLST")
		term.see("C> ")
		term.enter(".data")
		term.see("a.txt")
		term.see("C> ")
		text := term.seen.String()[before:]
		for _, code := range []string{"229 ", "150 ", "226 "} {
			if n := strings.Count(text, code); n != 1 {
				t.Errorf("trace %s: %s is shown %d times in\n%s", level, code, n, text)
			}
		}
		term.enter(".end")
		term.see("PLAIN> ")
	}
}
