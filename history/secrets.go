package history

import (
	"cmp"
	"slices"
	"strings"
)

// Redact takes secrets out of a command line: passwords after user, quote PASS, account and the like, in URLs, options
// and settings. It returns the line to keep, or false when a secret stands where it cannot be cut out, as in an alias.
func Redact(line string) (kept string, keep bool) {
	var parts []string // what is kept, from the end
	end := len(line)
	cut := func(from, to int) {
		if from < to {
			parts, end = append(parts, line[to:end]), from
		}
	}
	for _, words := range slices.Backward(statements(line)) {
		words = withoutWrappers(words)
		if len(words) == 0 {
			continue
		}
		open := openWords(words)
		for i := open - 1; i >= 0; i-- {
			if hidesSecret(words[0], words[i]) {
				return "", false
			}
		}
		cut(words[open-1].to, words[len(words)-1].to)
		for i := open - 1; i > 0; i-- {
			from, to := secretIn(line[words[i].from:words[i].to], words[:i])
			cut(words[i].from+from, words[i].from+to)
		}
	}
	parts = append(parts, line[:end])
	slices.Reverse(parts)
	return strings.Join(parts, ""), true
}

// Secret says where a line of a command may hold a secret.
type Secret struct {
	Open     int    // how many words may be kept, with the command itself; 0: all
	Verb     bool   // its words are a command of the protocol
	Connects bool   // it takes user:password@host and -u user,password
	Wraps    bool   // another command stands behind it,
	Behind   int    // and behind so many words,
	Option   string // or behind this option: without it there is none
	Shortest int    // how far its name can be shortened; 0: to two letters
}

// secrets are words of other clients. Those of our own commands come from their rows.
var secrets = map[string]Secret{
	"acct": {Open: 1}, "pass": {Open: 1, Shortest: 4}, "passwd": {Open: 1, Shortest: 5}, "literal": {Verb: true}, "call": {Verb: true},
	"macro": {Wraps: true, Behind: 1}, "bind": {Wraps: true, Behind: 1}, "on": {Wraps: true, Behind: 1},
	"time": {Wraps: true}, "every": {Wraps: true}, "at": {Wraps: true}, "retry": {Wraps: true}, "nohup": {Wraps: true}, "command": {Wraps: true},
	"connect": {Connects: true}, "reopen": {Connects: true}, "ftps": {Connects: true}, "ftpsh": {Connects: true}, "lftp": {Connects: true},
	"copy": {Connects: true}, "switch": {Connects: true},
}

// Know adds a command to those whose lines may hold a secret.
func Know(name string, s Secret) { secrets[name] = s }

// secretOf is what is known of a command, and of all whose names begin like that.
func secretOf(command word) Secret {
	name := commandName(command)
	found, known := secrets[name]
	if known {
		return found
	}
	for whole, s := range secrets {
		if len(name) < cmp.Or(s.Shortest, 2) || !strings.HasPrefix(whole, name) {
			continue
		}
		if s.Open > 0 && (found.Open == 0 || s.Open < found.Open) {
			found.Open = s.Open
		}
		found.Verb, found.Connects = found.Verb || s.Verb, found.Connects || s.Connects
		found.Wraps, found.Behind = found.Wraps || s.Wraps, max(found.Behind, s.Behind)
		found.Option = cmp.Or(found.Option, s.Option)
	}
	return found
}

// secretVerbs are the protocol commands with a secret: PASS, ACCT and ADAT (RFC 959, RFC 2228), and what servers call
// SITE PSWD.
var secretVerbs = []string{"pass", "acct", "adat", "pswd", "cpwd", "gpass", "passwd", "setpass", "password", "chpass"}

// openWords is the number of words of a command that may be kept, at least one.
func openWords(words []word) int {
	secret := secretOf(words[0])
	switch name := commandName(words[0]); {
	case secret.Open > 0:
		return min(secret.Open, len(words))
	case secret.Verb:
		for i, w := range words[1:] {
			verb := strings.ToLower(w.text)
			if slices.Contains(secretVerbs, verb) {
				return i + 2
			}
			if verb != "site" {
				break
			}
		}
	case (name == "set" || name == "setenv") && len(words) > 1 && isSecretName(words[1].text):
		return 2
	}
	return len(words)
}

