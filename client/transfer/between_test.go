package transfer

import (
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// A copy between servers whose mode the target refuses is whole, and says so of the mode, whichever way it came.
func TestRefusedModeOfACopy(t *testing.T) {
	for name, way := range map[string]Way{"direct": Direct, "here": Here} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, from := server(t, []byte("text"), practice.Options{})
			_, to := server(t, nil, practice.Options{}, "refuse:SITE=550 not here")
			r, err := Run(t.Context(), from, Task{Op: BetweenServers, Remote: "data", Local: "copy", Target: to, Mode: 0o600, Route: &Route{Way: way}}, nil)
			if err != nil || !strings.Contains(r.Note, "its mode was not set: 550 not here") {
				t.Errorf("%q, %v", r.Note, err)
			}
		})
	}
}
