package teach

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// Dialogue follows what is said by hand on one control connection, so that a
// line in a wrong place gets a remark. It never forbids anything.
type Dialogue struct {
	User     string // as USER named it
	In       bool   // a login succeeded
	Type     string // as TYPE set it
	Mode     string
	Stru     string
	TLS      bool // of the control connection
	Buffered bool // PBSZ was accepted
	Protect  bool // PROT P was accepted
	Rest     int64
	Last     string // code of the last final reply

	Offer    string // host:port that the server named last and nobody used yet
	Port     int    // of Offer
	Extended bool   // the offer named no address (229)
	Ours     bool   // the server was told to connect to us

	next     []string // verbs that the reply before asks for
	previous string   // the verb before
	onlyEPSV bool
}

// NewDialogue begins with a connection as a server greets it.
func NewDialogue() *Dialogue { return &Dialogue{Type: "A", Mode: "S", Stru: "F"} }

// argument is what follows the command word.
func argument(line string) string {
	_, arg, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
	return arg
}

// Open reports whether what was said last is waiting for what it was said for:
// a password, a new name, a transfer.
func (d *Dialogue) Open() bool { return len(d.next) > 0 || d.Offer != "" || d.Ours }

// Expects says what should come next: verbs, or "" for any command.
func (d *Dialogue) Expects() string { return strings.Join(d.next, " or ") }

// accessVerbs need no login (RFC 959 section 5.4, RFC 2228, RFC 2389, RFC 7151).
var accessVerbs = strings.Fields("USER PASS ACCT AUTH ADAT PBSZ PROT CCC FEAT OPTS HOST HELP NOOP QUIT REIN SYST STAT LANG CLNT CSID")

// before are what must have come directly or some time before a verb.
var before = []struct {
	verb string
	ok   func(*Dialogue) bool
	say  string
}{
	{"PASS", func(d *Dialogue) bool { return d.previous == "USER" }, "PASS must follow USER"},
	{"ACCT", func(d *Dialogue) bool { return d.User != "" }, "ACCT follows PASS, when the server asks for it (332)"},
	{"RNTO", func(d *Dialogue) bool { return d.previous == "RNFR" }, "RNTO must follow RNFR"},
	{"PBSZ", func(d *Dialogue) bool { return d.TLS }, "PBSZ comes after AUTH TLS"},
	{"PROT", func(d *Dialogue) bool { return d.TLS }, "PROT comes after AUTH TLS and PBSZ 0"},
	{"PROT", func(d *Dialogue) bool { return d.Buffered }, "PROT must follow PBSZ 0"},
	{"AUTH", func(d *Dialogue) bool { return !d.TLS }, "the control connection is protected already"},
	{"CCC", func(d *Dialogue) bool { return d.TLS }, "no TLS to end"},
	{"REST", func(d *Dialogue) bool { return d.Type == "I" }, "REST counts bytes reliably in TYPE I only"},
	{"SIZE", func(d *Dialogue) bool { return d.Type == "I" }, "SIZE depends on the type; servers refuse it in TYPE A, or count line ends twice"},
}

// needsDirectly are commands that the next one must use, or they are lost.
var needsDirectly = map[string][]string{
	"RNFR": {"RNTO"},
	"REST": {"RETR", "STOR", "APPE", "STOU"},
}

// Remark says what is wrong about sending line now, or "". Data says whether a
// data connection, or a port that waits for one, is at hand.
func (d *Dialogue) Remark(line string, data bool) string {
	verb := Verb(line)
	if follow := needsDirectly[d.previous]; follow != nil && d.Last == "350" && !slices.Contains(follow, verb) && !data {
		return fmt.Sprintf("%s must follow %s directly", follow[0], d.previous)
	}
	for _, row := range before {
		if row.verb == verb && !row.ok(d) {
			return row.say
		}
	}
	switch {
	case client.MovesData(verb) && !data:
		return verb + " needs a data connection: EPSV or PASV, or PORT or EPRT, come first"
	case d.onlyEPSV && slices.Contains([]string{"PASV", "PORT", "EPRT"}, verb):
		return "after EPSV ALL only EPSV is allowed"
	case d.User != "" && !d.In && verb != "PASS" && d.Last == "331":
		return "the server waits for PASS"
	case !d.In && !slices.Contains(accessVerbs, verb):
		return verb + " needs a login: USER and PASS come first"
	}
	return ""
}

