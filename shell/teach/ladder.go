package teach

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/ftpsh/ftpsh/shell/render"
)

// Ladder draws an operation as a sequence diagram: ftpsh on the left, the
// server on the right, time going down. Among all events it finds the
// addresses of a connection that an earlier operation made. It has at most 24
// lines unless all is set: what does not fit is left out in the middle.
func Ladder(o Operation, events []*Event, s Style, all bool) []string {
	l := newLadder(o, s)
	rows := l.rows()
	if !all && len(rows) > maxRows {
		gap := len(rows) - maxRows + 1
		rows = append(rows[:maxRows/2:maxRows/2], append([]string{l.gap(gap)}, rows[maxRows/2+gap:]...)...)
	}
	lines := append([]string{l.title(), l.head(events), l.lifelines()}, rows...)
	return append(lines, l.lifelines(), l.legend())
}

const (
	maxRows  = 24 - 5 // beside title, head, legend and the ends of the lifelines
	leftEdge = 9      // columns before the left lifeline
	rightRim = 6      // columns from the right lifeline on

	narrowest = 36 // columns that a ladder can be drawn in
	narrow    = 60 // columns below which words give way
)

// ladder draws one operation.
type ladder struct {
	Style
	o      Operation
	g      glyphs
	ink    render.Colour // of the line that is drawn
	inner  int           // columns between the lifelines
	unit   string
	factor float64 // of a second
}

// glyphs are what a ladder is drawn with.
type glyphs struct{ life, plain, enc, tls, data, right, left, end string }

var (
	asciiGlyphs   = glyphs{"|", "-", "=", "~", "#", ">", "<", "x"}
	unicodeGlyphs = glyphs{"│", "─", "═", "≈", "▒", "▶", "◀", "✕"}
)

func newLadder(o Operation, s Style) *ladder {
	l := &ladder{Style: s, o: o, g: asciiGlyphs, inner: max(s.Width, narrowest) - leftEdge - rightRim, unit: "ms", factor: 1000}
	if s.Unicode {
		l.g = unicodeGlyphs
	}
	if o.End-o.Begin >= 100 {
		l.unit, l.factor = "s", 1
	}
	return l
}

func (l *ladder) title() string {
	result := "ok"
	switch {
	case !l.o.Ended:
		result = "still running"
	case !l.o.OK:
		result = "FAILED"
	}
	tail := fmt.Sprintf("   %s, %s", span((l.o.End-l.o.Begin)*1000), result)
	return l.cut(cmp.Or(l.o.Cmd, "(beginning no longer kept)"), max(l.width()-len(tail), 1)) + tail
}

// head has the ends of the first control connection.
func (l *ladder) head(events []*Event) string {
	conn := "C"
	if first := l.o.Find(func(e *Event) bool { return strings.HasPrefix(e.Conn, "C") }); first != nil {
		conn = first.Conn
	}
	local, remote := Ends(events, conn, l.o.Events[len(l.o.Events)-1].Seq)
	left, right := "ftpsh "+local, "server "+remote
	if l.width() < narrow {
		left, right = "ftpsh", "server "+port(remote)
	}
	left, right = l.cut(left, (l.inner+rightRim)/2-1), l.cut(right, (l.inner+rightRim)/2-1)
	gap := max(leftEdge+l.inner+rightRim-leftEdge-render.Width(left)-render.Width(right), 1)
	return fmt.Sprintf("  %-7s", l.unit) + left + strings.Repeat(" ", gap) + right
}

func (l *ladder) lifelines() string {
	return strings.Repeat(" ", leftEdge) + l.g.life + strings.Repeat(" ", l.inner) + l.g.life
}

func (l *ladder) legend() string {
	g := l.g
	lead, gap, enc := strings.Repeat(" ", leftEdge), "   ", " encrypted"
	if l.width() < narrow {
		lead, gap, enc = "", " ", " TLS"
	}
	return lead + strings.Repeat(g.plain, 2) + g.right + " plain" + gap + strings.Repeat(g.enc, 2) + g.right + enc + gap +
		strings.Repeat(g.data, 2) + " data" + gap + g.end + " close"
}

// width is how many columns a line may have.
func (l *ladder) width() int { return leftEdge + l.inner + rightRim }

func (l *ladder) gap(n int) string {
	return strings.Repeat(" ", leftEdge) + l.g.life +
		l.pad(fmt.Sprintf("   : %d more, `ladder --all` shows them", n)) + l.g.life
}

// rows are the lines between the lifelines.
func (l *ladder) rows() []string {
	var rows []string
	for _, e := range l.o.Events {
		if inner := l.draw(e); inner != "" {
			rows = append(rows, fmt.Sprintf("%7.1f  ", max(e.T-l.o.Begin, 0)*l.factor)+l.g.life+inner+l.g.life+" "+e.Conn)
		}
	}
	return rows
}

