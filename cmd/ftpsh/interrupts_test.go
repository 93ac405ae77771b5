//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
)

// phases are where an interrupt can come: what is typed, the command that the
// server has heard by then, and what the server does wrong to make it last.
var phases = []struct{ name, line, verb, fault string }{
	{"listing", "ls", "MLSD", "stall:MLSD=10"},
	{"no answer to a listing", "ls", "MLSD", "mute:MLSD"},
	{"get", "get -f big.bin", "RETR", "stall:RETR=100000"},
	{"get, before the 150", "get -f big.bin", "RETR", "mute:RETR"},
	{"get, the 226 is missing", "get -f big.bin", "RETR", "no-end:RETR"},
	{"get, between two tries", "get -f big.bin", "RETR", "refuse:RETR=426 broken"},
	{"put", "put up.bin", "STOR", "stall:STOR=100000"},
	{"put, the 226 is missing", "put up.bin", "STOR", "no-end:STOR"},
	{"put, between two tries", "put up.bin", "STOR", "refuse:STOR=452 no room"},
	{"mget", "prompt off; mget -f *.bin", "RETR", "stall:RETR=100000"},
	{"mirror, listing", "mirror .", "MLSD", "stall:MLSD=10"},
	{"mirror, files", "mirror --parallel 2 .", "RETR", "stall:RETR=100000"},
	{"cat", "cat small.txt", "RETR", "mute:RETR"},
	{"a plain command", "size big.bin", "SIZE", "mute:SIZE"},
}

// TestInterruptInEveryPhase: Ctrl-C gives the prompt back at once, wherever it
// comes, and the next command has its own answer; so does a second Ctrl-C right
// behind it.
func TestInterruptInEveryPhase(t *testing.T) {
	for i, phase := range phases {
		t.Run(phase.name, func(t *testing.T) {
			t.Parallel()
			server := stubborn(t, phase.fault)
			term, dir := loggedIn(t, server)
			writeUpload(t, dir)
			heard := hears(t, server, phase.verb)
			term.enter(phase.line)
			heard()
			if strings.Contains(phase.name, "two tries") {
				term.see("again in")
			}
			pressed := time.Now()
			term.press("\x03")
			if i%2 == 1 {
				term.press("\x03")
			}
			term.see("interrupted")
			term.see("PLAIN> ")
			if waited := time.Since(pressed); waited > 2*time.Second { // 0.2 s where nobody else uses the machine
				t.Errorf("the prompt came after %v", waited)
			}
			server.SetFaults()
			term.enter("") // nobody types so fast that the second one would still be on its way
			term.see("PLAIN> ")
			term.enter("pwd")
			term.see("\r\n/\r\n")
			term.see("PLAIN> ")
			term.enter("size small.txt")
			term.see("\r\n6\r\n")
		})
	}
}

// TestInterruptOfAQueuedJob: a job that fg brings to the foreground may not run
// yet. Ctrl-C takes it out of the queue.
func TestInterruptOfAQueuedJob(t *testing.T) {
	term, _ := loggedIn(t, serves(t, practice.Options{}, nil))
	term.enter("queue stop; queue size x")
	term.see("[1] queued  size x")
	term.see("PLAIN, 1 job> ")
	halt := again(term, "\x03") // the first one may come before fg has begun
	term.enter("fg 1")
	term.see("fg: interrupted")
	halt()
	term.see("PLAIN> ")
}

