package client_test

import (
	"io"
	"sync/atomic"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// TestPause: what a Pause holds goes on when it is over, and not before.
func TestPause(t *testing.T) {
	s, server := practised(t)
	pause := &client.Pause{}
	ctx := client.WithPause(t.Context(), pause)
	pause.Hold()
	if !pause.Held() {
		t.Error("it does not hold")
	}
	var over atomic.Bool
	came := make(chan string)
	go func() {
		d, err := s.Retrieve(ctx, "hello.txt", 0)
		if err != nil {
			came <- err.Error()
			return
		}
		text, err := io.ReadAll(d)
		if !over.Load() {
			came <- "it was read meanwhile"
			return
		}
		if err == nil {
			err = d.Close()
		}
		if err != nil {
			came <- err.Error()
			return
		}
		came <- string(text)
	}()
	if _, err := server.WaitCommand(t.Context(), "RETR"); err != nil {
		t.Fatal(err)
	}
	over.Store(true)
	pause.Resume()
	if got := <-came; got != "hello\r\nworld\r\n" {
		t.Error(got)
	}
}
