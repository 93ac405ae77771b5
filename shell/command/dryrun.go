package command

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// reading are the verbs that change nothing on a server, nor what the session is. A dry run sends
// them, those of a login while it makes a connection, and no other.
var reading = Sends("PBSZ", "PROT", "FEAT", "SYST", "PWD", "XPWD", "CWD", "XCWD", "CDUP", "XCUP", "TYPE", "MODE", "STRU", "EPSV", "PASV",
	"EPRT", "PORT", "LPRT", "LPSV", "PRET", "MLSD", "MLST", "LIST", "NLST", "SIZE", "MDTM", "STAT", "HELP", "NOOP", "REST", "RETR", "ABOR", "QUIT",
	"HASH", "XCRC", "MD5", "XMD5", "XSHA", "XSHA1", "XSHA256", "XSHA512", "AVBL", "RANG", "DSIZ", "SSCN", "CPSV")

// Entering are the verbs of a login. Reading begins with one, and a connection that was lost needs
// it again; what the user asks for beside that is a change.
var Entering = Sends("USER", "PASS", "ACCT", "AUTH", "ADAT", "OPTS", "CCC", "CLNT", "CSID", "LANG", "HOST", "REIN")

// pretendedReplies are what a dry run takes for the answer, where that is not a
// plain 200.
var pretendedReplies = map[string]client.Reply{
	"DELE": {Code: 250}, "RMD": {Code: 250}, "XRMD": {Code: 250}, "RNFR": {Code: 350}, "RNTO": {Code: 250},
	"MKD": {Code: 257}, "XMKD": {Code: 257}, "MFMT": {Code: 213}, "MFCT": {Code: 213}, "MFF": {Code: 213},
}

// DryAction is something that a dry run did not do.
type DryAction struct {
	DryRun bool   `json:"dry_run"` // always true
	Action string `json:"action"`  // send, upload, download, run, write, change
	What   string `json:"what"`
	Mode   string `json:"mode,omitempty"` // of chmod
	To     string `json:"to,omitempty"`
	Bytes  *int64 `json:"bytes,omitempty"`
}

// Reads reports whether a line changes nothing.
func Reads(line string) bool {
	verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	option, _, _ := strings.Cut(rest, " ")
	return slices.Contains(reading, strings.ToUpper(verb)) || strings.EqualFold(verb+" "+option, "OPTS HASH") || strings.EqualFold(verb, "SITE") && strings.EqualFold(strings.TrimSpace(rest), "HELP")
}

// ManualDry reports a line that the user wants to say to the server as it stands, where a dry
// run does not send it. Nothing answers it: a reply would be invented.
func ManualDry(sh *Shell, line string) (bool, error) {
	if !sh.Options.DryRun || Reads(line) {
		return false, nil
	}
	if _, in := sh.Session.LoggedIn(); !in && slices.Contains(Entering, strings.ToUpper(teach.Verb(line))) {
		return false, nil
	}
	return true, sh.Would(DryAction{Action: "send", What: Recorded(line, teach.Verb(line))})
}

// commandDry reports a command that says one of the verbs of a login to a session that has one.
// Those that make a connection of their own have USER in their row.
func commandDry(sh *Shell, call *Call) (bool, error) {
	if !sh.Options.DryRun || sh.Session == nil {
		return false, nil
	}
	says := func(verbs ...string) bool {
		return slices.ContainsFunc(call.Command.Wire, func(line string) bool { return slices.Contains(verbs, teach.Verb(line)) })
	}
	_, in := sh.Session.LoggedIn()
	if !in || says("USER") || !says("REIN", "ACCT", "AUTH", "CCC", "HOST", "LANG") && !slices.Equal(call.Command.Wire, Sends("OPTS MLST")) {
		return false, nil
	}
	return WouldRun(sh, Recorded(call.Statement.Source, call.Command.Name))
}

// withhold is the gate of a dry run.
func withhold(sh *Shell, line string) (string, error) {
	verb := strings.ToUpper(teach.Verb(line))
	if Reads(line) || slices.Contains(Entering, verb) {
		return line, nil
	}
	if err := sh.Would(DryAction{Action: "send", What: line}); err != nil {
		return "", err
	}
	reply, known := pretendedReplies[verb]
	switch {
	case slices.Contains([]string{"STOR", "APPE", "STOU"}, verb):
		return "", client.ErrSkipped
	case !known:
		reply.Code = 200
	}
	return "", &client.DryReply{Reply: reply}
}

// dryWords are the deeds as a dry run names them, where the deed is not its own name.
var dryWords = map[client.Deed]string{
	client.Store: "upload", client.Append: "append to", client.StoreUnique: "upload", client.RemoveTree: "delete with everything in it",
	client.SetTime: "touch",
}

// withholdChange is what the funnel tells in a dry run.
func withholdChange(sh *Shell, c client.Change) error {
	if sh.Planning != nil {
		return sh.Planning.change(c)
	}
	w := DryAction{Action: cmp.Or(dryWords[c.Do], string(c.Do)), What: c.Path, To: c.To}
	switch {
	case c.Line != "":
		w = DryAction{Action: "send", What: Recorded(c.Line, teach.Verb(c.Line))}
	case c.Do == client.Chmod:
		w.Mode = fmt.Sprintf("%03o", c.Mode.Perm())
	}
	if err := sh.Would(w); err != nil {
		return err
	}
	if c.Line != "" {
		return client.ErrSkipped
	}
	return nil
}

// Would reports what a dry run does not do.
func (sh *Shell) Would(w DryAction) error {
	if sh.Planning != nil {
		return sh.Planning.would(w)
	}
	w.DryRun = true
	if sh.JSON {
		return render.JSON(sh.Console.Out(), w)
	}
	text := strings.Join(strings.Fields("would "+w.Action+" "+w.Mode), " ") + " " + w.What
	if w.To != "" {
		text += " to " + w.To
	}
	if w.Bytes != nil {
		text += ", " + BytesText(*w.Bytes)
	}
	_, err := io.WriteString(sh.Console.Out(), render.Safe(text)+"\n")
	return err
}

// WouldRun reports a line that is not run; with false it is to be.
func WouldRun(sh *Shell, what ...string) (bool, error) {
	if !sh.Options.DryRun {
		return false, nil
	}
	return true, sh.Would(DryAction{Action: "run", What: strings.Join(what, " ")})
}

// wouldDo reports a change of local files, as transfer.Folder tells it.
func (sh *Shell) wouldDo(action string, names ...string) error {
	w := DryAction{Action: action, What: names[0]}
	if len(names) > 1 {
		w.To = names[1]
	}
	return sh.Would(w)
}

// WouldMove reports a transfer.
func WouldMove(sh *Shell, t transfer.Task) error {
	if sh.Planning != nil {
		return sh.Planning.move(t)
	}
	w := DryAction{Action: "download", What: t.Remote, To: t.Local}
	if t.Op != transfer.Download {
		w = DryAction{Action: "upload", What: t.Local, To: t.Remote}
	}
	if w.What == "" {
		w.What = "a stream"
	}
	if size := t.Size; size > 0 {
		w.Bytes = &size
	}
	return sh.Would(w)
}
