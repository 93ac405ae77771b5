package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/trash"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// takeBackVerbs change what is there, and look at it before.
var takeBackVerbs = verbs(listVerbs, timeVerbs, sends("RNFR", "RNTO", "DELE", "RMD", "MKD", "SITE CHMOD", "MFF", "STOR", "RETR"))

var trashCommands = []*Command{
	{
		Name: "trash", Args: "[restore number [path…] | empty [number…]]", JSON: true,
		Short: "list what is in the trash of the server, bring it back, or delete it",
		Long: "With `set trash on` nothing is deleted or replaced: what stood there moves into " + trash.Folder + " in the directory " +
			"where the login begins, one folder for each command. Where the server does not move it that far, as between two file " +
			"systems, it goes into such a folder beside it; where it cannot be moved at all the command fails. The newest is " +
			"number 1.\n" +
			"Only `trash empty` deletes: what is older than the setting trash-keep, or --older, or the numbers. Everybody who logs " +
			"in as this user sees the trash, and room on the disk comes back only then. A web server may show the folder to the " +
			"world: in a directory that looks like a site's it is made one above, or after a question.",
		Examples: []Example{
			{"trash -l", "with the paths"},
			{"trash restore 2 /www/a.css", "one file of the second group"},
			{"trash empty --older 7d", "delete what is older than a week"},
		},
		Max: -1, Flags: trashFlags, Words: []string{"restore", "empty"}, Complete: []completion.Kind{completion.None},
		Wire: takeBackVerbs, Needs: Login, Foreign: Refused, Run: trashCommand,
	},
	{
		Name: "undo", Args: "[number | list]", JSON: true, Short: "take back what the last command changed on the server",
		Long: "Each command line that changed something with `set trash on` is a group; undo takes back the newest, or the one of a number: deleted and " +
			"replaced files come from the trash, new ones go there, renamed ones get their names back, modes and times their values. " +
			"What is not as the command left it is left alone; -f takes it all the same. At a terminal you are asked, a script " +
			"needs -y. `undo list` shows the groups of this server.",
		Examples: []Example{{"undo -n", "what would be taken back"}, {"undo", "take it back"}, {"undo list", "the last hundred"}},
		Max:      1, Flags: undoFlags, Words: []string{"list"}, Complete: []completion.Kind{completion.None},
		Wire: takeBackVerbs, Needs: Login, Foreign: Refused, Run: undo,
	},
	{
		Name: "redo", JSON: true, Short: "do again what undo has taken back", Long: "It works as long as nothing else was changed.",
		Flags: undoFlags, Wire: takeBackVerbs, Needs: Login, Foreign: Refused, Run: redo,
	},
}

func trashFlags(fs *pflag.FlagSet) {
	fs.BoolP("long", "l", false, "each path of each group")
	fs.String("to", "", "with restore: into another `DIRECTORY`")
	namesPath(fs, "to", completion.RemoteDir)
	fs.String("older", "", "with empty: what is older than `TIME`: 12h, 7d")
	fs.BoolP("yes", "y", false, "with empty: without a question")
}

func undoFlags(fs *pflag.FlagSet) {
	fs.BoolP("dry-run", "n", false, "show what would be done, and do nothing")
	fs.BoolP("yes", "y", false, "without a question")
	fs.BoolP("force", "f", false, "also what is not as the command left it")
}

// changes are what a shell knows of the changes that can be taken back.
type changes struct {
	mu     sync.Mutex
	lines  int                     // of command lines that run each other
	groups map[string]*trash.Group // of the command line at hand, by server
	bins   map[string]*trash.Trash // by server
	logs   map[string]*trash.Log   // by server
	plain  bool                    // the command at hand does without the trash
	undoes string                  // the group that the command at hand takes back
	source string                  // the command line
}

// trashes reports whether deleted files go into the trash.
func trashes(sh *Shell) bool {
	on, known := settings.OnWords[strings.ToLower(sh.Settings.Trash)]
	return (on || !known && sh.Settings.Trash != "") && !sh.changes.plain
}

// hearTrash is the funnel with the trash on.
func hearTrash(ctx context.Context, sh *Shell, s *client.Session, c client.Change, do func() error) error {
	if !trashes(sh) {
		return do()
	}
	return group(sh, s).Hear(ctx, s, c, do)
}

