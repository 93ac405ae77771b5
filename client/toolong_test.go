package client

import (
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestTooLongALine: a server that refuses a line for its length knows the verb all the same, and is asked with it again.
func TestTooLongALine(t *testing.T) {
	server, err := practice.Start(practice.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	if err := afero.WriteFile(server.FS(), "/dir/file", []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), Options{Addr: server.Addr(), Security: Off})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Login(t.Context(), Login{User: practice.User, Password: practice.Password}); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("d", 5000)
	if err := s.Chdir(t.Context(), "/"+long); !IsCode(err, 500) || !strings.Contains(err.Error(), "too long") {
		t.Fatalf("the server takes it: %v", err)
	}
	if _, err := s.Size(t.Context(), long); err == nil {
		t.Error("it has a size")
	}
	if err := s.Chdir(t.Context(), "dir"); err != nil {
		t.Error(err)
	}
	if n, err := s.Size(t.Context(), "file"); err != nil || n != 4 {
		t.Errorf("%d, %v", n, err)
	}
	if sent := strings.Join(server.Commands(), "\n"); strings.Contains(sent, "XCWD") {
		t.Errorf("it was sent\n%.3000s", sent)
	}
}
