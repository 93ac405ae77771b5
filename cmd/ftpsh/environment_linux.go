package main

import (
	"bytes"
	"os"
	"strconv"
	"strings"
)

// envStart is the field of /proc/self/stat with the address of the environment, counted from the one behind the name
// (proc(5): field 50).
const envStart = 50 - 3

// wipeVariable overwrites the value of a variable where the kernel has put it: unsetting changes a copy, and
// /proc/PID/environ and `ps e` show the original. A kernel that forbids it leaves it there.
func wipeVariable(name string) {
	env, err := os.ReadFile("/proc/self/environ")
	if err != nil {
		return
	}
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // the name may hold blanks
	if len(fields) <= envStart {
		return
	}
	start, err := strconv.ParseInt(fields[envStart], 10, 64)
	if err != nil || start == 0 {
		return
	}
	memory, err := os.OpenFile("/proc/self/mem", os.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer memory.Close()
	var at int64
	for entry := range bytes.SplitSeq(env, []byte{0}) {
		if value, ours := bytes.CutPrefix(entry, []byte(name+"=")); ours {
			_, _ = memory.WriteAt(make([]byte, len(value)), start+at+int64(len(name)+1))
		}
		at += int64(len(entry) + 1)
	}
}
