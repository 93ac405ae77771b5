package shell

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/render"
)

// The formats of the prompt and of the window's title.
const (
	usualPrompt = "[{user}@]{host}[:{dir}][ {state}]> "
	titleFormat = "[{user}@]{host}[:{dir}] - ftpsh"
)

const promptShort = "the prompt: {user} {host} {dir} {state} and more, `help prompt-format`; [ ] leave out what is empty in them"

// promptSettings say how the prompt looks.
var promptSettings = []*Setting{
	promptSetting("prompt-format", promptShort, func(s *Settings) *string { return &s.PromptFormat }).like("\"{dir}> \""),
	promptSetting("prompt-right", "the same at the right margin", func(s *Settings) *string { return &s.PromptRight }).like("{dir}"),
	word("keys", "the keys of the prompt: those of emacs or of vi", []string{"emacs", "vi"}, func(s *Settings) *string { return &s.Keys }).
		then(func(sh *Shell) { sh.con.SetVi(sh.Settings.Keys == "vi") }),
	toggle("title", "show user, host and directory in the title of the window", func(s *Settings) *bool { return &s.Title }),
}

func promptSetting(name, short string, field func(*Settings) *string) *Setting {
	row := text(name, short, field)
	row.Usage, row.Long = "'{host} {base}> '", promptHelp()
	row.parse = func(s *Settings, format string) error {
		if _, err := fillIn(format, func(name string) (string, bool) { return "", isField(name) }); err != nil {
			return err
		}
		*field(s) = format
		return nil
	}
	return row
}

type promptField struct {
	Name, Short string
	value       func(sh *Shell, color bool) string
}

// promptFields are the words that stand between braces in a format.
var promptFields = []promptField{
	{"user", "who is logged in", func(sh *Shell, _ bool) string { return sh.userName() }},
	{"host", "the server, or ftpsh", func(sh *Shell, _ bool) string { return sh.hostName() }},
	{"port", "the port, unless it is 21", func(sh *Shell, _ bool) string { return sh.portName() }},
	{"dir", "the directory on the server", func(sh *Shell, _ bool) string { return sh.shownDir() }},
	{"base", "its last part", func(sh *Shell, _ bool) string { return lastPart(sh.shownDir(), "/") }},
	{"ldir", "the local directory", func(*Shell, bool) string { return localDir() }},
	{"lbase", "its last part", func(*Shell, bool) string { return lastPart(localDir(), string(filepath.Separator)) }},
	{"state", "how safe the connection is, and what runs beside it", (*Shell).situation},
	{"jobs", "how many jobs run", func(sh *Shell, _ bool) string { return sh.jobs.inWords() }},
	{"status", "the status of the last command, if it failed", func(sh *Shell, color bool) string { return sh.failedStatus(color) }},
	{"time", "the time of day", func(*Shell, bool) string { return time.Now().Format("15:04") }},
}

// promptColours may stand between braces, too.
var promptColours = map[string]render.Colour{
	"plain": render.Plain, "bold": render.Bold, "dim": render.Dim, "red": render.Red, "green": render.Green,
	"yellow": render.Yellow, "blue": render.Blue, "cyan": render.Cyan,
}

// promptHelp explains what can stand in a format.
func promptHelp() (rows [][]string) {
	for _, f := range promptFields {
		rows = append(rows, []string{"  {" + f.Name + "}", f.Short})
	}
	var colours []string
	for _, name := range slices.Sorted(maps.Keys(promptColours)) {
		colours = append(colours, "{"+name+"}")
	}
	return append(rows,
		[]string{"  [ ]", "left out when what is named in it is empty"},
		[]string{`  \n`, "a new row; a backslash before anything else makes it plain"},
		[]string{"  colours", strings.Join(colours, " ")})
}

// promptText says who and where one is, and how safe that is, in words.
func (sh *Shell) promptText() string {
	if sh.raw {
		if sh.hand != nil && sh.hand.talk.TLS {
			return sh.lessonMark() + "C=> "
		}
		return sh.lessonMark() + "C> "
	}
	color := sh.con.ColorOut()
	prompt := sh.lessonMark() + sh.fill(sh.Settings.PromptFormat, color, sh.con.Width()/2)
	if sh.Settings.PromptRight != "" {
		prompt += "\t" + sh.fill(sh.Settings.PromptRight, color, sh.con.Width()/2)
	}
	if sh.Settings.Title {
		sh.con.Title(sh.fill(titleFormat, false, widestTitle))
	}
	return prompt
}

