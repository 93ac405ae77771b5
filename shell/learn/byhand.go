package learn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// manualState is the state of what is done by hand on the present connection.
func manualState(sh *command.Shell) *command.Manual {
	if sh.Manual == nil {
		talk := teach.NewDialogue()
		talk.User, talk.In = sh.Session.LoggedIn()
		talk.TLS, _ = sh.Session.Protected()
		typ, level := sh.Session.Manual().ServerState()
		talk.Type, talk.Protect = string(typ), level == client.Private
		sh.Manual = &command.Manual{Talk: talk}
	}
	return sh.Manual
}

// replyPrinter is where the replies to lines typed by hand go.
type replyPrinter struct {
	sh      *command.Shell
	out     io.Writer
	screen  bool
	bytes   bool // out is no terminal
	marks   bool // lines begin with C< C! D1 <
	content bool // the data itself goes to out
	enc     bool // what is said now travels inside TLS
	traced  int  // the level of the trace that shows the same beside it; 0: none does
}

// inside is the voice for what is said on the connection as it is now: the reply to AUTH TLS still comes in the clear.
func (v replyPrinter) inside(h *command.Manual) replyPrinter {
	v.enc = h.Talk.TLS
	return v
}

// reply shows a reply as it came. Quote returns a refusal as its error, and
// leaves its result to the data where there are any.
func (v replyPrinter) reply(r client.Reply) {
	if v.sh.JSON && !v.marks && !v.content && r.Class() <= 3 {
		_ = render.JSON(v.out, v.sh.ReplyObject(r))
		return
	}
	for _, line := range r.Lines {
		line = v.sh.Masked(line)
		switch {
		case v.marks && v.traced > 0: // once is enough
		case v.marks:
			v.line(replyMark(r.Class() > 3, v.enc) + line)
		case r.Class() > 3:
		case v.content:
			v.sh.Say(line)
		default:
			v.line(line)
		}
	}
}

// replyMark is C< or C<= like the arrows of the trace, with ! for a failure.
func replyMark(failed, enc bool) string {
	switch {
	case failed && enc:
		return "C!<= "
	case failed:
		return "C! "
	case enc:
		return "C<= "
	}
	return "C< "
}

// line is a part of the result.
func (v replyPrinter) line(text string) {
	if !v.bytes {
		text = render.SafeLines(text)
	}
	_, _ = io.WriteString(v.out, text+"\n")
}

// fact is what happens beside the replies; quote is silent about it.
func (v replyPrinter) fact(format string, args ...any) {
	if v.marks && v.traced < 2 {
		v.line(fmt.Sprintf(format, args...))
	}
}

// hint is for those who learn.
func (v replyPrinter) hint(text string) {
	if v.marks && text != "" {
		v.sh.Say("   " + strings.ReplaceAll(text, "\n", "\n   "))
	}
}

// errClosed is a line for a connection that is gone: nothing is connected again
// behind the back of somebody who looks at the protocol.
var errClosed = errors.New("the connection is closed")

// sendManual says one line to the server and shows what comes of it. The final reply
// is returned; its refusal is no error.
func sendManual(ctx context.Context, sh *command.Shell, line string, v replyPrinter) (client.Reply, error) {
	h := manualState(sh)
	if not, err := command.ManualDry(sh, line); not {
		return client.Reply{}, err
	}
	if err := sh.Session.Idle(); err != nil && v.marks {
		return client.Reply{}, fmt.Errorf("%w: %w", errClosed, err)
	}
	verb := teach.Verb(line)
	if remark := h.Talk.Remark(line, h.Ready()); remark != "" && (v.marks || client.MovesData(verb)) {
		sh.Say("   " + remark)
	}
	prepareManual(sh, line, v)
	sh.Recorder.Typed(line)
	if client.MovesData(verb) {
		return transferManual(ctx, sh, line, v)
	}
	v, since := v.inside(h), sh.Recorder.Seq()
	r, err := sh.Session.Quote(ctx, line)
	if r.Code != 0 {
		h.Talk.Heard(line, r)
		v.reply(r)
		if v.traced == 0 || !sh.Settings.TraceNotes {
			v.hint(h.Talk.Explain(line, r))
		}
	}
	handshakes(sh, since, v)
	if r.Code == 421 || r.Code == 221 { // the end of the connection is what they say
		if v.marks {
			sh.Session.Conn().Close()
		}
		return r, nil
	}
	return r, err
}

// handshakes shows the TLS handshakes since an event.
func handshakes(sh *command.Shell, since int, v replyPrinter) {
	for _, e := range sh.Recorder.Events(since) {
		if e.Ev == teach.TLSOK || e.Ev == teach.TLSFail {
			v.fact("%s %s", e.Conn, e.Words())
		}
	}
}

// prepareManual opens the port that a PORT or EPRT names, when it is one of ours.
func prepareManual(sh *command.Shell, line string, v replyPrinter) {
	h := sh.Manual
	addr, is := teach.OwnAddress(line)
	switch verb := teach.Verb(line); {
	case slices.Contains([]string{"PASV", "EPSV", "LPSV"}, verb):
		h.Drop()
		return
	case !is || h.Manual || !isOurs(sh, addr.IP) || h.ListensOn(addr.Port):
		return
	}
	h.Drop()
	ch, err := sh.Session.Manual().Listen(addr.Port)
	if err != nil {
		v.fact("   nobody listens on port %d: %s", addr.Port, err)
		return
	}
	h.Channel = ch
	v.fact("%s listening on %s", ch.Name(), addr)
}

