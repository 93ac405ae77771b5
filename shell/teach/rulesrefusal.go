package teach

import (
	"slices"
	"strings"
)

// Rules about commands that the server refused.

func restInASCII(r *reader) *Reading {
	e := r.refusal("REST")
	if e == nil {
		return nil
	}
	cause := "The server cannot begin in the middle of a file."
	if holds(strings.Join(e.Lines, " "), "ascii", "type") || e.Code == "501" {
		cause = "In type A a byte of the file is not a byte on the wire, so servers refuse to begin in the middle."
	}
	return &Reading{
		Headline: "the server does not resume", Facts: []Fact{r.said(e)}, Cause: cause,
		Try: []Advice{{"binary", "then try again"}, {"get", "or fetch all of it"}},
	}
}

func sizeInASCII(r *reader) *Reading {
	e := r.refusal("SIZE")
	if e == nil || !holds(strings.Join(e.Lines, " "), "ascii") {
		return nil
	}
	return &Reading{
		Headline: "the server does not say the size",
		Facts:    []Fact{r.said(e)},
		Cause:    "In type A the size on the wire depends on the line ends, and the server would have to read the whole file to know it.",
		Try:      []Advice{{"binary", "then ask again"}},
	}
}

func noRoom(r *reader) *Reading {
	e := r.reply("552", "452")
	if e == nil {
		return nil
	}
	return &Reading{
		Headline: "there is no room left on the server",
		Facts:    append([]Fact{r.said(e)}, r.moved()...),
		Cause:    "The quota of this user, or the disk of the server, is full. What arrived before may lie there incomplete.",
		Try:      []Advice{{"ls -l", "see what lies there"}, {"rm", "make room"}},
	}
}

var nameCommands = []string{"RETR", "SIZE", "MDTM", "MLST", "MLSD", "LIST", "NLST", "DELE", "CWD", "RMD", "RNFR", "STAT", "MFMT", "HASH"}

func noSuchName(r *reader) *Reading {
	e := r.refusal(nameCommands...)
	if e == nil || e.Code != "550" || holds(strings.Join(e.Lines, " "), "permission", "denied", "not allowed", "access", "not empty") {
		return nil
	}
	return &Reading{
		Headline: "the server does not have it",
		Facts:    []Fact{r.said(e)},
		Cause:    "There is no such name, or it is not what is needed here (a folder instead of a file). Capitals count on most servers.",
		Try:      []Advice{{"ls", "what is there"}, {"pwd", "where you are"}},
	}
}

func denied(r *reader) *Reading {
	e := r.refusal()
	if e == nil || e.Code != "550" && e.Code != "553" && e.Code != "532" {
		return nil
	}
	return &Reading{
		Headline: "the server does not allow it",
		Facts:    []Fact{r.said(e)},
		Cause:    "This user may not do that here, or not with this name. Only the owner or the administrator can change that.",
		Try:      []Advice{{"ls -l", "who may do what"}, {"cd", "go where you may write"}},
	}
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
