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
	return reads("control-refused", Fact{"connect to", address(e.Remote)}, Fact{"happened", e.Reason + " after " + span(e.MS)})
}

func controlUnreachable(r *reader) *Reading {
	e := r.failure(TCPFail, false)
	if e == nil {
		return nil
	}
	return reads("control-unreachable", Fact{"connect to", address(e.Remote)}, Fact{"happened", e.Reason + " after " + span(e.MS)})
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
	return reads("text-before-tls", Fact{"it said", e.Reason})
}

func otherProtocol(r *reader) *Reading {
	e := r.last(func(e *Event) bool { return e.Ev == Closed && !e.IsData() && e.Reason != "" })
	if e == nil || !r.fails("protocol") {
		return nil
	}
	if strings.Contains(e.Reason, "SSH-") {
		return reads("ssh", Fact{"it said", e.Reason})
	}
	return reads("other-protocol", Fact{"it said", e.Reason})
}

func plainAnswer(r *reader) *Reading {
	e := r.failure(TLSFail, false)
	if e == nil || !holds(e.Reason, "first record does not look like a tls handshake", "side is not tls") {
		return nil
	}
	return reads("plain-answer", Fact{"happened", e.Reason})
}

func handshakeFailed(r *reader) *Reading {
	e := r.failure(TLSFail, false)
	if e == nil {
		return nil
	}
	if holds(e.Reason, "protocol version", "unsupported versions") {
		return reads("old-tls", Fact{"happened", e.Reason})
	}
	return reads("handshake-failed", Fact{"happened", e.Reason})
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
	return reads("tls-required", r.said(e), Fact{"you use", "a connection in the clear"})
}

func loginRefused(r *reader) *Reading {
	e := r.refusal("PASS", "USER", "ACCT")
	if e == nil || e.Code[0] != '5' {
		return nil
	}
	return reads("login-refused", r.said(e))
}

func thrownOut(r *reader) *Reading {
	e := r.reply("421")
	if e == nil || !holds(strings.Join(e.Lines, " "), "idle", "timeout", "timed out", "no transfer", "inactiv") {
		return nil
	}
	return reads("thrown-out", r.said(e))
}

func tooMany(r *reader) *Reading {
	e := r.reply("421")
	if e == nil {
		return nil
	}
	return reads("too-many", r.said(e))
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
		return reads("no-final-reply", append([]Fact{{"waited", what}}, moved...)...)
	}
	return reads("silent-server", Fact{"waited", what})
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
	return reads("lost-connection", facts...)
}

func outOfStep(r *reader) *Reading {
	e := r.last(func(e *Event) bool { return e.Ev == Noted && strings.HasPrefix(e.Key, "reply.") })
	if e == nil {
		return nil
	}
	return reads("out-of-step", Fact{"note", e.Text})
}
