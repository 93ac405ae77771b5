package daemon

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

func leadSession(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
}

// members are the living processes of these kernel sessions.
func members(leaders map[int]bool) []int {
	var pids []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // ended meanwhile
		}
		if state, session := sessionOf(stat); leaders[session] && state != 'Z' && state != 'X' {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// sessionOf reads proc_pid_stat(5): pid (name) state ppid pgrp session. The name may hold anything.
func sessionOf(stat []byte) (state byte, session int) {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 4 {
		return 'X', 0
	}
	session, _ = strconv.Atoi(string(fields[3]))
	return fields[0][0], session
}
