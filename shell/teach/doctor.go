package teach

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// Examination says what a doctor looks at.
type Examination struct {
	Options client.Options // how to connect; Security says what is wanted with TLS
	Login   client.Login   // an empty user is anonymous
	Known   bool           // the password is known: otherwise only anonymous logs in
	Full    bool           // look also at what costs more: active mode, TLS without reuse, LIST, a login in the clear
	Limit   time.Duration  // for each step; 0: 5 s
	Whole   time.Duration  // for all of them; 0: 16 s

	Seen []Reading // what went wrong in the session before

	Report func(Finding) // is told each finding at once; may be nil
}

// State is how a step ended.
type State string

// The states.
const (
	Fine    State = "ok"
	Worth   State = "note" // works, and is worth knowing
	Failing State = "FAIL"
	Skipped State = "skip"
)

// Finding is what one step found.
type Finding struct {
	Step  string  `json:"step"`
	State State   `json:"state"`
	Text  string  `json:"text"`
	MS    float64 `json:"ms"`
}

// Diagnosis is what a doctor says.
type Diagnosis struct {
	Host     string    `json:"host"`
	OK       bool      `json:"ok"` // no step found a fault; what the server lacks is none
	Findings []Finding `json:"steps"`
	Problems []Problem `json:"problems"`
	Commands int       `json:"commands"` // that were sent
}

// doctor is an examination that goes on.
type doctor struct {
	Examination
	*Diagnosis
	session *client.Session
	strange bool // nobody vouches for the certificate: no password is sent
	end     time.Time
	host    string
	failed  map[string]bool // steps
	began   time.Time
	private bool // data connections are protected
	working string
	facts   bool              // the server has MLSD
	listed  map[string]sample // by the command
	offered []string          // by FEAT

	mu         sync.Mutex
	sent       int
	unexpected []string
	slowest    time.Duration
	slowVerb   string
}

// checkups are the steps, in their order, and what each of them needs.
var checkups = []struct {
	name  string
	needs string // steps that must not have failed; / is or
	full  bool   // only in a full examination
	run   func(*doctor, context.Context)
}{
	{"dns", "", false, (*doctor).dns},
	{"tcp", "dns", false, (*doctor).tcp},
	{"greeting", "dns tcp", false, (*doctor).greeting},
	{"features", "greeting", false, (*doctor).features},
	{"tls", "greeting", false, (*doctor).tls},
	{"login", "greeting tls", false, (*doctor).login},
	{"tls-data", "login", false, (*doctor).protect}, // before PASV, which pyftpdlib refuses otherwise
	{"epsv", "login", false, (*doctor).epsv},
	{"pasv", "login", false, (*doctor).pasv},
	{"active", "login", true, (*doctor).active},
	{"listing", "login epsv/pasv tls-data", false, (*doctor).listing},
	{"list", "login epsv/pasv tls-data listing", false, (*doctor).list},
	{"clock", "", false, (*doctor).clock},
	{"tls-reuse", "login epsv/pasv tls-data listing", false, (*doctor).reuse},
	{"resume", "login", false, (*doctor).resume},
	{"download", "login epsv/pasv tls-data listing resume", false, (*doctor).download},
	{"limits", "greeting", false, (*doctor).limits},
	{"ipv6", "tcp", false, (*doctor).ipv6},
	{"replies", "greeting", false, (*doctor).replies},
	{"clear", "greeting", true, (*doctor).clear},
	{"seen", "", false, (*doctor).lately},
}

