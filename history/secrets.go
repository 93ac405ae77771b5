package history

import (
	"strings"
)

// Redact takes secrets out of a command line: passwords after user, quote PASS, account and the like, in URLs, in
// options and in settings. It returns the line to keep; false when a secret is where it cannot be cut out. What it
// returns is unchanged by another Redact.
func Redact(line string) (kept string, keep bool) {
	for _, statement := range statements(line) {
		if hidesSecret(statement) {
			return "", false
		}
	}
	for {
		cut, found := firstCut(line)
		if !found {
			return line, true
		}
		line = line[:cut.from] + line[cut.to:]
	}
}

// secretAfter lists the words after which the rest of a command is secret, and how many words in between are not.
// Commands can be abbreviated to two letters; the verbs of quote and site can not.
var secretAfter = []struct {
	command string
	open    int
}{
	{"user", 1}, {"login", 1}, {"account", 0}, {"acct", 0}, {"password", 0}, {"passwd", 0},
}

var secretVerbs = map[string]bool{
	"pass": true, "acct": true, "adat": true, // RFC 959, RFC 2228
	"pswd": true, "cpwd": true, "passwd": true, "setpass": true, "password": true, // SITE, by server
}

// wrappers take a whole command after them.
var wrappers = map[string]bool{
	"time": true, "repeat": true, "watch": true, "every": true, "at": true, "retry": true, "queue": true, "nohup": true,
	"command": true, "source": true, "alias": true, "macro": true, "macdef": true, "bind": true, "on": true, "sh": true,
}

// connecting commands take user:password@host and -u user,password.
var connecting = map[string]bool{
	"open": true, "connect": true, "reopen": true, "ftp": true, "ftps": true, "ftpsh": true, "lftp": true, "bookmark": true,
	"copy": true, "fxp": true, "proxy": true, "url": true,
}

type span struct{ from, to int }

// firstCut finds the first secret of a line.
func firstCut(line string) (span, bool) {
	for _, words := range statements(line) {
		if len(words) == 0 {
			continue
		}
		for i := range words {
			if cut, found := words.cutRest(i); found {
				return cut, true
			}
			if cut, found := words.cutWord(i); found {
				return cut, true
			}
		}
	}
	return span{}, false
}

type word struct {
	span
	raw, text string // as typed, and without quotes
}

type words []word

// cutRest finds what to cut when the secret is all that follows word i.
func (w words) cutRest(i int) (span, bool) {
	name := strings.ToLower(strings.TrimLeft(w[i].text, "-@"))
	switch first := i == w.command(); {
	case first && strings.HasPrefix("quote", name) && len(name) > 1, first && (name == "site" || name == "literal" || name == "raw"):
		return w.cutVerb(i + 1)
	case first && strings.HasPrefix("pass", name) && len(name) > 3:
		return w.after(i)
	case first && (name == "set" || name == "setenv") && i+1 < len(w):
		setting, _, assigned := strings.Cut(w[i+1].text, "=")
		switch {
		case !isSecretName(setting):
		case assigned:
			return w.cutAssigned(i + 1)
		default:
			return w.after(i + 1)
		}
	case first:
		for _, row := range secretAfter {
			if strings.HasPrefix(row.command, name) && len(name) > 1 {
				return w.after(i + row.open)
			}
		}
	}
	return span{}, false
}

// cutVerb looks at the protocol command in word i.
func (w words) cutVerb(i int) (span, bool) {
	if i >= len(w) {
		return span{}, false
	}
	verb, rest, _ := strings.Cut(strings.ToLower(strings.TrimSpace(w[i].text)), " ")
	switch {
	case verb == "site" && rest == "":
		return w.cutVerb(i + 1)
	case secretVerbs[verb] && rest == "":
		return w.after(i)
	}
	return span{}, false
}

// cutWord finds a secret in or right after word i.
func (w words) cutWord(i int) (span, bool) {
	raw := w[i].raw
	if from, to, found := urlPassword(raw); found {
		return span{w[i].from + from, w[i].from + to}, true
	}
	name := strings.ToLower(w[i].text)
	option := strings.HasPrefix(name, "-")
	key, _, assigned := strings.Cut(name, "=")
	switch {
	case option && isSecretName(key) && assigned:
		return w.cutAssigned(i)
	case (option || i > 0) && isSecretName(name) && (option || name == "password" || name == "passwd") && i+1 < len(w):
		return span{w[i].to, w[i+1].to}, true
	}
	if !connecting[w.name()] || i == w.command() {
		return span{}, false
	}
	if i > 0 && (w[i-1].text == "-u" || w[i-1].text == "--user") {
		if comma := strings.IndexAny(raw, ",:"); comma >= 0 {
			return span{w[i].from + comma, w[i].to}, true
		}
	}
	if strings.HasPrefix(raw, "-u") && strings.Contains(raw, ",") {
		return span{w[i].from + strings.IndexByte(raw, ','), w[i].to}, true
	}
	colon, at := strings.IndexByte(raw, ':'), strings.LastIndexByte(raw, '@')
	if colon >= 0 && at > colon && !strings.Contains(raw, "://") {
		return span{w[i].from + colon, w[i].from + at}, true
	}
	return span{}, false
}

