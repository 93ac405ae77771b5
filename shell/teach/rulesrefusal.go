package teach

import (
	"slices"
	"strings"
)

// Rules about commands that the server refused.

func restInASCII(r *reader) *Reading {
	e := r.refusal("REST")
	switch {
	case e == nil:
		return nil
	case holds(strings.Join(e.Lines, " "), "ascii", "type") || e.Code == "501":
		return reads("no-rest-in-ascii", r.said(e))
	}
	return reads("no-rest", r.said(e))
}

func sizeInASCII(r *reader) *Reading {
	e := r.refusal("SIZE")
	if e == nil || !holds(strings.Join(e.Lines, " "), "ascii") {
		return nil
	}
	return reads("size-in-ascii", r.said(e))
}

func noRoom(r *reader) *Reading {
	e := r.reply("552", "452")
	if e == nil {
		return nil
	}
	return reads("no-room", append([]Fact{r.said(e)}, r.moved()...)...)
}

var nameCommands = []string{"RETR", "SIZE", "MDTM", "MLST", "MLSD", "LIST", "NLST", "DELE", "CWD", "RMD", "RNFR", "STAT", "MFMT", "HASH"}

func noSuchName(r *reader) *Reading {
	e := r.refusal(nameCommands...)
	if e == nil || e.Code != "550" || holds(strings.Join(e.Lines, " "), "permission", "denied", "not allowed", "access", "not empty") {
		return nil
	}
	return reads("no-such-name", r.said(e))
}

func denied(r *reader) *Reading {
	e := r.refusal()
	if e == nil || e.Code != "550" && e.Code != "553" && e.Code != "532" {
		return nil
	}
	return reads("denied", r.said(e))
}

func unknownCommand(r *reader) *Reading {
	e := r.refusal()
	if e == nil || !slices.Contains([]string{"500", "501", "502", "504"}, e.Code) || slices.Contains([]string{"EPSV", "PASV", "EPRT", "PORT"}, r.verb(e)) {
		return nil
	}
	cause := "The server does not know this command, or it is switched off."
	if e.Code == "501" || e.Code == "504" {
		cause = "The server knows the command, but not with these words after it."
	}
	return &Reading{
		Headline: "the server did not understand", Facts: []Fact{r.said(e)}, Cause: cause,
		Try: []Advice{{"features", "what the server can do"}, {"explain " + r.verb(e), "what the command is for"}},
	}
}

// byCode reads nothing but the code of the last refusal.
func byCode(r *reader) *Reading {
	e := r.refusal()
	if e == nil {
		return nil
	}
	for _, c := range Codes() {
		if c.Code == e.Code {
			out := &Reading{Headline: strings.ToLower(c.Title[:1]) + c.Title[1:], Facts: []Fact{r.said(e)}, Cause: c.Meaning}
			for _, next := range c.Next {
				out.Try = append(out.Try, Advice{"", next})
			}
			return out
		}
	}
	return &Reading{
		Headline: "the server refused", Facts: []Fact{r.said(e)},
		Cause: strings.TrimSpace(digitWords(e.Code)) + ". This code is in no standard that is known here.",
		Try:   []Advice{{"explain " + e.Code[:1] + "yz", "what the first digit says"}},
	}
}