// draw is what stands between the lifelines for an event.
func (l *ladder) draw(e *Event) string {
	g := l.g
	line := g.plain
	if e.Enc {
		line = g.enc
	}
	l.ink = inkOf(e)
	switch e.Ev {
	case DNS, Noted:
		return l.aside(e)
	case Sent:
		text := " " + l.cut(e.Line, l.inner-8) + " "
		return l.stroke(strings.Repeat(line, 2)) + text + l.stroke(l.rest(line, text, 3)+g.right)
	case Replied:
		text := e.firstLine()
		if e.Failed() {
			text = "! " + text
		}
		text = " " + l.cut(text, l.inner-8) + " "
		return l.stroke(g.left+l.rest(line, text, 3)) + text + l.stroke(strings.Repeat(line, 2))
	case TCPConnect:
		return l.between(port(e.Local)+" ", "", g.plain, "TCP connect", g.right, " "+port(e.Remote)+" ")
	case TCPAccept:
		return l.between(port(e.Local)+" ", g.left, g.plain, "TCP connect by server", "", " "+port(e.Remote)+" ")
	case TCPListen:
		return l.pad(port(e.Local) + " listening (active mode)")
	case TCPFail:
		return l.between(" ", "", g.plain, e.Reason, g.end, " "+e.Remote+" ")
	case TLSOK, TLSFail:
		return l.handshake(e)
	case DataEnd:
		return l.moved(e)
	case Closed:
		if e.By == "us" {
			return l.between("", g.end, g.plain, closing(e), g.right, "")
		}
		return l.between("", g.left, g.plain, closing(e), g.end, "")
	}
	return ""
}

func (l *ladder) handshake(e *Event) string {
	if e.Ev == TLSFail {
		return l.between("", l.g.left, l.g.tls, "TLS failed: "+e.Reason, l.g.end, "")
	}
	session := "new session"
	if e.Resumed {
		session = "reused"
	}
	return l.between("", l.g.left, l.g.tls, tlsName(e)+", "+session+", "+trust(e), l.g.right, "")
}

// moved is the row of the bytes on a data connection.
func (l *ladder) moved(e *Event) string {
	text := amount(e.Bytes) + " " + e.Type
	if e.Rate > 0 && e.Bytes > 0 {
		text += ", " + amount(e.Rate) + "/s"
	}
	if e.Failed() {
		text = "! " + text + ", " + cmp.Or(e.Reason, e.EOF)
	}
	if e.Dir == ">" {
		return l.between("", "", l.g.data, text, l.g.right, "")
	}
	return l.between("", l.g.left, l.g.data, text, "", "")
}

func closing(e *Event) string {
	if e.Reason != "" {
		return "close: " + e.Reason
	}
	return "close"
}

// drawnNotes are the notes that explain what is seen in the rows around them.
var drawnNotes = map[string]bool{"capture.tls": true, "pasv.address.differs": true, "reply.unexpected": true, "reconnect": true, "tls.refused": true}

// aside is the row of something that no connection carried.
func (l *ladder) aside(e *Event) string {
	switch {
	case e.Ev == DNS:
		return l.pad(" " + factWords(e, ""))
	case drawnNotes[e.Key]:
		return l.pad(" ! " + factWords(e, ""))
	}
	return ""
}

func (l *ladder) pad(text string) string { return render.Pad(l.cut(text, l.inner), l.inner, false) }

// stroke is a piece of a line in the colour of what it stands for. Words are never painted: they are to be read.
func (l *ladder) stroke(piece string) string { return l.ink.Paint(l.Color, piece) }

// rest is as much of a line as the text, and so many columns beside it, leave room for.
func (l *ladder) rest(line, text string, beside int) string {
	return strings.Repeat(line, max(0, l.inner-render.Width(text)-beside))
}

// inkOf is the colour of an event: client blue, server green, data magenta, failures red.
func inkOf(e *Event) render.Colour { return inks[class(e)] }

var inks = map[string]render.Colour{"x": render.Red, "c": render.Blue, "s": render.Green, "d": render.Magenta, "m": render.Dim}

// between draws a line with a text in its middle: before, a head, the line, and
// the same on the right.
func (l *ladder) between(before, left, line, text, right, after string) string {
	room := l.inner - render.Width(before+left+right+after)
	text = " " + l.cut(text, max(room-6, 1)) + " "
	rest := max(room-render.Width(text), 0)
	return before + l.stroke(left+strings.Repeat(line, rest/2)) + text + l.stroke(strings.Repeat(line, rest-rest/2)+right) + after
}
