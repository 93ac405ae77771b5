package client

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// Features is what the server's answer to FEAT says (RFC 2389): upper-case name
// to parameter. A name that is listed several times has its parameters joined
// by a newline.
type Features map[string]string

// Has reports whether the server has a feature. MLSD comes with MLST (RFC 3659 section 7.8).
func (f Features) Has(name string) bool {
	_, ok := f[name]
	return ok
}

// Offers reports whether a feature's parameter has a word, whatever its case:
// Offers("HASH", "SHA-256") of draft-bryan-ftpext-hash. The asterisk of what is chosen now is no part of it.
func (f Features) Offers(name, word string) bool {
	words := strings.FieldsFunc(f[name], func(r rune) bool { return r == ';' || r == ' ' || r == '\n' })
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(strings.TrimSuffix(w, "*"), word) })
}

// Features returns what the server said it can do at the login; empty when it
// does not know FEAT (RFC 2389 section 3).
func (l *learned) Features() Features { return l.feat }

// AskFeatures asks again (FEAT, RFC 2389 section 3): a server may offer other features after a login.
func (v Server) AskFeatures(ctx context.Context) (Features, error) {
	r, err := v.s.cmd(ctx, 2, "FEAT")
	if err != nil {
		return nil, err
	}
	feat := parseFeatures(r)
	if v.s.opt.Retain != nil {
		v.s.opt.Retain(v.s.conn.Greeting().Text(), maps.Clone(feat), v.s.syst)
	}
	v.s.feat = v.s.corrected(feat)
	return v.s.feat, nil
}

// corrected is what the server says, as Options.Correct changes it.
func (s *peer) corrected(f Features) Features {
	if s.opt.Correct != nil {
		s.opt.Correct(f)
	}
	return f
}

func parseFeatures(r Reply) Features {
	f := Features{}
	if r.Class() != 2 {
		return f
	}
	for _, line := range r.Body() {
		name, param, _ := strings.Cut(strings.TrimSpace(r.withoutCode(line)), " ")
		name, param = strings.ToUpper(name), strings.TrimSpace(param)
		if name == "" {
			continue
		}
		if before, again := f[name]; again {
			param = before + "\n" + param
		}
		f[name] = param
	}
	return f
}

// usefulFacts are the ones that listings show.
var usefulFacts = map[string]bool{
	"type": true, "size": true, "modify": true, "perm": true, "unique": true,
	"unix.mode": true, "unix.owner": true, "unix.group": true, "unix.ownername": true, "unix.groupname": true,
	"unix.uid": true, "unix.gid": true,
}

// wantedFacts returns the argument of OPTS MLST (RFC 3659 section 7.9) when the
// server has useful facts that it does not send unasked, or "".
func (f Features) wantedFacts() string {
	facts, missing := "", false
	for fact := range strings.SplitSeq(f["MLST"], ";") {
		name := strings.TrimSpace(fact)
		bare := strings.TrimSuffix(name, "*")
		if !usefulFacts[strings.ToLower(bare)] {
			continue
		}
		missing = missing || bare == name
		facts += bare + ";"
	}
	if !missing {
		return ""
	}
	return facts
}
