package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/trash"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "trash", Theme: "change files", Args: "[restore number [path…] | empty [number…]]", JSON: true,
	Short: "list the trash on the server, restore from it, or empty it",
	Long: "With `set trash on` nothing is lost: what is deleted or replaced moves into " + trash.Folder + " in the directory " +
		"where the login begins, one folder for each command. Where the server does not move it that far, as between two file " +
		"systems, it goes into such a folder beside it; where it cannot be moved at all the command fails. The newest is " +
		"number 1.\n" +
		"Only `trash empty` deletes: what is older than the setting trash-keep, or --older, or the numbers. " +
		"Everyone who logs in as this user sees the trash, and it takes up disk space until then. A web server may " +
		"show the folder to the world: in a directory that looks like a web site it is made one level up, or after " +
		"a question.",
	Examples: []command.Example{
		{Line: "trash -l", Says: "with the paths"},
		{Line: "trash restore 2 /www/a.css", Says: "one file of the second group"},
		{Line: "trash empty --older 7d", Says: "delete what is older than a week"},
	},
	Max: -1, Flags: trashFlags, Words: []string{"restore", "empty"}, Complete: []completion.Kind{completion.None},
	Wire: takeBackVerbs, Needs: command.Login, Foreign: command.Refused, Run: trashCommand,
})

// takeBackVerbs change what is there, and look at it before.
var takeBackVerbs = command.Verbs(command.ListVerbs, command.TimeVerbs, command.Sends("RNFR", "RNTO", "DELE", "RMD", "MKD", "SITE CHMOD", "MFF", "STOR", "RETR"))

func trashFlags(fs *pflag.FlagSet) {
	fs.BoolP("long", "l", false, "show each path of each group")
	fs.String("to", "", "with restore: into another `DIRECTORY`")
	command.NamesPath(fs, "to", completion.RemoteDir)
	fs.String("older", "", "with empty: what is older than `TIME`: 12h, 7d")
	fs.BoolP("yes", "y", false, "with empty: without a question")
}

func undoFlags(fs *pflag.FlagSet) {
	fs.BoolP("dry-run", "n", false, "show what would be done, and do nothing")
	fs.BoolP("yes", "y", false, "without a question")
	fs.BoolP("force", "f", false, "even what has changed since the command")
}

