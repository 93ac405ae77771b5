package teach

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/ftpsh/ftpsh/shell/render"
)

//go:embed data/trace.css
var traceCSS string

// writeHTML writes a page that needs nothing else and runs nothing: a sequence
// diagram, a table, and the events as they would be saved. Text of the server is
// escaped, and the page forbids the browser to load or run anything.
func writeHTML(w io.Writer, events []*Event, s Style) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, `<!doctype html><html lang="en"><head><meta charset="utf-8">`,
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
		`<meta name="viewport" content="width=device-width,initial-scale=1"><title>ftpsh trace</title><style>`, traceCSS,
		"</style></head>\n<body><h1>Trace of an FTP session</h1>\n")
	if len(events) > 0 && events[0].Ev == TraceStart {
		fmt.Fprintf(out, "<p>Recorded %s by %s.</p>\n", inert(events[0].UTC), inert(events[0].Tool+" "+events[0].Version))
	}
	fmt.Fprint(out, `<p class="m">Thin arrow: clear text. Thick arrow: inside TLS. Dashed: a TCP connection. Secrets are masked.</p>`, "\n")
	for _, o := range Operations(events) {
		fmt.Fprintf(out, "<h2><code>%s</code></h2>\n", inert(o.Cmd))
		diagram{out, o, events}.draw()
		table(out, o, s)
	}
	var lines bytes.Buffer
	if err := Write(&lines, events); err != nil {
		return err
	}
	fmt.Fprintf(out, "<details><summary>The events as JSON lines</summary><pre>%s</pre></details>\n</body></html>\n", html.EscapeString(lines.String()))
	return out.Flush()
}

// inert is text that is only text in HTML.
func inert(text string) string { return html.EscapeString(render.Safe(text)) }

// table lists the events of an operation.
func table(out io.Writer, o Operation, s Style) {
	fmt.Fprint(out, "<table><tr><th>ms</th><th>conn</th><th>what</th><th>took</th></tr>\n")
	for _, row := range o.rows(s) {
		fmt.Fprintf(out, `<tr><td class="n">%.1f</td><td>%s</td><td><code class="%s">%s</code>`, row.ms, inert(row.Conn), class(row.Event), inert(row.what))
		if note := annotate(row.Event, o.lineFor(row.Event)); note != "" {
			fmt.Fprintf(out, `<br><span class="m">%s</span>`, inert(note))
		}
		fmt.Fprintf(out, "</td><td class=\"n\">%s</td></tr>\n", row.took)
	}
	fmt.Fprint(out, "</table>\n")
}

// class is the colour of an event: client, server, data, failure, remark.
func class(e *Event) string {
	switch {
	case e.Failed():
		return "x"
	case e.Ev == Sent:
		return "c"
	case e.Ev == Replied:
		return "s"
	case e.Ev == DataEnd:
		return "d"
	}
	return "m"
}

// diagram draws an operation as SVG.
type diagram struct {
	out    io.Writer
	o      Operation
	events []*Event
}

// The places in a diagram, in its own units.
const (
	diagramWidth = 960
	leftX        = 120
	rightX       = 880
	rowHeight    = 26
	topY         = 34
)

func (d diagram) draw() {
	fmt.Fprintf(d.out, `<svg viewBox="0 0 %d %d" role="img" aria-label="sequence diagram">`, diagramWidth, d.height())
	d.rows()
	fmt.Fprint(d.out, "</svg>\n")
}

// rows draws the two ends and what goes on between them.
func (d diagram) rows() {
	local, remote := Ends(d.events, "C", d.o.Events[len(d.o.Events)-1].Seq)
	height := d.height()
	for _, end := range []struct {
		x    int
		name string
	}{{leftX, "ftpsh " + local}, {rightX, "server " + remote}} {
		anchor := "start"
		if end.x == rightX {
			anchor = "end"
		}
		fmt.Fprintf(d.out, `<text x="%d" y="18" text-anchor="%s">%s</text><line x1="%d" y1="26" x2="%[1]d" y2="%[5]d" class="life"/>`,
			end.x, anchor, inert(strings.TrimSpace(end.name)), end.x, height-6)
	}
	for i, e := range d.drawn() {
		d.row(e, topY+rowHeight*(i+1)-4)
	}
}

// drawn are the events that have a row.
func (d diagram) drawn() (rows []*Event) {
	for _, e := range d.o.Events {
		if e.Ev != DataProgress && (e.Ev != Noted || drawnNotes[e.Key]) {
			rows = append(rows, e)
		}
	}
	return rows
}

func (d diagram) height() int { return topY + rowHeight*(len(d.drawn())+1) }

// writeSVG writes the diagrams of all operations as one picture.
func writeSVG(w io.Writer, events []*Event, _ Style) error {
	out := bufio.NewWriter(w)
	operations := Operations(events)
	height := 0
	for _, o := range operations {
		height += diagram{o: o}.height() + titleHeight
	}
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d"><style>%s</style>`,
		diagramWidth, max(height, titleHeight), html.EscapeString(traceCSS))
	fmt.Fprintf(out, `<rect width="%d" height="%d" fill="var(--pane)"/>`+"\n", diagramWidth, max(height, titleHeight))
	y := 0
	for _, o := range operations {
		d := diagram{out, o, events}
		fmt.Fprintf(out, `<text x="12" y="%d">%s</text><g transform="translate(0 %d)">`, y+18, inert(o.Cmd), y+titleHeight)
		d.rows()
		fmt.Fprint(out, "</g>\n")
		y += titleHeight + d.height()
	}
	fmt.Fprint(out, "</svg>\n")
	return out.Flush()
}

const titleHeight = 28

// row draws an event: its time, an arrow or a box, and its words above it.
func (d diagram) row(e *Event, y int) {
	fmt.Fprintf(d.out, `<text x="%d" y="%d" text-anchor="end" class="m">%.1f</text>`, leftX-52, y, (e.T-d.o.Begin)*1000)
	fmt.Fprintf(d.out, `<text x="%d" y="%d" text-anchor="end" class="m">%s</text>`, leftX-12, y, inert(e.Conn))
	_, text := (&Printer{}).say(e)
	switch arrow, line := direction(e); {
	case line == "" || e.Ev == TLSOK || e.Ev == Closed:
		fmt.Fprintf(d.out, `<rect x="%d" y="%d" width="%d" height="17" rx="3" class="box %s"/>`, leftX, y-16, rightX-leftX, class(e))
	case arrow == ">":
		d.arrow(y, leftX, rightX, class(e), line)
	default:
		d.arrow(y, rightX, leftX, class(e), line)
	}
	fmt.Fprintf(d.out, `<text x="%d" y="%d" text-anchor="middle" class="%s">%s</text>`, (leftX+rightX)/2, y-6, class(e), inert(Style{Unicode: true}.cut(text, 96)))
}

func width(e *Event) string {
	if e.Enc {
		return "enc"
	}
	return "plain"
}

func (d diagram) arrow(y, from, to int, class, width string) {
	back := -7
	if to < from {
		back = 7
	}
	fmt.Fprintf(d.out, `<line x1="%d" y1="%d" x2="%d" y2="%[2]d" class="%[4]s %[5]s"/><path d="M%[3]d %[2]dl%[6]d -5v10z" class="%[4]s"/>`,
		from, y, to, class, width, back)
}
