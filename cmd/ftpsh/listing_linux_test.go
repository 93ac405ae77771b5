package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMillionEntries: a directory of a million files is listed, in less than
// 500 MiB.
func TestMillionEntries(t *testing.T) {
	t.Parallel()
	const n = 1_000_000
	var list bytes.Buffer
	for i := range n {
		fmt.Fprintf(&list, "-rw-r--r--   1 owner    group     %8d Jan  1  2020 a-file-with-a-longer-name-%07d.txt\r\n", i, n-i)
	}
	cmd := exec.Command(undetected(t), "--no-config", "--tls=off", "-c", "ls -l", "ftp://"+lists(t, list.Bytes())+"/")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_STATE_HOME="+t.TempDir(), "GOMEMLIMIT=")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	count, last, most := 0, "", 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		count++
		last = lines.Text()
		if count == n*9/10 { // it waits to write the rest
			most = memory(t, cmd.Process.Pid)
		}
	}
	if err := cmd.Wait(); err != nil || count != n || !strings.HasSuffix(last, " a-file-with-a-longer-name-1000000.txt") {
		t.Errorf("%v: %d lines, the last one %q", err, count, last)
	}
	if most == 0 || most > 500<<10 {
		t.Errorf("it took %d MiB", most>>10)
	}
}

// undetected is a program without the race detector, which has a memory of its own.
func undetected(t *testing.T) (program string) {
	t.Helper()
	if !racing {
		program, err := exec.LookPath("ftpsh")
		if err != nil {
			t.Fatal(err)
		}
		return program
	}
	program = filepath.Join(t.TempDir(), "ftpsh")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// memory is the most that a process has had in memory so far, in KiB. The
// resource usage of a child does not say that: it begins with its parent's.
func memory(t *testing.T, pid int) (most int) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Sscan(rest, &most)
	return most
}

// lists serves one client, for whom every directory is the same.
func lists(t *testing.T, list []byte) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	data, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close(); data.Close() })
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		io.WriteString(c, "220 hello\r\n")
		for lines := bufio.NewScanner(c); lines.Scan(); {
			verb, _, _ := strings.Cut(lines.Text(), " ")
			switch verb {
			case "USER":
				io.WriteString(c, "230 in\r\n")
			case "PWD":
				io.WriteString(c, "257 \"/\"\r\n")
			case "TYPE":
				io.WriteString(c, "200 fine\r\n")
			case "EPSV":
				fmt.Fprintf(c, "229 (|||%d|)\r\n", data.Addr().(*net.TCPAddr).Port)
			case "LIST":
				io.WriteString(c, "150 coming\r\n")
				if d, err := data.Accept(); err == nil {
					d.Write(list)
					d.Close()
				}
				io.WriteString(c, "226 done\r\n")
			case "QUIT":
				io.WriteString(c, "221 bye\r\n")
				return
			default:
				io.WriteString(c, "502 what\r\n")
			}
		}
	}()
	return ln.Addr().String()
}
