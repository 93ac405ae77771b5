package teach

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/ftpsh/ftpsh/shell/render"
)

// Printer writes events as lines: time, connection, a mark, what happened, and
// how long it took.
//
//	->  <-  a command and a reply in the clear      **  a fact
//	=>  <=  the same inside TLS                 !   before a mark: a failure
type Printer struct {
	Style
	Level int  // 1: commands and replies; 2: connections, TLS, times and notes too; 3: whole replies, certificates, data
	Quiet bool // no explanations below replies

	begun  bool
	first  float64
	header map[int]string // of operations that have shown nothing yet
	asked  map[int]string // commands by Seq, until they are answered
	ended  string         // the data connection whose end was shown last
}

// Lines returns the lines for one event; there may be none.
func (p *Printer) Lines(e *Event) []string {
	if p.header == nil {
		p.header, p.asked = map[int]string{}, map[int]string{}
	}
	switch e.Ev {
	case OpStart:
		p.header[e.Op] = e.Cmd
		return nil
	case OpEnd:
		delete(p.header, e.Op)
		return nil
	case Sent:
		p.asked[e.Seq] = e.Line
	case DataEnd:
		p.ended = e.Conn
	case Closed:
		if e.Conn == p.ended { // its end has been told
			return nil
		}
	}
	line, shown := p.line(e)
	if !shown {
		return nil
	}
	var lines []string
	if cmd, ok := p.header[e.Op]; ok && p.Level > 1 {
		delete(p.header, e.Op)
		lines = append(lines, p.cut(" #  "+cmd, p.Width-1))
	}
	lines = append(lines, line)
	lines = append(lines, p.details(e)...)
	if e.Ev == Replied && e.Final {
		delete(p.asked, e.To)
	}
	return lines
}

// line is the one for the event itself.
func (p *Printer) line(e *Event) (line string, shown bool) {
	mark, text := p.say(e)
	if text == "" || p.Level < 2 && e.Ev != Sent && e.Ev != Replied {
		return "", false
	}
	flag := " "
	if e.Failed() {
		flag = "!"
		if mark == p.factMark() {
			flag, mark = " ", "!!"
		}
	}
	lead, took := fmt.Sprintf("%-2s%s", cmp.Or(e.Conn, "-"), flag), ""
	if p.Level > 1 {
		lead = fmt.Sprintf("%*s %s", timeWidth-1, seconds(p.since(e)), lead)
		if e.MS > 0 {
			took = span(e.MS)
		}
	}
	room := p.Width - 1 - len(lead) - 3
	if took != "" {
		room -= 10
	}
	if p.Level < 3 {
		text = p.cut(text, room)
	} else {
		text = render.Safe(text)
	}
	if took != "" {
		text = render.Pad(text, room, false) + fmt.Sprintf("%10s", took)
	}
	return lead + inkOf(e).Paint(p.Color, mark) + " " + p.paintCode(e, text), true
}

const timeWidth = 8 // of the column that level 1 does not have

// since is how many seconds after the first thing shown the event came.
func (p *Printer) since(e *Event) float64 {
	if !p.begun {
		p.begun, p.first = true, e.T-e.MS/1000
	}
	return max(e.T-p.first, 0)
}

// seconds is a time in at most seven columns.
func seconds(s float64) string {
	switch {
	case s < 1000:
		return fmt.Sprintf("%.3f", s)
	case s < 100000:
		return fmt.Sprintf("%.1f", s)
	}
	return fmt.Sprintf("%.0f", s)
}

// say is the mark and the words for an event.
func (p *Printer) say(e *Event) (mark, text string) {
	fact := p.factMark()
	switch e.Ev {
	case Sent:
		return p.arrow(e.Enc, true), e.Line
	case Replied:
		if n := len(e.Lines); n > 1 && p.Level < 3 {
			return p.arrow(e.Enc, false), fmt.Sprintf("%s (%d lines)", e.firstLine(), n)
		}
		return p.arrow(e.Enc, false), e.firstLine()
	case DataEnd:
		return p.arrow(e.Enc, e.Dir == ">"), dataWords(e)
	}
	return fact, factWords(e, p.to())
}

// Words tell an event that is no part of the dialogue: a connection, a handshake, a remark.
func (e *Event) Words() string { return factWords(e, "->") }

