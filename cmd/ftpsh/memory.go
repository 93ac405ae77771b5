package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// frugal is the memory up to which the collector lets garbage wait until there is as much of it as of what is
// used; beyond, it comes sooner.
const frugal = 48 << 20

// saveMemory keeps the garbage of a large listing small. A third of what is used may be garbage, however large the
// listing is: with a fixed limit the collector would do nothing else for one of a million names.
func saveMemory() {
	if os.Getenv("GOMEMLIMIT") != "" || os.Getenv("GOGC") != "" {
		return
	}
	debug.SetMemoryLimit(frugal)
	afterCollections(func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		used := int64(live[0].Value.Uint64())
		debug.SetMemoryLimit(max(frugal, frugal/6+used+used/3))
	})
}

// afterCollections calls f after each collection, when what only it could reach is found to be garbage.
func afterCollections(f func()) {
	runtime.SetFinalizer(&[32]byte{}, func(*[32]byte) {
		f()
		afterCollections(f)
	})
}
