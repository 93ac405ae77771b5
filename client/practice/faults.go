package practice

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"math"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Fault is something that goes wrong on purpose: a row of [Faults] with its values. What is left zero is as the row
// says.
type Fault struct {
	Name  string
	Verb  string        // strikes at this command only, or at [Greeting]
	Count int           // strikes so often; 0: always
	At    int64         // a number of bytes, or of bytes per second
	Delay time.Duration // how late
	Text  string        // a reply, or a part of it
}

// FaultInfo is what a user sees of a fault.
type FaultInfo struct {
	Name  string
	Value string // which field of [Fault] its value goes to: "bytes" or "count", "duration", "text" or ""
	Verbs string // the commands it strikes at; "": all
	Short string
}

// row is the whole truth about a kind of fault. Its functions say where it strikes; nil: not there.
type row struct {
	FaultInfo
	preset  Fault
	hides   string                                  // features that FEAT leaves out
	prepare func(*Options, Fault)                   // before the server starts
	command func(*session, *fault, *command) string // answers in place of the server; "" stays silent
	reply   func(*session, *fault, reply) string    // changes a reply on its way; "" swallows it
	data    func(*dataFault) net.Conn               // wraps a data connection
}

const (
	downloads = "RETR LIST NLST MLSD"
	uploads   = "STOR STOU APPE"
	transfers = downloads + " " + uploads
)

// rows is the table of faults. A new one needs nothing but a row.
var rows = []row{
	// The control connection.
	{
		FaultInfo: FaultInfo{"refuse", "text", "", "a command is answered with a refusal"},
		preset:    Fault{Text: "502 Command not implemented."}, command: say,
	},
	{
		FaultInfo: FaultInfo{"421", "text", "", "a command is answered with 421 and the end of the connection"},
		preset:    Fault{Text: "421 Service not available, closing control connection."}, command: sayAndClose,
	},
	{FaultInfo: FaultInfo{"drop", "", "", "the control connection is cut instead of an answer"}, command: cutControl},
	{FaultInfo: FaultInfo{"mute", "", "", "a command is never answered"}, command: stayMute},
	{
		FaultInfo: FaultInfo{"idle", "duration", "", "421, unasked, after this time without a command"},
		preset:    Fault{Delay: time.Minute}, prepare: func(o *Options, f Fault) { o.Idle = f.Delay },
	},
	{
		FaultInfo: FaultInfo{"no-epsv", "", "EPSV EPRT", "EPSV and EPRT are unknown"}, hides: "EPSV EPRT",
		preset: Fault{Text: "500 Unknown command."}, command: say,
	},
	{
		FaultInfo: FaultInfo{"no-mlsd", "", "MLSD MLST", "MLSD and MLST are unknown"}, hides: "MLST",
		preset: Fault{Text: "500 Unknown command."}, command: say,
	},
	{
		FaultInfo: FaultInfo{"nat-pasv", "text", "PASV", "PASV names an address that nobody can reach"},
		preset:    Fault{Text: "10.0.0.5"}, reply: wrongAddress,
	},
	{FaultInfo: FaultInfo{"pasv-closed", "", "PASV EPSV", "the port that the server names is closed"}, reply: closedPort},
	{
		FaultInfo: FaultInfo{"hasty", "count", "PASV EPSV", "more than this many data connections in a second are refused"},
		preset:    Fault{At: 10, Text: "425 Too many data connections in a short time."}, reply: refuseHasty,
	},
	{FaultInfo: FaultInfo{"late", "duration", "", "replies come late"}, preset: Fault{Delay: time.Second}, reply: late},
	{FaultInfo: FaultInfo{"no-end", "", transfers, "the final reply of a transfer never comes"}, reply: swallowFinal},
	{FaultInfo: FaultInfo{"no-begin", "", transfers, "a transfer begins without its 150"}, reply: swallowPreliminary},
	{FaultInfo: FaultInfo{"hang-up", "", transfers, "the control connection is closed after the final reply"}, reply: hangUp},
	{
		FaultInfo: FaultInfo{"extra-reply", "text", "", "a reply that nobody asked for follows"},
		preset:    Fault{Text: "226 Transfer complete."}, reply: extraReply,
	},
	{FaultInfo: FaultInfo{"split-reply", "", "", "replies arrive byte by byte"}, reply: split},
	{FaultInfo: FaultInfo{"bare-lf", "", "", "lines of replies end in LF only"}, reply: bareLF},

	// Data connections.
	{FaultInfo: FaultInfo{"cut", "bytes", transfers, "the data connection closes early, with 426"}, data: cut},
	{FaultInfo: FaultInfo{"cut-reset", "bytes", transfers, "the data connection is reset, with 426"}, data: cutReset},
	{FaultInfo: FaultInfo{"cut-silent", "bytes", downloads, "fewer bytes than there are, with 226"}, data: cutSilent},
	{
		FaultInfo: FaultInfo{"cut-notify", "bytes", downloads, "as cut-silent, and TLS ends without its close_notify"},
		data:      cutNotify,
	},
	{FaultInfo: FaultInfo{"stall", "bytes", transfers, "the data connection stands still"}, data: stall},
	{FaultInfo: FaultInfo{"no-fin", "", downloads, "the data connection stays open after its last byte"}, data: noFin},
	{
		FaultInfo: FaultInfo{"quota", "bytes", uploads, "uploads end with 552"},
		preset:    Fault{Text: "552 Quota exceeded."}, data: quota,
	},
	{FaultInfo: FaultInfo{"store-less", "bytes", uploads, "only this many bytes of an upload are stored, with 226"}, data: storeLess},
	{FaultInfo: FaultInfo{"rate", "bytes", transfers, "this many bytes per second"}, preset: Fault{At: 64 << 10}, data: slow},
	{FaultInfo: FaultInfo{"dos-list", "", "LIST", "LIST in the form of IIS"}, data: dosList},
	{FaultInfo: FaultInfo{"listing", "text", "LIST NLST MLSD", `a listing holds this text instead, with \r\n and \xNN`}, data: forgeListing},

	// TLS.
	{
		FaultInfo: FaultInfo{"require-tls", "", "", "no login and no transfer without TLS"},
		prepare:   requireTLS,
	},
	{
		FaultInfo: FaultInfo{"require-reuse", "", "", "data connections must resume the TLS session (522)"},
		prepare:   withTLS(func(o *Options) { o.RequireReuse = true }),
	},
	{
		FaultInfo: FaultInfo{"expired-cert", "", "", "the certificate has expired"},
		prepare:   withTLS(func(o *Options) { o.Flaw = Expired }),
	},
	{
		FaultInfo: FaultInfo{"wrong-name", "", "", "the certificate belongs to another host"},
		prepare:   withTLS(func(o *Options) { o.Flaw = WrongName }),
	},
	{
		FaultInfo: FaultInfo{"self-signed", "", "", "the certificate comes from no authority"},
		prepare:   withTLS(func(o *Options) { o.Flaw = SelfSigned }),
	},
	{
		FaultInfo: FaultInfo{"other-cert", "", "", "data connections show another certificate, of the same authority"},
		prepare:   withTLS(func(o *Options) { o.otherData = true }),
	},
	{
		FaultInfo: FaultInfo{"clear-data", "", "", "PROT P is agreed to, and data connections are in the clear"},
		prepare:   withTLS(func(o *Options) { o.clearData = true }),
	},
	{
		FaultInfo: FaultInfo{"tls10", "", "", "TLS 1.0 is all there is"},
		prepare:   withTLS(func(o *Options) { o.MinTLS, o.MaxTLS = tls.VersionTLS10, tls.VersionTLS10 }),
	},
}

