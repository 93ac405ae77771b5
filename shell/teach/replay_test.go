package teach

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

func TestReplayNeedsOneVoice(t *testing.T) {
	two := []*Event{
		{Ev: TCPConnect, Conn: "C", Local: "127.0.0.1:1", Remote: "127.0.0.1:21"},
		{Ev: TCPConnect, Conn: "C2", Local: "127.0.0.1:2", Remote: "127.0.0.1:21"},
	}
	if _, err := NewReplay(two); err == nil {
		t.Error("two control connections at once can be played")
	}
	if _, err := NewReplay([]*Event{{Ev: OpStart, Op: 1, Cmd: "ls"}}); err == nil {
		t.Error("nothing can be played")
	}
	if _, err := NewReplay([]*Event{{Ev: DataEnd, Conn: "D1", Bytes: largest + 1}}); err == nil {
		t.Error("anything, however large, can be played")
	}
}

// FuzzReplay: any file that is a recording becomes a script, or an error.
func FuzzReplay(f *testing.F) {
	f.Add([]byte(`{"ev":"tcp.connect","conn":"C","remote":"127.0.0.1:21"}
{"ev":"cmd","conn":"C","line":"PASV","verb":"PASV"}
{"ev":"reply","conn":"C","code":"227","lines":["227 (127,0,0,1,4,1)"],"final":true}
{"ev":"reply","conn":"C","code":"150","lines":["150 $DATA"]}
{"ev":"data.end","conn":"D1","dir":"<","bytes":9,"type":"listing"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		events, err := Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, e := range events {
			if e.Bytes > 1<<16 {
				return
			}
		}
		play, err := NewReplay(events)
		if err != nil {
			return
		}
		server, err := practice.Script(play.Script)
		if err != nil {
			t.Fatalf("%v\n%s", err, play.Script)
		}
		server.Close()
	})
}

func FuzzDialogue(f *testing.F) {
	f.Add("PORT 127,0,0,1,4,1", 200, "ok")
	f.Add("EPRT |1|127.0.0.1|1025|", 200, "ok")
	f.Add("PASV", 227, "Entering (127,0,0,1,4,1)")
	f.Add("EPSV", 229, "(|||1025|)")
	f.Fuzz(func(t *testing.T, line string, code int, text string) {
		if code < 100 || code > 699 {
			return
		}
		d := NewDialogue()
		r := client.Reply{Code: code, Lines: []string{fmt.Sprintf("%d %s", code, text)}}
		for range 2 {
			d.Remark(line, false)
			d.Heard(line, r)
			d.Explain(line, r)
			d.State()
		}
		if addr, ok := OwnAddress(line); ok && (addr.IP == nil || addr.Port < 0 || addr.Port > 65535) {
			t.Errorf("%q is %v", line, addr)
		}
		_ = strings.TrimSpace(d.Expects())
	})
}
