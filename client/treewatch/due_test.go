package treewatch

import (
	"maps"
	"slices"
	"testing"
	"time"
)

// TestDue: a path is looked at when it has been quiet, at the latest after two seconds, and one that
// is gone after another while.
func TestDue(t *testing.T) {
	start := time.Now()
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	d := due{quiet: 300 * time.Millisecond}
	takes := func(ms int, want ...string) {
		t.Helper()
		if got := slices.Sorted(maps.Keys(d.take(at(ms)))); !slices.Equal(got, want) {
			t.Errorf("after %d ms: %q, want %q", ms, got, want)
		}
	}
	d.touch("a", at(0))
	d.touch("a", at(200))
	takes(499)
	if when, some := d.next(); !some || !when.Equal(at(500)) {
		t.Errorf("the next is %v", when)
	}
	takes(500, "a")
	for ms := 1000; ms < 3000; ms += 100 {
		d.touch("busy", at(ms))
	}
	takes(2999)
	takes(3000, "busy")

	d.touch("gone", at(5000))
	ready := d.take(at(5300))
	if !d.again("gone", ready["gone"], at(5300)) {
		t.Error("it is not waited for")
	}
	takes(5999)
	ready = d.take(at(6000))
	if len(ready) != 1 || d.again("gone", ready["gone"], at(6000)) {
		t.Errorf("%v: it is waited for too long", ready)
	}
}
