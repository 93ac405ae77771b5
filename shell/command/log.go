package command

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/render"
)

// log keeps what happens, with the time of each line: the commands, the
// dialogue, the failures. Secrets are not in it.
type log struct {
	mu  sync.Mutex
	out io.Writer // nil: nothing is kept
	now func() time.Time
	err error // the first line that could not be kept
}

func (l *log) line(format string, args ...any) {
	if l.out == nil {
		return
	}
	text := render.Safe(history.MaskURLs(fmt.Sprintf(format, args...)))
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := fmt.Fprintf(l.out, "%s %s\n", l.now().UTC().Format("2006-01-02T15:04:05.000Z"), text)
	if l.err == nil { // a full disk stops no transfer; leaves says it
		l.err = err
	}
}

// command notes a statement that is about to run.
func (l *log) command(line Line, source string) {
	if l.out == nil {
		return
	}
	kept, ok := history.Redact(source)
	if !ok {
		kept = "(a line with a secret)"
	}
	l.line("%s> %s", line.where(), strings.ReplaceAll(kept, "\n", "; "))
}

// failure notes how a command ended.
func (l *log) failure(line Line, command, words string, status int) {
	l.line("%s! %s: %s (status %d)", line.where(), command, words, status)
}

// where is the script and the number of a line.
func (line Line) where() string {
	if line.Script == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d ", line.Script, line.Number)
}

// trace notes the dialogue.
func (l *log) trace() *client.Trace {
	if l.out == nil {
		return nil
	}
	return &client.Trace{
		Dial: func(i client.DialInfo) {
			if i.Err != nil {
				l.line("%s cannot connect to %s: %s", i.Channel, i.Remote, i.Err)
				return
			}
			l.line("%s connected to %s from %s", i.Channel, i.Remote, i.Local)
		},
		Sent: func(i client.SentInfo) { l.line("%s -> %s", i.Channel, i.Line) },
		Got: func(i client.GotInfo) {
			for _, text := range i.Reply.Lines {
				l.line("%s <- %s", i.Channel, text)
			}
		},
		Note: func(i client.NoteInfo) { l.line("%s -- %s", i.Channel, i.Text) },
	}
}

// Failed is why the log is not complete, or nil.
func (l *log) Failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
