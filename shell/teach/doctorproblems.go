package teach

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell/render"
)

// Problem is something that is wrong, or worth knowing, and what can be done.
type Problem struct {
	Key   string   `json:"key"`
	Says  string   `json:"says"`
	Try   []Advice `json:"try,omitempty"`   // by the user
	Admin string   `json:"admin,omitempty"` // by the administrator of the server
	Fix   []string `json:"fix,omitempty"`   // settings that help, as lines of config.toml
}

// problems are all that a doctor can find.
var problems = map[string]Problem{
	"dns": {Says: "The name of the server is not known to DNS.", Try: []Advice{{"", "look for a spelling mistake in the name"}, {"", "try the address in its place"}}},
	"tcp-refused": {
		Says: "The computer is there, but nothing listens on this port.",
		Try:  []Advice{{"open HOST PORT", "with another port"}, {"open ftps://HOST", "port 990"}}, Admin: "is the FTP server running?",
	},
	"tcp-filtered": {
		Says: "Nothing answers at this address: the computer is off, or a firewall drops the packets.",
		Try:  []Advice{{"", "try from another network"}}, Admin: "open the port of the control connection in the firewall",
	},
	"not-ftp":  {Says: "Something listens there, but it is not an FTP server.", Try: []Advice{{"open HOST PORT", "with another port"}, {"open ftps://HOST", "if it speaks TLS from the first byte"}}},
	"mute":     {Says: "The server accepts the connection and says nothing.", Try: []Advice{{"open ftps://HOST", "it may want TLS from the first byte"}, {"", "wait: some servers look up your name first"}}},
	"busy":     {Says: "The server is there but takes no users now.", Try: []Advice{{"set retries 9", "then open tries again by itself"}}, Fix: []string{`retries = 9`}},
	"lost":     {Says: "The control connection was lost in the middle of the dialogue.", Try: []Advice{{"doctor", "once more: does it happen at the same place?"}}, Admin: "the server's log says why it hung up"},
	"no-reply": {Says: "A command was never answered.", Try: []Advice{{"set timeout 2m", "if the server is only slow"}}, Admin: "the command that has no answer is named above", Fix: []string{`timeout = "2m"`}},
	"no-epsv":  {Says: "The server does not know EPSV, so that PASV must be used, which fails behind address translation and on IPv6.", Admin: "a server younger than 1998 has EPSV (RFC 2428)", Fix: []string{`epsv4 = "off"`}},
	"no-pasv":  {Says: "The server offers no usable passive data connection.", Try: []Advice{{"passive off", "lets the server connect to you"}}, Admin: "allow passive mode", Fix: []string{`passive = "off"`}},
	"pasv-address": {
		Says:  "PASV names another address than the one you talk to: most likely the server sits behind address translation and does not know its public address. ftpsh uses the right one; other clients wait for nothing.",
		Admin: "set the public address for PASV replies (MasqueradeAddress, pasv_address, ForcePassiveIP)",
	},
	"data-refused": {
		Says: "The ports that the server names for data connections are closed, although the control connection is fine.",
		Try:  []Advice{{"passive off", "lets the server connect to you"}, {"quote STAT /", "lists over the control connection"}}, Admin: "open and forward the passive port range", Fix: []string{`passive = "off"`},
	},
	"data-not-now": {
		Says: "The server refuses data connections for now: too many may have come in a short time.", Try: []Advice{{"set pace 1/s", "begins transfers one second apart"}},
		Admin: "look at the limits of connections, and whether the passive ports are all in use", Fix: []string{`pace = "1/s"`},
	},
	"data-filtered": {
		Says: "Nothing answers on the ports that the server names for data connections: a firewall drops the packets.",
		Try:  []Advice{{"passive off", "lets the server connect to you"}, {"quote STAT /", "lists over the control connection"}}, Admin: "open and forward the passive port range, for example 50000-50100", Fix: []string{`passive = "off"`},
	},
	"active-refused":  {Says: "The server does not make data connections itself (active mode). Passive mode does not need that."},
	"active-blocked":  {Says: "The server cannot connect to you: a firewall or address translation on your side. Passive mode does not need that."},
	"tls-missing":     {Says: "The server has no TLS: anyone in between can read your password and your files.", Admin: "turn on explicit TLS (AUTH TLS)"},
	"tls-refused":     {Says: "TLS is required, and the server refuses it.", Try: []Advice{{"open --tls=off HOST", "continues in the clear, where anyone in between can read"}}},
	"tls-required":    {Says: "The server demands TLS, and the connection has none.", Try: []Advice{{"open --tls=require HOST", "with TLS"}, {"set tls auto", "for the next ones, too"}}, Fix: []string{`tls = "require"`}},
	"tls-version":     {Says: "The server's TLS is too old to protect anything (1.0 or 1.1).", Admin: "allow TLS 1.2 and 1.3"},
	"tls-handshake":   {Says: "The TLS handshake fails.", Try: []Advice{{"open ftps://HOST", "if the server wants TLS from the first byte"}, {"explain last", "reads what was said"}}, Admin: "certificate, key and cipher settings; the server's log names the alert"},
	"tls-data":        {Says: "The control connection is protected, but TLS on data connections fails.", Try: []Advice{{"set tls-reuse on", "resumes the session, which many servers demand"}, {"quote STAT /", "lists over the control connection"}}, Admin: "session reuse and the passive ports of a firewall that looks into FTP", Fix: []string{`tls-reuse = "on"`}},
	"tls-reuse":       {Says: "The server demands that data connections resume the TLS session of the control connection, as ftpsh does. Other clients may not."},
	"prot-refused":    {Says: "The server protects the control connection, but refuses to protect data.", Try: []Advice{{"prot clear", "sends files in the clear"}}},
	"cert-expired":    {Says: "The certificate is out of its time. Nobody vouches that this is the right server.", Try: []Advice{{"", "is your own clock right?"}}, Admin: "renew the certificate"},
	"cert-soon":       {Says: "The certificate expires soon.", Admin: "renew the certificate"},
	"cert-name":       {Says: "The certificate belongs to another name than the one you asked for.", Try: []Advice{{"open", "the name in the certificate"}, {"ftpsh --tls-name NAME", "if you know why they differ"}}, Admin: "a certificate for this name"},
	"cert-unknown":    {Says: "No authority that this computer trusts vouches for the certificate.", Try: []Advice{{"open HOST", "asks at a terminal whether to trust it"}, {"ftpsh --ca FILE", "if you have its authority"}}, Admin: "a certificate of a known authority, with its intermediate ones"},
	"account":         {Says: "The server wants an account besides user and password.", Try: []Advice{{"user NAME PASSWORD ACCOUNT", "gives it"}}},
	"login":           {Says: "The server refuses the login.", Try: []Advice{{"user NAME", "with another name or password"}}, Admin: "the server's log says which check refused"},
	"data-short":      {Says: "Listings come incomplete although the server says that they were complete.", Try: []Advice{{"", "compare sizes after each transfer"}}, Admin: "the server, or a device on the way, ends data connections too early"},
	"data-truncated":  {Says: "The data connection ends without the end mark of TLS: something cuts it.", Admin: "the server must send close_notify before it closes"},
	"data-cut":        {Says: "Data connections break in the middle of a transfer.", Try: []Advice{{"reget", "resumes a download"}}, Admin: "a device on the way that ends connections, or the server's log"},
	"data-stalled":    {Says: "Data connections are made, but stand still: packets of full size are lost on the way (MTU), or the server hangs.", Try: []Advice{{"set timeout 5m", "if it is only slow"}}, Admin: "path MTU discovery: do not drop ICMP", Fix: []string{`timeout = "5m"`}},
	"data-broken":     {Says: "The listing fails, although the data connection was made.", Try: []Advice{{"explain last", "reads what was said"}}},
	"no-end":          {Says: "The listing comes, but its final reply (226) does not.", Admin: "a device on the way forgets the idle control connection, or the server hangs"},
	"file-short":      {Says: "Files come incomplete although the server says that they were complete.", Try: []Advice{{"get", "compares the size, says so, and keeps what came"}, {"reget", "fetches what is missing"}}, Admin: "the server, or a device on the way, ends data connections too early"},
	"read-refused":    {Says: "The server lists a file and refuses to send it.", Try: []Advice{{"ls -l", "who may read it"}}, Admin: "the rights of the files"},
	"zone":            {Says: "LIST tells times of another zone than UTC, without saying so. ftpsh takes the times of MLSD; clients that know LIST alone are off by hours.", Admin: "LIST in UTC (TimesGMT, use_localtime)"},
	"listing-refused": {Says: "The server refuses to list the directory.", Try: []Advice{{"cd", "somewhere else"}}},
	"data-clear":      {Says: "The server agrees to protect data (PROT P) and then sends it in the clear. ftpsh takes nothing of that.", Try: []Advice{{"prot clear", "in the clear: others on the way can read it"}}, Admin: "data connections ignore PROT P: a server or a device on the way that strips TLS"},
	"data-cert":       {Says: "Data connections show another certificate than the control connection: another machine answers there, or somebody on the way. ftpsh takes nothing of that.", Admin: "one certificate for both connections; behind a load balancer both must reach the same machine"},
	"no-fin":          {Says: "The server says 226 but leaves the data connection open, so that no client knows where the data ends.", Admin: "close the data connection after the last byte: it marks the end of the file (RFC 959, 3.4)"},
	"no-begin":        {Says: "Transfers begin without the 150 that tells so. ftpsh manages; clients that wait for it stand still.", Admin: "a device on the way that swallows replies, or the server"},
	"no-rest":         {Says: "Transfers that broke cannot be resumed: the server does not take REST.", Try: []Advice{{"get --verify", "compares what came"}}, Admin: "allow REST (AllowRetrieveRestart)"},
	"one-session":     {Says: "The server lets in one session at a time: jobs and mirrors cannot use more.", Try: []Advice{{"set parallel 1", "asks for no more"}}, Admin: "the limit of connections for an address", Fix: []string{"parallel = 1"}},
	"ipv6-epsv":       {Says: "The server has an IPv6 address, but no EPSV: over IPv6 there are no transfers.", Try: []Advice{{"set family 4", "then `open` again: over IPv4"}}, Admin: "EPSV and EPRT (RFC 2428)", Fix: []string{`family = "4"`}},
	"no-mlsd":         {Says: "The server has no MLSD: times are coarse and names with blanks are guessed from LIST."},
	"list-dos":        {Says: "LIST has the form of DOS and IIS. ftpsh understands it; it tells neither owners nor seconds."},
	"list-odd":        {Says: "Some lines of the listing are in no known form; their names may be wrong.", Try: []Advice{{"raw", "PASV, LIST and .data show the lines as they come"}}},
	"clock":           {Says: "The server's clock is ahead of yours: `newer` and mirrors compare times.", Admin: "synchronise the clock (NTP)"},
	"extra-reply":     {Says: "The server sends replies that nobody asked for. ftpsh leaves them out; other clients get out of step."},
	"slow":            {Says: "The server takes its time to answer.", Admin: "reverse DNS and ident lookups are the usual causes", Fix: []string{`timeout = "2m"`}},
}

