package teach

import (
	"fmt"
	"strconv"
	"strings"
)

// rules read failed operations; more certain ones stand first.
var rules = []rule{
	{"dns", lookupFailed},
	{"refused", controlRefused},
	{"unreachable", controlUnreachable},
	{"tls-verify", certificateRefused},
	{"not-ftp", otherProtocol},
	{"tls-plain", plainAnswer},
	{"tls", handshakeFailed},
	{"data-address", passiveElsewhere},
	{"data-refused", dataRefused},
	{"data-timeout", dataTimedOut},
	{"data-reuse", reuseWanted},
	{"data-tls", dataHandshakeFailed},
	{"active-blocked", activeBlocked},
	{"tls-required", tlsRequired},
	{"login", loginRefused},
	{"idle", thrownOut},
	{"busy", tooMany},
	{"rest-ascii", restInASCII},
	{"size-ascii", sizeInASCII},
	{"quota", noRoom},
	{"unsigned", unsignedEnd},
	{"short", shorterThanSaid},
	{"cut", cutOff},
	{"stalled", stalled},
	{"broken", brokenData},
	{"step", outOfStep},
	{"silent", silentServer},
	{"no-such-name", noSuchName},
	{"denied", denied},
	{"unknown-command", unknownCommand},
	{"data-none", noDataConnection},
	{"lost", lostConnection},
	{"interrupted", interrupted},
	{"code", byCode},
}

func lookupFailed(r *reader) *Reading {
	e := r.Find(func(e *Event) bool { return e.Ev == DNS && e.Reason != "" })
	if e == nil {
		return nil
	}
	return &Reading{
		Headline: "the name " + e.Name + " was not found",
		Facts:    []Fact{{"asked", e.Name}, {"answer", e.Reason}},
		Cause:    "No address is known for this name. Either it is misspelled, or this computer cannot ask.",
		Try:      []Advice{{"", "look at the spelling, and whether other names work"}},
	}
}

func controlRefused(r *reader) *Reading {
	e := r.failure(TCPFail, false)
	if e == nil || !holds(e.Reason, "refused") {
		return nil
	}
	return &Reading{
		Headline: "the control connection was refused",
		Facts:    []Fact{{"connect to", address(e.Remote)}, {"happened", e.Reason + " after " + span(e.MS)}},
		Cause:    "The computer is there, but nothing listens on this port: the server is not running, or it uses another port.",
		Try:      []Advice{{"open ftps://HOST", "if it wants TLS from the first byte, on port 990"}, {"", "look at the port number: 21 is usual"}},
	}
}

func controlUnreachable(r *reader) *Reading {
	e := r.failure(TCPFail, false)
	if e == nil {
		return nil
	}
	return &Reading{
		Headline: "no control connection",
		Facts:    []Fact{{"connect to", address(e.Remote)}, {"happened", e.Reason + " after " + span(e.MS)}},
		Cause:    "Nobody answered: the address is wrong, the computer is off, or a firewall on the way drops what is sent to this port.",
		Try:      []Advice{{"", "see whether other programs reach the host"}, {"set timeout 2m", "if it is only slow"}},
	}
}

// flaws are what can be wrong with a certificate.
var flaws = map[string]string{
	"expired":       "The certificate is no longer valid, or the clock of this computer is wrong. Its owner must renew it.",
	"name-mismatch": "The certificate is for another name than the one that was typed: it may be another server, or another name for this one.",
	"self-signed":   "Nobody vouches for the certificate but itself. That is usual inside a company; elsewhere somebody on the way could have made it.",
	"unknown-ca":    "The certificate is signed by an authority that this computer does not know.",
}

func certificateRefused(r *reader) *Reading {
	e := r.failure(TLSFail, false)
	if e == nil || e.Subject == "" {
		return nil
	}
	cause := flaws[e.Verify]
	if cause == "" {
		cause = "The certificate was refused."
	}
	return &Reading{
		Headline: "the server's certificate was refused",
		Facts:    []Fact{{"problem", e.Reason}, {"subject", e.Subject}, {"issuer", e.Issuer}, {"until", e.NotAfter}, {"SHA-256", e.SHA256}},
		Cause:    cause + " Nothing was sent, no password either.",
		Try: []Advice{{"", "compare the SHA-256 with what the administrator says"}, {"ftpsh --ca FILE", "trust the authority in a file"},
			{"ftpsh --insecure", "trust anybody: whoever is on the way can read along"}},
	}
}

