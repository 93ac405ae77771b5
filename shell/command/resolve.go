package command

import (
	"maps"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/equivalents"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// ClassicCommands are the commands of tnftp, inetutils ftp and netkit ftp. A prefix
// means one of these before it means one of ours, so that fingers and scripts
// find what they are used to.
var ClassicCommands = strings.Fields(`
	! $ ? account append ascii bell binary bye case cd cdup chmod close cr debug delete dir disconnect edit epsv epsv4
	epsv6 exit features fget form ftp gate get glob hash help idle image ipany ipv4 ipv6 lcd less lpage lpwd ls macdef
	mdelete mdir mget mkdir mls mlsd mlst mode modtime more mput mreget msend newer nlist nmap ntrans open page passive
	pdir pls pmlsd preserve progress prompt proxy put pwd qc quit quote rate rcvbuf recv reget remopts rename reset
	restart rhelp rmdir rstatus runique send sendport set site size sndbuf status struct sunique system tenex throttle
	tick trace type umask unset usage user verbose xferbuf`)

// ProtocolVerbs are what people type who know the protocol.
var ProtocolVerbs = strings.Fields(`
	ABOR ACCT ADAT ALLO APPE AUTH AVBL CCC CDUP CLNT COMB CSID CWD DELE DSIZ ENC EPRT EPSV FEAT HASH HOST LANG LIST LPRT
	LPSV MDTM MFCT MFF MFMT MIC MKD MLSD MLST NLST NOOP OPTS PASS PASV PBSZ PORT PRET PROT PWD RANG REIN REST RETR RMD RNFR
	RNTO SITE SIZE SMNT STAT STOR STOU STRU SYST THMB TYPE USER XCRC XCUP XCWD XMD5 XMKD XPWD XRMD XSHA XSHA1 XSHA256 XSHA512`)

// Find returns the command that name means: the exact name or alias, else the
// only one of the classic names that begins with it, else the only one of ours.
func (g Groups) Find(name string) (*Command, error) {
	if c := g.Exact(name); c != nil {
		return c, nil
	}
	named := map[string]*Command{}
	for c := range g.Commands() {
		named[c.Name] = c
		for _, alias := range c.Aliases {
			named[alias] = c
		}
	}
	var classic, ours []string
	for n := range named {
		switch {
		case name == "" || !strings.HasPrefix(n, name):
		case slices.Contains(ClassicCommands, n):
			classic = append(classic, n)
		default:
			ours = append(ours, n)
		}
	}
	for _, found := range [][]string{classic, ours} {
		if c := only(found, named); c != nil {
			return c, nil
		}
		if len(found) > 0 {
			slices.Sort(found)
			return nil, &failure.UsageError{Text: name + " is ambiguous: " + strings.Join(found, ", ")}
		}
	}
	return nil, unknownCommand(name, named)
}

// Exact returns the command of a name, or of an alias of its row.
func (g Groups) Exact(name string) *Command {
	for c := range g.Commands() {
		if c.Name == name || slices.Contains(c.Aliases, name) {
			return c
		}
	}
	return nil
}

// Has reports whether a name is the whole name of a command.
func (g Groups) Has(name string) bool { return g.Exact(name) != nil }

// only returns the command that all the names mean.
func only(names []string, named map[string]*Command) *Command {
	var found *Command
	for _, n := range names {
		if found != nil && named[n] != found {
			return nil
		}
		found = named[n]
	}
	return found
}

// isAddress reports whether somebody typed where to go, and not to go there.
func isAddress(word string) bool {
	_, host, user := strings.Cut(word, "@")
	return strings.HasPrefix(word, "ftp://") || strings.HasPrefix(word, "ftps://") || strings.HasPrefix(word, "ftpes://") ||
		user && host != "" && !strings.ContainsAny(word, " /:")
}

func unknownCommand(name string, named map[string]*Command) error {
	err := &failure.UsageError{Text: name + ": no such command", Hint: "`help` lists the commands"}
	if verb := strings.ToUpper(name); slices.Contains(ProtocolVerbs, verb) {
		return &failure.UsageError{Text: verb + " is a protocol command", Hint: "`quote " + verb + "` sends it, `explain " + verb + "` says which command does"}
	}
	if e := equivalents.Find(equivalents.OtherCommand, name); e != nil {
		err.Hint = e.Hint()
		return err
	}
	switch {
	case history.HasURLPassword(name):
		err.Hint = "`open URL` connects"
		return err
	case isAddress(name):
		err.Hint = "`open " + name + "` connects"
		return err
	}
	for _, c := range named {
		if c.Alone != nil && c.Alone(name) != "" {
			err.Hint = c.Alone(name)
			return err
		}
	}
	if row, err := settings.Find(name); err == nil && row.Name == name {
		return &failure.UsageError{Text: name + " is a setting", Hint: "`set " + name + "` shows it, `help " + name + "` says what it is"}
	}
	if near := completion.Nearest(name, slices.Sorted(maps.Keys(named))); len(near) > 0 {
		err.Hint = failure.DidYouMean("", near)
	} else if say := explained(name); say != "" {
		err.Hint = say
	}
	return err
}
