package client

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// A server forgets with each connection what the user has told it by hand. This file says which
// commands that is true of, keeps them, and sends them again.

// lasting is what becomes of a command when another connection is made.
type lasting int

const (
	once   lasting = iota // it did what it does, or belonged to the command behind it
	kept                  // it holds for as long as the connection: it is sent again
	own                   // the Session knows by itself, and sends it when it is needed
	unsure                // nobody knows: no other connection is made unless the user says so
)

// handRow says of one command how long it lasts.
type handRow struct {
	verb, word string // word: the first argument, where it decides; "" is any other
	lasts      lasting
	value      bool // kept only with a value behind the word: without one it is a question
	toggles    bool // the same line again takes it back
	why        string
}

// handTable has a row for each command whose lasting is known. What is not here is unsure.
var handTable = []handRow{
	{verb: "USER", lasts: own, why: "part of the login"},
	{verb: "PASS", lasts: own, why: "part of the login"},
	{verb: "ACCT", lasts: kept, why: "servers want it for some directories, behind the login"},
	{verb: "REIN", lasts: own, why: "ends the login and all that was told behind it"},
	{verb: "QUIT", lasts: own, why: "ends the connection"},
	{verb: "HOST", lasts: own, why: "comes before the login, RFC 7151"},
	{verb: "AUTH", lasts: own, why: "how connections are protected from then on"},
	{verb: "PBSZ", lasts: own, why: "goes with PROT"},
	{verb: "PROT", lasts: own, why: "goes with the next transfer"},
	{verb: "SSCN", lasts: own, why: "goes with the next transfer"},
	{verb: "CCC", lasts: kept, why: "a firewall on the way must read the next connection, too"},
	{verb: "TYPE", lasts: own, why: "goes with the next transfer"},
	{verb: "MODE", lasts: own, why: "goes with the next transfer"},
	{verb: "STRU", lasts: kept, why: "RFC 959 section 3.1.2: until another one"},
	{verb: "CWD", lasts: own, why: "see Place"},
	{verb: "XCWD", lasts: own, why: "see Place"},
	{verb: "CDUP", lasts: own, why: "see Place"},
	{verb: "XCUP", lasts: own, why: "see Place"},
	{verb: "SMNT", lasts: kept, why: "another file system, RFC 959 section 4.1.1"},
	{verb: "LANG", lasts: kept, why: "the language of replies, RFC 2640"},
	{verb: "CLNT", lasts: kept, why: "servers choose the charset of names by it"},
	{verb: "CSID", lasts: kept, why: "who we are"},
	{verb: "MACB", lasts: kept, why: "MacBinary, until it is switched off"},
	{verb: "EPSV", word: "ALL", lasts: kept, why: "RFC 2428 section 4: no other way from then on"},
	{verb: "OPTS", lasts: kept, why: "RFC 2389: until another choice"},
	{verb: "OPTS", word: "HASH", lasts: kept, value: true, why: "alone it asks which one is chosen"},
	{verb: "TVFS", lasts: once, why: "a feature, no command"},

	{verb: "ABOR", lasts: once, why: "about a transfer"},
	{verb: "ALLO", lasts: once, why: "room for the next file"},
	{verb: "REST", lasts: once, why: "where the next file begins"},
	{verb: "RANG", lasts: once, why: "which part is wanted of the next file"},
	{verb: "RNFR", lasts: once, why: "RNTO follows"},
	{verb: "RNTO", lasts: once, why: "it is renamed"},
	{verb: "PASV", lasts: once, why: "one data connection"},
	{verb: "EPSV", lasts: once, why: "one data connection"},
	{verb: "PORT", lasts: once, why: "one data connection"},
	{verb: "EPRT", lasts: once, why: "one data connection"},
	{verb: "LPSV", lasts: once, why: "one data connection"},
	{verb: "LPRT", lasts: once, why: "one data connection"},
	{verb: "SPSV", lasts: once, why: "one data connection"},
	{verb: "CPSV", lasts: once, why: "one data connection"},
	{verb: "ESTA", lasts: once, why: "asks"},
	{verb: "ESTP", lasts: once, why: "one data connection"},
	{verb: "PRET", lasts: once, why: "one data connection"},
	{verb: "DELE", lasts: once, why: "it is deleted"},
	{verb: "MKD", lasts: once, why: "it is made"},
	{verb: "XMKD", lasts: once, why: "it is made"},
	{verb: "RMD", lasts: once, why: "it is deleted"},
	{verb: "XRMD", lasts: once, why: "it is deleted"},
	{verb: "RMDA", lasts: once, why: "it is deleted"},
	{verb: "COMB", lasts: once, why: "they are joined"},
	{verb: "MFMT", lasts: once, why: "a file's"},
	{verb: "MFCT", lasts: once, why: "a file's"},
	{verb: "MFF", lasts: once, why: "a file's"},
	{verb: "MDTM", lasts: once, why: "asks, or sets a file's"},
	{verb: "SIZE", lasts: once, why: "asks"},
	{verb: "MLST", lasts: once, why: "asks"},
	{verb: "STAT", lasts: once, why: "asks"},
	{verb: "HELP", lasts: once, why: "asks"},
	{verb: "FEAT", lasts: once, why: "asks"},
	{verb: "SYST", lasts: once, why: "asks"},
	{verb: "PWD", lasts: once, why: "asks"},
	{verb: "XPWD", lasts: once, why: "asks"},
	{verb: "NOOP", lasts: once, why: "does nothing"},
	{verb: "AVBL", lasts: once, why: "asks"},
	{verb: "DSIZ", lasts: once, why: "asks"},
	{verb: "ALGS", lasts: once, why: "asks"},
	{verb: "HASH", lasts: once, why: "asks"},
	{verb: "MD5", lasts: once, why: "asks"},
	{verb: "MMD5", lasts: once, why: "asks"},
	{verb: "THMB", lasts: once, why: "asks"},
	{verb: "XCRC", lasts: once, why: "asks"},
	{verb: "XMD5", lasts: once, why: "asks"},
	{verb: "XSHA", lasts: once, why: "asks"},
	{verb: "XSHA1", lasts: once, why: "asks"},
	{verb: "XSHA256", lasts: once, why: "asks"},
	{verb: "XSHA512", lasts: once, why: "asks"},
	{verb: "MAIL", lasts: once, why: "a message"},
	{verb: "MLFL", lasts: once, why: "a message"},
	{verb: "MSAM", lasts: once, why: "a message"},
	{verb: "MSND", lasts: once, why: "a message"},
	{verb: "MSOM", lasts: once, why: "a message"},
	{verb: "XMAS", lasts: once, why: "a message"},
	{verb: "XSEM", lasts: once, why: "a message"},
	{verb: "XSEN", lasts: once, why: "a message"},

	{verb: "SITE", word: "UMASK", lasts: kept, value: true, why: "the permissions of what is made from then on"},
	{verb: "SITE", word: "IDLE", lasts: kept, value: true, why: "when this connection is hung up"},
	{verb: "SITE", word: "GROUP", lasts: kept, value: true, why: "wu-ftpd: the group that the user belongs to from then on"},
	{verb: "SITE", word: "GPASS", lasts: kept, value: true, why: "wu-ftpd: goes with GROUP"},
	{verb: "SITE", word: "CHECKMETHOD", lasts: kept, value: true, why: "wu-ftpd: which checksum is computed"},
	{verb: "SITE", word: "DIRSTYLE", lasts: kept, toggles: true, why: "IIS: the form of listings; each time the other one"},
	{verb: "SITE", word: "NAMEFMT", lasts: kept, value: true, why: "IBM i: how names are written"},
	{verb: "SITE", word: "LISTFMT", lasts: kept, value: true, why: "IBM i: the form of listings"},
	{verb: "SITE", word: "TRIM", lasts: kept, value: true, why: "IBM i: blanks at the ends of records"},
	{verb: "SITE", word: "CRTCCSID", lasts: kept, value: true, why: "IBM i: the charset of new files"},
	{verb: "SITE", word: "NULLFLDS", lasts: kept, value: true, why: "IBM i: fields without a value"},
	{verb: "SITE", word: "UTF8", lasts: kept, value: true, why: "the charset of names"},
	{verb: "SITE", word: "CHMOD", lasts: once, why: "a file's"},
	{verb: "SITE", word: "CHGRP", lasts: once, why: "a file's"},
	{verb: "SITE", word: "CHOWN", lasts: once, why: "a file's"},
	{verb: "SITE", word: "UTIME", lasts: once, why: "a file's"},
	{verb: "SITE", word: "TOUCH", lasts: once, why: "a file's"},
	{verb: "SITE", word: "SYMLINK", lasts: once, why: "it is made"},
	{verb: "SITE", word: "LINK", lasts: once, why: "it is made"},
	{verb: "SITE", word: "MKDIR", lasts: once, why: "it is made"},
	{verb: "SITE", word: "RMDIR", lasts: once, why: "it is deleted"},
	{verb: "SITE", word: "CPFR", lasts: once, why: "CPTO follows"},
	{verb: "SITE", word: "CPTO", lasts: once, why: "it is copied"},
	{verb: "SITE", word: "COPY", lasts: once, why: "it is copied"},
	{verb: "SITE", word: "EXEC", lasts: once, why: "a program has run"},
	{verb: "SITE", word: "MSG", lasts: once, why: "a message"},
	{verb: "SITE", word: "PSWD", lasts: once, why: "the password is another one now"},
	{verb: "SITE", word: "HELP", lasts: once, why: "asks"},
	{verb: "SITE", word: "WHO", lasts: once, why: "asks"},
	{verb: "SITE", word: "QUOTA", lasts: once, why: "asks"},
	{verb: "SITE", word: "TIME", lasts: once, why: "asks"},
	{verb: "SITE", word: "ZONE", lasts: once, why: "asks"},
	{verb: "SITE", word: "STAT", lasts: once, why: "asks"},
	{verb: "SITE", word: "STATS", lasts: once, why: "asks"},
	{verb: "SITE", word: "VERS", lasts: once, why: "asks"},
	{verb: "SITE", word: "VERSION", lasts: once, why: "asks"},
	{verb: "SITE", word: "WHOAMI", lasts: once, why: "asks"},
	{verb: "SITE", word: "GROUPS", lasts: once, why: "asks"},
	{verb: "SITE", word: "INDEX", lasts: once, why: "asks"},
	{verb: "SITE", word: "NEWER", lasts: once, why: "asks"},
	{verb: "SITE", word: "MINFO", lasts: once, why: "asks"},
	{verb: "SITE", word: "ALIAS", lasts: once, why: "asks"},
	{verb: "SITE", word: "CDPATH", lasts: once, why: "asks"},
	{verb: "SITE", word: "CHECKSUM", lasts: once, why: "asks"},
	{verb: "SITE", word: "DF", lasts: once, why: "asks"},
	{verb: "SITE", word: "SPACE", lasts: once, why: "asks"},
}

