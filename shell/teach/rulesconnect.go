package teach

import (
	"cmp"
	"slices"
	"strings"
)

// Rules about the control connection: whether it was made, protected, and let in.

func lookupFailed(r *reader) *Reading {
	e := r.Find(func(e *Event) bool { return e.Ev == DNS && e.Reason != "" })
	if e == nil {
		return nil
	}
	return &Reading{
		Headline: "the name " + e.Name + " was not found",
		Facts:    []Fact{{"asked", e.Name}, {"answer", e.Reason}},
		Cause:    "No address is known for this name. Either it is misspelled, or this computer cannot ask.",
		Try:      []Advice{{"", "look at the spelling, and whether other names work"}},
	}
}

func controlRefused(r *reader) *Reading {
	e := r.failure(TCPFail, false)
	if e == nil || !holds(e.Reason, "refused") {
		return nil
	}
	return &Reading{
		Headline: "the control connection was refused",
		Facts:    []Fact{{"connect to", address(e.Remote)}, {"happened", e.Reason + " after " + span(e.MS)}},
		Cause:    "The computer is there, but nothing listens on this port: the server is not running, or it uses another port.",
		Try:      []Advice{{"open ftps://HOST", "if it wants TLS from the first byte, on port 990"}, {"", "look at the port number: 21 is usual"}},
	}
}

func controlUnreachable(r *reader) *Reading {
	e := r.failure(TCPFail, false)
	if e == nil {
		return nil
	}
	return &Reading{
		Headline: "no control connection",
		Facts:    []Fact{{"connect to", address(e.Remote)}, {"happened", e.Reason + " after " + span(e.MS)}},
		Cause:    "Nobody answered: the address is wrong, the computer is off, or a firewall on the way drops what is sent to this port.",
		Try:      []Advice{{"", "see whether other programs reach the host"}, {"set timeout 2m", "if it is only slow"}},
	}
}

// flaws are what can be wrong with a certificate.
var flaws = map[string]string{
	"expired":       "The certificate is no longer valid, or the clock of this computer is wrong. Its owner must renew it.",
	"name-mismatch": "The certificate is for another name than the one that was typed: it may be another server, or another name for this one.",
	"self-signed":   "Nobody vouches for the certificate but itself. That is usual inside a company; elsewhere somebody on the way could have made it.",
	"unknown-ca":    "The certificate is signed by an authority that this computer does not know.",
}

func certificateRefused(r *reader) *Reading {
	e := r.failure(TLSFail, false)
	if e == nil || e.Subject == "" {
		return nil
	}
	cause := cmp.Or(flaws[e.Verify], "The certificate was refused.")
	return &Reading{
		Headline: "the server's certificate was refused",
		Facts:    []Fact{{"problem", e.Reason}, {"subject", e.Subject}, {"issuer", e.Issuer}, {"until", e.NotAfter}, {"SHA-256", e.SHA256}},
		Cause:    cause + " Nothing was sent, no password either.",
		Try: []Advice{
			{"", "compare the SHA-256 with what the administrator says"},
			{"ftpsh --ca FILE", "trust the authority in a file"},
			{"ftpsh --insecure", "trust anyone: anyone in between can read along"},
		},
	}
}

// textBeforeTLS is what came behind the 234 and before the handshake (CVE-2011-0411 and its relatives).
func textBeforeTLS(r *reader) *Reading {
	e := r.last(func(e *Event) bool { return e.Ev == Closed && !e.IsData() && holds(e.Reason, "before tls") })
	if e == nil {
		return nil
	}
	return &Reading{
		Headline: "text came between AUTH TLS and its handshake",
		Facts:    []Fact{{"it said", e.Reason}},
		Cause: "The server sends a reply that nobody asked for, or somebody on the way puts words into its mouth before the protection begins. " +
			"ftpsh trusts neither and ended the connection.",
		Try: []Advice{{"open ftps://HOST", "TLS from the first byte leaves no room for it"}, {"", "tell the server's administrator: one reply too many after the 234"}},
	}
}

func otherProtocol(r *reader) *Reading {
	e := r.last(func(e *Event) bool { return e.Ev == Closed && !e.IsData() && e.Reason != "" })
	if e == nil || !r.fails("protocol") {
		return nil
	}
	cause := "What came is not an FTP reply: another service listens on this port."
	try := []Advice{{"", "look at the port number"}}
	if strings.Contains(e.Reason, "SSH-") {
		cause = "This is an SSH server. SFTP, which it may offer, is another protocol than FTP."
		try = []Advice{{"explain sftp", "how they differ"}}
	}
	return &Reading{Headline: "this is not an FTP server", Facts: []Fact{{"it said", e.Reason}}, Cause: cause, Try: try}
}

func plainAnswer(r *reader) *Reading {
	e := r.failure(TLSFail, false)
	if e == nil || !holds(e.Reason, "first record does not look like a tls handshake", "side is not tls") {
		return nil
	}
	return &Reading{
		Headline: "the server answered the TLS handshake in the clear",
		Facts:    []Fact{{"happened", e.Reason}},
		Cause:    "TLS was begun at once, but this port speaks plain FTP first and changes to TLS on request.",
		Try:      []Advice{{"open --tls=require HOST", "protect it with AUTH TLS"}},
	}
}

