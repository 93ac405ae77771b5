package shell

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// TestReplay: what was recorded is done again without the server, says the same
// on the wire, and fails where it does not.
func TestReplay(t *testing.T) {
	for _, row := range []struct{ name, lines string }{
		{"clear", "practice start --tls off; practice open; ls; get README.txt; put README.txt incoming/copy.txt; quote NOOP"},
		{"TLS", "practice start; practice open; ls -l; get README.txt; put README.txt incoming/copy.txt"},
		{"active", "practice start; set passive off; practice open; ls; get haiku.txt"},
		{"by hand", "practice start --tls off; practice open; quote PASV; quote LIST; quote EPSV; quote RETR README.txt > x"},
		{"refusals", "practice start --tls off; practice open; get nothing; mkdir a; rm a; cd nowhere"},
		{"a bad network", "practice start --tls off --fault pasv-closed --fault cut:RETR=100*1; practice open; ls; get README.txt; reget README.txt"},
		{"another address", "practice start --tls off --fault nat-pasv; set epsv4 off; practice open; ls"},
		{"two sessions", "practice start --tls off; practice open; pwd; close; practice open; ls; close"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newPupil(t)
			p.Do(command.Line{Text: "record --listings session.jsonl; " + row.lines + "; record stop; close; practice stop; set passive on; set epsv4 on"})
			p.out.Reset()
			if err := p.Do(command.Line{Text: "replay session.jsonl"}); err != nil {
				t.Errorf("%s", p.out)
			}
			if names, _ := os.ReadDir("."); strings.Contains(row.lines, "get README") && len(names) > 3 {
				t.Errorf("the replay left files: %v", names)
			}
			text, _ := os.ReadFile("session.jsonl")
			if strings.Contains(string(text), "PASS practice") {
				t.Error("the recording has a password")
			}
			changed := strings.ReplaceAll(string(text), `"PWD"`, `"XPWD"`)
			if err := os.WriteFile("other.jsonl", []byte(strings.ReplaceAll(changed, "line\":\"PWD", "line\":\"XPWD")), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := p.Do(command.Line{Text: "replay other.jsonl"}); err == nil {
				t.Error("a replay that says something else than was recorded passes")
			}
		})
	}
}

// TestReplayOfRealServers: sessions with real servers can be played, too.
func TestReplayOfRealServers(t *testing.T) {
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		p := pupilOf(t, srv, t.TempDir())
		srv.Put("down.bin", daemon.Content(30_000, 3))
		p.Do(command.Line{Text: ".end"})
		for _, line := range []string{"record session.jsonl", "cd " + srv.Home, "get down.bin", "put down.bin up.bin", "ls", "record stop", "close"} {
			p.Do(command.Line{Text: line})
		}
		p.out.Reset()
		if err := p.Do(command.Line{Text: "replay session.jsonl"}); err != nil {
			t.Errorf("%s", p.out)
		}
	})
}

// TestRecordRefuses: one recording at a time is written, and files that are none
// are named so.
func TestRecordRefuses(t *testing.T) {
	p := newPupil(t)
	if err := os.WriteFile("there.jsonl", []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.says(t, "set clobber off; record there.jsonl", "already exists")
	p.says(t, "record stop", "nothing is being recorded")
	p.says(t, "replay there.jsonl", "no event of a trace")
	p.says(t, "record new.jsonl; record again.jsonl", "is being written")
	p.says(t, "record stop; replay new.jsonl", "no connection")
	info, err := os.Stat("new.jsonl")
	if err != nil || os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestReplayInOrder: a replay shows the end of the data before the reply that tells of it, as it was recorded, runs the lines of
// a loop with what the loop had, and says nothing of the end of its own recording.
func TestReplayInOrder(t *testing.T) {
	for _, tls := range []string{"--tls off", ""} {
		p := newPupil(t)
		p.Do(command.Line{Text: "record --listings session.jsonl; practice start " + tls + "; practice open; step on; step off; ls; foreach f in README.txt haiku.txt; get $f; end; get README.txt -; close; record stop; practice stop"})
		since := p.Recorder.Seq()
		p.out.Reset()
		start := time.Now()
		if err := p.Do(command.Line{Text: "replay session.jsonl"}); err != nil {
			t.Errorf("%v\n%s", err, p.out)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
		if strings.Contains(p.out.String(), "elsewhere") {
			t.Errorf("it says\n%s", p.out)
		}
		ends := 0
		for _, e := range p.Recorder.Events(since) {
			switch {
			case e.Ev == teach.DataEnd:
				ends++
			case e.Ev == teach.Replied && e.Code == "226":
				if ends--; ends != 0 {
					t.Errorf("%s: 226 before the data", tls)
				}
			}
		}
	}
}
