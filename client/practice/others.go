package practice

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/afero"
)

// withoutLogin are the commands that work before a login.
var withoutLogin = map[string]bool{
	"USER": true, "PASS": true, "AUTH": true, "PBSZ": true, "PROT": true, "FEAT": true, "OPTS": true, "SYST": true, "HELP": true,
	"NOOP": true, "QUIT": true, "REIN": true, "HOST": true, "LANG": true, "CLNT": true, "ABOR": true, "STAT": true,
}

// namesFile: commands whose argument is a path.
func (c *command) namesFile() bool {
	switch c.verb {
	case "RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "CWD", "DELE", "MKD", "RMD", "RNFR", "RNTO", "SIZE", "MDTM", "STAT":
		return c.arg != ""
	}
	return false
}

// rein is REIN (RFC 959, 4.1.1): as after the greeting. Inside TLS it would end that (RFC 4217, 11), which this server
// leaves to a new connection.
func rein(s *session, c *command) string {
	if s.secure {
		return "502 REIN would end TLS: open a new connection."
	}
	s.closePort()
	again := s.login.done || s.again
	s.login, s.extended, s.silent, s.image = account{failures: s.login.failures}, false, nil, false
	if !again {
		return "220 Ready for a new user."
	}
	s.again = true
	c.obey, c.first = "CWD /", []string{"TYPE A", "REST 0"}
	c.edit = func(reply) string { return "220 Ready for a new user.\r\n" }
	return ""
}

// lang is LANG (RFC 2640, 4.1): English is all there is.
func lang(_ *session, c *command) string {
	switch tag := strings.ToLower(c.arg); {
	case tag == "", tag == "en", strings.HasPrefix(tag, "en-"):
		return "200 Replies are in English."
	default:
		return "504 English is all there is."
	}
}

// host is HOST (RFC 7151): it comes before USER and names one of the server's names.
func host(s *session, c *command) string {
	name := strings.ToLower(strings.Trim(c.arg, "[]"))
	names := append([]string{"localhost", s.srv.Host()}, s.srv.opts.Names...)
	switch {
	case c.arg == "":
		return "501 HOST needs a name."
	case s.login.named || s.login.done:
		return "503 HOST comes before USER."
	case !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }):
		return "504 There is no host " + printable(c.arg) + " here."
	}
	return "220 Host " + printable(name) + " accepted."
}

// site refuses what would stop the library in the middle.
func site(s *session, c *command) string {
	words := strings.Fields(c.arg)
	if !s.login.done || len(words) == 0 {
		if s.login.done {
			return "501 SITE needs a command: CHMOD, SYMLINK, HELP."
		}
		return ""
	}
	switch strings.ToUpper(words[0]) {
	case "HELP":
		return "214-SITE commands:\r\n CHMOD MODE NAME\r\n SYMLINK TARGET NAME\r\n214 End"
	case "CHMOD":
		if len(words) < 3 {
			return "501 SITE CHMOD MODE NAME."
		}
	}
	return ""
}

// Symlink makes a link; the library has made the names absolute.
func (t *tree) Symlink(target, name string) error {
	if err := t.mayMake(name); err != nil {
		return err
	}
	links, ok := t.Fs.(afero.Linker)
	if !ok {
		return afero.ErrNoSymlink
	}
	return links.SymlinkIfPossible(target, name)
}

// superfluous is for what other systems need (RFC 959, 5.4: 202).
func superfluous(s *session, c *command) string {
	switch {
	case !s.login.done:
		return "530 Log in with USER and PASS."
	case c.arg == "":
		return "501 " + c.verb + " needs an argument."
	case c.verb == "ALLO" && !isSize(c.arg):
		return "501 ALLO needs a number of bytes."
	}
	return "202 " + c.verb + " is not needed here."
}

func isSize(arg string) bool {
	number, _, _ := strings.Cut(arg, " ")
	_, err := strconv.ParseInt(number, 10, 64)
	return err == nil
}

