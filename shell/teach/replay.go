package teach

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/ftpsh/ftpsh/client/practice"
)

// Replay is a recorded session made ready to be done again, against a server
// that plays its part from the recording: see Script.
type Replay struct {
	Settings [][2]string // names and values that were not the usual ones
	Steps    []ReplayStep
	Script   string // for practice.Script
}

// SettingNote is the key of a note that tells a setting, "name value".
const SettingNote = "setting"

// LoopNote is the key of a note that tells what foreach has put into its variable, "name value".
const LoopNote = "loop"

// ReplayStep is one line of the shell. Where it made the connection, it is the
// address that is missing: that of the server which plays.
type ReplayStep struct {
	Line     string
	At       float64 // seconds since the recording began
	Opens    bool
	User     string // of Opens; "": nobody logged in
	Security string // of Opens: implicit, require or off
	Uploads  []int64
	Asked    []Decision        // about lines that were asked about before they were sent
	Loops    map[string]string // the variables of the loops that the line was in
}

// Decision is what the user said when `step` asked about a line.
type Decision struct {
	Line string
	Sent string // in its place; "": nothing
}

// SkipNote and ChangeNote are the keys of notes about a line that was not sent, and of one in whose
// place another was: what stood there before the note of what was sent.
const (
	SkipNote   = "skipped"
	ChangeNote = "changed"
	InPlace    = "in place"
)

// errParallel is for recordings that a server with one voice cannot play.
var errParallel = errors.New("it has several control connections at once, which cannot be played again")

// What is played at most. Its bytes are made while they are sent: what a recording claims costs
// time, and no memory.
const (
	largest    = 64 << 20  // bytes of one transfer
	largestAll = 256 << 20 // of all of them
)

// NewReplay turns a recording into what is to be done and what the server says.
func NewReplay(events []*Event) (*Replay, error) {
	p := &player{events: events, used: map[*Event]bool{}}
	var bytes int64
	for i, e := range events {
		if e.Ev == DataEnd {
			if bytes += e.Bytes; e.Bytes > largest || bytes > largestAll {
				return nil, e.wrong("a transfer of %d bytes is too large to be played", e.Bytes)
			}
		}
		if !e.IsData() && e.Conn != "C" && e.Conn != "" {
			return nil, errParallel
		}
		p.event(i, e)
	}
	r := &Replay{Settings: settingsIn(events), Script: strings.Join(p.lines, "\n") + "\n", Steps: steps(events)}
	if !p.connected {
		return nil, errors.New("it holds no connection")
	}
	return r, nil
}

func settingsIn(events []*Event) (all [][2]string) {
	for _, e := range events {
		if name, value, ok := strings.Cut(e.Text, " "); ok && e.Ev == Noted && e.Key == SettingNote {
			all = append(all, [2]string{name, value})
		}
	}
	return all
}

// player writes the server's part.
type player struct {
	events    []*Event
	lines     []string
	connected bool
	open      bool
	host      string          // the server's address
	used      map[*Event]bool // ends of data that are written already
}

func (p *player) say(format string, args ...any) {
	p.lines = append(p.lines, fmt.Sprintf(format, args...))
}

func (p *player) event(i int, e *Event) {
	switch {
	case e.IsData():
	case e.Ev == TCPConnect:
		if p.connected {
			if p.open {
				p.say("close")
			}
			p.say("accept")
		}
		p.connected, p.open = true, true
		p.host, _, _ = net.SplitHostPort(e.Remote)
	case e.Ev == TLSOK:
		p.say("tls")
	case e.Ev == Sent:
		p.hear(e)
	case e.Ev == Replied:
		p.reply(i, e)
	case e.Ev == Closed && e.By == "peer":
		p.say("close")
		p.open = false
	}
}

// hear expects a line. Ports of our own differ each time, and what was masked
// may be anything.
func (p *player) hear(e *Event) {
	switch {
	case strings.Contains(e.Line, "********"):
		parts := strings.Split(e.Line, "********")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		p.say("C~ %s", strings.Join(parts, ".*"))
	case e.Verb == "PORT" || e.Verb == "EPRT":
		p.say("C~ %s .*", e.Verb)
	case e.Verb == "MFMT": // of a file that was made for the replay
		p.say("C~ MFMT [0-9]* %s", regexp.QuoteMeta(lastWords(e.Line, 2)))
	default:
		p.say("C: %s", e.Line)
	}
}

// lastWords is a line from its n-th blank on.
func lastWords(line string, n int) string {
	for range n {
		_, line, _ = strings.Cut(line, " ")
	}
	return line
}

func (p *player) reply(i int, e *Event) {
	text := strings.Join(e.Lines, "\r\n") + "\r\n"
	if e.Code == "227" || e.Code == "229" {
		text = p.withPort(i, e, text)
	}
	p.say("S> %s", practice.Escape(text))
	if !e.Final {
		p.data(i)
	}
}

