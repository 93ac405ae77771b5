package shell

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
)

// TestKeptQueue: the lines for this server run, in their order; those for others and what cannot be read stay.
func TestKeptQueue(t *testing.T) {
	o := newOwner(t)
	others := `{"server":"bob@h.example:21","local":"/","line":"pwd"}` + "\n" + "{half a li\n"
	file := filepath.Join(o.home, "state/queue/20260101-000000-7")
	line := func(text string) string {
		return o.fill(`{"server":"$SERVER","dir":"/","local":"/","line":"` + text + `"}` + "\n")
	}
	writeOwn(t, file, line("mkdir one")+others+line("mkdir one/two"))
	if err := o.uses(t, "open $URL; queue start; wait"); command.Status(err) != 7 || !strings.Contains(err.Error(), file+":3: no line of a queue") {
		t.Errorf("got %v\n%s", err, &o.out)
	}
	if text := looks(t, file); text != others {
		t.Errorf("left %q", text)
	}
	if info, err := o.server.FS().Stat("/one/two"); err != nil || !info.IsDir() {
		t.Errorf("%v, %v\n%s", info, err, &o.out)
	}
	if names, err := os.ReadDir(filepath.Dir(file)); err != nil || len(names) != 2 { // the lock
		t.Errorf("left %v, %v", names, err)
	}
}

// TestHostileQueue: what a line of a queue wants to be told to the server before it runs is only what the queue writes
// there itself.
func TestHostileQueue(t *testing.T) {
	for _, made := range []string{
		`"told":["DELE x"]`, `"told":["SITE EXEC rm"]`, `"told":["XYZZY"]`, `"told":["OPTS x\r\nDELE x"]`, `"way":["DELE x"]`, `"way":["CWD a\nDELE x"]`,
		`"type":"I\r\nDELE x"`, `"mode":"B"`, `"prot":"E"`, `"host":"a\r\nDELE x"`, `"type":9e18`, `"more":1`, `"line":" "`, `"local":"x"`, `"server":""`,
	} {
		o := newOwner(t)
		file := filepath.Join(o.home, "state/queue/20260101-000000-7")
		text := o.fill(`{"server":"$SERVER","dir":"/","local":"/","line":"mkdir one",` + made + "}\n")
		writeOwn(t, file, text)
		if err := o.uses(t, "open $URL; queue start; wait"); command.Status(err) != 7 || !strings.Contains(err.Error(), file+":1: no line of a queue") {
			t.Errorf("%s: got %v\n%s", made, err, &o.out)
		}
		if left := looks(t, file); left != text {
			t.Errorf("%s: left %q", made, left)
		}
		for _, line := range o.server.Commands() {
			if strings.Contains(line, "DELE") || strings.HasPrefix(line, "MKD") {
				t.Errorf("%s: the server got %q", made, line)
			}
		}
	}
}