// TestInterruptAtAFIFO: a FIFO that nobody has open at its other end is waited
// at until Ctrl-C, whether it was to be written or read.
func TestInterruptAtAFIFO(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"small.txt": "small\n"})
	term, dir := loggedIn(t, server)
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"get small.txt fifo", "cat small.txt > fifo", "put fifo up", "source fifo", "fget fifo", "verify small.txt fifo",
		"trace show fifo", "trace save -f --as txt fifo", "lesson lint fifo",
	} {
		term.enter(line)
		halt := again(term, "\x03") // the first one may come before the command has begun
		term.see(": interrupted")
		halt()
		term.see("PLAIN> ")
	}
	got := make(chan string, 1)
	go func() {
		data, _ := os.ReadFile(filepath.Join(dir, "fifo"))
		got <- string(data)
	}()
	term.enter("get small.txt fifo; size small.txt")
	term.see("\r\n6\r\n")
	if data := <-got; data != "small\n" {
		t.Errorf("through the FIFO came %q", data)
	}
	term.see("PLAIN> ")
	go os.WriteFile(filepath.Join(dir, "fifo"), []byte("echo in the\necho FIFO $1\n"), 0)
	term.enter("source fifo here")
	term.see("\r\nin the\r\nFIFO here\r\n")
	term.see("PLAIN> ")
	term.enter("record -f fifo; mput f*")
	term.see("record: fifo is a FIFO")
	term.see("fifo is not a plain file: skipped")
}

// TestInterruptOfAScriptFromAFIFO: a script whose next line does not come ends
// with Ctrl-C; a FIFO as a file with passwords is refused, not waited at.
func TestInterruptOfAScriptFromAFIFO(t *testing.T) {
	server := serves(t, practice.Options{}, nil)
	cmd, errs := batch(t, server, "-f", "fifo")
	fifo := filepath.Join(cmd.Dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	io.WriteString(in, "echo one\n")
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "one\n" {
		t.Errorf("%q, %v", line, err)
	}
	cmd.Process.Signal(syscall.SIGINT)
	cmd.Wait()
	ended(t, cmd, errs, 130)

	cmd, errs = batch(t, server, "--netrc", fifo, "-c", "pwd")
	cmd.Run()
	ended(t, cmd, errs, 7)
	if !strings.Contains(errs.String(), "fifo: is not a plain file") {
		t.Errorf("it says %q", errs)
	}
}

// stubborn is a server with some files that does one thing wrong.
func stubborn(t *testing.T, fault string) *practice.Server {
	t.Helper()
	f, err := practice.ParseFault(fault)
	if err != nil {
		t.Fatal(err)
	}
	return serves(t, practice.Options{Faults: []practice.Fault{f}}, map[string]string{
		"big.bin": strings.Repeat("x", 8<<20), "other.bin": strings.Repeat("y", 8<<20), "small.txt": "small\n",
	})
}

func writeUpload(t *testing.T, dir string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "up.bin"), make([]byte, 8<<20), 0o600); err != nil {
		t.Fatal(err)
	}
}

// hears waits for the next command of a kind that the server hears.
func hears(t *testing.T, server *practice.Server, verb string) (wait func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	heard := make(chan error, 1)
	go func() {
		_, err := server.WaitCommand(ctx, verb)
		heard <- err
	}()
	return func() {
		defer cancel()
		if err := <-heard; err != nil {
			t.Error(err)
		}
	}
}

// TestInterruptBeforeTheLogin: Ctrl-C ends an open wherever it is.
func TestInterruptBeforeTheLogin(t *testing.T) {
	for _, phase := range []struct{ name, verb, fault string }{
		{"AUTH", "AUTH", "mute:AUTH"},
		{"USER", "USER", "mute:USER"},
		{"PASS", "PASS", "mute:PASS"},
	} {
		t.Run(phase.name, func(t *testing.T) {
			t.Parallel()
			server := stubborn(t, phase.fault)
			term, _ := start(t, "FTPSH_PASSWORD="+practice.Password)
			term.see("ftpsh> ")
			heard := hears(t, server, phase.verb)
			term.enter("open " + address(server))
			heard()
			term.interrupted("> ")
			term.enter("echo still here")
			term.see("\r\nstill here\r\n")
		})
	}
}

