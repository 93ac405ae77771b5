package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

func refused(verb string, code int) error {
	return &client.Error{Verb: verb, Reply: client.Reply{Code: code, Lines: []string{fmt.Sprintf("%d no", code)}}}
}

func TestStatus(t *testing.T) {
	for _, row := range []struct {
		name string
		err  error
		want int
	}{
		{"success", nil, 0},
		{"anything", errors.New("x"), 1},
		{"no match", &NoMatchError{"*"}, 1},
		{"usage", &failure.UsageError{Text: "x"}, 2},
		{"syntax", &syntax.Error{Text: "x"}, 2},
		{"not connected", failure.ErrNotConnected, 3},
		{"connection refused", &client.ConnectError{Channel: "control connection", Err: syscall.ECONNREFUSED}, 3},
		{"greeting refused", refused("", 421), 3},
		{"lost", &client.LostError{}, 3},
		{"no FTP", &client.ProtocolError{}, 3},
		{"a reply without its value", &client.ProtocolError{Value: true}, 1},
		{"login", failure.About("h", refused("PASS", 530)), 4},
		{"user", refused("USER", 530), 4},
		{"no password", failure.About("alice", failure.ErrNoPassword), 4},
		{"TLS", &client.TLSError{Err: errors.New("x")}, 5},
		{"TLS refused", refused("AUTH", 502), 5},
		{"PROT refused", refused("PROT", 534), 5},
		{"downgrade", fmt.Errorf("%w: %w", failure.ErrDowngrade, refused("AUTH", 502)), 5},
		{"refused", failure.About("x", refused("RETR", 550)), 6},
		{"temporarily", refused("STOR", 452), 6},
		{"local file", &fs.PathError{Op: "open", Path: "x", Err: syscall.ENOENT}, 7},
		{"disk full", &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, 7},
		{"there already", &failure.LocalError{Text: "x"}, 7},
		{"one file here", &localname.CollisionError{Name: "a", First: "A", Local: "A"}, 7},
		{"no name here", &localname.NameError{Name: "a", Why: "is too long"}, 7},
		{"incomplete", &client.IncompleteError{Want: -1}, 8},
		{"verification", &transfer.VerifyError{}, 8},
		{"reply late", &client.TimeoutError{}, 9},
		{"lost by a late reply", &client.LostError{Err: &client.TimeoutError{}}, 9},
		{"interrupted", &failure.Interruption{Cause: failure.ErrInterrupted, Err: context.Canceled}, 130},
		{"interrupted by a lost connection", &failure.Interruption{Cause: failure.ErrInterrupted, Err: &client.LostError{}}, 130},
		{"the first of several", failure.Several(refused("RETR", 550), &NoMatchError{"*"}), 6},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Status(row.err); got != row.want {
				t.Errorf("%v: status %d, want %d", row.err, got, row.want)
			}
		})
	}
}
