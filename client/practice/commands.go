package practice

import (
	"cmp"
	"crypto/subtle"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// command is one that waits for its answer.
type command struct {
	line, verb, arg string
	previous        string             // the verb before it
	obey            string             // what the library is told instead of line
	first           []string           // what it is told before, the last line first
	listing         *string            // what LIST or MLSD sends in the place of the library's
	edit            func(reply) string // repairs the library's reply
	faults          []*fault           // that may touch it
	after           func()             // comes after the answer
}

func parseCommand(line string) *command {
	verb, arg, _ := strings.Cut(line, " ")
	return &command{line: line, obey: line, verb: strings.ToUpper(verb), arg: arg}
}

// isTransfer: commands during which the client may send ABOR and STAT (RFC 959, 3.1 and 4.1.3).
func (c *command) isTransfer() bool { return slices.Contains(strings.Fields(transfers), c.verb) }

func (c *command) interrupts() bool {
	return c.verb == "ABOR" || c.verb == "QUIT" || c.verb == "STAT" && c.arg == ""
}

// ownCommands are those the tap deals with itself, because they concern TLS, data connections or the login, or because
// the library answers them against the documents. Each returns the answer, or "" to let the library obey.
var ownCommands = map[string]func(*session, *command) string{
	"AUTH": auth, "PBSZ": pbsz, "PROT": prot,
	"USER": user, "PASS": pass,
	"PASV": pasv, "EPSV": epsv, "PORT": active, "EPRT": active,
	"RETR": transfer, "STOR": transfer, "STOU": stou, "APPE": transfer,
	"LIST": transfer, "NLST": transfer, "MLSD": transfer,
	"RNTO": rnto,
	"ABOR": abor, "FEAT": feat, "STAT": stat, "MLST": mlst, "OPTS": opts,
	"REIN": rein, "LANG": lang, "HOST": host, "SITE": site,
	"HASH": digest, "XSHA512": digest, "XSHA256": digest, "XSHA1": digest, "XSHA": digest, "XMD5": digest, "MD5": digest, "XCRC": digest,
	"STRU": stru, "ACCT": superfluous, "ALLO": superfluous, "HELP": help,
}

// account is what USER and PASS have reached.
type account struct {
	user     string
	named    bool // USER came
	done     bool
	failures int
}

// maxFailures is after how many wrong passwords the connection closes; 3 with pyftpdlib, proftpd and vsftpd.
const maxFailures = 3

// auth is AUTH TLS (RFC 4217, 4).
func auth(s *session, c *command) string {
	switch arg := strings.ToUpper(c.arg); {
	case s.tls == nil:
		return "502 TLS is not available."
	case arg != "TLS" && arg != "TLS-C" && arg != "SSL":
		return "504 AUTH TLS is all there is."
	case s.secure:
		return "503 There is TLS already."
	}
	c.after = func() {
		if err := s.startTLS(); err != nil {
			s.note("TLS failed on the control connection: " + err.Error())
			s.drop()
		}
	}
	return "234 Go on with the TLS handshake."
}

func pbsz(s *session, _ *command) string {
	if !s.secure {
		return "503 AUTH TLS comes before PBSZ."
	}
	s.pbsz = true
	return "200 PBSZ=0"
}

// prot is PROT (RFC 4217, 9): C and P are all that TLS has.
func prot(s *session, c *command) string {
	level := strings.ToUpper(c.arg)
	switch {
	case !s.secure:
		return "503 AUTH TLS comes before PROT."
	case !s.pbsz:
		return "503 PBSZ 0 comes before PROT."
	case level == "S" || level == "E":
		return "536 TLS has PROT C and PROT P only."
	case level != "C" && level != "P":
		return "504 PROT C or PROT P."
	case level == "C" && s.srv.opts.TLS == RequireExplicit:
		return "534 Data connections must have TLS here."
	}
	s.protect = level == "P"
	return "200 Data connections: PROT " + level + "."
}

func user(s *session, c *command) string {
	if s.srv.opts.TLS == RequireExplicit && !s.secure {
		return "530 AUTH TLS comes before USER here."
	}
	if c.arg == "" {
		return "501 USER needs a name."
	}
	s.login = account{user: c.arg, named: true, failures: s.login.failures}
	c.edit = func(reply) string {
		if s.anonymous() {
			return "331 Anonymous login: give your mail address, or anything, as password.\r\n"
		}
		return "331 Password required for " + printable(c.arg) + ".\r\n"
	}
	return ""
}

func pass(s *session, c *command) string {
	if !s.login.named {
		return "503 USER comes before PASS."
	}
	s.login.named = false
	from := origin(s.tcp.RemoteAddr())
	if !s.anonymous() {
		wait, ok := s.srv.brake.turn(from)
		if !ok {
			c.after = s.hangUp
			return "421 Too many wrong passwords came from your address, try again later."
		}
		s.wait(wait)
	}
	if !s.knows(c.arg) {
		s.warn(fmt.Sprintf("wrong password for %s from %s, number %d", s.login.user, s.tcp.RemoteAddr(), s.srv.brake.wrong(from)))
		if s.login.failures++; s.login.failures >= maxFailures {
			c.after = s.hangUp
		}
		return "530 Login incorrect."
	}
	if !s.anonymous() {
		s.srv.brake.right(from)
	}
	s.login.done = true
	s.entry.Stop()
	c.obey = "PASS -"
	c.edit = func(reply) string { return "230 Logged in as " + printable(s.login.user) + ".\r\n" }
	return ""
}

func (s *session) anonymous() bool {
	name := strings.ToLower(s.login.user)
	return !s.srv.opts.NoAnonymous && (name == "anonymous" || name == "ftp")
}

func (s *session) knows(password string) bool {
	if s.anonymous() {
		return true
	}
	users := s.srv.opts.Users
	if users == nil {
		users = map[string]string{User: Password}
	}
	want, ok := users[s.login.user]
	return ok && subtle.ConstantTimeCompare([]byte(want), []byte(password)) == 1
}

// pasv refuses what cannot work: PASV has room for IPv4 only, and EPSV ALL forbids it (RFC 2428, 4).
func pasv(s *session, _ *command) string {
	if s.extended {
		return "503 EPSV ALL was sent: only EPSV is allowed."
	}
	if s.ipv6() {
		return "425 PASV cannot name an IPv6 address: use EPSV."
	}
	return s.setUp("")
}

func epsv(s *session, c *command) string {
	family := "1"
	if s.ipv6() {
		family = "2"
	}
	switch strings.ToUpper(c.arg) {
	case "", family:
		c.obey = "EPSV"
		return s.setUp("")
	case "ALL":
		if s.login.done {
			s.extended = true
			return "200 Only EPSV from now on."
		}
		return ""
	default:
		return "522 This connection has another protocol, use (" + family + ")."
	}
}

// active lets the library believe in a passive port, whose Accept then dials. Only the client's own address will do,
// and no port of the system (RFC 2577, 3).
func active(s *session, c *command) string {
	addr, err := ActiveAddress(c.verb, c.arg)
	peer, _ := netip.ParseAddrPort(s.tcp.RemoteAddr().String())
	switch {
	case !s.login.done:
		return ""
	case s.extended:
		return "503 EPSV ALL was sent: only EPSV is allowed."
	case err != nil:
		return fmt.Sprintf("501 %s: %v.", c.verb, err)
	case addr.Addr().Unmap() != peer.Addr().Unmap():
		return "501 " + c.verb + " must name your own address, " + peer.Addr().Unmap().String() + "."
	case addr.Port() < 1024:
		return "501 " + c.verb + " must name a port above 1023."
	}
	c.obey = "EPSV"
	c.edit = func(r reply) string {
		if r.code == 229 {
			return "200 " + c.verb + " command successful.\r\n"
		}
		return r.text
	}
	return s.setUp(addr.String())
}

// setUp notes what the next WrapPassiveListener call of the library is to make.
func (ps *ports) setUp(client string) string {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.activeAddr = client
	return ""
}

func (c *control) ipv6() bool {
	return c.tcp.LocalAddr().(*net.TCPAddr).IP.To4() == nil
}

// ActiveAddress is where PORT or EPRT asks the server to connect to.
func ActiveAddress(verb, arg string) (netip.AddrPort, error) {
	switch strings.ToUpper(verb) {
	case "PORT":
		return parsePort(arg)
	case "EPRT":
		return parseEprt(arg)
	}
	return netip.AddrPort{}, fmt.Errorf("%s names no address", verb)
}

// parsePort reads h1,h2,h3,h4,p1,p2 (RFC 959, 4.1.2).
func parsePort(arg string) (netip.AddrPort, error) {
	fields := strings.Split(arg, ",")
	if len(fields) != 6 {
		return netip.AddrPort{}, fmt.Errorf("six numbers are needed, with commas between them")
	}
	var n [6]byte
	for i, f := range fields {
		v, err := strconv.ParseUint(strings.TrimSpace(f), 10, 8)
		if err != nil {
			return netip.AddrPort{}, fmt.Errorf("%q is not a number from 0 to 255", f)
		}
		n[i] = byte(v)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(n[:4])), uint16(n[4])<<8|uint16(n[5])), nil
}

