package shell

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
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// manual is what the user arranges line by line, with quote or raw: what was
// said, and at most one data connection.
type manual struct {
	talk        *teach.Dialogue
	channel     *client.Channel  // connected, or waiting for the server
	waiting     *client.Exchange // a transfer command whose data connection is not made yet
	waitingLine string
	manual      bool   // data connections are the user's business
	upload      string // the file that the next STOR sends

	data []byte // what came last, its beginning at least
	size int64  // of all of it
}

// keptData is how much of what came by hand is kept to be looked at.
const keptData = 16 << 20

// manualState is the state of what is done by hand on the present connection.
func manualState(sh *Shell) *manual {
	if sh.manual == nil {
		talk := teach.NewDialogue()
		talk.User, talk.In = sh.session.LoggedIn()
		talk.TLS, _ = sh.session.Protected()
		typ, level := sh.session.ServerState()
		talk.Type, talk.Protect = string(typ), level == client.Private
		sh.manual = &manual{talk: talk}
	}
	return sh.manual
}

// forget drops what was arranged: a command has arranged its own.
func (h *manual) forget() {
	if h == nil {
		return
	}
	h.talk.Offer, h.talk.Ours = "", false
	h.drop()
}

func (h *manual) drop() {
	if h.channel != nil {
		h.channel.Close()
		h.channel = nil
	}
}

// replyPrinter is where the replies to lines typed by hand go.
type replyPrinter struct {
	sh      *Shell
	out     io.Writer
	screen  bool
	bytes   bool // out is no terminal
	marks   bool // lines begin with C< C! D1 <
	content bool // the data itself goes to out
	enc     bool // what is said now travels inside TLS
	traced  int  // the level of the trace that shows the same beside it; 0: none does
}

// inside is the voice for what is said on the connection as it is now: the reply to AUTH TLS still comes in clear.
func (v replyPrinter) inside(h *manual) replyPrinter {
	v.enc = h.talk.TLS
	return v
}

