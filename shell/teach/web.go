package teach

import (
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed data/web.html data/web.css data/web.js
var webFiles embed.FS

// Web shows a recording in browsers while it goes on. It listens on loopback only, and its address has a token that
// no other program can guess.
type Web struct {
	recorder *Recorder
	address  *net.TCPAddr
	pages    *pages
	token    string
	ended    chan struct{}
	once     sync.Once
}

// StartWeb serves the view on a port of 127.0.0.1; 0 is any. The caller closes it.
func StartWeb(r *Recorder, port int) (*Web, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	w := &Web{recorder: r, address: listener.Addr().(*net.TCPAddr), token: rand.Text(), ended: make(chan struct{})}
	w.pages = servePages(listener, w.answer)
	return w, nil
}

// URL is what to open in a browser.
func (w *Web) URL() string { return "http://" + w.address.String() + "/" + w.token + "/" }

// Close ends the view in all browsers.
func (w *Web) Close() error {
	var err error
	w.once.Do(func() {
		close(w.ended)
		err = w.pages.close()
	})
	return err
}

// answer serves requests that have the right name and the token; a page of another site that guesses the port has
// neither (DNS rebinding).
func (w *Web) answer(out response, r request) {
	token, name, found := strings.Cut(strings.TrimPrefix(r.path, "/"), "/")
	switch {
	case !w.isOurs(r.host):
		out.refuse("421 Misdirected Request", "this is the view of an ftpsh on this computer")
	case subtle.ConstantTimeCompare([]byte(token), []byte(w.token)) != 1 || !found:
		out.refuse("404 Not Found", "not found")
	case r.method != "GET":
		out.refuse("405 Method Not Allowed", "only GET", "Allow: GET")
	default:
		w.serve(out, r, name)
	}
}

// isOurs reports whether a Host header names this server.
func (w *Web) isOurs(host string) bool {
	port := strconv.Itoa(w.address.Port)
	return host == "127.0.0.1:"+port || host == "localhost:"+port
}

func (w *Web) serve(out response, r request, name string) {
	switch name {
	case "":
		w.file(out, "web.html", "text/html")
	case "web.css":
		w.file(out, name, "text/css")
	case "web.js":
		w.file(out, name, "text/javascript")
	case "events":
		w.stream(out, r)
	case "save.html":
		w.save(out, name, "text/html", writeHTML)
	case "save.svg":
		w.save(out, name, "image/svg+xml", writeSVG)
	default:
		out.refuse("404 Not Found", "not found")
	}
}

func (w *Web) file(out response, name, kind string) {
	text, err := webFiles.ReadFile("data/" + name)
	if err != nil {
		panic(err) // it is part of the program
	}
	out.head("200 OK", kind, "Content-Length: "+strconv.Itoa(len(text)))
	_, _ = out.Write(text)
}

func (w *Web) save(out response, name, kind string, write func(io.Writer, []*Event, Style) error) {
	out.head("200 OK", kind, `Content-Disposition: attachment; filename="trace`+strings.TrimPrefix(name, "save")+`"`)
	_ = write(out, w.recorder.All(), Style{Width: 80, Unicode: true})
}

// breath is how long events gather before they are sent: a transfer of many files is not slowed by its picture.
const breath = 200 * time.Millisecond

// stream sends all events, those of the past first, as Server-Sent Events.
func (w *Web) stream(out response, r request) {
	out.head("200 OK", "text/event-stream")
	since, _ := strconv.Atoi(r.header.Get("Last-Event-ID"))
	news := make(chan struct{}, 1)
	stop := w.recorder.Watch(func(*Event) {
		select {
		case news <- struct{}{}:
		default:
		}
	})
	defer stop()
	v := viewer{lines: map[int]string{}, begins: map[int]float64{}}
	fmt.Fprint(out, "retry: 500\n\n")
	for {
		events := w.recorder.Events(since)
		if len(events) > 0 {
			since = events[len(events)-1].Seq
		}
		if rows := v.rows(events); len(rows) > 0 {
			text, err := json.Marshal(rows)
			if err != nil {
				return
			}
			if _, err := fmt.Fprintf(out, "id: %d\ndata: %s\n\n", since, text); err != nil {
				return
			}
		}
		select {
		case <-r.gone:
			return
		case <-w.ended:
			return
		case <-news:
		}
		select {
		case <-r.gone:
			return
		case <-w.ended:
			return
		case <-time.After(breath):
		}
	}
}

// viewRow is an event as the page draws it.
type viewRow struct {
	Seq    int     `json:"seq"`
	Op     int     `json:"op"`
	T      float64 `json:"t"`
	Kind   string  `json:"kind"` // begin, end, row
	Conn   string  `json:"conn"`
	Text   string  `json:"text"`
	Whole  string  `json:"whole,omitempty"` // all lines, where Text is the first
	Note   string  `json:"note,omitempty"`
	Took   string  `json:"took,omitempty"`
	Class  string  `json:"class,omitempty"`
	Arrow  string  `json:"arrow,omitempty"` // > to the server, < from it
	Line   string  `json:"line,omitempty"`  // plain, enc, dash, data
	Enc    bool    `json:"enc,omitempty"`
	OK     bool    `json:"ok,omitempty"`
	Local  string  `json:"local,omitempty"`
	Remote string  `json:"remote,omitempty"`
}

// viewer turns events into rows.
type viewer struct {
	lines  map[int]string // commands by Seq, until they are answered
	begins map[int]float64
	local  string // the ends of the control connection
	remote string
}

func (v *viewer) rows(events []*Event) []viewRow {
	var rows []viewRow
	for _, e := range events {
		if row, shown := v.row(e); shown {
			rows = append(rows, row)
		}
	}
	return rows
}

func (v *viewer) row(e *Event) (row viewRow, shown bool) {
	row = viewRow{Seq: e.Seq, Op: e.Op, T: e.T, Kind: "row", Conn: e.Conn, Enc: e.Enc, Class: class(e)}
	switch e.Ev {
	case OpStart:
		v.begins[e.Op] = e.T
		row.Kind, row.Text = "begin", Style{}.cut(e.Cmd, 200)
		return row, true
	case OpEnd:
		row.Kind, row.OK, row.Took = "end", e.OK, span((e.T-v.begins[e.Op])*1000)
		delete(v.begins, e.Op)
		return row, true
	case TraceStart, DataProgress:
		return row, false
	case Noted:
		if !drawnNotes[e.Key] {
			return row, false
		}
	case TCPConnect:
		if !e.IsData() {
			v.local, v.remote = e.Local, e.Remote
		}
	case Sent:
		v.lines[e.Seq] = e.Line
	}
	_, text := (&Printer{}).say(e)
	row.Text, row.Note = Style{Unicode: true}.cut(text, 200), v.about(e)
	row.Arrow, row.Line = direction(e)
	row.Local, row.Remote = v.local, v.remote
	if e.Ev == TLSOK {
		row.Enc = true
	}
	if e.MS > 0 {
		row.Took = span(e.MS)
	}
	if len(e.Lines) > 1 {
		row.Whole = strings.Join(e.Lines, "\n")
	}
	if e.Ev == Replied && e.Final {
		delete(v.lines, e.To)
	}
	return row, true
}

// direction is where an event goes, and how its line looks.
func direction(e *Event) (arrow, line string) {
	switch e.Ev {
	case Sent:
		return ">", width(e)
	case Replied:
		return "<", width(e)
	case TCPConnect:
		return ">", "dash"
	case TCPAccept:
		return "<", "dash"
	case TLSOK:
		return ">", "enc"
	case DataEnd:
		return e.Dir, "data"
	case Closed:
		if e.By == "us" {
			return ">", "dash"
		}
		return "<", "dash"
	}
	return "", ""
}

// about explains an event in a few sentences.
func (v *viewer) about(e *Event) string {
	var says []string
	switch e.Ev {
	case Sent:
		for _, f := range Verbs() {
			if f.Name == e.Verb {
				says = append(says, f.FullName+". "+f.Summary)
			}
		}
	case Replied:
		if note := annotate(e, v.lines[e.To]); note != "" {
			says = append(says, strings.ToUpper(note[:1])+note[1:]+".")
		}
		for _, c := range Codes() {
			if c.Code == e.Code {
				says = append(says, c.Code+": "+c.Title+". "+c.Meaning)
			}
		}
	case TCPConnect:
		says = append(says, "ftpsh opens a connection to the server: three packets, before anything is said on it.")
	case TCPAccept:
		says = append(says, "The server opens a connection to ftpsh: active mode. Firewalls on our side often stop it.")
	case TCPListen:
		says = append(says, "ftpsh waits on a port of its own for the server to connect (active mode).")
	case TLSOK:
		says = append(says, "Both sides have agreed on keys: from here on nobody on the way can read along. Reused: no new keys were needed, and the server sees that it is the same client.")
	case DataEnd:
		says = append(says, "What the data connection carried, and how its end was seen: in FTP the end of the connection is the end of the file.")
	case Closed:
		says = append(says, "One side has nothing more to say on this connection.")
	}
	return strings.Join(says, "\n")
}