// factWords tell an event that is no part of the dialogue.
func factWords(e *Event, to string) string {
	switch e.Ev {
	case DNS:
		if e.Reason != "" {
			return e.Name + ": " + e.Reason
		}
		return e.Name + " is " + strings.Join(e.Addrs, ", ")
	case TCPConnect:
		return "connected " + e.Local + " " + to + " " + e.Remote
	case TCPListen:
		return "listening on " + e.Local + " for the server"
	case TCPAccept:
		return "server connected " + e.Remote + " " + to + " " + e.Local
	case TCPFail:
		return "connect " + e.Remote + ": " + e.Reason
	case TLSOK:
		session := "new session"
		if e.Resumed {
			session = "session reused"
		}
		return tlsName(e) + ", " + session + ", " + trust(e)
	case TLSFail:
		return "TLS failed: " + e.Reason
	case Closed:
		who := map[string]string{"us": "ftpsh", "peer": "server"}[e.By]
		if e.Reason != "" {
			return "closed by " + who + ": " + e.Reason
		}
		return "closed by " + who
	case Noted:
		if e.Key == LoopNote {
			return "$" + strings.Replace(e.Text, " ", " is ", 1)
		}
		if e.Offered != "" && e.Key == "pasv.address.differs" {
			return fmt.Sprintf("server offers %s, control connection is %s", e.Offered, e.Control)
		}
		return e.Text
	}
	return ""
}

// dataWords are "1.2 KiB of listing, 1.6 MiB/s, end by close".
func dataWords(e *Event) string {
	text := amount(e.Bytes) + " of " + e.Type
	if e.Rate > 0 && e.Bytes > 0 {
		text += ", " + amount(e.Rate) + "/s"
	}
	return text + ", end by " + e.EOF
}

// details are the lines below the first one.
func (p *Printer) details(e *Event) (lines []string) {
	if p.Level > 2 {
		for _, text := range p.whole(e) {
			lines = append(lines, strings.Repeat(" ", 14)+render.Safe(text))
		}
	}
	if p.Quiet {
		return lines
	}
	if text := annotate(e, p.asked[e.To]); text != "" {
		lead := strings.Repeat(" ", 7) + "|  "
		if p.Unicode {
			lead = strings.Repeat(" ", 7) + "╰ "
		}
		if p.Level > 1 {
			lead = strings.Repeat(" ", timeWidth) + lead
		}
		lines = append(lines, lead+render.Dim.Paint(p.Color, p.cut(text, p.Width-1-render.Width(lead))))
	}
	return lines
}

// whole is what level 3 has more: all lines of a reply, the certificate, the
// first bytes of the data.
func (p *Printer) whole(e *Event) []string {
	switch {
	case e.Ev == Replied && len(e.Lines) > 1:
		return e.Lines[1:]
	case (e.Ev == TLSOK || e.Ev == TLSFail) && e.Subject != "":
		return certificate(e)
	case len(e.head) > 0:
		return strings.Split(strings.TrimRight(hex.Dump(e.head), "\n"), "\n")
	}
	return nil
}

// certificate is what is known of the server's certificate.
func certificate(e *Event) (lines []string) {
	for _, row := range [][2]string{{"subject", e.Subject}, {"issuer", e.Issuer}, {"until", e.NotAfter}, {"SHA-256", e.SHA256}} {
		if row[1] != "" {
			lines = append(lines, fmt.Sprintf("%-7s %s", row[0], row[1]))
		}
	}
	return lines
}

// arrow is the mark of what travels: its direction, and whether inside TLS.
func (p *Printer) arrow(enc, out bool) string {
	marks := []string{"<-", "->", "<=", "=>"}
	if p.Unicode {
		marks = []string{"← ", "→ ", "⇐ ", "⇒ "}
	}
	i := 0
	if enc {
		i = 2
	}
	if out {
		i++
	}
	return marks[i]
}

func (p *Printer) factMark() string {
	if p.Unicode {
		return "· "
	}
	return "**"
}

func (p *Printer) to() string {
	if p.Unicode {
		return "→"
	}
	return "->"
}

// paintCode colours the code of a reply that is a failure.
func (p *Printer) paintCode(e *Event, text string) string {
	if e.Ev != Replied || !e.Failed() || len(text) < 3 {
		return text
	}
	return render.Red.Paint(p.Color, text[:3]) + text[3:]
}
