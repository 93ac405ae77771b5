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

// handRow says of commands how long they last.
type handRow struct {
	lasts    lasting
	commands string // "VERB, VERB WORD": the first argument, where it decides; alone it is any other
	value    bool   // kept only with a value behind the word: without one it is a question
	toggles  bool   // the same line again takes it back
}

// handTable has each command whose lasting is known. What is not here is unsure.
var handTable = []handRow{
	// Part of the login.
	{lasts: own, commands: "USER, PASS"},
	// Comes before the login, RFC 7151.
	{lasts: own, commands: "HOST"},
	// End the login or the connection, and all that was told behind it.
	{lasts: own, commands: "REIN, QUIT"},
	// How connections are protected from then on.
	{lasts: own, commands: "AUTH"},
	// Go with the next transfer.
	{lasts: own, commands: "PBSZ, PROT, SSCN, TYPE, MODE"},
	// See Place.
	{lasts: own, commands: "CWD, XCWD, CDUP, XCUP"},
	// Servers want it for some directories, behind the login.
	{lasts: kept, commands: "ACCT"},
	// A firewall on the way must read the next connection, too.
	{lasts: kept, commands: "CCC"},
	// RFC 959 section 3.1.2: until another one.
	{lasts: kept, commands: "STRU"},
	// Another file system, RFC 959 section 4.1.1.
	{lasts: kept, commands: "SMNT"},
	// The language of replies, RFC 2640.
	{lasts: kept, commands: "LANG"},
	// Who we are; servers choose the charset of names by it.
	{lasts: kept, commands: "CLNT, CSID"},
	// MacBinary, until it is switched off.
	{lasts: kept, commands: "MACB"},
	// RFC 2428 section 4: no other way from then on.
	{lasts: kept, commands: "EPSV ALL"},
	// RFC 2389: until another choice.
	{lasts: kept, commands: "OPTS"},
	// Alone it asks which one is chosen.
	{lasts: kept, commands: "OPTS HASH", value: true},
	// A feature, no command.
	{lasts: once, commands: "TVFS"},
	// About one transfer.
	{lasts: once, commands: "ABOR, ALLO, REST, RANG"},
	// About one file, in two steps.
	{lasts: once, commands: "RNFR, RNTO, SITE CPFR, SITE CPTO"},
	// One data connection.
	{lasts: once, commands: "PASV, EPSV, PORT, EPRT, LPSV, LPRT, SPSV, CPSV, ESTP, PRET"},
	// Done at once.
	{lasts: once, commands: "DELE, MKD, XMKD, RMD, XRMD, RMDA, COMB"},
	{lasts: once, commands: "SITE SYMLINK, SITE LINK, SITE MKDIR, SITE RMDIR, SITE COPY, SITE EXEC"},
	// Facts of a file.
	{lasts: once, commands: "MFMT, MFCT, MFF, MDTM"},
	{lasts: once, commands: "SITE CHMOD, SITE CHGRP, SITE CHOWN, SITE UTIME, SITE TOUCH"},
	// Messages.
	{lasts: once, commands: "MAIL, MLFL, MSAM, MSND, MSOM, XMAS, XSEM, XSEN, SITE MSG"},
	// The password is another one now.
	{lasts: once, commands: "SITE PSWD"},
	{lasts: once, commands: "NOOP"},
	// Ask.
	{lasts: once, commands: "SIZE, MLST, STAT, HELP, FEAT, SYST, PWD, XPWD, AVBL, DSIZ, ALGS, THMB, ESTA"},
	{lasts: once, commands: "HASH, MD5, MMD5, XCRC, XMD5, XSHA, XSHA1, XSHA256, XSHA512, SITE CHECKSUM"},
	{lasts: once, commands: "SITE HELP, SITE WHO, SITE QUOTA, SITE TIME, SITE ZONE, SITE STAT, SITE STATS"},
	{lasts: once, commands: "SITE VERS, SITE VERSION, SITE WHOAMI, SITE GROUPS, SITE INDEX, SITE NEWER"},
	{lasts: once, commands: "SITE MINFO, SITE ALIAS, SITE CDPATH, SITE DF, SITE SPACE"},
	// The permissions of what is made from then on.
	{lasts: kept, commands: "SITE UMASK", value: true},
	// When this connection is hung up.
	{lasts: kept, commands: "SITE IDLE", value: true},
	// The charset of names.
	{lasts: kept, commands: "SITE UTF8", value: true},
	// wu-ftpd: the user's group, and how sums are computed.
	{lasts: kept, commands: "SITE GROUP, SITE GPASS, SITE CHECKMETHOD", value: true},
	// IIS: the form of listings; each time the other one.
	{lasts: kept, commands: "SITE DIRSTYLE", toggles: true},
	// IBM i: how names are written, and listings.
	{lasts: kept, commands: "SITE NAMEFMT, SITE LISTFMT", value: true},
	// IBM i: blanks, charset and empty fields of records.
	{lasts: kept, commands: "SITE TRIM, SITE CRTCCSID, SITE NULLFLDS", value: true},
}

// rowOf finds how long a command lasts on a server that calls itself so in SYST, and the word that
// decides that; "" is any.
func rowOf(verb string, args []string, syst string) (found handRow, word string) {
	words := strings.Fields(strings.ToUpper(strings.Join(args, " ")))
	found.lasts = unsure
	for _, row := range handTable {
		for command := range strings.SplitSeq(row.commands, ", ") {
			switch name, first, _ := strings.Cut(command, " "); {
			case name != verb:
			case first == "":
				found = row
			case len(words) > 0 && words[0] == first:
				if row.value && len(words) == 1 {
					row.lasts = once
				}
				return row, first
			}
		}
	}
	mainframe := strings.Contains(syst, "MVS") || strings.Contains(syst, "OS/4") // z/OS; IBM i
	if verb == "SITE" && (mainframe || strings.Contains(strings.Join(words, " "), "=")) {
		found.lasts = kept // SITE RECFM=FB LRECL=80, SITE TRACKS
	}
	return found, ""
}

// setting is a command that is sent again on each further connection.
type setting struct {
	command
	key    string // of those with the same one the last holds
	unsure bool
}

// keyOf is what two settings have in common of which the second takes the first one's place.
func keyOf(verb, word string, lasts lasting, args []string) string {
	words := strings.Fields(strings.ToUpper(strings.Join(args, " ")))
	switch {
	case verb == "OPTS" && len(words) > 0, word != "":
		return verb + " " + words[0]
	case verb != "SITE" && lasts == kept:
		return verb
	}
	for i, word := range words {
		words[i], _, _ = strings.Cut(word, "=")
		if words[i] != word {
			words[i] += "="
		}
	}
	return verb + " " + strings.Join(words, " ")
}

// sentByHand keeps a command that the user has sent, if it lasts and the server agreed.
func (s *dialogue) sentByHand(verb string, args []string, r Reply) {
	row, word := rowOf(verb, args, s.syst)
	if r.Class() != 2 || row.lasts != kept && row.lasts != unsure {
		return
	}
	m := setting{command{verb: verb, args: args}, keyOf(verb, word, row.lasts, args), row.lasts == unsure}
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