// rowOf finds how long a command lasts on a server that calls itself so in SYST.
func rowOf(verb string, args []string, syst string) handRow {
	words := strings.Fields(strings.ToUpper(strings.Join(args, " ")))
	found := handRow{verb: verb, lasts: unsure}
	for _, row := range handTable {
		switch {
		case row.verb != verb:
		case row.word == "":
			found = row
		case len(words) > 0 && words[0] == row.word:
			if row.value && len(words) == 1 {
				row.lasts = once
			}
			return row
		}
	}
	mainframe := strings.Contains(syst, "MVS") || strings.Contains(syst, "OS/4") // z/OS; IBM i
	if verb == "SITE" && (mainframe || strings.Contains(strings.Join(words, " "), "=")) {
		found.lasts = kept // SITE RECFM=FB LRECL=80, SITE TRACKS
	}
	return found
}

// setting is a command that is sent again on each further connection.
type setting struct {
	command
	key    string // of those with the same one the last holds
	unsure bool
}

// keyOf is what two settings have in common of which the second takes the first one's place.
func keyOf(row handRow, args []string) string {
	words := strings.Fields(strings.ToUpper(strings.Join(args, " ")))
	switch {
	case row.verb == "OPTS" && len(words) > 0, row.word != "":
		return row.verb + " " + words[0]
	case row.verb != "SITE" && row.lasts == kept:
		return row.verb
	}
	for i, word := range words {
		words[i], _, _ = strings.Cut(word, "=")
		if words[i] != word {
			words[i] += "="
		}
	}
	return row.verb + " " + strings.Join(words, " ")
}

