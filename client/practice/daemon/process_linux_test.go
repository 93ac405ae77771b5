package daemon

import "testing"

func TestSessionOf(t *testing.T) {
	rows := []struct {
		name, stat string
		state      byte
		session    int
	}{
		{"plain", "12 (sh) S 1 12 11 0 -1", 'S', 11},
		{"parenthesis and spaces in the name", "12 (a) R 9 (b) Z 1 12 11 0", 'Z', 11},
		{"cut short", "12 (sh) S 1", 'X', 0},
		{"empty", "", 'X', 0},
	}
	for _, row := range rows {
		if state, session := sessionOf([]byte(row.stat)); state != row.state || session != row.session {
			t.Errorf("%s: %c %d, want %c %d", row.name, state, session, row.state, row.session)
		}
	}
}
