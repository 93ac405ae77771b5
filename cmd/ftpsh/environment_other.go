//go:build !linux

package main

// wipeVariable has nothing to do: only Linux shows the environment that a process began with to its user's other programs
// as a file.
func wipeVariable(string) {}
