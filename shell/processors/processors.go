// Package processors chooses how many processors the program uses.
package processors

import (
	"os"
	"runtime"
	"sync"
	"time"
)

var (
	mu    sync.Mutex
	large int // files that are moved now, and are large
	half  int // of the processors; 0: GOMAXPROCS decides
)

// Half has the program use half of the processors. What it does is short, and more of them only hand
// work to each other; but what moves a large file copies all the time, and a second one reads the
// replies, and ends waits, without taking the first from it. To change their number costs a start a twentieth
// of its time: so that is done when there is to be a session.
func Half() {
	mu.Lock()
	defer mu.Unlock()
	if half == 0 && os.Getenv("GOMAXPROCS") == "" {
		half = max(1, runtime.GOMAXPROCS(0)/2)
		runtime.GOMAXPROCS(half)
	}
}

const (
	glance = 20 * time.Millisecond
	much   = 4 << 20 // bytes in a glance: a file that moves as fast as the processors can
)

// WhileLarge has the program use twice as many while a file moves, if so many bytes come at once that it
// is worth that.
func WhileLarge(moved func() int64) (over func()) {
	var ended, counted bool // with mu
	look := time.AfterFunc(glance, func() {
		mu.Lock()
		defer mu.Unlock()
		if !ended && half > 0 && moved() >= much {
			counted = true
			add(1)
		}
	})
	return func() {
		look.Stop()
		mu.Lock()
		defer mu.Unlock()
		if ended = true; counted {
			counted = false
			add(-1)
		}
	}
}

func add(n int) {
	before := large
	if large += n; (before == 0) != (large == 0) {
		runtime.GOMAXPROCS(half * map[bool]int{true: 1, false: 2}[large == 0])
	}
}