// fault is a Fault at work.
type fault struct {
	Fault
	row  *row
	left atomic.Int64 // strikes

	mu    sync.Mutex
	asked []time.Time // the requests that it has seen in the last second
}

// Faults lists what can go wrong.
func Faults() []FaultInfo {
	list := make([]FaultInfo, len(rows))
	for i := range rows {
		list[i] = rows[i].FaultInfo
	}
	return list
}

func findRow(name string) (*row, error) {
	i := slices.IndexFunc(rows, func(r row) bool { return r.Name == name })
	if i < 0 {
		names := make([]string, len(rows))
		for i := range rows {
			names[i] = rows[i].Name
		}
		return nil, fmt.Errorf("fault %q is unknown; there are %s", name, strings.Join(names, ", "))
	}
	return &rows[i], nil
}

func compile(faults []Fault) ([]*fault, error) {
	var list []*fault
	for _, f := range faults {
		r, err := findRow(f.Name)
		if err != nil {
			return nil, err
		}
		f.At, f.Delay, f.Text = cmp.Or(f.At, r.preset.At), cmp.Or(f.Delay, r.preset.Delay), cmp.Or(f.Text, r.preset.Text)
		c := &fault{Fault: f, row: r}
		c.left.Store(int64(f.Count))
		list = append(list, c)
	}
	return list, nil
}

var (
	faultText = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^([a-z0-9-]+)(?::([A-Za-z]+))?(?:=(.*?))?(?:\*([0-9]+))?$`)
	})
	sizeText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9]+)([kKmMgG]?)$`) })
)

