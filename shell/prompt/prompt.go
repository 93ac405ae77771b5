package prompt

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
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/learn"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
)

// titleFormat is the format of the window's title.
const titleFormat = "[{user}@]{host}[:{dir}] - ftpsh"

// promptValues are what the fields of a format stand for.
var promptValues = map[string]func(sh *command.Shell, color bool) string{
	"user":   func(sh *command.Shell, _ bool) string { return userName(&sh.Screen) },
	"host":   func(sh *command.Shell, _ bool) string { return hostName(&sh.Connections) },
	"port":   func(sh *command.Shell, _ bool) string { return portName(&sh.Connections) },
	"dir":    func(sh *command.Shell, _ bool) string { return shownDir(&sh.Screen) },
	"base":   func(sh *command.Shell, _ bool) string { return lastPart(shownDir(&sh.Screen), "/") },
	"ldir":   func(*command.Shell, bool) string { return localDir() },
	"lbase":  func(*command.Shell, bool) string { return lastPart(localDir(), string(filepath.Separator)) },
	"state":  connState,
	"jobs":   func(sh *command.Shell, _ bool) string { return sh.Jobs.InWords() },
	"status": func(sh *command.Shell, color bool) string { return failedStatus(&sh.Language, color) },
	"time":   func(*command.Shell, bool) string { return time.Now().Format("15:04") },
}

// Text says who and where one is, and how safe that is, in words.
func Text(sh *command.Shell) string {
	if sh.Raw {
		if sh.Manual != nil && sh.Manual.Talk.TLS {
			return learn.LessonMark(&sh.Learning) + "C=> "
		}
		return learn.LessonMark(&sh.Learning) + "C> "
	}
	color := sh.Console.ColorOut()
	prompt := learn.LessonMark(&sh.Learning) + At(sh, sh.Settings.PromptFormat, color, sh.Console.Width()/2)
	if sh.Settings.PromptRight != "" {
		prompt += "\t" + At(sh, sh.Settings.PromptRight, color, sh.Console.Width()/2)
	}
	if sh.Settings.Title {
		sh.Console.Title(At(sh, titleFormat, false, widestTitle))
	}
	return prompt
}

// widestTitle is how much of a title can be of use.
const widestTitle = 200

// At makes text from a format. If it is wider than room (0: no matter), the
// directory loses its beginning.
func At(sh *command.Shell, format string, color bool, room int) string {
	text := fillPrompt(sh, format, color, shownDir(&sh.Screen))
	over := 0
	for _, line := range strings.Split(text, "\n") {
		over = max(over, render.Width(line)-room)
	}
	if over <= 0 || room == 0 {
		return text
	}
	return fillPrompt(sh, format, color, shortDir(shownDir(&sh.Screen), over))
}

func fillPrompt(sh *command.Shell, format string, color bool, dir string) string {
	text, err := settings.Fill(format, func(name string) (string, bool) {
		if name == "dir" {
			return dir, true
		}
		if c, is := settings.PromptColours[name]; is && color {
			return c.Start(), true
		} else if is {
			return "", true
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

// PlaceOf is what the prompt shows of a session.
func PlaceOf(s *client.Session) (p command.Place) {
	if s == nil {
		return p
	}
	p.Control, p.Data = s.Protected()
	if user, in := s.LoggedIn(); in {
		p.User, p.Dir = user, s.Dir()
	}
	return p
}

func userName(s *command.Screen) string { return render.Safe(s.Place.User) }

func hostName(c *command.Connections) string {
	if !c.Connected() {
		return "ftpsh"
	}
	return render.Safe(c.Address.Host)
}

func portName(c *command.Connections) string {
	if !c.Connected() || c.Address.Port == "21" {
		return ""
	}
	return render.Safe(c.Address.Port)
}

// shownDir is the remote directory, "?" when the server cannot say it.
func shownDir(s *command.Screen) string {
	if userName(s) == "" {
		return ""
	}
	if dir := s.Place.Dir; dir != "" {
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

func failedStatus(l *command.Language, color bool) string {
	if l.Status == 0 {
		return ""
	}
	return render.Red.Paint(color, strconv.Itoa(l.Status))
}

// connState says in words what nobody should have to know a colour for: how the
// connection is protected, and that jobs run.
func connState(sh *command.Shell, color bool) string {
	var words []string
	if sh.Connected() {
		words = append(words, protection(&sh.Screen, color))
	}
	if jobs := sh.Jobs.InWords(); jobs != "" {
		words = append(words, render.Cyan.Paint(color, jobs))
	}
	return strings.Join(words, ", ")
}

// protection is the state of the connection in a word.
func protection(s *command.Screen, color bool) string {
	switch {
	case !s.Place.Control:
		return render.Red.Paint(color, "PLAIN")
	case !s.Place.Data:
		return render.Yellow.Paint(color, "tls, data clear")
	}
	return render.Green.Paint(color, "tls")
}

// Welcome is what stands above the first prompt: without a server where one can go, at the very first start the keys.
func Welcome(sh *command.Shell) {
	if sh.Options.Hinted {
		return
	}
	if !sh.Connected() {
		places(sh)
		sh.Say("`open HOST` connects, `help` lists the commands; `practice open` starts a server to try them on, and `lesson` teaches FTP")
	}
	if sh.Options.History == nil || len(sh.Options.History.Recall("")) > 0 {
		return
	}
	if sh.Session != nil {
		sh.Say("`ls` lists, `get` and `put` move files, `help` lists the commands, `bye` leaves")
	}
	sh.Say("Tab completes names on both sides, Up brings lines back, Ctrl-C stops anything")
}

// fewPlaces is how many bookmarks and hosts the first screen has.
const fewPlaces = 6

// places are the bookmarks, and the hosts that were used last, as open takes them.
func places(sh *command.Shell) {
	t := render.Table{Width: sh.Console.ErrWidth()}
	for _, row := range []struct {
		what  string
		names []string
	}{{"bookmarks", site.BookmarkNames(sh.Options.Bookmarks)}, {"recent", recentHosts(sh)}} {
		if more := len(row.names) - fewPlaces; more > 0 {
			row.names = append(row.names[:fewPlaces:fewPlaces], fmt.Sprintf("… and %d more", more))
		}
		if len(row.names) > 0 {
			t.Rows = append(t.Rows, []string{row.what, render.Safe(strings.Join(row.names, "  "))})
		}
	}
	_ = t.Write(sh.Console.Err())
}

// recentHosts are the servers that lines were typed for, the last one first.
func recentHosts(sh *command.Shell) (hosts []string) {
	if sh.Options.History == nil {
		return nil
	}
	for _, r := range slices.Backward(slices.Collect(sh.Options.History.Lines())) {
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