func handshakeFailed(r *reader) *Reading {
	e := r.failure(TLSFail, false)
	if e == nil {
		return nil
	}
	cause := "The two sides did not agree on TLS."
	if holds(e.Reason, "protocol version", "unsupported versions") {
		cause = "The server only knows versions of TLS that are too old to be safe (1.0, 1.1). It must be updated."
	}
	return &Reading{
		Headline: "the TLS handshake of the control connection failed",
		Facts:    []Fact{{"happened", e.Reason}},
		Cause:    cause,
		Try:      []Advice{{"trace 3", "see more of the next attempt"}, {"open --tls=off HOST", "without TLS: anyone in between can read"}},
	}
}

func tlsRequired(r *reader) *Reading {
	e := r.refusal()
	if e == nil || r.encrypted() || !slices.Contains([]string{"530", "550", "534", "421", "503"}, e.Code) {
		return nil
	}
	words := holds(strings.Join(e.Lines, " "), "tls", "ssl", "secure", "encrypt")
	if !words && !(e.Code == "530" && r.verb(e) == "USER" && r.features.Has("AUTH")) {
		return nil
	}
	return &Reading{
		Headline: "the server wants TLS",
		Facts:    []Fact{r.said(e), {"you use", "a connection in the clear"}},
		Cause:    "It serves nobody who would send a password or files in the clear.",
		Try:      []Advice{{"open --tls=require HOST", "the same with TLS"}},
	}
}

func loginRefused(r *reader) *Reading {
	e := r.refusal("PASS", "USER", "ACCT")
	if e == nil || e.Code[0] != '5' {
		return nil
	}
	return &Reading{
		Headline: "the login was refused",
		Facts:    []Fact{r.said(e)},
		Cause:    "Name or password is wrong, or this user may not log in from here. Servers do not say which, so that nobody can try names.",
		Try:      []Advice{{"user NAME", "try again"}, {"user anonymous", "if the server is open to all"}},
	}
}

func thrownOut(r *reader) *Reading {
	e := r.reply("421")
	if e == nil || !holds(strings.Join(e.Lines, " "), "idle", "timeout", "timed out", "no transfer", "inactiv") {
		return nil
	}
	return &Reading{
		Headline: "the server hung up after a silence",
		Facts:    []Fact{r.said(e)},
		Cause:    "Servers close connections on which nothing was said for a while. ftpsh connects again by itself at the next command.",
		Try:      []Advice{{"", "type the command again"}, {"explain idle", "how long servers wait"}},
	}
}

func tooMany(r *reader) *Reading {
	e := r.reply("421")
	if e == nil {
		return nil
	}
	return &Reading{
		Headline: "the server does not serve us now",
		Facts:    []Fact{r.said(e)},
		Cause:    "421 ends the connection: too many users or connections from here, or the server is going down.",
		Try:      []Advice{{"", "wait a while, and close other sessions to this server"}},
	}
}

func silentServer(r *reader) *Reading {
	if !r.fails("timeout") {
		return nil
	}
	sent := r.last(func(e *Event) bool { return e.Ev == Sent })
	what := "for the greeting"
	if sent != nil {
		what = "for the answer to " + sent.Line
	}
	if moved := r.moved(); len(moved) > 0 {
		return &Reading{
			Headline: "the last reply of the transfer did not come",
			Facts:    append([]Fact{{"waited", what}}, moved...),
			Cause: "The data came to its end, and then the server must say whether all went well (226). Something on the way has forgotten the idle control " +
				"connection, or the server hangs.",
			Try: []Advice{{"set timeout 2m", "wait longer"}, {"", "tell the server's administrator: no final reply after a transfer"}},
		}
	}
	return &Reading{
		Headline: "the server said nothing more",
		Facts:    []Fact{{"waited", what}},
		Cause:    "The connection stands, but nothing comes: the server hangs, or something on the way has forgotten the connection.",
		Try:      []Advice{{"set timeout 2m", "wait longer"}, {"open ftps://HOST", "on port 990 nothing comes before the handshake"}},
	}
}

func lostConnection(r *reader) *Reading {
	e := r.last(func(e *Event) bool { return e.Ev == Closed && !e.IsData() && e.By == "peer" })
	if e == nil {
		return nil
	}
	facts := []Fact{{"happened", factWords(e, "->")}}
	if sent := r.last(func(e *Event) bool { return e.Ev == Sent }); sent != nil {
		facts = append(facts, Fact{"last sent", sent.Line})
	}
	return &Reading{
		Headline: "the control connection is gone",
		Facts:    facts,
		Cause:    "The server, or something on the way, ended the connection without a word. ftpsh connects again by itself at the next command.",
		Try:      []Advice{{"", "type the command again"}},
	}
}

func outOfStep(r *reader) *Reading {
	e := r.last(func(e *Event) bool { return e.Ev == Noted && strings.HasPrefix(e.Key, "reply.") })
	if e == nil {
		return nil
	}
	return &Reading{
		Headline: "replies and commands did not match",
		Facts:    []Fact{{"note", e.Text}},
		Cause:    "The server answered twice, or to something that nobody asked. ftpsh sorts that out with a command whose answer cannot be mistaken; if things look odd, a new connection is the cure.",
		Try:      []Advice{{"close", "then open again"}, {"ladder", "see which reply came when"}},
	}
}