// sentByHand keeps a command that the user has sent, if it lasts and the server agreed.
func (s *dialogue) sentByHand(verb string, args []string, r Reply) {
	row := rowOf(verb, args, s.syst)
	if r.Class() != 2 || row.lasts != kept && row.lasts != unsure {
		return
	}
	m := setting{command{verb: verb, args: args}, keyOf(row, args), row.lasts == unsure}
	before := len(s.settings)
	s.settings = slices.DeleteFunc(slices.Clone(s.settings), func(old setting) bool { return old.key == m.key })
	if row.toggles && len(s.settings) < before {
		return
	}
	s.settings = append(slices.Clip(s.settings), m)
}

// Settings are the lines that make another connection what this one is, in their order, but for
// the login, the directory, and what goes with each transfer. Secrets in them are masked.
func (cl Clones) Settings() []string {
	var lines []string
	for _, m := range cl.s.settings {
		line, _ := masked(m.verb, m.String())
		lines = append(lines, line)
	}
	return lines
}

// Alone says why no other connection can be what this one is; nil where one can.
func (cl Clones) Alone() error { return cl.s.alone() }

func (h *handwork) alone() error {
	for _, m := range h.settings {
		if m.unsure {
			line, _ := masked(m.verb, m.String())
			return &DirGoneError{Command: line}
		}
	}
	return nil
}

