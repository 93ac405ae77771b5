package daemon

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

func leadSession(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
}

// A procStat is what proc_pid_stat(5) says of a process.
type procStat struct {
	pid, parent, session int
	ended                bool // a zombie: gone but for its number
}

// members are the living processes of these kernel sessions and their descendants. The sessions of those are added
// to the map: vsftpd makes a new one for each client, and its processes lose their parent when that is killed.
func members(sessions map[int]bool) []int {
	all := readProcesses()
	found := map[int]bool{}
	for grows := true; grows; {
		grows = false
		for _, p := range all {
			if !found[p.pid] && (sessions[p.session] || found[p.parent]) {
				found[p.pid], sessions[p.session], grows = true, true, true
			}
		}
	}
	var pids []int
	for _, p := range all {
		if found[p.pid] && !p.ended {
			pids = append(pids, p.pid)
		}
	}
	return pids
}

func readProcesses() []procStat {
	var all []procStat
	proc, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer proc.Close()
	names, _ := proc.Readdirnames(-1)
	for _, name := range names {
		if name[0] < '0' || name[0] > '9' {
			continue
		}
		text, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue // ended meanwhile
		}
		if p, ok := parseStat(text); ok {
			all = append(all, p)
		}
	}
	return all
}

// parseStat reads: pid (name) state ppid pgrp session. The name may hold anything.
func parseStat(text []byte) (procStat, bool) {
	pid, _, _ := bytes.Cut(text, []byte(" "))
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 4 {
		return procStat{}, false
	}
	return procStat{
		pid:     number(pid),
		parent:  number(fields[1]),
		session: number(fields[3]),
		ended:   fields[0][0] == 'Z' || fields[0][0] == 'X',
	}, true
}

func number(digits []byte) int {
	n, _ := strconv.Atoi(string(digits))
	return n
}
