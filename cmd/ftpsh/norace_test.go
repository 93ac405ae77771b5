//go:build !race

package main

// racing is whether the race detector is in this program.
const racing = false
