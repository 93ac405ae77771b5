package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// A large listing raises the limit of the memory, so that the collector does not do nothing else, and what is let
// go of lowers it again.
func TestMemoryLimit(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "")
	t.Setenv("GOGC", "")
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	saveMemory()
	large := make([]byte, 4*frugal)
	settles := func(good func(limit int64) bool) (limit int64) {
		for range 1000 {
			runtime.GC()
			if limit = debug.SetMemoryLimit(-1); good(limit) {
				break
			}
			runtime.Gosched()
		}
		return limit
	}
	if limit := settles(func(limit int64) bool { return limit > int64(len(large)) }); limit <= int64(len(large)) {
		t.Errorf("%d bytes are used, and the limit is %d", len(large), limit)
	}
	runtime.KeepAlive(large)
	large = nil
	if limit := settles(func(limit int64) bool { return limit < 2*frugal }); limit >= 2*frugal {
		t.Errorf("nothing is used, and the limit is %d", limit)
	}
}
