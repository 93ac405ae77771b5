package teach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// annotations are what a learner should know about a reply. A row fits when
// one of its codes does, and one of its verbs, if it has any, is the one that
// was answered; the first row that fits counts.
var annotations = []struct {
	codes, verbs string
	says         func(e *Event, command string) string
}{
	{"220", "", fixed("the server speaks first: greeting, ready for commands")},
	{"120", "", fixed("not ready yet: a 220 will follow")},
	{"230", "USER", fixed("logged in, no password wanted")},
	{"232", "", fixed("logged in by the certificate, no password wanted")},
	{"331", "", fixed("name noted, now the password (said for unknown names too)")},
	{"332", "", fixed("an account is wanted besides")},
	{"530", "PASS", fixed("name or password is wrong; servers do not say which")},
	{"530", "", fixed("not allowed before a login")},
	{"200", "PROT", protection},
	{"500 502 503", "PBSZ", fixed("no failure: a formality, the answer to PROT is what counts")},
	{"500 502", "OPTS", fixed("no failure: the option is not known, nothing depends on it")},
	{"501 504", "OPTS", fixed("no failure: UTF-8 is on already, or the option is not known")},
	{"500 502", "CLNT", fixed("no failure: the server does not want to know who we are")},
	{"500 502", "FEAT", fixed("no failure: a server older than 1998 has no list of features")},
	{"530", "FEAT", fixed("no failure: the server tells its features after the login")},
	{"500 502", "EPSV", fixed("no failure yet: PASV is tried next")},
	{"500 502", "EPRT", fixed("no failure yet: PORT is tried next")},
	{"227", "", passiveAddress},
	{"229", "", passivePort},
	{"200", "PORT EPRT", fixed("the server will connect to our port once a transfer begins")},
	{"150", "", fixed("accepted; data uses its own connection, a 2nd reply follows")},
	{"125", "", fixed("accepted, the data connection is open; a 2nd reply follows")},
	{"226", "ABOR", fixed("the transfer is over")},
	{"226", "", fixed("second reply: only now is the transfer a success")},
	{"250", "LIST RETR STOR", fixed("second reply: only now is the transfer a success")},
	{"250", "RNTO", fixed("second half of the rename: done")},
	{"350", "RNFR", fixed("first half of a rename: RNTO must follow at once")},
	{"350", "REST", restart},
	{"213", "MDTM", modified},
	{"421", "", fixed("the server hangs up: this connection is over")},
	{"425", "", fixed("the data connection could not be made")},
	{"426", "", fixed("the data connection was cut: the transfer is not complete")},
	{"522", "EPSV EPRT", fixed("the server cannot do this for our kind of address")},
	{"522", "", fixed("the data connection was refused: no TLS, or a new session")},
	{"500 502", "", unknown},
	{"503", "", fixed("wrong order: another command must come first")},
	{"550", "", fixed("no such name, or no permission: servers say 550 for both")},
	{"552", "", fixed("no room left for this user")},
	{"553", "", fixed("this name is not allowed, or nobody may write here")},
}

// annotate is the remark about an event, or "". Command is the line that a
// reply answers.
func annotate(e *Event, command string) string {
	if e.Ev != Replied {
		return ""
	}
	verb := cmp.Or(e.Verb, Verb(command))
	for _, row := range annotations {
		if oneOf(row.codes, e.Code) && (row.verbs == "" || oneOf(row.verbs, verb)) {
			return row.says(e, command)
		}
	}
	return ""
}

func oneOf(words, word string) bool { return slices.Contains(strings.Fields(words), word) }

func fixed(text string) func(*Event, string) string {
	return func(*Event, string) string { return text }
}

func protection(_ *Event, command string) string {
	switch strings.ToUpper(command) {
	case "PROT P":
		return "data connections will use TLS as well"
	case "PROT C":
		return "data connections will be in the clear"
	}
	return ""
}

func passiveAddress(e *Event, _ string) string {
	host, port, err := e.offer()
	if err != nil {
		return "the server listens for the data connection"
	}
	return fmt.Sprintf("it listens on %s port %d (%d x 256 + %d)", host, port, port>>8, port&255)
}

func passivePort(e *Event, _ string) string {
	_, port, err := e.offer()
	if err != nil {
		return "the server listens for the data connection"
	}
	return fmt.Sprintf("it listens on port %d, at the address we already use", port)
}

func restart(_ *Event, command string) string {
	_, offset, _ := strings.Cut(command, " ")
	return "the next transfer begins at byte " + offset
}

func modified(e *Event, _ string) string {
	t, err := time.Parse("20060102150405", strings.TrimPrefix(e.firstLine(), "213 "))
	if err != nil {
		return ""
	}
	return "changed on " + t.Format("2006-01-02 at 15:04:05") + " UTC"
}

func unknown(_ *Event, command string) string {
	verb, _, _ := strings.Cut(command, " ")
	return "the server does not know " + verb
}