func trashCommand(ctx context.Context, c *command.Call) error {
	if err := outsideTx(c); err != nil && c.Arg(0) != "" {
		return err
	}
	s := c.Session()
	dir, there, err := command.Bin(c.Shell, s).Place(ctx, s)
	if err != nil {
		return err
	}
	var all []trash.Content
	if there {
		if all, err = trash.Contents(ctx, s, dir); err != nil {
			return failure.About(dir, err)
		}
	}
	for _, group := range all {
		if group.Damaged != nil {
			c.Note("%s; the folders beside it tell where the files were", failure.InWords(group.Damaged))
		}
	}
	held := slices.DeleteFunc(slices.Clone(all), func(g trash.Content) bool { return len(g.Items) == 0 }) // the others were brought back
	switch {
	case c.Arg(0) == "" && len(c.Args) == 0:
		return listTrash(c, held)
	case c.Arg(0) == "restore" && len(c.Args) > 1:
		return restoreTrash(ctx, c, held)
	case c.Arg(0) == "empty" && len(c.Args) > 1:
		return emptyTrash(ctx, c, held)
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

func listTrash(c *command.Call, all []trash.Content) error {
	if c.JSON() {
		for i, group := range all {
			o := trashObject{Number: i + 1, Time: group.Time.Format(time.RFC3339), Command: group.Command, Files: len(group.Items), Bytes: group.Bytes(), Folder: group.Folder}
			for _, item := range group.Items {
				o.Paths = append(o.Paths, string(item.From))
			}
			if err := c.Object(o); err != nil {
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
		t.Rows = append(t.Rows, []string{strconv.Itoa(i + 1), stampText(c, group.Time), strconv.Itoa(len(group.Items)), render.Size(group.Bytes()), lineText(group.Command)})
		if c.Is("long") {
			for _, item := range group.Items {
				t.Rows = append(t.Rows, []string{"", "", "", "", "  " + render.Safe(string(item.From))})
			}
		}
	}
	return c.Table(t)
}

// lineText is the line of a group as lists show it; that of -c may be a whole script.
func lineText(line string) string { return render.Fit(render.Safe(line), 60) }

// stampText is a time as listings show it.
func stampText(c *command.Call, t time.Time) string {
	return render.Time(t, listing.Second, timeStyles[c.Shell.Settings.TimeStyle], time.Now(), time.Local)
}

// trashNumber is the group that a number means.
func trashNumber(c *command.Call, text string, all []trash.Content) (trash.Content, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > len(all) {
		return trash.Content{}, c.Usage("%q is not the number of something in the trash", text)
	}
	return all[n-1], nil
}

func restoreTrash(ctx context.Context, c *command.Call, all []trash.Content) error {
	group, err := trashNumber(c, c.Arg(1), all)
	if err != nil {
		return err
	}
	wanted := c.Texts()[2:]
	done := 0
	err = eachOf(ctx, slices.Values(group.Items), func(item trash.Step) error {
		from := string(item.From)
		if len(wanted) > 0 && !slices.ContainsFunc(wanted, func(name string) bool { return c.Absolute(name) == from || name == from }) {
			return nil
		}
		to := from
		if dir := c.Value("to"); dir != "" {
			to = command.JoinRemote(c.Absolute(dir), command.BaseName(from))
		}
		if err := trash.Restore(ctx, c.Session(), item, to); err != nil {
			return failure.About(to, err)
		}
		done++
		c.Shell.Remote.Forget(completion.Join(to, ".."))
		return c.Done(command.Event{Verb: "RNTO", Remote: string(item.To), To: to})
	})
	if done == 0 && err == nil {
		return c.Usage("no such path in that group; `trash -l` shows them")
	}
	if !c.JSON() {
		c.Note("%s brought back", command.Plural(done, "file or directory", "files and directories"))
	}
	return err
}

func emptyTrash(ctx context.Context, c *command.Call, all []trash.Content) error {
	doomed, err := trashToEmpty(c, all)
	if err != nil {
		return err
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
		return cannotAsk(c, "`trash empty -y`")
	case !c.Confirm(ctx, fmt.Sprintf("delete %s of %s for good?", command.Plural(files, "file", "files"), command.Plural(len(doomed), "command", "commands"))):
		return nil
	}
	ch := &c.Shell.Changes
	ch.Plain = true
	defer func() { ch.Plain = false }()
	for _, group := range doomed {
		if err := trash.Remove(ctx, c.Session(), group.Folder); err != nil {
			return err
		}
	}
	text := command.Plural(files, "file", "files") + " deleted, " + command.BytesText(bytes)
	return tellResult(c, map[string]any{"deleted": files, "bytes": bytes}, text)
}

// trashToEmpty are the groups that the user names, or those that are old.
func trashToEmpty(c *command.Call, all []trash.Content) (doomed []trash.Content, err error) {
	if len(c.Args) > 1 {
		for _, text := range c.Texts()[1:] {
			group, err := trashNumber(c, text, all)
			if err != nil {
				return nil, err
			}
			doomed = append(doomed, group)
		}
		return doomed, nil
	}
	age, err := settings.ReadDuration(cmp.Or(c.Value("older"), c.Shell.Settings.TrashKeep))
	if err != nil {
		return nil, c.Usage("--older: %v", err)
	}
	limit := time.Now().Add(-age)
	return slices.DeleteFunc(slices.Clone(all), func(g trash.Content) bool { return g.Time.After(limit) }), nil
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

// takeBack shows a group, asks, and takes it back. What undo does is a group as well, which redo
// takes back without another one.
func takeBack(ctx context.Context, c *command.Call, word string, g *trash.Group, undoes string, end func() error) error {
	dry := isDry(c)
	c.Note("%s: %s  (%s)", word, lineText(g.Command), stampText(c, g.Time))
	switch {
	case dry || c.Is("yes"):
	case !c.Interactive():
		return cannotAsk(c, "`"+word+" -y`")
	default:
		if err := tellBack(ctx, c, g, true); err != nil {
			return err
		}
		if !c.Confirm(ctx, word+" that?") {
			return nil
		}
	}
	ch, s := &c.Shell.Changes, c.Session()
	ch.Undoes = undoes
	if !dry && undoes != "" && !command.Trashes(c.Shell) {
		s.Tune(func(o *client.Options) {
			o.Funnel = func(ctx context.Context, s *client.Session, change client.Change, do func() error) error {
				return command.TrashGroup(c.Shell, s).Hear(ctx, s, change, do)
			}
		})
		defer s.Tune(func(o *client.Options) { o.Funnel = command.Funnel(c.Shell) })
	}
	run := func() error { return tellBack(ctx, c, g, dry) }
	if undoes == "" {
		plain := run
		run = func() error { return s.Aside(plain) }
	}
	err := run()
	command.EndChanges(c.Shell) // so that another undo in this line finds it undone
	ch.Undoes = ""
	if err == nil || errors.As(err, new(*command.LeftError)) {
		if !dry {
			err = cmp.Or(end(), err)
		}
	}
	return err
}

// tellBack takes the steps back, or says what that would do.
func tellBack(ctx context.Context, c *command.Call, g *trash.Group, dry bool) error {
	done, left := 0, 0
	var shown error
	err := trash.Undo(ctx, c.Session(), g, c.Is("force"), dry, func(o trash.Outcome) {
		if o.Done {
			done++
		} else {
			left++
		}
		if !dry && o.Done {
			c.Shell.Remote.Forget(completion.Join(o.Path, ".."))
		}
		object := undoObject{Path: o.Path, Says: o.Says, Done: &o.Done, DryRun: dry}
		shown = cmp.Or(shown, command.Result(c, object, "  %s  %s", o.Path, o.Says))
	})
	if err = cmp.Or(err, shown); err != nil {
		return err
	}
	if !c.JSON() {
		words := map[bool]string{true: " to take back", false: " taken back"}
		if c.Command.Name == "redo" {
			words = map[bool]string{true: " to do again", false: " done again"}
		}
		text := command.Plural(done, "change", "changes") + words[dry]
		if left > 0 {
			text += fmt.Sprintf(", %d left alone", left)
		}
		c.Note("%s", text)
	}
	if left > 0 && !dry {
		return &command.LeftError{What: command.Plural(left, "change was", "changes were") + " left alone"}
	}
	return nil
}
