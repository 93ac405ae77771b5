//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestOneRate: the limit is for all together: jobs in the background, the parts
// of a file, and many files at the prompt.
func TestOneRate(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("x", 4<<20)
	server := serves(t, practice.Options{},
		map[string]string{"a": text[:2<<20], "b": text[:2<<20], "parts": text, "c": text[:1<<19], "d": text[:1<<19]})
	cmd, errs := batch(t, server, "-c", "set parallel 2; rate get 8m; get a & get b & get --segments 2 parts; mget c d; wait")
	start := time.Now()
	cmd.Run()
	ended(t, cmd, errs, 0)
	const least = time.Second // 9 MiB at 8 MiB a second, less what the first moment lets through
	if took := time.Since(start); took < least {
		t.Errorf("it took %v, at least %v are due", took, least)
	}
}

// TestCapacity: what one command has learned about how many sessions a server
// allows holds when it is opened again.
func TestCapacity(t *testing.T) {
	files := map[string]string{}
	for i := range 100 {
		files[fmt.Sprintf("f%d", i)] = "text\n"
	}
	server := serves(t, practice.Options{}, files)
	cmd, errs := batch(t, server, "-f", "-", "-k")
	in, typed := io.Pipe()
	cmd.Stdin = in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	until := func(verb string) {
		t.Helper()
		if _, err := server.WaitCommand(ctx, verb); err != nil {
			t.Error(err)
		}
	}
	logins := func() (n int) {
		for _, line := range server.Commands() {
			if strings.HasPrefix(line, "USER ") {
				n++
			}
		}
		return n
	}
	until("PASS")
	server.SetFaults(practice.Fault{Name: "421", Verb: "USER"})
	io.WriteString(typed, "set parallel 3; mget f*; mkdir full\n")
	until("MKD")
	server.SetFaults()
	before := logins()
	if before < 2 {
		t.Error("one session did it all")
	}
	io.WriteString(typed, "open "+address(server)+"; mget f*\n")
	typed.Close()
	cmd.Wait()
	ended(t, cmd, errs, 0)
	if more := logins() - before; more != 1 {
		t.Errorf("%d logins, want the one of open", more)
	}
}

// TestSmallBesideLarge: a small file comes at once although a job uses up the
// rate with many large ones.
func TestSmallBesideLarge(t *testing.T) {
	files := map[string]string{"small": "small\n"}
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		files["tree/"+name] = strings.Repeat(name, 16<<20)
	}
	server := serves(t, practice.Options{}, files)
	cmd, errs := batch(t, server, "-f", "-", "-k")
	in, typed := io.Pipe()
	var out strings.Builder
	cmd.Stdin, cmd.Stdout = in, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	io.WriteString(typed, "set parallel 4; rate get 64k; mirror tree tree &\n")
	for range 4 {
		if _, err := server.WaitCommand(ctx, "RETR"); err != nil {
			t.Error(err)
		}
	}
	io.WriteString(typed, "get small; jobs; kill all\n") // the job has half an hour to go
	typed.Close()
	cmd.Wait()
	ended(t, cmd, errs, 130) // the job was killed
	if strings.Contains(errs.String(), "nothing to do") {
		t.Errorf("the job says that it had nothing to do:\n%s", errs)
	}
	if !strings.Contains(out.String(), "running") {
		t.Errorf("the small file waited for the job:\n%s", &out)
	}
}