// widestTitle is how much of a title can be of use.
const widestTitle = 200

// fill makes text from a format. If it is wider than room (0: no matter), the
// directory loses its beginning.
func (sh *Shell) fill(format string, color bool, room int) string {
	text := sh.filled(format, color, sh.shownDir())
	over := 0
	for _, line := range strings.Split(text, "\n") {
		over = max(over, render.Width(line)-room)
	}
	if over <= 0 || room == 0 {
		return text
	}
	return sh.filled(format, color, shortDir(sh.shownDir(), over))
}

func (sh *Shell) filled(format string, color bool, dir string) string {
	text, err := fillIn(format, func(name string) (string, bool) {
		if name == "dir" {
			return dir, true
		}
		if c, is := promptColours[name]; is {
			return colourChange(c, color), true
		}
		for _, f := range promptFields {
			if f.Name == name {
				return f.value(sh, color), true
			}
		}
		return "", false
	})
	if err != nil {
		return "ftpsh> "
	}
	return text
}

func colourChange(c render.Colour, on bool) string {
	if !on {
		return ""
	}
	return c.Start()
}

// fillIn replaces {name} in a format by values. [ ] is left out when a value in it
// is empty, \n is a line break, and a backslash makes what follows plain.
func fillIn(format string, value func(name string) (string, bool)) (string, error) {
	var out strings.Builder
	group, empty := -1, false
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case c == '\\' && i+1 < len(format):
			i++
			out.WriteString(strings.ReplaceAll(format[i:i+1], "n", "\n"))
		case c == '[' && group < 0:
			group, empty = out.Len(), false
		case c == ']' && group >= 0:
			if empty {
				kept := out.String()[:group]
				out.Reset()
				out.WriteString(kept)
			}
			group = -1
		case c == '{':
			name, _, closed := strings.Cut(format[i+1:], "}")
			text, known := value(name)
			if !closed || !known {
				return "", fieldError(name)
			}
			if _, colour := promptColours[name]; text == "" && !colour {
				empty = true
			}
			out.WriteString(text)
			i += len(name) + 1
		default:
			out.WriteByte(c)
		}
	}
	if group >= 0 {
		return "", errors.New("a [ has no ]")
	}
	return out.String(), nil
}

func isField(name string) bool {
	_, colour := promptColours[name]
	return colour || slices.ContainsFunc(promptFields, func(f promptField) bool { return f.Name == name })
}

func fieldError(name string) error {
	var names []string
	for _, f := range promptFields {
		names = append(names, f.Name)
	}
	return fmt.Errorf("{%s} is not one of %s, nor a colour", render.Safe(name), strings.Join(names, ", "))
}

// shortDir leaves out over cells of a path at its beginning, between names where
// it can, but keeps some of the end.
func shortDir(dir string, over int) string {
	keep := max(render.Width(dir)-over-1, 8)
	runes := []rune(dir)
	from := len(runes) // back from the end: a server may call a megabyte its directory
	for ; from > 0; from-- {
		if keep -= render.Width(string(runes[from-1])); keep < 0 {
			break
		}
	}
	if from == 0 {
		return dir
	}
	runes = runes[from:]
	if slash := slices.Index(runes, '/'); slash >= 0 && slash < len(runes)-1 {
		runes = runes[slash:]
	}
	return "…" + string(runes)
}

// A place is what is shown of a session while a line is typed: a completion may
// be using the session itself.
type place struct {
	user, dir     string // of a login; the directory is "" when the server cannot say it
	control, data bool   // what is protected
}

func placeOf(s *client.Session) (p place) {
	if s == nil {
		return p
	}
	p.control, p.data = s.Protected()
	if user, in := s.LoggedIn(); in {
		p.user, p.dir = user, s.Dir()
	}
	return p
}

func (s *screen) userName() string { return render.Safe(s.place.user) }

