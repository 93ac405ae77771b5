package teach

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/ftpsh/ftpsh/shell/render"
)

// writeMermaid writes a sequence diagram in the language of Mermaid.
func writeMermaid(w io.Writer, events []*Event, _ Style) error {
	out := bufio.NewWriter(w)
	m := &mermaid{out: out}
	m.draw(events)
	return out.Flush()
}

type mermaid struct {
	out  io.Writer
	open int // boxes around data connections
}

func (m *mermaid) say(format string, args ...any) { fmt.Fprintf(m.out, "  "+format+"\n", args...) }

func (m *mermaid) draw(events []*Event) {
	operations := Operations(events)
	local, remote := "", ""
	if len(operations) > 0 {
		o := operations[len(operations)-1]
		local, remote = Ends(events, "C", o.Events[len(o.Events)-1].Seq)
	}
	_, _ = io.WriteString(m.out, "sequenceDiagram\n")
	m.say("autonumber")
	m.say("participant c as ftpsh %s", mermaidText(local))
	m.say("participant s as server %s", mermaidText(remote))
	for _, o := range operations {
		if o.Cmd != "" {
			m.say("Note over c,s: %s", mermaidText(o.Cmd))
		}
		for _, e := range o.Events {
			m.event(e)
		}
		for ; m.open > 0; m.open-- {
			m.say("end")
		}
	}
}

func (m *mermaid) event(e *Event) {
	enc := ""
	if e.Enc {
		enc = "[TLS] "
	}
	if e.Conn != "C" && !e.IsData() && e.Conn != "" {
		enc = e.Conn + " " + enc
	}
	switch e.Ev {
	case Sent:
		m.say("c->>s: %s", enc+mermaidText(e.Line))
	case Replied:
		m.say("s-->>c: %s", enc+mermaidText(e.firstLine()))
	case TCPConnect:
		m.box(e)
		m.say("c->>s: %s TCP %s to %s", e.Conn, mermaidText(e.Local), mermaidText(e.Remote))
	case TCPAccept:
		m.box(e)
		m.say("s->>c: %s TCP %s to %s", e.Conn, mermaidText(e.Remote), mermaidText(e.Local))
	case DataEnd:
		arrow := "s->>c"
		if e.Dir == ">" {
			arrow = "c->>s"
		}
		m.say("%s: %s %s%d bytes in %s", arrow, e.Conn, enc, e.Bytes, span(e.MS))
	case Closed:
		arrow := "s-xc"
		if e.By == "us" {
			arrow = "c-xs"
		}
		m.say("%s: %s %s", arrow, e.Conn, mermaidText(closing(e)))
		if e.IsData() && m.open > 0 {
			m.open--
			m.say("end")
		}
	case TCPListen:
		m.say("Note left of c: %s listening on %s", e.Conn, mermaidText(e.Local))
	case TraceStart, DataProgress:
	default:
		m.say("Note over c,s: %s", mermaidText(strings.TrimSpace(e.Conn+" "+factWords(e, "to"))))
	}
}

// box begins the background of a data connection.
func (m *mermaid) box(e *Event) {
	if e.IsData() {
		m.say("rect rgb(235,245,255)")
		m.open++
	}
}

// mermaidText is text that means nothing to Mermaid.
func mermaidText(text string) string {
	return strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;", "&", "#amp;", "%", "#37;").Replace(render.Safe(text))
}