// parseEprt reads |protocol|address|port| with any delimiter (RFC 2428, 2).
func parseEprt(arg string) (netip.AddrPort, error) {
	if arg == "" {
		return netip.AddrPort{}, fmt.Errorf("an address is needed")
	}
	fields := strings.Split(arg, arg[:1])
	if len(fields) != 5 {
		return netip.AddrPort{}, fmt.Errorf("the form is |protocol|address|port|")
	}
	addr, err := netip.ParseAddr(fields[2])
	if err != nil || addr.Is4() != (fields[1] == "1") || addr.Is6() != (fields[1] == "2") {
		return netip.AddrPort{}, fmt.Errorf("protocol and address do not fit")
	}
	number, err := strconv.ParseUint(fields[3], 10, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%q is not a port", fields[3])
	}
	return netip.AddrPortFrom(addr, uint16(number)), nil
}

// transfer checks that a data connection can be made as the server wants it.
func transfer(s *session, c *command) string {
	if !s.login.done {
		return ""
	}
	if s.srv.opts.TLS == RequireExplicit && !s.protect {
		return "521 Data connections must have TLS here: PBSZ 0, PROT P."
	}
	if c.verb == "LIST" || c.verb == "MLSD" {
		text, err := s.listing(c)
		switch {
		case err == nil:
			c.listing = &text
		case s.srv.look.emptyLists:
			c.listing, c.obey = new(string), c.verb+" /"
		}
	}
	if p := s.currentPort(); p != nil && p.waiting() {
		p.begin(c, s.protect)
	}
	return ""
}

