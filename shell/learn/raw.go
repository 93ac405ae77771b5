package learn

import (
	"cmp"
	"context"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var _ = command.Add(&command.Command{
	Name: "raw", Theme: "the protocol", Secret: history.Secret{Verb: true, Connects: true}, Args: "[host [port]]", Short: "speak the protocol yourself, with data connections in both directions",
	Long: "Lines go to the server as typed; lines that begin with a dot are for ftpsh, `.help` lists them, `.end` leaves. " +
		"A line in the wrong place gets a remark, and is sent anyway. " +
		"After PASV or EPSV the data connection is made when a transfer " +
		"command is typed; PORT and EPRT with an address of ours open that port. AUTH TLS starts TLS when the server agrees, and " +
		"PROT P protects the data connections that follow.\n" +
		"With a host the connection is made first, in the clear and without a login.",
	Examples: []command.Example{
		{Line: "raw", Says: "on the connection that is open"},
		{Line: "raw ftp.example.org", Says: "from the greeting on"},
	},
	Max: 2, Complete: []completion.Kind{completion.Host, completion.Port}, Wire: command.Sends("QUIT"), Foreign: command.Confined, Run: raw,
})

func raw(ctx context.Context, c *command.Call) error {
	sh := c.Shell
	sh.Verbose.Store(false) // replies are shown as they come
	defer sh.ApplyObservers()
	if len(c.Args) > 0 {
		if err := openRaw(ctx, sh, c.Texts()); err != nil {
			return err
		}
		c.Note("%s", strings.Join(sh.Session.Conn().Greeting().Lines, "\n"))
	}
	if sh.Session == nil {
		return failure.ErrNotConnected
	}
	sh.Raw = true
	c.Note("raw: lines go to the server as typed; .help for help, .end to leave")
	return sh.Session.Manual().ByHand(ctx, true)
}

// openRaw connects without a word beyond the greeting.
func openRaw(ctx context.Context, sh *command.Shell, words []string) error {
	a, err := site.ParseAddress(words...)
	if err != nil {
		return err
	}
	if a.Security == "" {
		a.Security = "off"
	}
	return command.OpenSession(ctx, sh, a, command.Opening{NoLogin: true})
}

// RunRawLine runs a line of the raw mode.
func RunRawLine(sh *command.Shell, line command.Line) error {
	text := strings.TrimSpace(line.Text)
	if text == "" {
		return nil
	}
	ctx, done := sh.Signals.During(sh.Base, sh.Session)
	defer done()
	end := sh.BeginLine(command.Recorded(text, teach.Verb(text)))
	var r client.Reply
	var err error
	v := replyPrinter{sh: sh, out: sh.Console.Out(), screen: sh.Interactive(), bytes: !sh.Console.Shows(), marks: true}
	if v.screen {
		v.traced = int(sh.Traced.Load())
	}
	if strings.HasPrefix(text, ".") {
		err = runDot(ctx, sh, strings.Fields(text), v)
	} else {
		r, err = rawSend(ctx, sh, text, v)
	}
	end(cmp.Or(err, command.RefusedBy(text, r)))
	if err != nil {
		sh.Failed(line, "raw", failure.Interrupted(ctx, err))
	}
	return err
}

// rawSend sends a line; a password that is missing is asked for.
func rawSend(ctx context.Context, sh *command.Shell, text string, v replyPrinter) (client.Reply, error) {
	if _, ours := Aside(&sh.Learning, command.Line{Text: "." + text}); ours {
		v.hint("for ftpsh it begins with a dot: ." + text)
	}
	switch {
	case strings.EqualFold(text, "PASS") && sh.Confined != nil:
		text += " " + command.PlayedPassword
	case strings.EqualFold(text, "PASS"):
		secret, err := sh.Console.ReadSecret(ctx, "password: ")
		if err != nil {
			return client.Reply{}, err
		}
		text += " " + secret
	}
	return sendManual(ctx, sh, text, v)
}

// dots are the lines that are for ftpsh.
var dots = []struct {
	name, args, says string
	run              func(context.Context, *command.Shell, []string, replyPrinter) error
}{
	{".help", "", "show this", nil},
	{".end", "", "leave raw", dotEnd},
	{".state", "", "what the server knows of us, and what it expects", dotState},
	{".manual", "", "make no data connection without .connect or .listen", dotManual(true)},
	{".auto", "", "make them when a transfer command is typed (the default)", dotManual(false)},
	{".connect", "[HOST PORT]", "connect to where the last PASV or EPSV said, or there", dotConnect},
	{".listen", "[PORT]", "open a port for the server and show the commands that name it", dotListen},
	{".send", "FILE", "the file that the next STOR, APPE or STOU sends", dotSend},
	{".data", "[save FILE]", "what the last transfer brought", dotData},
	{".close", "", "close the data connection that was made", dotClose},
	{".abor", "", "ABOR as urgent data, with the Telnet signals that RFC 959 wants before it", dotAbor},
}

func runDot(ctx context.Context, sh *command.Shell, words []string, v replyPrinter) error {
	if words[0] == ".help" {
		return dotHelp(sh)
	}
	names := slices.Clone(Asides)
	for _, row := range dots {
		if row.name == words[0] {
			return row.run(ctx, sh, words[1:], v)
		}
		names = append(names, row.name)
	}
	err := &failure.UsageError{Text: words[0] + ": no such line of ours", Hint: "`.help` lists them"}
	if near := completion.Nearest(words[0], names); len(near) > 0 {
		err.Hint = failure.DidYouMean("", near[:1])
	}
	return err
}

// Asides are the commands of the shell that the raw mode has, too, behind a dot:
// they look at what happened and send nothing.
var Asides = []string{".explain", ".why", ".ladder", ".trace", ".lesson"}

// Aside is the line of the shell that a line of the raw mode stands for.
func Aside(l *command.Learning, line command.Line) (text string, is bool) {
	text = strings.TrimSpace(line.Text)
	name, _, _ := strings.Cut(text, " ")
	return strings.TrimPrefix(text, "."), l.Raw && line.Within == nil && slices.Contains(Asides, name)
}

func dotHelp(sh *command.Shell) error {
	t := render.Table{}
	if sh.Console.Screen() {
		t.Width = sh.Console.Width()
	}
	for _, row := range dots {
		t.Rows = append(t.Rows, []string{strings.TrimSpace(row.name + " " + row.args), row.says})
	}
	t.Rows = append(t.Rows, []string{strings.Join(Asides[:2], " "), "what these commands do without the dot"},
		[]string{strings.Join(Asides[2:], " "), ""})
	return t.Write(sh.Console.Out())
}

func dotEnd(ctx context.Context, sh *command.Shell, _ []string, _ replyPrinter) error {
	sh.Raw = false
	sh.ApplyObservers()
	sh.Manual.Forget()
	return sh.Session.Manual().ByHand(ctx, false)
}

func dotState(_ context.Context, sh *command.Shell, _ []string, v replyPrinter) error {
	h := manualState(sh)
	v.line(h.Talk.State())
	if h.Channel != nil {
		v.line(h.Channel.Name() + " is ready")
	}
	return nil
}

func dotManual(on bool) func(context.Context, *command.Shell, []string, replyPrinter) error {
	return func(_ context.Context, sh *command.Shell, _ []string, _ replyPrinter) error {
		manualState(sh).Manual = on
		return nil
	}
}

func dotConnect(ctx context.Context, sh *command.Shell, words []string, v replyPrinter) error {
	h, addr := manualState(sh), ""
	switch {
	case len(words) == 2:
		addr = net.JoinHostPort(words[0], words[1])
	case len(words) != 0:
		return &failure.UsageError{Text: ".connect takes a host and a port, or nothing"}
	case h.Talk.Offer == "":
		return &failure.UsageError{Text: "no server waits for us", Hint: "`EPSV` or `PASV` asks it to"}
	}
	if err := connectManual(ctx, sh, addr, v); err != nil || h.Waiting == nil {
		return err
	}
	_, err := carryManual(ctx, sh, h.WaitingLine, h.Waiting, v)
	return err
}

func dotListen(_ context.Context, sh *command.Shell, words []string, v replyPrinter) error {
	h, port := manualState(sh), 0
	if len(words) > 0 {
		n, err := strconv.ParseUint(words[0], 10, 16)
		if err != nil {
			return &failure.UsageError{Text: words[0] + " is not a port"}
		}
		port = int(n)
	}
	h.Drop()
	ch, err := sh.Session.Manual().Listen(port)
	if err != nil {
		return err
	}
	h.Channel = ch
	v.line(ch.Name() + " listening; one of these tells the server about it:")
	for _, line := range ch.Requests() {
		v.line("   " + line)
	}
	return nil
}

func dotSend(_ context.Context, sh *command.Shell, words []string, v replyPrinter) error {
	if len(words) == 0 {
		return &failure.UsageError{Text: ".send needs the name of a file"}
	}
	name := strings.Join(words, " ")
	info, err := sh.Folder().Stat(name)
	if err != nil {
		return err
	}
	manualState(sh).Upload = name
	v.hint(strconv.FormatInt(info.Size(), 10) + " bytes wait for STOR, APPE or STOU")
	return nil
}

func dotData(ctx context.Context, sh *command.Shell, words []string, v replyPrinter) error {
	h := manualState(sh)
	switch {
	case h.Size > int64(len(h.Data)):
		return &failure.LocalError{Text: "only the first " + strconv.Itoa(len(h.Data)) + " bytes were kept: `get` is for files of this size"}
	case len(words) > 1 && words[0] == "save":
		return (&command.Call{Shell: sh}).Save(ctx, strings.Join(words[1:], " "), 0o666, false, func(file io.Writer) error {
			_, err := file.Write(h.Data)
			return err
		})
	case len(words) > 0:
		return &failure.UsageError{Text: "it is .data or .data save FILE"}
	case v.screen && strings.ContainsRune(string(h.Data), 0):
		return &failure.LocalError{Text: strconv.Itoa(len(h.Data)) + " bytes that are not text: .data save FILE keeps them"}
	}
	v.line(strings.TrimSuffix(plainLines(h.Data), "\n"))
	return nil
}

func dotClose(_ context.Context, sh *command.Shell, _ []string, _ replyPrinter) error {
	manualState(sh).Drop()
	return nil
}

func dotAbor(ctx context.Context, sh *command.Shell, _ []string, v replyPrinter) error {
	h := manualState(sh)
	waiting, line := h.Waiting, h.WaitingLine
	v = v.inside(h)
	h.Waiting = nil
	sh.Recorder.Typed("ABOR")
	x := sh.Session.Manual().Abort()
	if waiting != nil {
		if r, err := waiting.Wait(ctx); err == nil {
			h.Talk.Heard(line, r)
			v.reply(r)
		}
	}
	r, err := x.Wait(ctx)
	if err == nil {
		h.Talk.Heard("ABOR", r)
		v.reply(r)
	}
	return err
}

// RawCandidates completes lines of the raw mode; nothing is asked of the server.
func RawCandidates(words []string, word string) completion.Result {
	switch {
	case len(words) == 0 && strings.HasPrefix(word, "."):
		var all []completion.Candidate
		for _, row := range dots {
			all = append(all, completion.Candidate{Text: row.name, Note: row.says})
		}
		return completion.Words(word, append(all, command.PlainCandidates(Asides)...))
	case len(words) == 0:
		return completion.Words(strings.ToUpper(word), command.PlainCandidates(command.ProtocolVerbs))
	case words[0] == ".send" || words[0] == ".data":
		return completion.Local{}.Complete(word, false)
	}
	return completion.Result{}
}