func otherProtocol(r *reader) *Reading {
	e := r.last(func(e *Event) bool { return e.Ev == Closed && !e.IsData() && e.Reason != "" })
	if e == nil || !r.fails("protocol") {
		return nil
	}
	cause := "What came is no reply of FTP: another service listens on this port."
	try := []Advice{{"", "look at the port number"}}
	if strings.Contains(e.Reason, "SSH-") {
		cause = "This is an SSH server. SFTP, which it may offer, is another protocol than FTP."
		try = []Advice{{"explain sftp", "how they differ"}}
	}
	return &Reading{Headline: "this is no FTP server", Facts: []Fact{{"it said", e.Reason}}, Cause: cause, Try: try}
}

func plainAnswer(r *reader) *Reading {
	e := r.failure(TLSFail, false)
	if e == nil || !holds(e.Reason, "first record does not look like a tls handshake") {
		return nil
	}
	return &Reading{
		Headline: "the server answered the TLS handshake in clear",
		Facts:    []Fact{{"happened", e.Reason}},
		Cause:    "TLS was begun at once, but this port speaks plain FTP first and changes to TLS on request.",
		Try:      []Advice{{"open --tls=require HOST", "protect it with AUTH TLS"}},
	}
}

func handshakeFailed(r *reader) *Reading {
	e := r.failure(TLSFail, false)
	if e == nil {
		return nil
	}
	cause := "The two sides did not agree on TLS."
	if holds(e.Reason, "protocol version", "unsupported versions") {
		cause = "The server only knows versions of TLS that are too old to be safe (1.0, 1.1). It must be updated."
	}
	return &Reading{
		Headline: "the TLS handshake of the control connection failed",
		Facts:    []Fact{{"happened", e.Reason}},
		Cause:    cause,
		Try:      []Advice{{"trace 3", "see more of the next attempt"}, {"open --tls=off HOST", "without TLS: everybody on the way can read"}},
	}
}

func (r *reader) offer() *Fact {
	e := r.last(func(e *Event) bool { return e.Ev == Replied && (e.Code == "227" || e.Code == "229") })
	if e == nil {
		return nil
	}
	return &Fact{"offered", strings.TrimPrefix(annotate(e, ""), "it listens on ")}
}

// dataFacts are how a data connection that failed was arranged.
func (r *reader) dataFacts(e *Event) []Fact {
	var facts []Fact
	if sent := r.arranged(); sent != nil {
		facts = append(facts, Fact{"asked", sent.Line})
	}
	if offer := r.offer(); offer != nil {
		facts = append(facts, *offer)
	}
	return append(facts, Fact{"you use", address(r.control()) + " for the control connection"},
		Fact{"happened", fmt.Sprintf("connect to %s: %s after %s", address(e.Remote), e.Reason, span(e.MS))})
}

func passiveElsewhere(r *reader) *Reading {
	note := r.last(func(e *Event) bool { return e.Ev == Noted && strings.HasPrefix(e.Key, "pasv.address.") })
	e := r.failure(TCPFail, true)
	if note == nil || e == nil {
		return nil
	}
	return &Reading{
		Headline: "the data connection could not be opened",
		Facts:    r.dataFacts(e),
		Cause: fmt.Sprintf("Most likely the server sits behind a router and announces its inside address, %s. ftpsh does not go there but to the "+
			"address of the control connection; there the port is not forwarded.", note.Offered),
		Try: []Advice{{"passive off", "let the server connect to us"}, {"", "tell the server's administrator: passive address, passive port range"}},
	}
}

func dataRefused(r *reader) *Reading {
	e := r.failure(TCPFail, true)
	if e == nil || !holds(e.Reason, "refused") {
		return nil
	}
	return &Reading{
		Headline: "the data connection was refused",
		Facts:    r.dataFacts(e),
		Cause:    "The server said that it listens on this port, but nothing did. A firewall or a router in front of it does not let the passive ports in.",
		Try:      []Advice{{"passive off", "let the server connect to us"}, {"", "tell the server's administrator: passive port range"}},
	}
}

