package client_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/internal/everystep"
)

// TestPace: sessions that share paces begin their transfers and make their connections apart.
func TestPace(t *testing.T) {
	const every = 40 * time.Millisecond
	var transfers, connections client.Pace
	transfers.Set(every)
	connections.Set(every)
	began := time.Now()
	h := everystep.Practice(t)
	open := func() *client.Session {
		return h.Open(t, func(o client.Options) client.Options {
			o.Pace, o.ConnectPace = &transfers, &connections
			return o
		})
	}
	one, two := open(), open()
	open()
	if took := time.Since(began); took < 2*every {
		t.Errorf("three connections were made in %v", took)
	}
	began = time.Now()
	for i, s := range []*client.Session{one, two, one, two} {
		if _, err := s.Put(t.Context(), string(rune('a'+i)), strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range one.List(t.Context(), "", client.ListOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took < 4*every {
		t.Errorf("five transfers began in %v", took)
	}
}
