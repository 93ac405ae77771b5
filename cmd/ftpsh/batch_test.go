//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
)

// batch prepares ftpsh with commands in a fresh directory.
func batch(t *testing.T, server *practice.Server, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	path, err := exec.LookPath("ftpsh")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, append(args, address(server))...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "FTPSH_PASSWORD="+practice.Password, "XDG_STATE_HOME="+cmd.Dir, "HOME="+cmd.Dir)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	return cmd, &errs
}

func ended(t *testing.T, cmd *exec.Cmd, errs *bytes.Buffer, want int) {
	t.Helper()
	if got := cmd.ProcessState.ExitCode(); got != want {
		t.Errorf("exit status %d, want %d\n%s", got, want, errs)
	}
}

// TestSignalledBatch: a signal in the middle of a transfer ends the batch with
// its status; the server hears QUIT, and no half file has the final name.
func TestSignalledBatch(t *testing.T) {
	for _, row := range []struct {
		signal syscall.Signal
		want   int
	}{{syscall.SIGTERM, 143}, {syscall.SIGHUP, 129}, {syscall.SIGINT, 130}} {
		t.Run(row.signal.String(), func(t *testing.T) {
			server := serves(t, practice.Options{Faults: []practice.Fault{{Name: "rate", At: 64 << 10}}},
				map[string]string{"big.bin": strings.Repeat("x", 8<<20)})
			cmd, errs := batch(t, server, "-k", "-c", "get big.bin; pwd")
			var out bytes.Buffer
			cmd.Stdout = &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			if _, err := server.WaitCommand(ctx, "RETR"); err != nil {
				t.Error(err)
			}
			cmd.Process.Signal(row.signal)
			cmd.Wait()
			ended(t, cmd, errs, row.want)
			if out.Len() > 0 {
				t.Errorf("a command ran after the signal: %q", &out)
			}
			if _, err := os.Stat(filepath.Join(cmd.Dir, "big.bin")); err == nil {
				t.Error("half a file has the final name")
			}
			if _, err := server.WaitCommand(ctx, "QUIT"); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestNobodyReads: a reader of standard output that has seen enough ends the
// batch without a word, as it ends cat.
func TestNobodyReads(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"big.txt": strings.Repeat("a line\n", 1<<17)})
	cmd, errs := batch(t, server, "-c", "cat big.txt; get big.txt")
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	first := make([]byte, 7)
	if _, err := out.Read(first); err != nil || string(first) != "a line\n" {
		t.Errorf("%q %v", first, err)
	}
	out.Close()
	cmd.Wait()
	ended(t, cmd, errs, 141)
	if strings.Contains(errs.String(), "pipe") {
		t.Errorf("it complains: %s", errs)
	}
	if _, err := os.Stat(filepath.Join(cmd.Dir, "big.txt")); err == nil {
		t.Error("the script went on")
	}
}

// TestKilledWhileNobodyReads: a reader of standard output that stands still does
// not keep the program from being ended, by SIGTERM twice or Ctrl-C three times.
func TestKilledWhileNobodyReads(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"big.txt": strings.Repeat("a line\n", 1<<17)})
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			cmd, _ := batch(t, server, "-c", "cat big.txt")
			out, in, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer out.Close()
			cmd.Stdout = in
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			in.Close()
			if _, err := out.Read(make([]byte, 7)); err != nil {
				t.Error(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			again := time.NewTicker(100 * time.Millisecond)
			defer again.Stop()
			for limit := time.After(patience); ; {
				select {
				case <-ended:
					return
				case <-again.C:
					cmd.Process.Signal(sig)
				case <-limit:
					cmd.Process.Kill()
					t.Fatalf("it goes on: %v", <-ended)
				}
			}
		})
	}
}

// TestFullDisk: a result that cannot be written, or a file that grows too
// large, is a failure of a local file, and nothing half-written stays under its
// name.
func TestFullDisk(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"big.bin": strings.Repeat("x", 1<<20)})
	t.Run("standard output", func(t *testing.T) {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skip("there is no /dev/full here")
		}
		defer full.Close()
		for _, line := range []string{"ls", "pwd", "cat big.bin", "ls --json", "echo hello", "quote NOOP", "get big.bin /dev/full"} {
			cmd, errs := batch(t, server, "-c", line)
			cmd.Stdout = full
			cmd.Run()
			ended(t, cmd, errs, 7)
		}
	})
	t.Run("download", func(t *testing.T) {
		cmd, errs := batch(t, server, "-c", "get big.bin")
		limited := exec.Command("sh", append([]string{"-c", `ulimit -f 100; exec "$@"`, "sh"}, cmd.Args...)...)
		limited.Dir, limited.Env, limited.Stderr = cmd.Dir, cmd.Env, errs
		limited.Run()
		ended(t, limited, errs, 7)
		if _, err := os.Stat(filepath.Join(cmd.Dir, "big.bin")); err == nil {
			t.Error("half a file has the final name")
		}
		if want := "big.bin.part: file too large"; !strings.Contains(errs.String(), want) {
			t.Errorf("%q is not in %s", want, errs)
		}
	})
}