// Advice is the diagnosis in words: what is wrong, what to try, and what to tell
// the administrator; lines of at most 78 columns.
func (d *Diagnosis) Advice() []string {
	switch {
	case len(d.Problems) > 0:
	case d.OK:
		return []string{"Nothing is wrong with this server."}
	default:
		return []string{"Nothing is broken, but some of the lines above are worth a look."}
	}
	var lines []string
	for _, p := range d.Problems {
		lines = append(lines, render.Wrap(p.Says, 78)...)
		for i, try := range advised(p.Try) {
			lines = append(lines, label("you can try", i)+try)
		}
		if p.Admin != "" {
			for i, line := range render.Wrap(p.Admin, 78-len(label("", 0))) {
				lines = append(lines, label("for the admin", i)+line)
			}
		}
		lines = append(lines, "")
	}
	return lines[:len(lines)-1]
}

// Fix is the settings that help with this server, as lines of config.toml; none if there are none.
func (d *Diagnosis) Fix() []string {
	host, _, err := net.SplitHostPort(d.Host)
	if err != nil {
		host = d.Host
	}
	var lines []string
	for _, p := range d.Problems {
		for _, line := range p.Fix {
			if !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return append([]string{fmt.Sprintf("[host.%q]", host)}, lines...)
}

// label stands before the first of several lines.
func label(text string, i int) string {
	if i > 0 {
		text = ""
	}
	return "  " + text + strings.Repeat(" ", 15-len(text))
}

// Line is a finding in 80 columns, or several lines where it needs them.
func (f Finding) Line() []string {
	const room = 52
	var lines []string
	for i, text := range render.Wrap(f.Text, room) {
		head := "                  "
		if i == 0 {
			head = " " + render.Pad(string(f.State), 6, false) + render.Pad(f.Step, 11, false)
		}
		lines = append(lines, head+text)
	}
	if f.State != Skipped {
		time := fmt.Sprintf("%.0f ms", f.MS)
		if f.MS >= 1000 {
			time = fmt.Sprintf("%.1f s", f.MS/1000)
		}
		lines[0] = render.Pad(lines[0], 79-len(time), false) + time
	}
	return lines
}
