package client_test

import (
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// Drop gets a session out of what it is waiting for, whatever that is: at any
// time, also while it connects again (which needs the race detector).
func TestDropWhileItIsUsed(t *testing.T) {
	s := logInTo(t, serve(t, practice.Options{}), inClear)
	for range 20 {
		dropped := make(chan struct{})
		go func() {
			defer close(dropped)
			s.Drop()
		}()
		s.Getwd(t.Context())
		<-dropped
	}
	if _, err := s.Getwd(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestDropEndsTheWaiting(t *testing.T) {
	srv, err := practice.Script("S: 220 ready\nC: PWD\nsilence")
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	asked := make(chan struct{})
	opt := client.Options{Addr: srv.Addr(), Security: client.Off}
	opt.Trace = &client.Trace{Sent: func(client.SentInfo) { close(asked) }}
	s, err := client.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-asked
		s.Drop()
	}()
	if _, err := s.Conn().Cmd(t.Context(), 2, "PWD"); err == nil {
		t.Error("it was answered")
	}
}