// Examine looks at a server, step by step, and says what is wrong with it. It
// reads only and changes nothing there. It ends early when ctx does.
func Examine(ctx context.Context, e Examination) *Diagnosis {
	e.Limit, e.Whole = cmp.Or(e.Limit, 5*time.Second), cmp.Or(e.Whole, 16*time.Second)
	d := &doctor{Examination: e, Diagnosis: &Diagnosis{Host: e.Options.Addr, Problems: []Problem{}}, failed: map[string]bool{}, listed: map[string]sample{}}
	d.host, _, _ = net.SplitHostPort(e.Options.Addr)
	d.Options.Timeout, d.Options.Stall, d.Options.DialTimeout = d.Limit, d.Limit, d.Limit
	d.Options.Trace = client.Join(e.Options.Trace, d.watch())
	d.end = time.Now().Add(e.Whole)
	bounded, cancel := context.WithDeadline(ctx, d.end.Add(time.Second))
	defer cancel()
	for _, c := range checkups {
		if c.full && !e.Full || ctx.Err() != nil {
			continue
		}
		d.began = time.Now()
		missing := d.missing(c.needs)
		switch {
		case c.name != "replies" && c.name != "seen" && !time.Now().Before(d.end):
			d.skips(c.name, "no time is left: the server is too slow for it")
		case missing != "":
			d.skips(c.name, "needs %s", missing)
		default:
			step, cancel := context.WithTimeout(bounded, 2*d.Limit)
			c.run(d, step)
			cancel()
		}
	}
	if d.session != nil {
		d.session.Close()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Commands = d.sent
	d.OK = !slices.ContainsFunc(d.Findings, func(f Finding) bool { return f.State == Failing || f.State == Worth })
	return d.Diagnosis
}

// missing is a step that failed and is needed.
func (d *doctor) missing(needs string) string {
	for need := range strings.FieldsSeq(needs) {
		all := true
		for one := range strings.SplitSeq(need, "/") {
			all = all && d.failed[one]
		}
		if all {
			return strings.ReplaceAll(need, "epsv/pasv", "a data connection")
		}
	}
	return ""
}

// note reports a finding.
func (d *doctor) note(state State, step, format string, args ...any) {
	f := Finding{Step: step, State: state, Text: fmt.Sprintf(format, args...), MS: millis(time.Since(d.began))}
	d.Findings = append(d.Findings, f)
	if state == Failing {
		d.failed[step] = true
	}
	if d.Report != nil {
		d.Report(f)
	}
}

// problem adds a problem to the diagnosis, once.
func (d *doctor) problem(key string) {
	is := func(p Problem) bool { return p.Key == key }
	if i := slices.IndexFunc(Problems(), is); i >= 0 && !slices.ContainsFunc(d.Problems, is) {
		d.Problems = append(d.Problems, Problems()[i])
	}
}

// fails is a step that failed, for a reason.
func (d *doctor) fails(step, key, format string, args ...any) {
	d.problem(key)
	d.note(Failing, step, format, args...)
}

// warns is a step that worked in a way that is a problem.
func (d *doctor) warns(step, key, format string, args ...any) {
	d.problem(key)
	d.note(Worth, step, format, args...)
}

// skips is a step that could not be taken; others that need it cannot be either.
func (d *doctor) skips(step, format string, args ...any) {
	d.failed[step] = true
	d.note(Skipped, step, format, args...)
}

// watch counts what is sent, and notices replies that are late or unasked.
func (d *doctor) watch() *client.Trace {
	locked := func(f func()) {
		d.mu.Lock()
		defer d.mu.Unlock()
		f()
	}
	return &client.Trace{
		Sent: func(client.SentInfo) { locked(func() { d.sent++ }) },
		Got: func(i client.GotInfo) {
			locked(func() {
				if i.Seq > 0 && i.Elapsed > d.slowest && !client.MovesData(i.Verb) {
					d.slowest, d.slowVerb = i.Elapsed, i.Verb
				}
			})
		},
		Note: func(i client.NoteInfo) {
			if i.Key == "reply.unexpected" {
				locked(func() { d.unexpected = append(d.unexpected, i.Text) })
			}
		},
	}
}

// ask sends a line and returns the reply, of whatever class.
func (d *doctor) ask(ctx context.Context, line string) (client.Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, d.Limit)
	defer cancel()
	r, err := d.session.Quote(ctx, line)
	if r.Code != 0 && !aboutTLS(err) {
		err = nil
	}
	return r, err
}

// silent says why there was no reply.
func (d *doctor) silent(step, verb string, err error) {
	if timedOut(err) && !time.Now().Before(d.end) { // it was we who had no more time
		d.skips(step, "no time is left for %s", verb)
		return
	}
	key := "no-reply"
	var lost *client.LostError
	if errors.As(err, &lost) && !timedOut(err) {
		key = "lost"
	}
	d.fails(step, key, "%s: %s", verb, plain(err))
}

func timedOut(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, new(*client.TimeoutError))
}

// plain is an error in few words.
func plain(err error) string {
	if timedOut(err) {
		return "no answer in time"
	}
	var no *client.Error
	if errors.As(err, &no) {
		return no.Reply.String()
	}
	return reasonOf(err)
}
