package teach

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
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
	listener net.Listener
	server   *http.Server
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
	w := &Web{recorder: r, listener: listener, token: rand.Text(), ended: make(chan struct{})}
	w.server = &http.Server{Handler: w, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
	go func() { _ = w.server.Serve(listener) }()
	return w, nil
}

// URL is what to open in a browser.
func (w *Web) URL() string { return "http://" + w.listener.Addr().String() + "/" + w.token + "/" }

// Close ends the view in all browsers.
func (w *Web) Close() error {
	var err error
	w.once.Do(func() {
		close(w.ended)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err = w.server.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
			err = w.server.Close()
		}
	})
	return err
}

// policy lets the page run its own script and nothing else, and load nothing from elsewhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP answers requests that have the right name and the token; a page of another site that guesses the port has
// neither (DNS rebinding).
func (w *Web) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	head := out.Header()
	head.Set("Content-Security-Policy", policy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cache-Control", "no-store")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	token, name, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case !w.isOurs(r.Host):
		http.Error(out, "this is the view of an ftpsh on this computer", http.StatusMisdirectedRequest)
	case subtle.ConstantTimeCompare([]byte(token), []byte(w.token)) != 1 || !found:
		http.NotFound(out, r)
	case r.Method != http.MethodGet:
		http.Error(out, "only GET", http.StatusMethodNotAllowed)
	default:
		w.serve(out, r, name)
	}
}

// isOurs reports whether a Host header names this server.
func (w *Web) isOurs(host string) bool {
	port := strconv.Itoa(w.listener.Addr().(*net.TCPAddr).Port)
	return host == "127.0.0.1:"+port || host == "localhost:"+port
}

func (w *Web) serve(out http.ResponseWriter, r *http.Request, name string) {
	switch name {
	case "":
		w.file(out, "web.html", "text/html; charset=utf-8")
	case "web.css":
		w.file(out, name, "text/css; charset=utf-8")
	case "web.js":
		w.file(out, name, "text/javascript; charset=utf-8")
	case "events":
		w.stream(out, r)
	case "save.html":
		w.save(out, name, "text/html; charset=utf-8", writeHTML)
	case "save.svg":
		w.save(out, name, "image/svg+xml; charset=utf-8", writeSVG)
	default:
		http.NotFound(out, r)
	}
}

func (w *Web) file(out http.ResponseWriter, name, kind string) {
	text, err := webFiles.ReadFile("data/" + name)
	if err != nil {
		http.Error(out, err.Error(), http.StatusInternalServerError)
		return
	}
	out.Header().Set("Content-Type", kind)
	_, _ = out.Write(text)
}

func (w *Web) save(out http.ResponseWriter, name, kind string, write func(io.Writer, []*Event, Style) error) {
	out.Header().Set("Content-Type", kind)
	out.Header().Set("Content-Disposition", `attachment; filename="trace`+strings.TrimPrefix(name, "save")+`"`)
	_ = write(out, w.recorder.All(), Style{Width: 80, Unicode: true})
}

// breath is how long events gather before they are sent: a transfer of many files is not slowed by its picture.
const breath = 200 * time.Millisecond

// stream sends all events, those of the past first, as Server-Sent Events.
func (w *Web) stream(out http.ResponseWriter, r *http.Request) {
	flusher, ok := out.(http.Flusher)
	if !ok {
		http.Error(out, "no streaming", http.StatusInternalServerError)
		return
	}
	out.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	since, _ := strconv.Atoi(r.Header.Get("Last-Event-ID"))
	news := make(chan struct{}, 1)
	stop := w.recorder.Watch(func(*Event) {
		select {
		case news <- struct{}{}:
		default:
		}
	})
	defer stop()
	v := viewer{lines: map[int]string{}}
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
		flusher.Flush()
		select {
		case <-r.Context().Done():
			return
		case <-w.ended:
			return
		case <-news:
		}
		select {
		case <-r.Context().Done():
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
	if v.begins == nil {
		v.begins = map[int]float64{}
	}
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
