package commands

import (
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// FuzzMMV: a pattern and a new name are understood, or an error; where every part is used once and in its order, the new name
// of * is the name itself; and renames in order never replace what is there.
func FuzzMMV(f *testing.F) {
	f.Add("*.jpeg", "#1.jpg", "a.jpeg")
	f.Add("photo-*-?.[a-z]", "#2/#1*", "photo-b-c.d")
	f.Add("[", "#9", "x")
	f.Add("[!]a]", "**", "")
	f.Fuzz(func(t *testing.T, pattern, to, name string) {
		fits, err := withParts(pattern)
		if err != nil {
			return
		}
		n, err := parseNewName(to, fits.NumSubexp())
		if err != nil {
			return
		}
		parts := fits.FindStringSubmatch(name)
		if parts == nil {
			return
		}
		target := n.fill(parts[1:])
		if !strings.ContainsAny(to, "*#") && target != to {
			t.Errorf("%q became %q", to, target)
		}
		there := map[string]bool{name: true, "x": true}
		done, err := inOrder([]client.Renaming{{From: name, To: target}, {From: "x", To: target + "2"}}, there)
		if err != nil || name == "x" {
			return
		}
		now := map[string]bool{name: true, "x": true}
		for _, r := range done {
			if now[r.To] {
				t.Errorf("%q replaces %q", r.From, r.To)
			}
			delete(now, r.From)
			now[r.To] = true
		}
	})
}