// syntax is what HELP says of a command.
var syntax = map[string]string{
	"ABOR": "", "ACCT": "ACCOUNT", "ALLO": "BYTES", "APPE": "NAME", "AUTH": "TLS", "CDUP": "", "CWD": "DIRECTORY", "DELE": "NAME",
	"EPRT": "|FAMILY|ADDRESS|PORT|", "EPSV": "[1|2|ALL]", "FEAT": "", "HASH": "NAME", "HELP": "[COMMAND]", "HOST": "NAME", "LANG": "[TAG]",
	"LIST": "[NAME]", "MDTM": "NAME", "MFMT": "YYYYMMDDHHMMSS NAME", "MKD": "DIRECTORY", "MLSD": "[DIRECTORY]", "MLST": "[NAME]",
	"MODE": "S", "NLST": "[DIRECTORY]", "NOOP": "", "OPTS": "COMMAND [OPTION]", "PASS": "PASSWORD", "PASV": "", "PBSZ": "0",
	"PORT": "H1,H2,H3,H4,P1,P2", "PROT": "C|P", "PWD": "", "QUIT": "", "REIN": "", "REST": "OFFSET", "RETR": "NAME", "RMD": "DIRECTORY",
	"RNFR": "NAME", "RNTO": "NAME", "SITE": "CHMOD|SYMLINK|HELP", "SIZE": "NAME", "STAT": "[NAME]", "STOR": "NAME", "STOU": "[NAME]",
	"STRU": "F", "SYST": "", "TYPE": "A|I", "USER": "NAME",
}

// help is HELP (RFC 959, 4.1.3): all commands, or one.
func help(s *session, c *command) string {
	if c.arg != "" {
		verb := strings.ToUpper(c.arg)
		args, ok := syntax[verb]
		if !ok || s.srv.look.lacks(verb) {
			return "502 There is no command " + printable(c.arg) + "."
		}
		return strings.TrimRight("214 Syntax: "+verb+" "+args, " ")
	}
	var verbs []string
	for verb := range syntax {
		if !s.srv.look.lacks(verb) {
			verbs = append(verbs, verb)
		}
	}
	slices.Sort(verbs)
	lines := []string{"214-The commands of this server:"}
	for row := range slices.Chunk(verbs, 12) {
		lines = append(lines, " "+strings.Join(row, " "))
	}
	return strings.Join(append(lines, "214 HELP COMMAND tells more."), "\r\n")
}

// stat is STAT (RFC 959, 4.1.3): of the server, or a listing over the control connection. During a transfer the library
// knows more.
func stat(s *session, c *command) string {
	if c.arg == "" {
		return s.status()
	}
	if !s.login.done {
		return ""
	}
	arg, _ := listArg(c.arg)
	where := absolute(s.cwd(), arg)
	items, err := s.items(where)
	if err != nil {
		return "450 " + printable(c.arg) + ": no such file or directory."
	}
	code := 213
	if info, err := s.tree().Stat(where); err == nil && info.IsDir() {
		code = 212
	}
	lines := []string{fmt.Sprintf("%d-Status of %s:", code, printable(c.arg))}
	for _, it := range items {
		lines = append(lines, " "+unixLine(it, fileOwner, fileGroup))
	}
	return strings.Join(append(lines, fmt.Sprintf("%d End", code)), "\r\n")
}

// status describes the connection.
func (s *session) status() string {
	who, kind, data := "Not logged in", "ASCII", "No data connection"
	if s.login.done {
		who = "Logged in as " + printable(s.login.user)
	}
	if s.image {
		kind = "Image"
	}
	if len(s.pending) > 0 {
		data = "A transfer runs: " + s.pending[0].verb
	}
	control := "in the clear"
	if s.secure {
		control = "inside TLS"
	}
	return strings.Join([]string{
		"211-Status of the practice server of ftpsh:",
		" Connected from " + s.tcp.RemoteAddr().String() + ", " + control,
		" " + who,
		" TYPE: " + kind + ", STRUcture: File, MODE: Stream",
		" " + data,
		"211 End",
	}, "\r\n")
}