// after cuts all words behind word i.
func (w words) after(i int) (span, bool) {
	if i+1 >= len(w) {
		return span{}, false
	}
	return span{w[i].to, w[len(w)-1].to}, true
}

func (w words) cutAssigned(i int) (span, bool) {
	equals := strings.IndexByte(w[i].raw, '=')
	if equals < 0 || equals+1 == len(w[i].raw) {
		return span{}, false
	}
	return span{w[i].from + equals + 1, w[i].to}, true
}

// command is the index of the command in a statement, behind wrappers with their numbers and options.
func (w words) command() int {
	i := 0
	for i < len(w)-1 && wrappers[strings.ToLower(w[i].text)] {
		alias := w[i].text == "alias" || w[i].text == "macro" || w[i].text == "macdef" || w[i].text == "bind" || w[i].text == "on"
		i++
		if alias && i < len(w)-1 {
			i++
		}
		for i < len(w)-1 && (w[i].text == "" || strings.HasPrefix(w[i].text, "-") || w[i].text[0] >= '0' && w[i].text[0] <= '9') {
			i++
		}
	}
	return i
}

func (w words) name() string {
	return strings.ToLower(strings.TrimLeft(w[w.command()].text, "-@"))
}

// isSecretName tells settings and options that hold a secret from those that tell where one is, and from "passive".
func isSecretName(name string) bool {
	name = strings.ToLower(name)
	if strings.HasSuffix(name, "-command") || strings.HasSuffix(name, "-file") {
		return false
	}
	for _, part := range []string{"password", "passwd", "passphrase", "secret", "token"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return strings.HasSuffix(name, "pass")
}

// urlPassword finds the password in a URL, with its colon. One that holds a slash, which a URL should not, is found too,
// unless it looks like a port.
func urlPassword(raw string) (from, to int, found bool) {
	_, rest, isURL := strings.Cut(raw, "://")
	if !isURL {
		return 0, 0, false
	}
	start := len(raw) - len(rest)
	colon, at := strings.IndexByte(rest, ':'), strings.LastIndexByte(rest, '@')
	if slash := strings.IndexByte(rest, '/'); colon < 0 || at < colon || slash >= 0 && slash < colon {
		return 0, 0, false
	}
	if end := strings.IndexByte(rest[colon:], '/'); end > 0 && colon+end < at && strings.Trim(rest[colon+1:colon+end], "0123456789") == "" {
		return 0, 0, false
	}
	return start + colon, start + at, true
}

// hidesSecret says whether a quoted word, of a command that runs such words, has a secret in it.
func hidesSecret(w words) bool {
	if len(w) == 0 {
		return false
	}
	runsWords := wrappers[strings.ToLower(w[0].text)] || strings.HasPrefix("quote", w.name()) || w.name() == "site"
	for _, word := range w {
		if runsWords && word.raw != word.text && strings.ContainsAny(word.text, " \t\n;") {
			inner, keep := Redact(word.text)
			if verb, rest, _ := strings.Cut(word.text, " "); secretVerbs[strings.ToLower(verb)] && rest != "" {
				return true
			}
			if !keep || inner != word.text {
				return true
			}
		}
	}
	return false
}

// statements splits a line at ; & | and line feeds, and each part into words. It fails on nothing: an open quote ends
// with the line.
func statements(line string) []words {
	all := []words{nil}
	for i := 0; i < len(line); {
		switch line[i] {
		case ' ', '\t':
			i++
		case ';', '&', '|', '\n', '\r':
			all = append(all, nil)
			i++
		default:
			text, end := scanWord(line, i)
			last := &all[len(all)-1]
			*last = append(*last, word{span{i, end}, line[i:end], text})
			i = end
		}
	}
	return all
}

func scanWord(line string, i int) (text string, end int) {
	var plain strings.Builder
	quote := byte(0)
	for ; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(line):
			i++
			plain.WriteByte(line[i])
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			plain.WriteByte(c)
		case c == '\'' || c == '"':
			quote = c
		case strings.IndexByte(" \t;&|\n\r", c) >= 0:
			return plain.String(), i
		default:
			plain.WriteByte(c)
		}
	}
	return plain.String(), i
}
