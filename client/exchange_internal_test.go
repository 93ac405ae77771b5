package client

import (
	"context"
	"errors"
	"net"
	"testing"
)

// The caller that has interrupted a command hears of that, also when the connection was
// dropped at the same moment, which a second Ctrl-C does.
func TestDroppedAfterAnInterrupt(t *testing.T) {
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	x := newExchange(&Conn{}, "NOOP")
	x.fail(&LostError{Err: net.ErrClosed})
	if _, err := x.Wait(interrupted); !errors.Is(err, context.Canceled) {
		t.Errorf("the last reply: %v", err)
	}
	if _, err := x.Begin(interrupted); !errors.Is(err, context.Canceled) {
		t.Errorf("the first reply: %v", err)
	}
	if _, err := x.Wait(t.Context()); !errors.As(err, new(*LostError)) {
		t.Errorf("without an interrupt: %v", err)
	}
}