func dataTimedOut(r *reader) *Reading {
	e := r.failure(TCPFail, true)
	if e == nil {
		return nil
	}
	return &Reading{
		Headline: "no data connection",
		Facts:    r.dataFacts(e),
		Cause:    "Nobody answered on the port that the server named. Most likely a firewall on the way drops what it does not know: the passive ports.",
		Try: []Advice{{"passive off", "let the server connect to us"}, {"set timeout 2m", "if it is only slow"},
			{"", "tell the server's administrator: passive port range"}},
	}
}

var dataCommands = []string{"LIST", "NLST", "MLSD", "RETR", "STOR", "STOU", "APPE"}

func reuseWanted(r *reader) *Reading {
	e := r.refusal(dataCommands...)
	reused, tls := r.reused()
	if e == nil || !in([]string{"425", "450", "522", "435"}, e.Code) || !tls || reused {
		return nil
	}
	return &Reading{
		Headline: "the server did not take the protected data connection",
		Facts:    []Fact{r.said(e), {"session", "new: the data connection did not go on with the TLS session of the control connection"}},
		Cause:    "The server wants to see that both connections come from the same client, by one TLS session.",
		Try: []Advice{{"close", "a fresh control connection gives a fresh session"}, {"explain session", "what this is about"},
			{"", "its administrator can switch that off: require_ssl_reuse, NoSessionReuseRequired"}},
	}
}

func dataHandshakeFailed(r *reader) *Reading {
	e := r.failure(TLSFail, true)
	if e == nil {
		return nil
	}
	return &Reading{
		Headline: "TLS on the data connection failed",
		Facts:    []Fact{{"happened", e.Reason}},
		Cause:    "The control connection is protected, the data connection could not be. Nothing was sent on it.",
		Try:      []Advice{{"trace 3", "see more of the next attempt"}, {"passive", "if something on the way changes what it does not know"}},
	}
}

func activeBlocked(r *reader) *Reading {
	listen := r.last(func(e *Event) bool { return e.Ev == TCPListen })
	came := r.Find(func(e *Event) bool { return e.Ev == TCPAccept })
	if listen == nil || came != nil {
		return nil
	}
	facts := []Fact{{"listening", address(listen.Local)}}
	if e := r.refusal(append(dataCommands, "PORT", "EPRT")...); e != nil {
		facts = append(facts, r.said(e))
	}
	return &Reading{
		Headline: "the server could not connect to us",
		Facts:    append(facts, Fact{"happened", "no connection came"}),
		Cause:    "In active mode the server connects to this computer. A router or a firewall on our side does not let that in, or the server does not do it at all.",
		Try:      []Advice{{"passive on", "connect to the server instead"}, {"explain active", "how it works"}},
	}
}

func tlsRequired(r *reader) *Reading {
	e := r.refusal()
	if e == nil || r.encrypted() || !in([]string{"530", "550", "534", "421", "503"}, e.Code) {
		return nil
	}
	words := holds(strings.Join(e.Lines, " "), "tls", "ssl", "secure", "encrypt")
	if !words && !(e.Code == "530" && r.verb(e) == "USER" && r.features.Has("AUTH")) {
		return nil
	}
	return &Reading{
		Headline: "the server wants TLS",
		Facts:    []Fact{r.said(e), {"you use", "a connection in clear"}},
		Cause:    "It serves nobody who would send a password or files in clear.",
		Try:      []Advice{{"open --tls=require HOST", "the same with TLS"}},
	}
}

func loginRefused(r *reader) *Reading {
	e := r.refusal("PASS", "USER", "ACCT")
	if e == nil || e.Code[0] != '5' {
		return nil
	}
	return &Reading{
		Headline: "the login was refused",
		Facts:    []Fact{r.said(e)},
		Cause:    "Name or password is wrong, or this user may not log in from here. Servers do not say which, so that nobody can try names.",
		Try:      []Advice{{"user NAME", "try again"}, {"user anonymous", "if the server is open to all"}},
	}
}

func thrownOut(r *reader) *Reading {
	e := r.reply("421")
	if e == nil || !holds(strings.Join(e.Lines, " "), "idle", "timeout", "timed out", "no transfer", "inactiv") {
		return nil
	}
	return &Reading{
		Headline: "the server hung up after a silence",
		Facts:    []Fact{r.said(e)},
		Cause:    "Servers close connections on which nothing was said for a while. ftpsh connects again by itself at the next command.",
		Try:      []Advice{{"", "type the command again"}, {"explain idle", "how long servers wait"}},
	}
}