// stou is STOR under a name that is new, which the 150 tells (RFC 1123, 4.1.2.9).
func stou(s *session, c *command) string {
	if answer := transfer(s, c); answer != "" || !s.login.done {
		return answer
	}
	name := s.newName(c.arg)
	c.obey = "STOR " + name
	c.edit = func(r reply) string {
		if r.code == 150 {
			return "150 FILE: " + name + "\r\n"
		}
		return r.text
	}
	return ""
}

// rnto is strict where the library forgives: RNFR comes directly before it (RFC 959, 4.1.3).
func rnto(s *session, c *command) string {
	if s.login.done && c.previous != "RNFR" {
		return "503 RNFR comes directly before RNTO."
	}
	return ""
}

// abor also ends the wait for a data connection, in which the library would not hear of it.
func abor(s *session, _ *command) string {
	if p := s.currentPort(); p != nil && len(s.pending) > 0 && p.waiting() {
		p.abandon()
	}
	return ""
}

var hashAlgorithms = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^ (?:[A-Z0-9-]+\*?;)+$`) })

// feat mends the library's list: MLST names its facts (RFC 3659, 7.8), HASH has its word, TLS is the tap's.
func feat(s *session, c *command) string {
	look := s.srv.look
	c.edit = func(r reply) string {
		features := look.features
		if features == nil {
			features = append(features, "LANG EN*", "HOST")
			for _, line := range strings.Split(strings.TrimRight(r.text, "\r\n"), "\r\n")[1:] {
				switch {
				case line == " MLSD": // implied by MLST
				case hashAlgorithms().MatchString(line):
					features = append(features, "HASH "+sorted(line))
				case strings.HasPrefix(line, "211 "):
				default:
					features = append(features, strings.TrimSpace(line))
				}
			}
		}
		lines := []string{cmp.Or(look.featFrame[0], "211-Features:")}
		for _, feature := range features {
			name, _, _ := strings.Cut(feature, " ")
			if s.srv.hides(name) {
				continue
			}
			if feature == "MLST" {
				feature = s.mlstFeature()
			}
			lines = append(lines, " "+feature)
		}
		if s.tls != nil && look.tlsFeature != nil {
			for _, feature := range look.tlsFeature {
				lines = append(lines, " "+feature)
			}
		} else if s.tls != nil {
			lines = append(lines, " AUTH TLS", " PBSZ", " PROT")
		}
		return strings.Join(append(lines, cmp.Or(look.featFrame[1], "211 End")), "\r\n") + "\r\n"
	}
	return ""
}

func sorted(line string) string {
	names := strings.Split(strings.Trim(line, " ;"), ";")
	slices.Sort(names)
	return strings.Join(names, ";") + ";"
}

func stru(s *session, c *command) string {
	switch {
	case !s.login.done:
		return ""
	case strings.EqualFold(c.arg, "F"):
		return "200 Structure: file."
	default:
		return "504 STRU F is all there is."
	}
}

// printable is what a reply may repeat of a command.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, s)
}

// digestName takes apart what a command for a checksum names: "a file" 0 100, or a file.
var digestName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:"([^"]+)"|(.+?))((?: \d+)*)$`) })

// digest has the library find the file in the directory of the session, which it forgets.
func digest(s *session, c *command) string {
	part := digestName().FindStringSubmatch(c.arg)
	if part == nil || s.cwd == nil {
		return ""
	}
	name, quoted := part[1], part[1] != ""
	if !quoted {
		name = part[2]
	}
	if c.verb == "HASH" && !quoted { // its numbers belong to the name
		name, part[3] = c.arg, ""
	}
	c.obey = c.verb + ` "` + absolute(s.cwd(), name) + `"` + part[3]
	return ""
}
