package processors

import (
	"runtime"
	"testing"
	"time"
)

// While a large file moves fast there are twice as many processors, for two no more, and as before when the
// last has ended.
func TestWhileLarge(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	t.Setenv("GOMAXPROCS", "")
	Half()
	defer func() { half = 0 }()
	expect := func(want int, when string) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); runtime.GOMAXPROCS(0) != want && time.Now().Before(end); {
			runtime.Gosched()
		}
		if got := runtime.GOMAXPROCS(0); got != want {
			t.Errorf("%s: %d processors, want %d", when, got, want)
		}
	}
	expect(2, "at first")
	looked := make(chan bool)
	large := func() int64 { looked <- true; return much }
	first := WhileLarge(large)
	<-looked
	expect(4, "one large file")
	second := WhileLarge(large)
	<-looked
	first()
	expect(4, "the other one still moves")
	second()
	expect(2, "both are over")
	small := WhileLarge(func() int64 { looked <- true; return much - 1 })
	<-looked
	expect(2, "a small file")
	small()
	WhileLarge(func() int64 { return much })()
	expect(2, "one that was over at once")
}