// ParseFault reads a fault as a user types it: NAME, then if wanted :VERB, =VALUE and *COUNT, as in cut=4096,
// refuse:STOR=550 no, late:RETR=2s*1. Bytes may end in k, M or G; a duration without a unit is in seconds.
func ParseFault(text string) (Fault, error) {
	part := faultText().FindStringSubmatch(text)
	if part == nil {
		return Fault{}, fmt.Errorf("fault %q: the form is NAME:VERB=VALUE*COUNT", text)
	}
	r, err := findRow(part[1])
	if err != nil {
		return Fault{}, err
	}
	f := Fault{Name: part[1], Verb: strings.ToUpper(part[2])}
	if part[4] != "" {
		if f.Count, err = strconv.Atoi(part[4]); err != nil {
			return Fault{}, fmt.Errorf("fault %s: count %s is too large", f.Name, part[4])
		}
	}
	if part[3] == "" {
		return f, nil
	}
	switch r.Value {
	case "bytes", "count":
		f.At, err = parseSize(part[3])
	case "duration":
		f.Delay, err = parseDelay(part[3])
	case "text":
		f.Text = part[3]
	default:
		err = fmt.Errorf("it takes no value")
	}
	if err != nil {
		return Fault{}, fmt.Errorf("fault %s: %w", f.Name, err)
	}
	return f, nil
}

func parseSize(text string) (int64, error) {
	part := sizeText().FindStringSubmatch(text)
	if part == nil {
		return 0, fmt.Errorf("%q is not a number of bytes", text)
	}
	shift := map[string]int{"": 0, "k": 10, "m": 20, "g": 30}[strings.ToLower(part[2])]
	n, err := strconv.ParseInt(part[1], 10, 64)
	if err != nil || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("%q is too large", text)
	}
	return n << shift, nil
}

func parseDelay(text string) (time.Duration, error) {
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		text += "s"
	}
	return time.ParseDuration(text)
}

// String is the form that ParseFault reads.
func (f Fault) String() string {
	text := f.Name
	if f.Verb != "" {
		text += ":" + f.Verb
	}
	switch {
	case f.Text != "":
		text += "=" + f.Text
	case f.Delay != 0:
		text += "=" + f.Delay.String()
	case f.At != 0:
		text += "=" + strconv.FormatInt(f.At, 10)
	}
	if f.Count != 0 {
		text += "*" + strconv.Itoa(f.Count)
	}
	return text
}

func (f *fault) meets(verb string) bool {
	if f.Verb != "" {
		return strings.EqualFold(f.Verb, verb)
	}
	return f.row.Verbs == "" || slices.Contains(strings.Fields(f.row.Verbs), verb)
}

// take says whether the fault strikes once more.
func (f *fault) take() bool {
	return f.Count == 0 || f.left.Add(-1) >= 0
}

func requireTLS(o *Options, _ Fault) {
	if o.TLS != Implicit {
		o.TLS = RequireExplicit
	}
}

func withTLS(change func(*Options)) func(*Options, Fault) {
	return func(o *Options, _ Fault) {
		if o.TLS == NoTLS {
			o.TLS = Explicit
		}
		change(o)
	}
}

// What the rows do on the control connection.

func say(_ *session, f *fault, _ *command) string { return f.Text }

func sayAndClose(s *session, f *fault, c *command) string {
	c.after = s.hangUp
	return f.Text
}

func cutControl(s *session, _ *fault, _ *command) string {
	s.drop()
	return ""
}

func stayMute(*session, *fault, *command) string { return "" }

func late(s *session, f *fault, r reply) string {
	if f.take() {
		s.pause(f.Delay)
	}
	return r.text
}

func swallowFinal(_ *session, f *fault, r reply) string {
	if r.code/100 == 2 && f.take() {
		return ""
	}
	return r.text
}

func swallowPreliminary(_ *session, f *fault, r reply) string {
	if !r.final() && f.take() {
		return ""
	}
	return r.text
}

func hangUp(s *session, f *fault, r reply) string {
	if r.final() && f.take() {
		s.send(Greeting, r.text)
		s.hangUp()
		return ""
	}
	return r.text
}

func extraReply(_ *session, f *fault, r reply) string {
	if r.final() && f.take() {
		return r.text + f.Text + "\r\n"
	}
	return r.text
}

func split(s *session, f *fault, r reply) string {
	s.chopped = f.take()
	return r.text
}

func bareLF(_ *session, f *fault, r reply) string {
	if f.take() {
		return strings.ReplaceAll(r.text, "\r\n", "\n")
	}
	return r.text
}

var hostNumbers = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\(\d+,\d+,\d+,\d+,`) })

func wrongAddress(_ *session, f *fault, r reply) string {
	if r.code == 227 && f.take() {
		return hostNumbers().ReplaceAllString(r.text, "("+strings.ReplaceAll(f.Text, ".", ",")+",")
	}
	return r.text
}

func closedPort(s *session, f *fault, r reply) string {
	if p := s.currentPort(); p != nil && (r.code == 227 || r.code == 229) && f.take() {
		p.shut()
	}
	return r.text
}

// refuseHasty counts what it refuses, too, as firewalls do that ban until there is silence.
func refuseHasty(_ *session, f *fault, r reply) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	f.asked = append(slices.DeleteFunc(f.asked, func(at time.Time) bool { return now.Sub(at) > time.Second }), now)
	if int64(len(f.asked)) > f.At && f.take() {
		return f.Text + "\r\n"
	}
	return r.text
}
