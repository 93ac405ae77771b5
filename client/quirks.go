package client

import (
	"errors"
	"strings"
)

// Quirks is where a server's program differs from the standards, or from the
// others, so that a client must know. The zero value is a server of which
// nothing is known.
type Quirks struct {
	Server  string   // name of the program, "" when it is not known
	Reasons []string // one for each field below that is set

	HidesDots       bool // LIST shows no dot files without -a
	HidesDangling   bool // MLSD leaves out symbolic links that lead nowhere
	ShowsLinks      bool // MLSD says that a link is one, also of a link to a directory
	HidesLinks      bool // MLSD does not say where links lead
	SetsByMDTM      bool // MDTM with a time before the name sets it
	ReadsTelnet     bool // the byte FF in a command must be doubled
	KeepsFF         bool // the byte FF in a command must not be doubled
	NamesSTOU       bool // STOU needs a name to start from
	ClosesAhead     bool // EPSV during a transfer ends that transfer: none can be arranged ahead
	ForgetsEarly    bool // a data connection that ends before its command comes is awaited for ever
	LoginBurst      bool // what follows the login may leave with it; pyftpdlib answers it before a 530
	EndsEarly       bool // close_notify of the downloading side may leave with its handshake
	ShakesEarly     bool // TLS on a data connection may begin before the preliminary reply
	ProtectsMLST    bool // MLST needs PROT like a transfer
	WantsPRET       bool // PASV and EPSV must be told before what they are for
	InflatesUploads bool // uploads in MODE Z arrive as they were
	WrongSizes      bool // SIZE, MLST and listings count in too few bits
	MaxLine         int  // bytes of the longest command that is read, with CR LF; 0: not known
}

// quirk is one row of quirkTable.
type quirk struct {
	server string
	set    func(*Quirks)
	reason string
}

// quirkTable has a row for each thing that one program does its own way. The
// rows are true of the versions in programs, on which they were measured; those of
// the last three come from the reports of their users, and from the source.
var quirkTable = []quirk{
	{"proftpd", func(q *Quirks) { q.HidesDots = true }, "LIST shows no dot files without -a"},
	{"proftpd", func(q *Quirks) { q.HidesDangling = true }, "MLSD leaves out symbolic links that lead nowhere"},
	{"proftpd", func(q *Quirks) { q.ShowsLinks = true }, "MLSD says symlink, also of a link to a directory"},
	{"proftpd", func(q *Quirks) { q.HidesLinks = true }, "MLSD describes a link as the file it leads to"},
	{"proftpd", func(q *Quirks) { q.MaxLine = 4096 }, "a command above 4 KiB is never answered"},
	{"proftpd", func(q *Quirks) { q.ShakesEarly = true }, "a TLS handshake waits in the data connection until the reply is sent"},
	{"proftpd", func(q *Quirks) { q.LoginBurst = true }, "what is sent after a password waits until that is answered"},
	{"vsftpd", func(q *Quirks) { q.HidesDots = true }, "LIST shows no dot files without -a"},
	{"vsftpd", func(q *Quirks) { q.SetsByMDTM = true }, "there is no MFMT, but MDTM takes a time to set"},
	{"vsftpd", func(q *Quirks) { q.KeepsFF = true }, "the byte FF is taken as it is, though doubled in replies"},
	{"vsftpd", func(q *Quirks) { q.MaxLine = 4096 }, "a command above 4 KiB ends the session"},
	{"vsftpd", func(q *Quirks) { q.ShakesEarly = true }, "a TLS handshake waits in the data connection until the reply is sent"},
	{"vsftpd", func(q *Quirks) { q.EndsEarly = true }, "close_notify is read behind the data, before 226 (proftpd and pure-ftpd stand still when it comes earlier)"},
	{"vsftpd", func(q *Quirks) { q.LoginBurst = true }, "what is sent after a password waits until that is answered"},
	{"pure-ftpd", func(q *Quirks) { q.HidesDots = true }, "LIST shows no dot files without -a"},
	{"pure-ftpd", func(q *Quirks) { q.ShowsLinks = true }, "MLSD says slink, also of a link to a directory"},
	{"pure-ftpd", func(q *Quirks) { q.HidesLinks = true }, "MLSD says slink, and not where it leads"},
	{"pure-ftpd", func(q *Quirks) { q.KeepsFF = true }, "the byte FF is taken as it is"},
	{"pure-ftpd", func(q *Quirks) { q.ProtectsMLST = true }, "under TLS, MLST gets 521 before PROT P"},
	{"pure-ftpd", func(q *Quirks) { q.MaxLine = 4096 }, "a command above 4 KiB gets 421 and ends the session"},
	{"pure-ftpd", func(q *Quirks) { q.ShakesEarly = true }, "a TLS handshake waits in the data connection until the reply is sent"},
	{"pure-ftpd", func(q *Quirks) { q.LoginBurst = true }, "what is sent after a password waits until that is answered"},
	{"pyftpdlib", func(q *Quirks) { q.HidesDangling = true }, "MLSD leaves out symbolic links that lead nowhere"},
	{"pyftpdlib", func(q *Quirks) { q.HidesLinks = true }, "MLSD describes a link as the file it leads to"},
	{"pyftpdlib", func(q *Quirks) { q.ClosesAhead = true }, "EPSV behind RETR closes the data connection, and the 226 never comes"},
	{"pyftpdlib", func(q *Quirks) { q.ForgetsEarly = true }, "STOR waits for ever when another server has sent its small file and closed before"},
	{"pyftpdlib", func(q *Quirks) { q.KeepsFF = true }, "the byte FF is taken as it is"},
	{"pyftpdlib", func(q *Quirks) { q.MaxLine = 2048 }, "a command above 2 KiB gets 500 twice"},
	{"drftpd", func(q *Quirks) { q.WantsPRET = true }, "PASV needs PRET before it: the machine that has the file must listen"},
	{"drftpd", func(q *Quirks) { q.ClosesAhead = true }, "PRET is about the next transfer: none can be arranged ahead"},
	{"inetutils", func(q *Quirks) { q.ReadsTelnet = true }, "Telnet's IAC is read: the byte FF must be doubled"},
	{"inetutils", func(q *Quirks) { q.NamesSTOU = true }, "STOU without a name gets 500"},
	{"inetutils", func(q *Quirks) { q.MaxLine = 512 }, "of a command above 512 bytes the rest is run as another command"},
	{"inetutils", func(q *Quirks) { q.LoginBurst = true }, "what is sent after a password waits until that is answered"},
	{"SimpleFTPServer", func(q *Quirks) { q.WrongSizes = true }, "sizes are counted in 16 or 32 bits, whatever the processor has"},
	{"FTPVita", func(q *Quirks) { q.WrongSizes = true }, "sizes are counted in 32 bits"},
	{"FileZilla Server", func(q *Quirks) { q.InflatesUploads = true }, "uploads in MODE Z are read as zlib's format, which its source shows"},
}