func (c *connections) hostName() string {
	if c.session == nil {
		return "ftpsh"
	}
	return render.Safe(c.address.Host)
}

func (c *connections) portName() string {
	if c.session == nil || c.address.Port == "21" {
		return ""
	}
	return render.Safe(c.address.Port)
}

// shownDir is the remote directory, "?" when the server cannot say it.
func (s *screen) shownDir() string {
	if s.userName() == "" {
		return ""
	}
	if dir := s.place.dir; dir != "" {
		return render.Safe(dir)
	}
	return "?"
}

func localDir() string {
	dir, err := os.Getwd()
	if err != nil {
		return "?"
	}
	home, err := os.UserHomeDir()
	if rest, inside := strings.CutPrefix(dir, home); err == nil && inside && (rest == "" || os.IsPathSeparator(rest[0])) {
		dir = "~" + rest
	}
	return render.Safe(dir)
}

func lastPart(dir, separator string) string {
	if i := strings.LastIndex(dir, separator); i >= 0 && i < len(dir)-1 {
		return dir[i+1:]
	}
	return dir
}

func (l *language) failedStatus(color bool) string {
	if l.status == 0 {
		return ""
	}
	return render.Red.Paint(color, strconv.Itoa(l.status))
}

// situation says in words what nobody should have to know a colour for: how the
// connection is protected, and that jobs run.
func (sh *Shell) situation(color bool) string {
	var words []string
	if sh.session != nil {
		words = append(words, sh.protection(color))
	}
	if jobs := sh.jobs.inWords(); jobs != "" {
		words = append(words, render.Cyan.Paint(color, jobs))
	}
	return strings.Join(words, ", ")
}

// protection is the state of the connection in a word.
func (s *screen) protection(color bool) string {
	switch {
	case !s.place.control:
		return render.Red.Paint(color, "PLAIN")
	case !s.place.data:
		return render.Yellow.Paint(color, "tls, data clear")
	}
	return render.Green.Paint(color, "tls")
}

// welcome is what stands above the first prompt: without a server where one can go, at the very first start the keys.
func (sh *Shell) welcome() {
	if sh.opt.Hinted {
		return
	}
	if sh.session == nil {
		sh.places()
		sh.Say("`open HOST` connects, `help` lists the commands; `practice start` makes a server to try them on, as --demo, and `lesson` teaches")
	}
	if sh.opt.History == nil || len(sh.opt.History.Recall("")) > 0 {
		return
	}
	if sh.session != nil {
		sh.Say("`ls` lists, `get` and `put` move files, `help` lists the commands, `bye` leaves")
	}
	sh.Say("Tab completes names on both sides, Up brings lines back, Ctrl-C stops anything")
}

// fewPlaces is how many bookmarks and hosts the first screen has.
const fewPlaces = 6

// places are the bookmarks, and the hosts that were used last, as open takes them.
func (sh *Shell) places() {
	t := render.Table{Width: sh.con.ErrWidth()}
	for _, row := range []struct {
		what  string
		names []string
	}{{"bookmarks", sh.bookmarkNames()}, {"recent", sh.recentHosts()}} {
		if more := len(row.names) - fewPlaces; more > 0 {
			row.names = append(row.names[:fewPlaces:fewPlaces], fmt.Sprintf("… and %d more", more))
		}
		if len(row.names) > 0 {
			t.Rows = append(t.Rows, []string{row.what, render.Safe(strings.Join(row.names, "  "))})
		}
	}
	_ = t.Write(sh.con.Err())
}

// recentHosts are the servers that lines were typed for, the last one first.
func (sh *Shell) recentHosts() (hosts []string) {
	if sh.opt.History == nil {
		return nil
	}
	for _, r := range slices.Backward(slices.Collect(sh.opt.History.Lines())) {
		if r.Host != "" && !slices.Contains(hosts, r.Host) && !isPassing(r.Host) {
			hosts = append(hosts, r.Host)
		}
	}
	return hosts
}

// isPassing reports whether a server was one of this computer on a port of the system's choice, as that of --demo.
func isPassing(host string) bool {
	const firstEphemeral = 32768
	at, err := netip.ParseAddrPort(host)
	return err == nil && at.Addr().IsLoopback() && at.Port() >= firstEphemeral
}
