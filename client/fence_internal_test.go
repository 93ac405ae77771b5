package client

import "testing"

// The answer to a fence is not taken from the user's command that is the same.
func TestFencedBy(t *testing.T) {
	pwd, fence, list, noop := &Exchange{Verb: "PWD"}, &Exchange{Verb: "PWD", fence: 257}, &Exchange{Verb: "MLSD"}, &Exchange{Verb: "NOOP", fence: 200}
	for _, row := range []struct {
		queue []*Exchange
		code  int
		want  int
	}{
		{[]*Exchange{list, noop}, 200, 1},
		{[]*Exchange{list, noop, fence}, 257, 2},
		{[]*Exchange{pwd, fence}, 257, 0},
		{[]*Exchange{list, pwd, fence}, 257, 1},
		{[]*Exchange{list, pwd}, 257, 0},
		{[]*Exchange{pwd, noop}, 200, 1},
	} {
		c := &exchanges{queue: row.queue}
		if got := c.fencedBy(Reply{Code: row.code}); got != row.want {
			t.Errorf("%d: answers the command at %d, want %d", row.code, got, row.want)
		}
	}
}