func isOurs(sh *command.Shell, ip net.IP) bool {
	local, ok := sh.Session.Conn().LocalAddr().(*net.TCPAddr)
	return ok && local.IP.Equal(ip)
}

// connect makes the data connection to where the server said, or to an address
// that the user names.
func connectManual(ctx context.Context, sh *command.Shell, addr string, v replyPrinter) error {
	h := sh.Manual
	if addr == "" {
		host, _, _ := net.SplitHostPort(sh.Session.Conn().RemoteAddr().String())
		named, _, _ := net.SplitHostPort(h.Talk.Offer)
		if named != "" && named != host {
			v.hint(fmt.Sprintf("the server named %s; ftpsh connects to %s, which it knows (.connect %s %d would obey)", named, host, named, h.Talk.Port))
		}
		addr = net.JoinHostPort(host, strconv.Itoa(h.Talk.Port))
	}
	h.Drop()
	ch, err := sh.Session.Manual().Connect(ctx, addr)
	if err != nil {
		return err
	}
	h.Channel, h.Talk.Offer = ch, ""
	v.fact("%s connected to %s", ch.Name(), addr)
	return nil
}

// transferManual sends a command that moves data.
func transferManual(ctx context.Context, sh *command.Shell, line string, v replyPrinter) (client.Reply, error) {
	h := sh.Manual
	h.Data, h.Size = nil, 0
	if command.IsUpload(line) && h.Upload == "" {
		if !v.marks {
			return client.Reply{}, &failure.UsageError{Text: "which file is to be stored?", Hint: "`put FILE` stores one; `raw` has .send FILE"}
		}
		v.hint("no file was named with .send: an empty one is sent")
	}
	if h.Channel == nil && h.Talk.Offer != "" && !h.Manual {
		if err := connectManual(ctx, sh, "", v); err != nil {
			return client.Reply{}, err
		}
	}
	x, err := sh.Session.Manual().Send(ctx, line)
	if err != nil {
		return client.Reply{}, err
	}
	if h.Channel == nil {
		return unconnectedManual(ctx, sh, line, x, v)
	}
	return carryManual(ctx, sh, line, x, v)
}

// refusalWait is how long a server may take to refuse a transfer for which no
// data connection was made.
const refusalWait = time.Second

// unconnectedManual waits for the reply to a transfer without a data connection. When
// there is none for a moment, the server may be waiting for the connection.
func unconnectedManual(ctx context.Context, sh *command.Shell, line string, x *client.Exchange, v replyPrinter) (client.Reply, error) {
	h := sh.Manual
	if h.Talk.Offer != "" {
		short, cancel := context.WithTimeout(ctx, refusalWait)
		defer cancel()
		if r, err := x.Begin(short); ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || r.Class() == 1) {
			h.Waiting, h.WaitingLine = x, line
			v.hint("the server waits for the data connection: .connect makes it")
			return r, nil
		}
	}
	v = v.inside(h)
	first, err := x.Begin(ctx)
	if first.Class() == 1 {
		v.reply(first)
	}
	r, waiting := x.Wait(ctx)
	if waiting != nil {
		return first, errors.Join(err, waiting)
	}
	h.Talk.Heard(line, r)
	v.reply(r)
	return r, nil
}

// carryManual moves the data of a command over the channel and shows the dialogue.
func carryManual(ctx context.Context, sh *command.Shell, line string, x *client.Exchange, v replyPrinter) (client.Reply, error) {
	h := sh.Manual
	v, since := v.inside(h), sh.Recorder.Seq()
	ch := h.Channel
	h.Channel, h.Waiting = nil, nil
	file, err := h.Source(ctx, sh.Folder(), line)
	if err != nil {
		return client.Reply{}, err
	}
	defer file.Close()
	d, err := sh.Session.Manual().Carry(ctx, ch, x)
	var r client.Reply
	if first, _ := x.Begin(ctx); first.Class() == 1 {
		v.reply(first)
	}
	if err == nil {
		if ch.Active() {
			v.fact("%s the server connected to us", ch.Name())
		}
		err = moveByHand(sh, d, line, file, v)
		handshakes(sh, since, v)
		v.fact("%s", h.Summary(ch, d, command.IsUpload(line), err))
		r = d.Reply()
	} else {
		r, _ = x.Wait(ctx)
	}
	if r.Code != 0 {
		h.Talk.Heard(line, r)
		v.reply(r)
	}
	if errors.As(err, new(*client.Error)) {
		err = nil // it was shown
	}
	return r, err
}

// moveByHand moves the data and ends the transfer.
func moveByHand(sh *command.Shell, d *client.Data, line string, file *os.File, v replyPrinter) error {
	h := sh.Manual
	if command.IsUpload(line) {
		_, err := d.ReadFrom(file)
		return cmp.Or(d.Close(), err)
	}
	_, err := d.WriteTo(h)
	closing := d.Close()
	if v.content {
		text := string(h.Data)
		if !v.bytes || teach.Verb(line) != "RETR" {
			text = plainLines(h.Data)
		}
		if !v.bytes {
			text = render.SafeLines(text)
		}
		_, _ = io.WriteString(v.out, text)
	}
	return cmp.Or(closing, err)
}

// plainLines are the lines of a listing with the ends that they have here.
func plainLines(data []byte) string { return strings.ReplaceAll(string(data), "\r\n", "\n") }
