package learn

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var _ = command.Add(&command.Command{
	Name: "trace", Theme: "learn", Args: "[on|off|0|1|2|3 | save file [last|all|N..M] | show file | web [port|off]]",
	Short: "show the dialogue with the server as it happens, or keep it in a file",
	Long: "1 shows commands and replies, with a word about those that need one, 2 connections, TLS, times and remarks too, 3 whole replies, certificates and the first " +
		"bytes of data. -> and <- travel in the clear, => and <= inside TLS, ** is a fact, ! a failure; C is the control connection, " +
		"D1 the first data connection. Without a word it is switched on or off.\n" +
		"Everything is recorded even when it is not shown, without passwords. `trace save` writes the last command, all of them, or " +
		"those with the numbers N to M: as .jsonl (for programs, and for `trace show`), .html, .svg, .md, .mmd (Mermaid), .pcapng (for Wireshark) or .txt, " +
		"which only you may read.\n" +
		"`trace web` draws the ladder in browsers of this computer while the session goes on: for a projector, with an explanation of " +
		"the row that one points at. The address has a token that nobody can guess; `trace web off` ends it.",
	Examples: []command.Example{
		{Line: "trace 2", Says: "watch what the next commands do"},
		{Line: "trace save ls.html", Says: "the last command as a page to look at or to hand in"},
		{Line: "trace save all.jsonl all", Says: "the whole session"},
		{Line: "trace show all.jsonl", Says: "what is in such a file"},
		{Line: "trace web", Says: "watch it in a browser"},
		{Line: "trace show --ladder office.pcapng", Says: "the FTP of a capture, as far as it is in the clear"},
	},
	Max: 4, Flags: traceFlags, Complete: []completion.Kind{completion.None, completion.LocalPath},
	Words: []string{"on", "off", "0", "1", "2", "3", "save", "show", "web"}, Foreign: command.Refused, Run: trace,
})

func traceFlags(fs *pflag.FlagSet) {
	fs.BoolP("force", "f", false, "save: replace the file without a question")
	fs.String("as", "", "save: the `FORMAT`, when the name of the file does not say: "+strings.Join(teach.Formats(), ", "))
	command.Choices(fs, "as", teach.Formats()...)
	fs.Bool("ladder", false, "show: as a ladder")
}

func trace(ctx context.Context, c *command.Call) error {
	switch c.Arg(0) {
	case "save":
		return saveTrace(ctx, c)
	case "show":
		return showTrace(ctx, c)
	case "web":
		return traceWeb(c)
	case "on":
		return traceLevel(c, "2", 2)
	}
	return traceLevel(c, c.Arg(0), 2)
}

// traceLevel changes what is shown; without a value it switches it off, or on
// to level.
func traceLevel(c *command.Call, value string, level int) error {
	if len(c.Args) > 1 {
		return c.Usage("too many arguments")
	}
	if value == "" {
		value = "0"
		if c.Shell.Settings.Trace == 0 {
			value = strconv.Itoa(level)
		}
	}
	return c.Changed(settings.Row("trace"), value)
}

// traceWeb starts the live view, or says where it is, or ends it.
func traceWeb(c *command.Call) error {
	sh, port := c.Shell, 0
	switch word := c.Arg(1); {
	case len(c.Args) > 2:
		return c.Usage("too many arguments")
	case word == "off":
		return sh.StopWeb()
	case word != "":
		n, err := strconv.ParseUint(word, 10, 16)
		if err != nil {
			return c.Usage("%q is neither a port nor off", word)
		}
		port = int(n)
	}
	if sh.Web == nil {
		web, err := teach.StartWeb(sh.Recorder, port)
		if err != nil {
			return err
		}
		sh.Web = web
	}
	return c.Print("%s", sh.Web.URL())
}

// saveTrace writes a part of the recording into a file.
func saveTrace(ctx context.Context, c *command.Call) error {
	name := c.Arg(1)
	if name == "" {
		return c.Usage("save: the name of a file is missing")
	}
	format := c.Value("as")
	write, err := teach.Writer(format, name)
	if err != nil {
		return c.Usage("%s", err)
	}
	events, err := teach.Select(c.Shell.Recorder.All(), strings.TrimPrefix(strings.Join(c.Texts()[2:], " "), "op "))
	if err != nil {
		return c.Usage("%s", err)
	}
	return c.Save(ctx, name, 0o600, c.Is("force"), func(file io.Writer) error {
		return write(file, events, teach.Style{Width: 80, Unicode: command.DrawsUnicode(c.Shell)})
	})
}

// showTrace prints a recording that was saved as JSON lines.
func showTrace(ctx context.Context, c *command.Call) error {
	if len(c.Args) != 2 {
		return c.Usage("show needs the name of one file")
	}
	events, err := readRecording(ctx, c, c.Arg(1))
	if err != nil {
		return err
	}
	style := drawingStyle(c)
	if c.Is("ladder") {
		return ladders(c, teach.Operations(events), events, style, false)
	}
	p := teach.Printer{Style: style, Level: max(c.Shell.Settings.Trace, 2), Quiet: !c.Shell.Settings.TraceNotes}
	for _, e := range events {
		if err := drawLines(c, p.Lines(e)); err != nil {
			return err
		}
	}
	return nil
}

// drawingStyle is how events are drawn in the result of a command.
func drawingStyle(c *command.Call) teach.Style {
	s := teach.Style{Width: 80, Unicode: command.DrawsUnicode(c.Shell)}
	if c.Screen {
		s.Width, s.Color = c.Shell.Console.Width(), c.Shell.Console.ColorOut()
	}
	return s
}

// drawLines writes lines that are safe and may have colours.
func drawLines(c *command.Call, lines []string) error {
	for _, line := range lines {
		if _, err := io.WriteString(c.Out, line+"\n"); err != nil {
			return err
		}
	}
	return nil
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

// errNothing says that there is nothing to look back at.
var errNothing = errors.New("nothing has gone over the wire yet")

// operation returns the n-th last operation that is over, from 1.
func operation(l *command.Learning, n int) (teach.Operation, error) {
	all := teach.Operations(l.Recorder.Events(0))
	switch {
	case len(all) == 0:
		return teach.Operation{}, errNothing
	case n < 1 || n > len(all):
		return teach.Operation{}, &failure.UsageError{Text: command.Plural(len(all), "command", "commands") + " can be looked back at"}
	}
	return all[len(all)-n], nil
}