func tooMany(r *reader) *Reading {
	e := r.reply("421")
	if e == nil {
		return nil
	}
	return &Reading{
		Headline: "the server does not serve us now",
		Facts:    []Fact{r.said(e)},
		Cause:    "421 ends the connection: too many users or connections from here, or the server is going down.",
		Try:      []Advice{{"", "wait a while, and close other sessions to this server"}},
	}
}

func restInASCII(r *reader) *Reading {
	e := r.refusal("REST")
	if e == nil {
		return nil
	}
	cause := "The server cannot begin in the middle of a file."
	if holds(strings.Join(e.Lines, " "), "ascii", "type") || e.Code == "501" {
		cause = "In type A a byte of the file is not a byte on the wire, so servers refuse to begin in the middle."
	}
	return &Reading{Headline: "the server does not resume", Facts: []Fact{r.said(e)}, Cause: cause,
		Try: []Advice{{"binary", "then try again"}, {"get", "or fetch all of it"}}}
}

func sizeInASCII(r *reader) *Reading {
	e := r.refusal("SIZE")
	if e == nil || !holds(strings.Join(e.Lines, " "), "ascii") {
		return nil
	}
	return &Reading{
		Headline: "the server does not tell the size",
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

// moved is what went over the data connections.
func (r *reader) moved() []Fact {
	var facts []Fact
	for _, e := range r.Events {
		if e.Ev == DataEnd {
			facts = append(facts, Fact{e.Conn, dataWords(e)})
		}
	}
	return facts
}

// size is what the server said about the size of the file, -1 if nothing.
func (r *reader) size() int64 {
	e := r.last(func(e *Event) bool { return e.Ev == Replied && e.Code == "213" && r.verb(e) == "SIZE" })
	if e == nil {
		return -1
	}
	n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimPrefix(e.firstLine(), "213")), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func shorterThanSaid(r *reader) *Reading {
	end := r.last(func(e *Event) bool { return e.Ev == DataEnd && e.Dir == "<" && e.Type == "file" })
	done := r.reply("226", "250")
	want := r.size()
	if end == nil || done == nil || want < 0 || end.Bytes >= want || !r.fails("incomplete") {
		return nil
	}
	return &Reading{
		Headline: "less came than the server said",
		Facts:    []Fact{{"size", fmt.Sprintf("%d bytes", want)}, {"came", fmt.Sprintf("%d bytes, %d are missing", end.Bytes, want-end.Bytes)}, r.said(done)},
		Cause:    "The server says that all went well, but the file is shorter. Something on the way ended the data connection, or the file changed.",
		Try:      []Advice{{"reget", "fetch what is missing"}},
	}
}

func cutOff(r *reader) *Reading {
	e := r.reply("426", "451")
	if e == nil {
		return nil
	}
	facts := append([]Fact{r.said(e)}, r.moved()...)
	if want := r.size(); want >= 0 {
		facts = append(facts, Fact{"size", fmt.Sprintf("%d bytes", want)})
	}
	return &Reading{
		Headline: "the transfer was cut off",
		Facts:    facts,
		Cause:    "The data connection broke, or the server gave up. What arrived is kept so that it can be continued.",
		Try:      []Advice{{"reget", "go on with a download"}, {"put -c", "go on with an upload"}},
	}
}

func unsignedEnd(r *reader) *Reading {
	if r.Find(func(e *Event) bool { return e.Ev == DataEnd && e.EOF == "tls-truncated" }) == nil {
		return nil
	}
	return &Reading{
		Headline: "the end of the data is not signed",
		Facts:    r.moved(),
		Cause:    "TLS says at the end that it is the end (close_notify). That is missing: somebody may have cut the data, or the server is careless.",
		Try:      []Advice{{"reget", "go on with a download"}, {"ls -l", "compare the size"}},
	}
}

func stalled(r *reader) *Reading {
	if !r.fails("timeout") || r.Find(func(e *Event) bool { return e.Ev == DataEnd && e.Failed() }) == nil {
		return nil
	}
	return &Reading{
		Headline: "the data connection stands still",
		Facts:    r.moved(),
		Cause:    "No byte came for a long time although the connection is there: the server hangs, or something on the way has forgotten the connection.",
		Try:      []Advice{{"reget", "go on with a download"}, {"put -c", "go on with an upload"}},
	}
}

func brokenData(r *reader) *Reading {
	if r.Find(func(e *Event) bool { return e.Ev == DataEnd && (e.EOF == "reset" || e.EOF == "error") }) == nil {
		return nil
	}
	return &Reading{
		Headline: "the data connection broke",
		Facts:    r.moved(),
		Cause:    "It did not come to its end. What arrived is kept so that it can be continued.",
		Try:      []Advice{{"reget", "go on with a download"}, {"put -c", "go on with an upload"}},
	}
}

func outOfStep(r *reader) *Reading {
	e := r.last(func(e *Event) bool { return e.Ev == Noted && strings.HasPrefix(e.Key, "reply.") })
	if e == nil {
		return nil
	}
	return &Reading{
		Headline: "replies and commands did not match",
		Facts:    []Fact{{"note", e.Text}},
		Cause:    "The server answered twice, or to something that nobody asked. ftpsh sorts that out with a command whose answer cannot be mistaken; if things look odd, a new connection is the cure.",
		Try:      []Advice{{"close", "then open again"}, {"ladder", "see which reply came when"}},
	}
}

func silentServer(r *reader) *Reading {
	if !r.fails("timeout") {
		return nil
	}
	sent := r.last(func(e *Event) bool { return e.Ev == Sent })
	what := "the greeting"
	if sent != nil {
		what = "the answer to " + sent.Line
	}
	return &Reading{
		Headline: "the server said nothing more",
		Facts:    append([]Fact{{"waited for", what}}, r.moved()...),
		Cause:    "The connection stands, but nothing comes: the server hangs, or something on the way has forgotten the connection.",
		Try:      []Advice{{"set timeout 2m", "wait longer"}, {"", "with implicit TLS (port 990) nothing comes before the handshake: open ftps://HOST"}},
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
		Cause:    "There is no such name, or it is not what is needed here (a folder in place of a file). Capitals count on most servers.",
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
	if e == nil || !in([]string{"500", "501", "502", "504"}, e.Code) || in([]string{"EPSV", "PASV", "EPRT", "PORT"}, r.verb(e)) {
		return nil
	}
	cause := "The server does not know this command, or it is switched off."
	if e.Code == "501" || e.Code == "504" {
		cause = "The server knows the command, but not with these words behind it."
	}
	return &Reading{Headline: "the server did not understand", Facts: []Fact{r.said(e)}, Cause: cause,
		Try: []Advice{{"features", "what the server can do"}, {"explain " + r.verb(e), "what the command is for"}}}
}

func noDataConnection(r *reader) *Reading {
	e := r.refusal(append([]string{"EPSV", "PASV", "EPRT", "PORT"}, dataCommands...)...)
	if e == nil || !r.fails("data-connect") && e.Code != "425" {
		return nil
	}
	return &Reading{
		Headline: "no data connection",
		Facts:    []Fact{r.said(e)},
		Cause:    "The server would not or could not make the second connection, which every listing and every file needs.",
		Try:      []Advice{{"passive", "change who connects to whom"}, {"explain 425", "what can be the cause"}},
	}
}

func lostConnection(r *reader) *Reading {
	e := r.last(func(e *Event) bool { return e.Ev == Closed && !e.IsData() && e.By == "peer" })
	if e == nil {
		return nil
	}
	facts := []Fact{{"happened", factWords(e, "->")}}
	if sent := r.last(func(e *Event) bool { return e.Ev == Sent }); sent != nil {
		facts = append(facts, Fact{"last sent", sent.Line})
	}
	return &Reading{
		Headline: "the control connection is gone",
		Facts:    facts,
		Cause:    "The server, or something on the way, ended the connection without a word. ftpsh connects again by itself at the next command.",
		Try:      []Advice{{"", "type the command again"}},
	}
}

func interrupted(r *reader) *Reading {
	if !r.fails("interrupted") {
		return nil
	}
	return &Reading{Headline: "it was interrupted here", Facts: r.moved(),
		Cause: "The transfer was stopped with ABOR; the session goes on.",
		Try:   []Advice{{"reget", "go on with a download"}, {"put -c", "go on with an upload"}}}
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
	return &Reading{Headline: "the server refused", Facts: []Fact{r.said(e)},
		Cause: strings.TrimSpace(digitWords(e.Code)) + ". This code is in no standard that is known here.",
		Try:   []Advice{{"explain " + e.Code[:1] + "yz", "what the first digit says"}}}
}