// Heard takes note of a line and the final reply to it.
func (d *Dialogue) Heard(line string, r client.Reply) {
	verb, arg := Verb(line), argument(line)
	d.previous, d.Last = verb, strconv.Itoa(r.Code)
	d.next = nil
	if client.MovesData(verb) {
		d.Rest, d.Offer, d.Ours = 0, "", false
	}
	switch {
	case r.Class() == 3:
		d.asked(verb, arg, r)
	case r.Class() == 2:
		d.agreed(verb, strings.ToUpper(arg), r)
	}
	if verb == "USER" {
		d.User, d.In = arg, r.Code == 230
	}
}

func (d *Dialogue) asked(verb, arg string, r client.Reply) {
	switch {
	case r.Code == 331:
		d.next = []string{"PASS"}
	case r.Code == 332:
		d.next = []string{"ACCT"}
	case verb == "REST":
		d.Rest, _ = strconv.ParseInt(arg, 10, 64)
	}
	if d.next == nil {
		d.next = needsDirectly[verb]
	}
}

func (d *Dialogue) agreed(verb, arg string, r client.Reply) {
	switch verb {
	case "PASS", "ACCT":
		d.In = true
	case "AUTH":
		d.TLS, d.Buffered, d.Protect = true, false, false
		d.next = []string{"USER", "PBSZ 0"}
	case "CCC":
		d.TLS = false
	case "PBSZ":
		d.Buffered, d.next = true, []string{"PROT P", "PROT C"}
	case "PROT":
		d.Protect = arg == "P"
	case "TYPE":
		d.Type = arg
	case "MODE":
		d.Mode = arg
	case "STRU":
		d.Stru = arg
	case "REIN":
		*d = Dialogue{Type: "A", Mode: "S", Stru: "F", TLS: d.TLS, Last: d.Last, previous: verb}
	case "PORT", "EPRT":
		d.Ours, d.Offer = true, ""
	case "EPSV", "PASV", "LPSV":
		if d.onlyEPSV = d.onlyEPSV || verb == "EPSV" && arg == "ALL"; arg != "ALL" {
			d.offered(r)
		}
	}
}

// offered keeps the address that a reply to EPSV or PASV names.
func (d *Dialogue) offered(r client.Reply) {
	host, port, err := client.ParsePassive(r)
	if err != nil {
		return
	}
	d.Port, d.Extended, d.Ours = port, host == "", false
	d.Offer = net.JoinHostPort(host, strconv.Itoa(port))
	d.next = []string{"a transfer command"}
}

// Explain says in a sentence what the last reply means for what comes next, or
// "". The numbers of a 227 are computed in front of the learner.
func (d *Dialogue) Explain(line string, r client.Reply) string {
	switch {
	case r.Code == 227 && d.Offer != "":
		host, port, _ := net.SplitHostPort(d.Offer)
		return fmt.Sprintf("the server listens on %s port %s (%d x 256 + %d) and waits", host, port, d.Port>>8, d.Port&255)
	case r.Code == 229 && d.Offer != "":
		return fmt.Sprintf("the server listens on port %d, at the address we talk to, and waits", d.Port)
	case r.Code == 234:
		return "agreed: the TLS handshake follows on this connection"
	case r.Class() == 2 && d.Ours && (Verb(line) == "PORT" || Verb(line) == "EPRT"):
		return "the server will connect to us when a transfer begins"
	case r.Code == 331:
		return "PASS alone asks for the password without showing it"
	case r.Code == 350:
		return strings.Join(d.next, ", ") + " must be the next command"
	}
	return ""
}

// State is the dialogue in two lines, as .state shows it.
func (d *Dialogue) State() string {
	user, data := cmp.Or(d.User, "none"), "none"
	if d.User != "" && !d.In {
		user += " (not logged in)"
	}
	switch {
	case d.Offer != "":
		data = "the server waits on port " + strconv.Itoa(d.Port)
	case d.Ours:
		data = "the server will connect to us"
	}
	if d.Rest > 0 {
		data += fmt.Sprintf(", from byte %d on", d.Rest)
	}
	return fmt.Sprintf("control   encrypted %s    user %s    type %s    mode %s    stru %s    prot %s\n"+
		"expect    %s    data %s    last reply %s",
		map[bool]string{true: "yes", false: "no"}[d.TLS], user, d.Type, d.Mode, d.Stru, map[bool]string{true: "P", false: "C"}[d.Protect],
		cmp.Or(d.Expects(), "any command"), data, cmp.Or(d.Last, "none"))
}

// OwnAddress reads the argument of PORT or EPRT: where the user asks the server
// to connect to. Ok is false when it is no address at all.
func OwnAddress(line string) (addr *net.TCPAddr, ok bool) {
	at, err := practice.ActiveAddress(Verb(line), argument(line))
	return net.TCPAddrFromAddrPort(at), err == nil
}