// programs are the servers of quirkTable and how they are known: by a word in
// the greeting, or by a feature that no other has where the greeting is silent.
var programs = []struct{ server, greeting, feature, word string }{
	{"proftpd", "ProFTPD", "SITE", "SYMLINK"},
	{"vsftpd", "vsFTPd", "", ""},
	{"pure-ftpd", "Pure-FTPd", "ESTP", ""},
	{"pyftpdlib", "pyftpdlib", "", ""},
	{"inetutils", "GNU inetutils", "LPSV", ""},
	{"drftpd", "DrFTPD", "", ""},
	{"SimpleFTPServer", "SimpleFTPServer", "", ""},
	{"FTPVita", "FTPVita", "", ""},
	{"FileZilla Server", "FileZilla Server", "", ""},
}

// quirksOf recognises the server by its greeting and, once it is known, by FEAT.
func quirksOf(greeting string, feat Features) Quirks {
	for _, p := range programs {
		if strings.Contains(greeting, p.greeting) {
			return quirksBy(p.server)
		}
	}
	for _, p := range programs {
		if p.feature != "" && feat.Has(p.feature) && (p.word == "" || feat.Offers(p.feature, p.word)) {
			return quirksBy(p.server)
		}
	}
	return Quirks{}
}

// quirksBy joins the rows of one server.
func quirksBy(server string) Quirks {
	q := Quirks{Server: server}
	for _, row := range quirkTable {
		if row.server == server {
			row.set(&q)
			q.Reasons = append(q.Reasons, row.reason)
		}
	}
	return q
}

// Quirks returns what is known about the server's program.
func (v Server) Quirks() Quirks { return v.s.quirks }

// SizeProved notes that the server has said the right size of a file that was fetched.
func (v Server) SizeProved() { v.s.counts = true }

// ProvedSizes reports whether SizeProved was called: a server that has counted right
// before is not one that always says too little.
func (v Server) ProvedSizes() bool { return v.s.counts }

// older are the verbs of RFC 775 that stand in for those of RFC 959 on servers
// of its time (RFC 1123 section 4.1.3.1).
var older = map[string]string{"CWD": "XCWD", "CDUP": "XCUP", "PWD": "XPWD", "MKD": "XMKD", "RMD": "XRMD"}

// verbFor returns the verb as this server knows it.
func (l *learned) verbFor(verb string) string {
	if l.lacks[verb] && older[verb] != "" {
		return older[verb]
	}
	return verb
}

// isTooLong reports whether a server did not read a command at all, since its line is longer than it takes: vsftpd and
// others say 500 then, as to a verb that they do not know.
func isTooLong(err error) bool {
	var no *Error
	return errors.As(err, &no) && strings.Contains(strings.ToLower(no.Reply.Text()), "too long")
}

// markUnsupported reports whether err says that the server does not know verb. It is then
// not tried again in this session. What is not known of the ways to a data
// connection does not count.
func (l *learned) markUnsupported(verb string, err error) bool {
	if !IsCode(err, 500, 502) || errors.As(err, new(*modeError)) || isTooLong(err) {
		return false
	}
	l.without(verb)
	return true
}

// answered takes the outcome of a question about a file, SIZE or MDTM: one that the server does
// not know is not asked again, and is answered here as it was. One that FEAT names has two tries:
// a name may be what is not understood. One that it has answered before is asked for ever: it
// is by the size that a file is known to be whole.
func (l *learned) answered(verb string, err error) {
	if l.lacks[verb] || l.knows[verb] {
		return
	}
	_, before := l.refusals[verb]
	switch {
	case err == nil:
		delete(l.refusals, verb)
		if l.knows == nil {
			l.knows = map[string]bool{}
		}
		l.knows[verb] = true
	case !IsCode(err, 500, 502), isTooLong(err):
	case before, !l.feat.Has(verb):
		l.without(verb)
		fallthrough
	default:
		if l.refusals == nil {
			l.refusals = map[string]Reply{}
		}
		var no *Error
		errors.As(err, &no)
		l.refusals[verb] = no.Reply
	}
}

// without remembers that a command is of no use on this server.
func (l *learned) without(verb string) {
	if l.lacks == nil {
		l.lacks = map[string]bool{}
	}
	l.lacks[verb] = true
}