// reply shows a reply as it came. Quote returns a refusal as its error, and
// leaves its result to the data where there are any.
func (v replyPrinter) reply(r client.Reply) {
	if v.sh.json && !v.marks && !v.content && r.Class() <= 3 {
		_ = render.JSON(v.out, v.sh.replyObject(r))
		return
	}
	for _, line := range r.Lines {
		line = v.sh.masked(line)
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
func sendManual(ctx context.Context, sh *Shell, line string, v replyPrinter) (client.Reply, error) {
	h := manualState(sh)
	if not, err := manualDry(sh, line); not {
		return client.Reply{}, err
	}
	if err := sh.session.Idle(); err != nil && v.marks {
		return client.Reply{}, fmt.Errorf("%w: %w", errClosed, err)
	}
	verb := teach.Verb(line)
	if remark := h.talk.Remark(line, h.ready()); remark != "" && (v.marks || client.MovesData(verb)) {
		sh.Say("   " + remark)
	}
	if err := prepareManual(sh, line, v); err != nil {
		return client.Reply{}, err
	}
	sh.recorder.Typed(line)
	if client.MovesData(verb) {
		return transferManual(ctx, sh, line, v)
	}
	v, since := v.inside(h), sh.recorder.Seq()
	r, err := sh.session.Quote(ctx, line)
	if r.Code != 0 {
		h.talk.Heard(line, r)
		v.reply(r)
		if v.traced == 0 || !sh.Settings.TraceNotes {
			v.hint(h.talk.Explain(line, r))
		}
	}
	handshakes(sh, since, v)
	if r.Code == 421 || r.Code == 221 { // the end of the connection is what they say
		if v.marks {
			sh.session.Conn().Close()
		}
		return r, nil
	}
	return r, err
}

// handshakes shows the TLS handshakes since an event.
func handshakes(sh *Shell, since int, v replyPrinter) {
	for _, e := range sh.recorder.Events(since) {
		if e.Ev == teach.TLSOK || e.Ev == teach.TLSFail {
			v.fact("%s %s", e.Conn, e.Words())
		}
	}
}

// ready reports whether a transfer command finds a data connection, or where to
// make one.
func (h *manual) ready() bool {
	return h.channel != nil || h.talk.Ours || h.talk.Offer != "" && !h.manual
}

// prepareManual opens the port that a PORT or EPRT names, when it is one of ours.
func prepareManual(sh *Shell, line string, v replyPrinter) error {
	h := sh.manual
	addr, is := teach.OwnAddress(line)
	switch verb := teach.Verb(line); {
	case slices.Contains([]string{"PASV", "EPSV", "LPSV"}, verb):
		h.drop()
		return nil
	case !is || h.manual || !isOurs(sh, addr.IP) || h.listensOn(addr.Port):
		return nil
	}
	h.drop()
	ch, err := sh.session.ListenData(addr.Port)
	if err != nil {
		v.fact("   nobody listens on port %d: %s", addr.Port, err)
		return nil
	}
	h.channel = ch
	v.fact("%s listening on %s", ch.Name(), addr)
	return nil
}

func isOurs(sh *Shell, ip net.IP) bool {
	local, ok := sh.session.Conn().LocalAddr().(*net.TCPAddr)
	return ok && local.IP.Equal(ip)
}

func (h *manual) listensOn(port int) bool {
	if h.channel == nil {
		return false
	}
	for _, line := range h.channel.Requests() {
		if addr, ok := teach.OwnAddress(line); ok && addr.Port == port {
			return true
		}
	}
	return false
}

// connect makes the data connection to where the server said, or to an address
// that the user names.
func connectManual(ctx context.Context, sh *Shell, addr string, v replyPrinter) error {
	h := sh.manual
	if addr == "" {
		host, _, _ := net.SplitHostPort(sh.session.Conn().RemoteAddr().String())
		named, _, _ := net.SplitHostPort(h.talk.Offer)
		if named != "" && named != host {
			v.hint(fmt.Sprintf("the server named %s; ftpsh connects to %s, which it knows (.connect %s %d would obey)", named, host, named, h.talk.Port))
		}
		addr = net.JoinHostPort(host, strconv.Itoa(h.talk.Port))
	}
	h.drop()
	ch, err := sh.session.ConnectData(ctx, addr)
	if err != nil {
		return err
	}
	h.channel, h.talk.Offer = ch, ""
	v.fact("%s connected to %s", ch.Name(), addr)
	return nil
}

// transferManual sends a command that moves data.
func transferManual(ctx context.Context, sh *Shell, line string, v replyPrinter) (client.Reply, error) {
	h := sh.manual
	h.data, h.size = nil, 0
	if isUpload(line) && h.upload == "" {
		if !v.marks {
			return client.Reply{}, &failure.UsageError{Text: "which file is to be stored?", Hint: "`put FILE` stores one; `raw` has .send FILE"}
		}
		v.hint("no file was named with .send: an empty one is sent")
	}
	if h.channel == nil && h.talk.Offer != "" && !h.manual {
		if err := connectManual(ctx, sh, "", v); err != nil {
			return client.Reply{}, err
		}
	}
	x, err := sh.session.SendQuoted(ctx, line)
	if err != nil {
		return client.Reply{}, err
	}
	if h.channel == nil {
		return unconnectedManual(ctx, sh, line, x, v)
	}
	return carryManual(ctx, sh, line, x, v)
}

func isUpload(line string) bool {
	return slices.Contains([]string{"STOR", "APPE", "STOU"}, teach.Verb(line))
}

// refusalWait is how long a server may take to refuse a transfer for which no
// data connection was made.
const refusalWait = time.Second

// unconnectedManual waits for the reply to a transfer without a data connection. When
// there is none for a moment, the server may be waiting for the connection.
func unconnectedManual(ctx context.Context, sh *Shell, line string, x *client.Exchange, v replyPrinter) (client.Reply, error) {
	h := sh.manual
	if h.talk.Offer != "" {
		short, cancel := context.WithTimeout(ctx, refusalWait)
		defer cancel()
		if r, err := x.Begin(short); ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || r.Class() == 1) {
			h.waiting, h.waitingLine = x, line
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
	h.talk.Heard(line, r)
	v.reply(r)
	return r, nil
}

// carryManual moves the data of a command over the channel and shows the dialogue.
func carryManual(ctx context.Context, sh *Shell, line string, x *client.Exchange, v replyPrinter) (client.Reply, error) {
	h := sh.manual
	v, since := v.inside(h), sh.recorder.Seq()
	ch := h.channel
	h.channel, h.waiting = nil, nil
	file, err := h.source(ctx, sh.folder(), line)
	if err != nil {
		return client.Reply{}, err
	}
	defer file.Close()
	d, err := sh.session.Carry(ctx, ch, x)
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
		v.fact("%s", h.summary(ch, d, isUpload(line), err))
		r = d.Reply()
	} else {
		r, _ = x.Wait(ctx)
	}
	if r.Code != 0 {
		h.talk.Heard(line, r)
		v.reply(r)
	}
	if errors.As(err, new(*client.Error)) {
		err = nil // it was shown
	}
	return r, err
}

// source is the file that the line uploads, if it does.
func (h *manual) source(ctx context.Context, here transfer.Folder, line string) (*os.File, error) {
	name := h.upload
	if name == "" || !isUpload(line) {
		return os.Open(os.DevNull)
	}
	h.upload = ""
	return here.Open(ctx, name, os.O_RDONLY, 0)
}

// moveByHand moves the data and ends the transfer.
func moveByHand(sh *Shell, d *client.Data, line string, file *os.File, v replyPrinter) error {
	h := sh.manual
	if isUpload(line) {
		_, err := d.ReadFrom(file)
		return cmp.Or(d.Close(), err)
	}
	_, err := d.WriteTo(h)
	closing := d.Close()
	if v.content {
		text := string(h.data)
		if !v.bytes || teach.Verb(line) != "RETR" {
			text = plainLines(h.data)
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

// Write keeps the beginning of what arrives.
func (h *manual) Write(p []byte) (int, error) {
	h.size += int64(len(p))
	h.data = append(h.data, p[:min(len(p), keptData-len(h.data))]...)
	return len(p), nil
}

// summary is a data connection in a line.
func (h *manual) summary(ch *client.Channel, d *client.Data, upload bool, err error) string {
	var no *client.Error
	end := ""
	if err != nil && !errors.As(err, &no) {
		end = ", ! " + err.Error()
	}
	enc := ""
	if h.talk.Protect {
		enc = "="
	}
	if upload {
		return fmt.Sprintf("%s %s> %d bytes, closed by us%s", ch.Name(), enc, d.Transferred(), end)
	}
	hint := ""
	if h.size > 0 {
		hint = "    (.data to see, .data save FILE to keep)"
	}
	return fmt.Sprintf("%s <%s %d bytes, closed by the server%s%s", ch.Name(), enc, d.Transferred(), end, hint)
}