var (
	sixInARow   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\d+,\d+,\d+,\d+,\d+,\d+`) })
	threeFields = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\|\|\|\d+\|`) })
)

// withPort puts in place of the recorded port that of the server which plays; a
// port that could not be reached then is one where nobody listens now.
func (p *player) withPort(i int, e *Event, text string) string {
	data, port := "$DATA", "$PORT"
	for _, later := range p.events[i+1:] {
		if later.Ev == TCPFail && later.IsData() && later.Op == e.Op {
			data, port = "0,1", "1"
		}
		if later.IsData() || later.Op != e.Op {
			break
		}
	}
	host := strings.ReplaceAll(p.host, ".", ",")
	text = sixInARow().ReplaceAllStringFunc(text, func(six string) string {
		if p.host != "" && strings.HasPrefix(six, host+",") {
			return "127,0,0,1," + data
		}
		numbers := strings.Split(six, ",") // another address than the server's own stays so
		return strings.Join(numbers[:4], ",") + "," + data
	})
	return threeFields().ReplaceAllLiteralString(text, "|||"+port+"|")
}

// data plays the transfer that a preliminary reply begins.
func (p *player) data(i int) {
	end := p.transfer(i)
	if end == nil {
		return
	}
	if end.Enc {
		p.say("D tls")
	}
	switch {
	case end.Dir == ">":
		p.say("D< *")
	case end.Lines != nil:
		p.say("D> %s", practice.Escape(strings.Join(end.Lines, "\r\n")+"\r\n"))
	case end.Bytes > 0:
		p.say("D+ %s %d", filling(end.Type), end.Bytes)
	}
	if end.EOF == "reset" {
		p.say("D reset")
		return
	}
	p.say("D end")
}

// filling is the kind of data that stands for what was not kept.
func filling(kind string) string {
	if kind == "listing" || kind == "names" {
		return kind
	}
	return "file"
}

// transfer finds the end of the data that belongs to a preliminary reply.
func (p *player) transfer(i int) *Event {
	for _, e := range p.events[i+1:] {
		if e.Ev == DataEnd && !p.used[e] {
			p.used[e] = true
			return e
		}
	}
	return nil
}

// steps are the lines of the shell that a replay does again.
func steps(events []*Event) []ReplayStep {
	var all []*ReplayStep
	byOp := map[int]*ReplayStep{}
	loops := map[string]string{}
	for _, e := range events {
		switch s := byOp[e.Op]; {
		case e.Ev == OpStart:
			s = &ReplayStep{Line: e.Cmd, At: e.T, Loops: maps.Clone(loops)}
			byOp[e.Op] = s
			all = append(all, s)
		case e.Ev == Noted && e.Key == LoopNote:
			name, value, _ := strings.Cut(e.Text, " ")
			loops[name] = value
		case s != nil:
			s.learn(e)
		}
	}
	var again []ReplayStep
	for _, s := range all {
		if s.Opens || !slices.Contains(around, s.name()) {
			again = append(again, *s)
		}
	}
	return again
}

// around are the commands that begin and end the recording, or the server of it: the replay has both of its own. What
// was answered while step was on is in the recording.
var around = []string{"record", "practice", "lesson", "step"}

func (s *ReplayStep) name() string {
	name, _, _ := strings.Cut(strings.TrimSpace(s.Line), " ")
	return name
}

// openers are the commands that make a control connection, unless it was lost.
var openers = strings.Fields("open ftp raw practice lesson connect")

// learn takes from an event what its line does not say.
func (s *ReplayStep) learn(e *Event) {
	switch {
	case e.Ev == Noted && (e.Key == SkipNote || e.Key == ChangeNote):
		s.Asked = append(s.Asked, Decision{Line: e.Text})
	case e.Ev == Noted && e.Key == InPlace && len(s.Asked) > 0:
		s.Asked[len(s.Asked)-1].Sent = e.Text
	case e.Ev == TCPConnect && e.Conn == "C" && slices.Contains(openers, s.name()):
		s.Opens, s.Security = true, "off"
	case e.Ev == TLSOK && e.Conn == "C" && s.Security == "off":
		s.Security = "implicit"
	case e.Ev == Sent && e.Verb == "AUTH" && s.Opens:
		s.Security = "require"
	case e.Ev == Replied && e.Verb == "AUTH" && e.Code != "234":
		s.Security = "auto"
	case e.Ev == Sent && e.Verb == "USER" && s.Opens:
		_, s.User, _ = strings.Cut(e.Line, " ")
	case e.Ev == DataEnd && e.Dir == ">":
		s.Uploads = append(s.Uploads, e.Bytes)
	}
}
