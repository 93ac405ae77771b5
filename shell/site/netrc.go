package site

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// Netrc is what a .netrc file says about one host.
type Netrc struct {
	Host        string // "" for default
	Login       string
	Password    string
	HasPassword bool
	Account     string
	Macros      []Macro

	damaged bool // a line of it could not be read
}

// Macro is a macdef in a .netrc file.
type Macro struct {
	Name  string
	Lines []string
}

// ParseNetrc reads the format of ftp(1): the words machine, default, login,
// password, account and macdef, each but default with a value. A value in
// double quotes may hold blanks; a backslash makes the next character plain; a
// word that begins with # where a keyword is due begins a comment. A macro's
// lines go up to an empty one. A macro in front of every machine is for all.
// What has no meaning is passed over, and the error, which holds nothing of the
// text, has a row for each of the first lines of that kind: "3: a value is missing after login".
func ParseNetrc(text string) ([]Netrc, error) {
	p := netrcParser{text: text, line: 1}
	for {
		word, ok := p.word()
		switch {
		case !ok:
			for i := range p.entries {
				p.entries[i].Macros = slices.Concat(p.common, p.entries[i].Macros)
			}
			return p.entries, errors.Join(p.wrong...)
		case strings.HasPrefix(word, "#"):
			p.rest()
		default:
			p.keyword(word)
		}
	}
}

type netrcParser struct {
	text    string
	line    int
	entries []Netrc
	common  []Macro // before the first machine
	wrong   []error
}

// manyComplaints are as many as one reads.
const manyComplaints = 2

func (p *netrcParser) complain(text string) {
	if n := len(p.entries); n > 0 {
		p.entries[n-1].damaged = true
	}
	err := fmt.Errorf("%d: %s", p.line, text)
	switch n := len(p.wrong); {
	case n > manyComplaints: // a file that is no .netrc has as many as it has words
	case n == manyComplaints:
		p.wrong = append(p.wrong, fmt.Errorf("%d: and more", p.line))
	case n == 0 || p.wrong[n-1].Error() != err.Error(): // a misspelt keyword leaves its value behind
		p.wrong = append(p.wrong, err)
	}
}

func (p *netrcParser) keyword(word string) {
	switch word {
	case "default":
		p.entries = append(p.entries, Netrc{})
		return
	case "machine", "login", "user", "password", "passwd", "account", "macdef", "port", "protocol":
	default:
		p.complain("a word is not one of machine, default, login, password, account, macdef")
		return
	}
	value, ok := p.word()
	switch {
	case !ok:
		p.complain("a value is missing after " + word)
	case word == "machine":
		p.entries = append(p.entries, Netrc{Host: value})
	case word == "macdef":
		p.macro(value)
	case len(p.entries) == 0:
		p.complain(word + " stands before the first machine")
	default:
		p.entries[len(p.entries)-1].set(word, value)
	}
}

func (n *Netrc) set(word, value string) {
	switch word {
	case "login", "user":
		n.Login = value
	case "account":
		n.Account = value
	case "port", "protocol": // of other programs; the address says both
	default:
		n.Password, n.HasPassword = value, true
	}
}

// macro takes the lines up to an empty one.
func (p *netrcParser) macro(name string) {
	p.rest()
	m := Macro{Name: name}
	for p.text != "" {
		line := strings.TrimRight(p.rest(), "\r")
		if strings.TrimSpace(line) == "" {
			break
		}
		m.Lines = append(m.Lines, line)
	}
	if len(p.entries) == 0 {
		p.common = append(p.common, m)
		return
	}
	last := &p.entries[len(p.entries)-1]
	last.Macros = append(last.Macros, m)
}

// rest takes the rest of the line.
func (p *netrcParser) rest() string {
	line, rest, found := strings.Cut(p.text, "\n")
	p.text = rest
	if found {
		p.line++
	}
	return line
}

// word takes the next word, unless the file ends.
func (p *netrcParser) word() (string, bool) {
	for p.text != "" && isBlank(p.text[0]) {
		if p.text[0] == '\n' {
			p.line++
		}
		p.text = p.text[1:]
	}
	if p.text == "" {
		return "", false
	}
	quoted := p.text[0] == '"'
	if quoted {
		p.text = p.text[1:]
	}
	var word []byte
scan:
	for p.text != "" {
		c := p.text[0]
		switch {
		case c == '\\' && len(p.text) > 1 && p.text[1] != '\n':
			p.text = p.text[1:]
			c = p.text[0]
		case quoted && c == '"':
			p.text = p.text[1:]
			return string(word), true
		case c == '\n' || !quoted && isBlank(c):
			break scan
		}
		word, p.text = append(word, c), p.text[1:]
	}
	if quoted {
		p.complain("a quote is not closed")
	}
	return string(word), true
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// findNetrc returns the entry for a host: that of the user if one is named, else the
// first one of the host, else default, which is for nobody in particular.
// The order of default and the machines does not matter: people put it first, too.
func findNetrc(entries []Netrc, host, user string) (found Netrc, ok bool) {
	for _, e := range entries {
		switch {
		case e.Host == "" && user == "" && !ok:
			found, ok = e, true
		case e.Host != "" && strings.EqualFold(e.Host, host) && (user == "" || e.Login == "" || e.Login == user):
			e.Login = cmp.Or(e.Login, user)
			return e, true
		}
	}
	return found, ok
}

// netrcWords names the damaged lines of a file.
func netrcWords(name string, wrong error) string {
	return strings.ReplaceAll(name+":"+wrong.Error(), "\n", "; "+name+":")
}

func othersRead(name string) bool {
	info, err := os.Stat(name)
	return err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0
}

// DefaultNetrc is the .netrc file that is read when no other one is named:
// $NETRC or the one in the home directory.
func DefaultNetrc() string {
	if name := os.Getenv("NETRC"); name != "" {
		return name
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".netrc")
}

// LookUpNetrc looks a host up in a .netrc; "" has nothing, and neither has one that is not there unless it was named. Where
// a line is damaged only an entry of the host that is whole is used, with a warning: what looks like the password of one
// host may be that of another whose name was in that line.
func LookUpNetrc(name string, named bool, host, user string) (entry Netrc, found bool, warning string, err error) {
	if name == "" {
		return Netrc{}, false, "", nil
	}
	text, err := private.Read(name, LongConfig)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return Netrc{}, false, "", nil
	}
	if err != nil {
		return Netrc{}, false, "", err
	}
	entries, wrong := ParseNetrc(string(text))
	entry, found = findNetrc(entries, host, user)
	switch {
	case wrong == nil:
	case !found || entry.Host == "" || entry.damaged:
		return Netrc{}, false, "", &failure.LocalError{Text: netrcWords(name, wrong) + ": mend it, or nobody knows whose password is whose"}
	default:
		warning = netrcWords(name, wrong)
	}
	if found && entry.HasPassword && !IsAnonymous(entry.Login) && othersRead(name) {
		return Netrc{}, false, warning, &failure.LocalError{Text: fmt.Sprintf("%s holds a password and others can read it; `!chmod 600 %s` ends that", name, name)}
	}
	return entry, found, warning, nil
}