// group is what the command line at hand changes on the server of a session.
func group(sh *Shell, s *client.Session) *trash.Group {
	ch := &sh.changes
	ch.mu.Lock()
	defer ch.mu.Unlock()
	server := serverOf(s)
	if ch.groups[server] == nil {
		if ch.groups == nil {
			ch.groups = map[string]*trash.Group{}
		}
		ch.groups[server] = bin(sh, s).Begin(recorded(ch.source, "a command"), time.Now())
		ch.groups[server].Undoes = ch.undoes
	}
	return ch.groups[server]
}

// bin is the trash of the server of a session.
func bin(sh *Shell, s *client.Session) *trash.Trash {
	ch := &sh.changes
	server := serverOf(s)
	dir := sh.Settings.Trash
	if _, is := settings.OnWords[strings.ToLower(dir)]; is {
		dir = ""
	}
	if t := ch.bins[server]; t != nil && t.Dir == dir {
		return t
	}
	home := s.Dir()
	for _, c := range sh.connections.all() {
		if c.session != nil && c.home != nil && serverOf(c.session) == server {
			home = c.home.String()
		}
	}
	if ch.bins == nil {
		ch.bins = map[string]*trash.Trash{}
	}
	ch.bins[server] = &trash.Trash{Home: home, Dir: dir, Unfit: func(dir string) error { return unfit(sh, dir) }, Tell: sh.warn}
	return ch.bins[server]
}

// unfit asks whether the trash may be where a web server shows it.
func unfit(sh *Shell, dir string) error {
	if !sh.Interactive() {
		sh.warn(dir + " may be shown to the world by a web server; `set trash DIR` keeps it elsewhere")
		return nil
	}
	key, err := sh.con.AskKey(sh.base, render.Safe(dir)+" may be shown to the world by a web server. Make it? [y/n] ", "yn")
	if err == nil && key == 'y' {
		return nil
	}
	return &failure.UsageError{Text: "this server has no trash yet", Hint: "`set trash DIR` names a directory that no web server shows"}
}

// beginChanges begins a command line: what it changes is one group, whatever lines it runs.
func beginChanges(sh *Shell, line Line) (end func()) {
	ch := &sh.changes
	if ch.lines++; ch.lines == 1 {
		ch.source, ch.undoes = strings.TrimSpace(line.Text), ""
	}
	return func() {
		if ch.lines--; ch.lines == 0 {
			endChanges(sh)
		}
	}
}

// endPatience is how long a group may take to be written down.
const endPatience = 20 * time.Second

// endChanges writes down what the command line has changed.
func endChanges(sh *Shell) {
	ch := &sh.changes
	ch.mu.Lock()
	groups := ch.groups
	ch.groups = nil
	ch.mu.Unlock()
	for server, g := range groups {
		if len(g.Steps) == 0 {
			continue
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(sh.base), endPatience)
		for _, c := range sh.connections.all() {
			if c.session == nil || serverOf(c.session) != server {
				continue
			}
			if err := g.End(ctx, c.session); err != nil {
				sh.warn("what was changed could not be looked at in the end, so that undo looks less closely: " + failure.InWords(err))
			}
			break
		}
		cancel()
		err := undoLog(sh, server).Change(func(all []*trash.Group) []*trash.Group {
			for _, of := range all {
				of.Undone = of.Undone || of.ID == g.Undoes
			}
			return append(all, g)
		})
		if err != nil {
			sh.warn("undo will not know of this: " + failure.InWords(err))
		}
	}
}

// undoLog is the list of groups of a server.
func undoLog(sh *Shell, server string) *trash.Log {
	ch := &sh.changes
	if ch.logs == nil {
		ch.logs = map[string]*trash.Log{}
	}
	if ch.logs[server] == nil {
		ch.logs[server] = &trash.Log{Path: stateFile(sh, "undo", server), Open: private.Open, Locked: private.Locked, Write: private.Write}
	}
	return ch.logs[server]
}