// TestInterruptWhileConnecting: Ctrl-C ends an open that waits for a greeting or
// for a handshake.
func TestInterruptWhileConnecting(t *testing.T) {
	for _, phase := range []struct{ name, scheme, script, sees string }{
		{"greeting", "ftp", "silence", "connected "},
		{"handshake before the greeting", "ftps", "silence", "connected "},
		{"handshake", "ftpes", "S: 220 ready\nC: AUTH TLS\nS: 234 go on\nsilence", "234 go on"},
	} {
		t.Run(phase.name, func(t *testing.T) {
			t.Parallel()
			server, err := practice.Script(phase.script)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			term, _ := start(t)
			term.see("ftpsh> ")
			term.enter("trace 2; open " + phase.scheme + "://" + server.Addr())
			term.see(phase.sees)
			term.interrupted("> ")
			term.enter("echo still here")
			term.see("\r\nstill here\r\n")
		})
	}
}

// interrupted presses Ctrl-C and waits for the prompt.
func (term *terminal) interrupted(prompt string) {
	term.t.Helper()
	term.interruptedBy("\x03", prompt)
}

func (term *terminal) interruptedBy(keys, prompt string) {
	term.t.Helper()
	pressed := time.Now()
	term.press(keys)
	term.see("interrupted")
	term.see(prompt)
	if waited := time.Since(pressed); waited > 2*time.Second {
		term.t.Errorf("the prompt came after %v", waited)
	}
}

// TestInterruptBetweenServers: Ctrl-C ends a copy from server to server, and the
// session with the first is in step.
func TestInterruptBetweenServers(t *testing.T) {
	for _, keys := range []string{"\x03", "\x03\x03"} {
		from, to := stubborn(t, "stall:RETR=100000"), stubborn(t, "late:NOOP=0")
		term, _ := start(t, "FTPSH_PASSWORD="+practice.Password, address(from))
		term.see("PLAIN> ")
		heard := hears(t, from, "RETR")
		term.enter(fmt.Sprintf("fxp --clear big.bin ftp://%s/copy.bin", address(to)))
		heard()
		term.interruptedBy(keys, "PLAIN> ")
		term.enter("pwd")
		term.see("\r\n/\r\n")
	}
}

// TestSignalInEveryPhase: SIGTERM and SIGHUP end a batch wherever they come,
// with their status, and no half file has the final name.
func TestSignalInEveryPhase(t *testing.T) {
	for i, phase := range phases {
		t.Run(phase.name, func(t *testing.T) {
			t.Parallel()
			server := stubborn(t, phase.fault)
			cmd, errs := batch(t, server, "-k", "-c", phase.line+"; pwd")
			writeUpload(t, cmd.Dir)
			var out bytes.Buffer
			cmd.Stdout = &out
			heard := hears(t, server, phase.verb)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			heard()
			signal, want := syscall.SIGTERM, 143
			if i%2 == 1 {
				signal, want = syscall.SIGHUP, 129
			}
			sent := time.Now()
			cmd.Process.Signal(signal)
			cmd.Wait()
			if took := time.Since(sent); took > 5*time.Second { // QUIT may take two
				t.Errorf("it ended after %v", took)
			}
			ended(t, cmd, errs, want)
			if strings.Contains(out.String(), "/\n") {
				t.Errorf("a command ran after the signal: %q", &out)
			}
			if _, err := os.Stat(filepath.Join(cmd.Dir, "big.bin")); err == nil {
				t.Error("half a file has the final name")
			}
		})
	}
}

// TestInputEnds: what runs when the commands end is finished, and then QUIT.
func TestInputEnds(t *testing.T) {
	server := serves(t, practice.Options{Faults: []practice.Fault{{Name: "rate", At: 1 << 20}}},
		map[string]string{"big.bin": strings.Repeat("x", 300_000)})
	cmd, errs := batch(t, server)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	heard := hears(t, server, "RETR")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.WriteString(in, "get big.bin") // and no line end
	in.Close()
	heard()
	cmd.Wait()
	ended(t, cmd, errs, 0)
	if got, err := os.ReadFile(filepath.Join(cmd.Dir, "big.bin")); err != nil || len(got) != 300_000 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := server.WaitCommand(ctx, "QUIT"); err != nil {
		t.Error(err)
	}
}
