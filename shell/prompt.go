package shell

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// The formats of the prompt and of the window's title.
const (
	titleFormat = "[{user}@]{host}[:{dir}] - ftpsh"
)

// promptValues are what the fields of a format stand for.
var promptValues = map[string]func(sh *Shell, color bool) string{
	"user":   func(sh *Shell, _ bool) string { return userName(&sh.screen) },
	"host":   func(sh *Shell, _ bool) string { return hostName(&sh.connections) },
	"port":   func(sh *Shell, _ bool) string { return portName(&sh.connections) },
	"dir":    func(sh *Shell, _ bool) string { return shownDir(&sh.screen) },
	"base":   func(sh *Shell, _ bool) string { return lastPart(shownDir(&sh.screen), "/") },
	"ldir":   func(*Shell, bool) string { return localDir() },
	"lbase":  func(*Shell, bool) string { return lastPart(localDir(), string(filepath.Separator)) },
	"state":  connState,
	"jobs":   func(sh *Shell, _ bool) string { return sh.jobs.InWords() },
	"status": func(sh *Shell, color bool) string { return failedStatus(&sh.language, color) },
	"time":   func(*Shell, bool) string { return time.Now().Format("15:04") },
}

// promptText says who and where one is, and how safe that is, in words.
func promptText(sh *Shell) string {
	if sh.raw {
		if sh.manual != nil && sh.manual.talk.TLS {
			return lessonMark(&sh.learning) + "C=> "
		}
		return lessonMark(&sh.learning) + "C> "
	}
	color := sh.con.ColorOut()
	prompt := lessonMark(&sh.learning) + promptAt(sh, sh.Settings.PromptFormat, color, sh.con.Width()/2)
	if sh.Settings.PromptRight != "" {
		prompt += "\t" + promptAt(sh, sh.Settings.PromptRight, color, sh.con.Width()/2)
	}
	if sh.Settings.Title {
		sh.con.Title(promptAt(sh, titleFormat, false, widestTitle))
	}
	return prompt
}

// widestTitle is how much of a title can be of use.
const widestTitle = 200

// promptAt makes text from a format. If it is wider than room (0: no matter), the
// directory loses its beginning.
func promptAt(sh *Shell, format string, color bool, room int) string {
	text := fillPrompt(sh, format, color, shownDir(&sh.screen))
	over := 0
	for _, line := range strings.Split(text, "\n") {
		over = max(over, render.Width(line)-room)
	}
	if over <= 0 || room == 0 {
		return text
	}
	return fillPrompt(sh, format, color, shortDir(shownDir(&sh.screen), over))
}

func fillPrompt(sh *Shell, format string, color bool, dir string) string {
	text, err := settings.Fill(format, func(name string) (string, bool) {
		if name == "dir" {
			return dir, true
		}
		if c, is := settings.PromptColours[name]; is {
			return colourChange(c, color), true
		}
		if value := promptValues[name]; value != nil {
			return value(sh, color), true
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

func userName(s *screen) string { return render.Safe(s.place.user) }

func hostName(c *connections) string {
	if c.session == nil {
		return "ftpsh"
	}
	return render.Safe(c.address.Host)
}

func portName(c *connections) string {
	if c.session == nil || c.address.Port == "21" {
		return ""
	}
	return render.Safe(c.address.Port)
}

// shownDir is the remote directory, "?" when the server cannot say it.
func shownDir(s *screen) string {
	if userName(s) == "" {
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

func failedStatus(l *language, color bool) string {
	if l.status == 0 {
		return ""
	}
	return render.Red.Paint(color, strconv.Itoa(l.status))
}

// connState says in words what nobody should have to know a colour for: how the
// connection is protected, and that jobs run.
func connState(sh *Shell, color bool) string {
	var words []string
	if sh.session != nil {
		words = append(words, protection(&sh.screen, color))
	}
	if jobs := sh.jobs.InWords(); jobs != "" {
		words = append(words, render.Cyan.Paint(color, jobs))
	}
	return strings.Join(words, ", ")
}

// protection is the state of the connection in a word.
func protection(s *screen, color bool) string {
	switch {
	case !s.place.control:
		return render.Red.Paint(color, "PLAIN")
	case !s.place.data:
		return render.Yellow.Paint(color, "tls, data clear")
	}
	return render.Green.Paint(color, "tls")
}

// welcome is what stands above the first prompt: without a server where one can go, at the very first start the keys.
func welcome(sh *Shell) {
	if sh.opt.Hinted {
		return
	}
	if sh.session == nil {
		places(sh)
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
func places(sh *Shell) {
	t := render.Table{Width: sh.con.ErrWidth()}
	for _, row := range []struct {
		what  string
		names []string
	}{{"bookmarks", bookmarkNames(sh)}, {"recent", recentHosts(sh)}} {
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
func recentHosts(sh *Shell) (hosts []string) {
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
