package client_test

import (
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// TestDataEndsBeforeItsReply: what the server does in one go, closing the data connection and saying 226, is told in
// that order.
func TestDataEndsBeforeItsReply(t *testing.T) {
	const times = 60
	once := "C: EPSV\nS: 229 (|||$PORT|)\nC: RETR x\nS: 150 coming\nD> data\nD close\nS: 226 done\n"
	var mu sync.Mutex
	var events []string
	note := func(event string) {
		mu.Lock()
		defer mu.Unlock()
		events = append(events, event)
	}
	opt := client.Options{Trace: &client.Trace{
		Data: func(client.DataInfo) { note("end") },
		Got: func(i client.GotInfo) {
			if i.Verb == "RETR" && i.Reply.Code == 226 {
				note("226")
			}
		},
	}}
	talk(t, "C: TYPE I\nS: 200 ok\n"+strings.Repeat(once, times), opt, func(s *client.Session) {
		for range times {
			if _, err := s.Get(t.Context(), io.Discard, "x"); err != nil {
				t.Fatal(err)
			}
		}
	})
	if want := slices.Repeat([]string{"end", "226"}, times); !slices.Equal(events, want) {
		t.Errorf("got %v", events)
	}
}