func commandName(w word) string { return strings.ToLower(strings.TrimLeft(w.text, "-@")) }

// withoutWrappers gives the command behind words such as time or alias, their options and numbers.
func withoutWrappers(words []word) []word {
	for len(words) > 1 {
		secret := secretOf(words[0])
		if !secret.Wraps {
			break
		}
		if secret.Option != "" {
			at := slices.IndexFunc(words, func(w word) bool { return strings.TrimLeft(w.text, "-") == secret.Option })
			if at < 0 || at+1 == len(words) {
				break
			}
			words = words[at+1:]
			continue
		}
		words = words[min(1+secret.Behind, len(words)-1):]
		for len(words) > 1 && words[0].text != "" && strings.IndexByte("-0123456789", words[0].text[0]) >= 0 {
			words = words[1:]
		}
	}
	return words
}

// hidesSecret says whether a quoted word is a command line with a secret in it: where one is expected, any; elsewhere
// a file may be called "user guide" and only what begins like a protocol command counts.
func hidesSecret(command, w word) bool {
	if !w.quoted || !strings.ContainsAny(w.text, " \t\n;") {
		return false
	}
	verb, rest, _ := strings.Cut(strings.ToLower(w.text), " ")
	if secretOf(command).Verb && (verb == "site" || slices.Contains(secretVerbs, verb)) && rest != "" {
		return true
	}
	if w.from != command.from {
		return false
	}
	inner, keep := Redact(w.text)
	return !keep || inner != w.text
}

// secretIn finds the secret in a word as it was typed, given the words before it; from and to are equal when there
// is none.
func secretIn(raw string, before []word) (from, to int) {
	previous := strings.ToLower(before[len(before)-1].text)
	name, _, assigned := strings.Cut(raw, "=")
	option := strings.HasPrefix(raw, "-")
	connects := secretOf(before[0]).Connects
	switch {
	case assigned && isSecretName(name) && (option || before[0].text == "set"):
		return len(name) + 1, len(raw)
	case strings.HasPrefix(previous, "-") && !strings.Contains(previous, "=") && isSecretName(previous):
		return 0, len(raw)
	case len(before) > 1 && (previous == "password" || previous == "passwd"): // as in .netrc
		return 0, len(raw)
	case connects && (previous == "-u" || previous == "--user"):
		return afterSign(raw, ",:", len(raw))
	case connects && strings.HasPrefix(raw, "-u"):
		from, to = afterSign(raw, ",:", len(raw))
		if from == len("-u") { // an option that is left without a user would take the next word
			from = 0
		}
		return from, to
	case strings.Contains(raw, "://"): // behind the options, whose secret may hold such signs
		return urlPassword(raw)
	case connects:
		return afterSign(raw, ":", strings.LastIndexByte(raw, '@'))
	}
	return 0, 0
}

// afterSign is the part from the first of some signs to end, empty when there is none.
func afterSign(raw, signs string, end int) (from, to int) {
	if at := strings.IndexAny(raw, signs); at >= 0 && at < end {
		return at, end
	}
	return 0, 0
}

// urlPassword finds the password of a URL, with its colon. One with a slash in it, which no URL should have, is found
// too, unless what is before the slash looks like a port.
func urlPassword(raw string) (from, to int) {
	authority := strings.Index(raw, "://") + len("://")
	from, to = afterSign(raw[authority:], ":", strings.LastIndexByte(raw[authority:], '@'))
	if from == to || strings.Contains(raw[authority:authority+from], "/") {
		return 0, 0
	}
	port, _, hasPath := strings.Cut(raw[authority+from+1:authority+to], "/")
	if hasPath && strings.Trim(port, "0123456789") == "" {
		return 0, 0
	}
	return authority + from, authority + to
}

// isSecretName tells names of settings and options that hold a secret from those that say where one is, and from
// "passive".
func isSecretName(name string) bool {
	name, _, _ = strings.Cut(strings.ToLower(name), "=")
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