// DirGoneError says that the session cannot be made again what it was: the directory is gone, or
// what was sent by hand is refused, or cannot be known to be safe to repeat. Nothing is done in
// another directory or with other settings. It is no answer to what was asked: the refusal in it
// is only seen by Refusal.
type DirGoneError struct {
	Dir     string // that the session was in, if that is what is missing
	Command string // or what was sent by hand
	Err     error  // what the server said; nil where it was not asked
}

func (e *DirGoneError) Error() string {
	switch {
	case e.Dir != "":
		return "cannot get back to " + e.Dir + ": " + e.Err.Error()
	case e.Command != "" && e.Err == nil:
		return e.Command + " was sent by hand, and may hold for its connection only: it is not known whether another one may hear it, too"
	case e.Command != "":
		return "cannot repeat " + e.Command + ": " + e.Err.Error()
	}
	return e.Err.Error()
}

// Refusal returns the server's no behind an error, also where that kept the session from being
// made again; nil if there is none.
func Refusal(err error) *Error {
	var gone *DirGoneError
	if errors.As(err, &gone) {
		err = gone.Err
	}
	var no *Error
	if errors.As(err, &no) {
		return no
	}
	return nil
}

// errElsewhere says that a directory was entered, and is another one.
var errElsewhere = errors.New("the server is in another directory")

// restore makes a connection, on which the login has led to a place, what the one before was.
func (s *dialogue) restore(ctx context.Context, c *Conn, landed Place) error {
	var burst []command
	clear := false
	for _, m := range s.settings {
		switch {
		case m.verb == "CCC":
			clear = true
		case m.verb == "ACCT" && s.accounted:
		default:
			burst = append(burst, m.command)
		}
		if m.verb == "SMNT" { // it leads away from there, to where nobody has asked
			landed = Place{}
		}
	}
	for i, x := range c.sendMany(ctx, burst...) {
		if _, err := x.Expect(ctx, 2); err != nil {
			line, _ := masked(burst[i].verb, burst[i].String())
			return notBack(&DirGoneError{Command: line, Err: err})
		}
	}
	if err := s.revisit(ctx, c, landed); err != nil {
		return err
	}
	if clear {
		return notBack(&DirGoneError{Command: "CCC", Err: s.clearControl(ctx, c)})
	}
	return nil
}

// notBack is e where the server's words are the reason; what else went wrong is itself.
func notBack(e *DirGoneError) error {
	if e.Err == nil || refused(e.Err) || isLong(e.Err) || errors.Is(e.Err, errElsewhere) {
		if e.Err == nil {
			return nil
		}
		return e
	}
	return e.Err
}

// revisit goes to where the session was, and has PWD confirm that.
func (s *location) revisit(ctx context.Context, c *Conn, landed Place) error {
	gone := func(err error) error { return notBack(&DirGoneError{Dir: s.at.String(), Err: err}) }
	route := s.route()
	if s.leaves || s.at.Known() && landed.dir == s.at.dir {
		return nil
	}
	if len(route) == 0 {
		if landed.said != s.at.said {
			return gone(errElsewhere)
		}
		return nil
	}
	if slices.ContainsFunc(route, func(m command) bool { return s.tooLong(m.verb, m.args) != nil }) {
		for _, step := range route {
			if err := s.walk(ctx, c, step); err != nil {
				return gone(err)
			}
		}
		route = nil
	}
	for i := range route {
		route[i].verb = s.verbFor(route[i].verb)
	}
	xs := c.sendMany(ctx, append(slices.Clip(route), cmd(s.verbFor("PWD")))...)
	for _, x := range xs[:len(route)] {
		if _, err := x.Expect(ctx, 2); err != nil {
			return gone(err)
		}
	}
	r, err := xs[len(route)].Expect(ctx, 2)
	if err != nil && !refused(err) {
		return err
	}
	if said, _ := ParsePath(r); said != s.at.said {
		return gone(errElsewhere)
	}
	return nil
}