// stateFile is a file about a server, "" where nothing is kept.
func stateFile(sh *Shell, kind, server string) string {
	if sh.opt.StateDir == "" {
		return ""
	}
	user, addr, _ := strings.Cut(server, "@")
	host, port, _ := net.SplitHostPort(addr)
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|%`, r) || r < ' ' {
			return '_'
		}
		return r
	}, host+"-"+port+"-"+user)
	return filepath.Join(sh.opt.StateDir, kind, name+".jsonl")
}

func trashCommand(ctx context.Context, c *Call) error {
	if err := outsideTx(c); err != nil && c.Arg(0) != "" {
		return err
	}
	s := c.Session()
	dir, there, err := bin(c.Shell, s).Place(ctx, s)
	if err != nil {
		return err
	}
	var all []trash.Content
	if there {
		if all, err = trash.Contents(ctx, s, dir); err != nil {
			return failure.About(dir, err)
		}
	}
	switch {
	case c.Arg(0) == "" && len(c.Args) == 0:
		return listTrash(c, all)
	case c.Arg(0) == "restore" && len(c.Args) > 1:
		return restoreTrash(ctx, c, all)
	case c.Arg(0) == "empty":
		return emptyTrash(ctx, c, all)
	case c.Arg(0) == "restore":
		return c.Usage("which one? `trash` shows the numbers")
	}
	return c.Usage("%q is not restore or empty", c.Arg(0))
}

// trashObject is a group in the trash, as JSON shows it.
type trashObject struct {
	Number  int      `json:"number"`
	Time    string   `json:"time"`
	Command string   `json:"command,omitempty"`
	Files   int      `json:"files"`
	Bytes   int64    `json:"bytes"`
	Folder  string   `json:"folder"`
	Paths   []string `json:"paths,omitempty"`
}

func listTrash(c *Call, all []trash.Content) error {
	if c.JSON() {
		for i, group := range all {
			o := trashObject{Number: i + 1, Time: group.Time.Format(time.RFC3339), Command: group.Command, Files: len(group.Items), Bytes: group.Bytes()}
			o.Folder, _ = render.Text(group.Folder)
			for _, item := range group.Items {
				text, _ := render.Text(string(item.From))
				o.Paths = append(o.Paths, text)
			}
			if err := c.object(o); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		c.Note("the trash is empty")
		return nil
	}
	t := render.Table{Header: []string{"n", "when", "files", "bytes", "command"}, Right: []bool{true, false, true, true}}
	for i, group := range all {
		t.Rows = append(t.Rows, []string{strconv.Itoa(i + 1), stampText(c, group.Time), strconv.Itoa(len(group.Items)), render.Size(group.Bytes()), render.Safe(group.Command)})
		if c.Is("long") {
			for _, item := range group.Items {
				t.Rows = append(t.Rows, []string{"", "", "", "", "  " + render.Safe(string(item.From))})
			}
		}
	}
	return c.table(t)
}

// stampText is a time as listings show it.
func stampText(c *Call, t time.Time) string {
	return render.Time(t, listing.Second, timeStyles[c.Shell.Settings.TimeStyle], time.Now(), time.Local)
}

// trashNumber is the group that a number means.
func trashNumber(c *Call, text string, all []trash.Content) (trash.Content, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > len(all) {
		return trash.Content{}, c.Usage("%q is not the number of something in the trash", text)
	}
	return all[n-1], nil
}

func restoreTrash(ctx context.Context, c *Call, all []trash.Content) error {
	group, err := trashNumber(c, c.Arg(1), all)
	if err != nil {
		return err
	}
	var errs []error
	wanted := c.Texts()[2:]
	done := 0
	for _, item := range group.Items {
		from := string(item.From)
		if len(wanted) > 0 && !slices.ContainsFunc(wanted, func(name string) bool { return c.absolute(name) == from || name == from }) {
			continue
		}
		to := from
		if dir := c.value("to"); dir != "" {
			to = joinRemote(c.absolute(dir), baseName(from))
		}
		err := failure.About(to, trash.Restore(ctx, c.Session(), item, to))
		if errs = append(errs, err); err == nil {
			done++
			c.Shell.remote.Forget(completion.Join(to, ".."))
			err = c.done(event{Verb: "RNTO", Remote: string(item.To), To: to})
		}
		if endsAll(ctx, err) {
			break
		}
	}
	if done == 0 && failure.Several(errs) == nil {
		return c.Usage("no such path in that group; `trash -l` shows them")
	}
	if !c.JSON() {
		c.Note("%s brought back", plural(done, "file or directory", "files and directories"))
	}
	return failure.Several(errs)
}

func emptyTrash(ctx context.Context, c *Call, all []trash.Content) error {
	var doomed []trash.Content
	if len(c.Args) > 1 {
		for _, text := range c.Texts()[1:] {
			group, err := trashNumber(c, text, all)
			if err != nil {
				return err
			}
			doomed = append(doomed, group)
		}
	} else {
		age, err := settings.ReadDuration(cmp.Or(c.value("older"), c.Shell.Settings.TrashKeep))
		if err != nil {
			return c.Usage("--older: %v", err)
		}
		limit := time.Now().Add(-age)
		doomed = slices.DeleteFunc(slices.Clone(all), func(g trash.Content) bool { return g.Time.After(limit) })
	}
	files, bytes := 0, int64(0)
	for _, group := range doomed {
		files, bytes = files+len(group.Items), bytes+group.Bytes()
	}
	switch {
	case len(doomed) == 0:
		c.Note("nothing in the trash is that old; `trash empty --older 0` deletes all")
		return nil
	case c.Is("yes"):
	case !c.Interactive():
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: "nobody can be asked", Hint: "`trash empty -y`"}
	case !c.Confirm(ctx, fmt.Sprintf("delete %s of %s for good?", plural(files, "file", "files"), plural(len(doomed), "command", "commands"))):
		return nil
	}
	ch := &c.Shell.changes
	ch.plain = true
	defer func() { ch.plain = false }()
	for _, group := range doomed {
		if err := trash.Remove(ctx, c.Session(), group.Folder); err != nil {
			return err
		}
	}
	if c.JSON() {
		return c.object(map[string]any{"deleted": files, "bytes": bytes})
	}
	c.Note("%s deleted, %s", plural(files, "file", "files"), bytesText(bytes))
	return nil
}

// undoObject is a step that was taken back, or a group of the list.
type undoObject struct {
	Path    string `json:"path,omitempty"`
	Says    string `json:"says,omitempty"`
	Done    *bool  `json:"done,omitempty"`
	DryRun  bool   `json:"dry_run,omitempty"`
	Number  int    `json:"number,omitempty"`
	Time    string `json:"time,omitempty"`
	Command string `json:"command,omitempty"`
	State   string `json:"state,omitempty"` // done, undone
	Steps   int    `json:"steps,omitempty"`
}

func undo(ctx context.Context, c *Call) error {
	if err := outsideTx(c); err != nil && c.Arg(0) != "list" {
		return err
	}
	endChanges(c.Shell) // what the line did before is a group, too
	log := undoLog(c.Shell, serverOf(c.Session()))
	all, err := log.Groups()
	if err != nil {
		return err
	}
	switch {
	case c.Arg(0) == "list":
		return listUndo(c, all)
	case c.Arg(0) != "":
		g, err := undoNumber(c, all)
		if err != nil {
			return err
		}
		return takeBack(ctx, c, "undo", g, g.ID, func() error { return nil })
	}
	g := trash.Undoable(all)
	if g == nil {
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: "nothing is known that could be taken back", Hint: "`set trash on` makes it possible from then on"}
	}
	return takeBack(ctx, c, "undo", g, g.ID, func() error { return nil })
}

// undoNumber is the group that a number of the list means.
func undoNumber(c *Call, all []*trash.Group) (*trash.Group, error) {
	n, err := strconv.Atoi(c.Arg(0))
	for _, g := range slices.Backward(all) {
		if g.Undoes != "" {
			continue
		}
		if n--; n > 0 {
			continue
		}
		if g.Undone {
			return nil, c.Usage("%s is undone already", c.Arg(0))
		}
		if err == nil && n == 0 {
			return g, nil
		}
		break
	}
	return nil, c.Usage("%q is not list or one of its numbers", c.Arg(0))
}

func redo(ctx context.Context, c *Call) error {
	if err := outsideTx(c); err != nil {
		return err
	}
	endChanges(c.Shell)
	log := undoLog(c.Shell, serverOf(c.Session()))
	all, err := log.Groups()
	if err != nil {
		return err
	}
	undone, g := trash.Redoable(all)
	if undone == nil {
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: "nothing was taken back since the last change"}
	}
	undone.Command = g.Command
	return takeBack(ctx, c, "redo", undone, "", func() error {
		return log.Change(func(all []*trash.Group) []*trash.Group {
			for _, of := range all {
				if of.ID == g.ID {
					of.Undone = false
				}
				of.Undone = of.Undone || of.ID == undone.ID
			}
			return all
		})
	})
}

// takeBack shows a group, asks, and takes it back. What undo does is a group as well, which redo
// takes back without another one.
func takeBack(ctx context.Context, c *Call, word string, g *trash.Group, undoes string, end func() error) error {
	dry := c.Is("dry-run") || c.Shell.opt.DryRun
	c.Note("%s: %s  (%s)", word, g.Command, stampText(c, g.Time))
	switch {
	case dry || c.Is("yes"):
	case !c.Interactive():
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: "nobody can be asked", Hint: "`" + word + " -y`"}
	default:
		if err := tellBack(ctx, c, g, true); err != nil {
			return err
		}
		if !c.Confirm(ctx, word+" that?") {
			return nil
		}
	}
	ch, s := &c.Shell.changes, c.Session()
	ch.undoes = undoes
	if !dry && undoes != "" && !trashes(c.Shell) {
		s.SetFunnel(func(ctx context.Context, s *client.Session, change client.Change, do func() error) error {
			return group(c.Shell, s).Hear(ctx, s, change, do)
		})
		defer s.SetFunnel(funnel(c.Shell))
	}
	run := func() error { return tellBack(ctx, c, g, dry) }
	if undoes == "" {
		plain := run
		run = func() error { return s.Aside(plain) }
	}
	err := run()
	endChanges(c.Shell) // so that another undo in this line finds it undone
	ch.undoes = ""
	if err == nil || errors.As(err, new(*leftError)) {
		if !dry {
			err = cmp.Or(end(), err)
		}
	}
	return err
}

// tellBack takes the steps back, or says what that would do.
func tellBack(ctx context.Context, c *Call, g *trash.Group, dry bool) error {
	done, left := 0, 0
	var shown error
	err := trash.Undo(ctx, c.Session(), g, c.Is("force"), dry, func(o trash.Outcome) {
		if o.Done {
			done++
		} else {
			left++
		}
		if !dry && o.Done {
			c.Shell.remote.Forget(completion.Join(o.Path, ".."))
		}
		if c.JSON() {
			object := undoObject{Says: o.Says, Done: &o.Done, DryRun: dry}
			object.Path, _ = render.Text(o.Path)
			shown = cmp.Or(shown, c.object(object))
			return
		}
		shown = cmp.Or(shown, c.Print("  %s  %s", o.Path, o.Says))
	})
	if err = cmp.Or(err, shown); err != nil {
		return err
	}
	if !c.JSON() {
		text := plural(done, "change", "changes") + map[bool]string{true: " to take back", false: " taken back"}[dry]
		if left > 0 {
			text += fmt.Sprintf(", %d left alone", left)
		}
		c.Note("%s", text)
	}
	if left > 0 && !dry {
		return &leftError{plural(left, "change was", "changes were") + " left alone"}
	}
	return nil
}

// leftError says that there is something left to do.
type leftError struct{ what string }

func (e *leftError) Error() string { return e.what }

func listUndo(c *Call, all []*trash.Group) error {
	t := render.Table{Header: []string{"n", "when", "steps", "state", "command"}, Right: []bool{true, false, true}}
	n := 0
	for _, g := range slices.Backward(all) {
		if g.Undoes != "" {
			continue
		}
		n++
		state := "done"
		if g.Undone {
			state = "undone"
		}
		if c.JSON() {
			if err := c.object(undoObject{Number: n, Time: g.Time.Format(time.RFC3339), Command: g.Command, State: state, Steps: len(g.Steps)}); err != nil {
				return err
			}
			continue
		}
		t.Rows = append(t.Rows, []string{strconv.Itoa(n), stampText(c, g.Time), strconv.Itoa(len(g.Steps)), state, render.Safe(g.Command)})
	}
	if c.JSON() {
		return nil
	}
	if n == 0 {
		c.Note("nothing was changed yet with the trash on")
		return nil
	}
	return c.table(t)
}
