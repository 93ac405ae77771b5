package shell

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/equivalents"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/learn"
	"github.com/ftpsh/ftpsh/shell/prompt"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var _ = command.Add(&command.Command{
	Name: "help", Theme: "the shell", Aliases: []string{"?"}, Args: "[command…]", Short: "list the commands, or explain one",
	Long:     "A setting is explained as well, by its full name. A command can be shortened as long as it is clear which one is meant: `mk` is `mkdir`.",
	Examples: []command.Example{{Line: "help get", Says: "how to download"}, {Line: "help keys", Says: "the keys of the prompt"}, {Line: "help lftp", Says: "the words of another client, and ours"}, {Line: "help -a", Says: "all commands, a line for each"}},
	Max:      -1, Complete: []completion.Kind{completion.Help},
	Flags:   func(fs *pflag.FlagSet) { fs.BoolP("all", "a", false, "a line for each command") },
	Program: true, Foreign: command.Refused, Run: commands.Paged(help),
})

func help(_ context.Context, c *command.Call) error {
	if len(c.Args) == 0 {
		return overview(c.Shell, c.Out, c.Is("all"))
	}
	for _, name := range c.Texts() {
		if err := helpOn(c, name); err != nil {
			return err
		}
	}
	return nil
}

func helpOn(c *command.Call, name string) error {
	if name == "keys" {
		return helpKeys(c)
	}
	if known, err := helpEquivalents(c, name); known || err != nil {
		return err
	}
	command, err := c.Shell.Catalog.Find(name)
	if err == nil {
		return helpCommand(c.Shell, c.Out, command)
	}
	if row, is := settings.Exact(name); is == nil {
		return helpSetting(c.Shell, c.Out, row)
	}
	if _, known := teach.Explain(name, teach.Here{}); known {
		return &failure.UsageError{Text: name + " is not a command of ftpsh", Hint: "`explain " + name + "` says what it is"}
	}
	return err
}

func helpSetting(sh *command.Shell, out io.Writer, row *settings.Setting) error {
	var b strings.Builder
	b.WriteString("set " + row.Name + " " + row.Example() + "\n")
	for _, line := range render.Wrap(row.Short, min(sh.Console.Width(), 100)-2) {
		b.WriteString("  " + line + "\n")
	}
	b.WriteString("  now: " + render.Safe(row.Show(&sh.Settings)) + "\n")
	if row.Long != nil {
		t := render.Table{Rows: row.Long, Width: sh.Console.Width()}
		b.WriteString("\n")
		if err := t.Write(&b); err != nil {
			return err
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// overview lists the commands of every day by theme, on one screen of 80x24; or all of them.
func overview(sh *command.Shell, out io.Writer, all bool) error {
	t := render.Table{Width: sh.Console.Width(), Color: sh.Console.ColorOut()}
	for _, group := range sh.Catalog {
		title := render.Bold.Paint(t.Color, group.Title)
		if all {
			t.Rows = append(t.Rows, []string{title})
		}
		var names []string
		for _, command := range group.Commands {
			name := strings.Join(append([]string{command.Name}, command.Aliases...), ", ")
			if !command.Sets && !command.Rare {
				names = append(names, command.Name)
			}
			if all {
				t.Rows = append(t.Rows, []string{"  " + name, command.Short})
			}
		}
		if !all {
			t.Rows = append(t.Rows, []string{title, strings.Join(names, " ")})
		}
	}
	if err := t.Write(out); err != nil {
		return err
	}
	last := render.Hang("`help NAME` explains one, `help -a` lists them all; `set` lists the settings", sh.Console.Width(), 0)
	_, err := io.WriteString(out, "\n"+strings.Join(last, "\n")+"\n")
	return err
}

// helpCommand explains a command: everything comes from its row.
func helpCommand(sh *command.Shell, out io.Writer, cmd *command.Command) error {
	var b strings.Builder
	width := sh.Console.Width()
	for _, line := range append(render.Hang(cmd.Synopsis(), width, 4), render.Hang("  "+cmd.Short, width, 2)...) {
		b.WriteString(line + "\n")
	}
	if len(cmd.Aliases) > 0 {
		b.WriteString("  also: " + strings.Join(cmd.Aliases, ", ") + "\n")
	}
	if cmd.Long != "" {
		b.WriteByte('\n')
		for _, line := range render.Wrap(cmd.Long, min(width, 100)) {
			b.WriteString(line + "\n")
		}
	}
	for _, t := range []render.Table{
		{Header: []string{"options"}, Rows: command.FlagRows(cmd)},
		{Header: []string{"examples"}, Rows: exampleRows(cmd)},
		{Header: []string{"on the wire"}, Rows: wireRows(cmd)},
	} {
		if len(t.Rows) == 0 {
			continue
		}
		b.WriteString("\n" + render.Bold.Paint(sh.Console.ColorOut(), t.Header[0]) + "\n")
		t.Header, t.Width = nil, width
		if err := t.Write(&b); err != nil {
			return err
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func exampleRows(command *command.Command) (rows [][]string) {
	for _, example := range command.Examples {
		rows = append(rows, []string{"  " + example.Line, example.Says})
	}
	return rows
}

// wireRows is the verbs, each once, in the order of the row.
func wireRows(command *command.Command) (rows [][]string) {
	if len(command.Wire) == 0 {
		return nil
	}
	return [][]string{{" ", strings.Join(command.Verbs(), ", ")}}
}

// A KeyGroup is the keys that mean something at one place, and what each does.
type KeyGroup struct {
	Title string // "" for the line itself
	Rows  [][2]string
}

// Keys are the keys of the prompt.
func Keys() (groups []KeyGroup) {
	for _, g := range console.Bindings() {
		group := KeyGroup{Title: g.Title}
		for _, b := range g.Bindings {
			names := strings.Fields(b.Keys)
			for i := range names {
				names[i] = keyName(names[i])
			}
			group.Rows = append(group.Rows, [2]string{strings.Join(names, ", "), b.Help})
		}
		groups = append(groups, group)
	}
	return groups
}

// keyName writes C-x/C-e as Ctrl-X Ctrl-E.
func keyName(name string) string {
	presses := strings.Split(name, "/")
	for i, press := range presses {
		if len(press) == len("C-a") && press[0] == 'C' {
			press = strings.ToUpper(press)
		}
		presses[i] = strings.NewReplacer("C-", "Ctrl-", "M-", "Alt-", "S-", "Shift-").Replace(press)
	}
	return strings.Join(presses, " ")
}

func helpKeys(c *command.Call) error {
	t := render.Table{Width: c.Shell.Console.Width()}
	for _, group := range Keys() {
		if group.Title != "" {
			t.Rows = append(t.Rows, []string{""}, []string{group.Title})
		}
		for _, row := range group.Rows {
			t.Rows = append(t.Rows, row[:])
		}
	}
	if err := t.Write(c.Out); err != nil {
		return err
	}
	return command.Prose(c, "\nAlt is Escape before the key, too; `set keys vi` uses those of vi instead")
}

// helpEquivalents shows the words of another client and ours, or what one of
// them is here.
func helpEquivalents(c *command.Call, name string) (known bool, err error) {
	width := c.Shell.Console.Width()
	t := render.Table{Width: width}
	for _, e := range equivalents.All() {
		if e.Of(name) {
			t.Rows = append(t.Rows, []string{e.Word, e.Here, e.Says})
		}
	}
	if len(t.Rows) > 0 {
		return true, t.Write(c.Out)
	}
	e := equivalents.Find(equivalents.OtherCommand, name)
	if e == nil || c.Shell.Catalog.Has(name) {
		return false, nil
	}
	if e.Works {
		return true, command.Prose(c, e.Word+" is `"+e.Here+"` here")
	}
	return true, command.Prose(c, e.Word+": "+e.Hint())
}

// explainWord is F1: what the word at a place of the line means, or the command that it belongs to.
func explainWord(sh *command.Shell, line string, pos int) {
	for pos < len(line) && line[pos] != ' ' {
		pos++
	}
	at := syntax.At(line, pos)
	words := at.Words
	if at.Word.Text != "" {
		words = append(words, at.Word)
	}
	pager, err := sh.Console.Pager(sh.Base)
	if err != nil {
		return
	}
	defer pager.Close()
	if len(words) == 0 {
		_ = overview(sh, pager, false)
		return
	}
	command, word := prompt.Meant(sh, words[0]), words[len(words)-1].Text
	setting, _ := settings.Exact(word)
	explained, known := teach.Explain(word, learn.ExplainContext(sh))
	switch {
	case command != nil && strings.HasPrefix(word, "-") && helpOption(sh, pager, command, word):
	case len(words) > 1 && setting != nil:
		_ = helpSetting(sh, pager, setting)
	case command == nil && known:
		for _, line := range explained.Lines {
			_, _ = io.WriteString(pager, strings.Join(render.Hang(line, sh.Console.Width(), 2), "\n")+"\n")
		}
	case command == nil:
		_, _ = io.WriteString(pager, render.Safe(words[0].Text)+": no such command\n")
	default:
		_ = helpCommand(sh, pager, command)
	}
}

// helpOption shows the row of one option, and reports whether there is one.
func helpOption(sh *command.Shell, out io.Writer, cmd *command.Command, word string) bool {
	word, _, _ = strings.Cut(word, "=")
	t := render.Table{Width: sh.Console.Width()}
	for _, row := range command.FlagRows(cmd) {
		for name := range strings.SplitSeq(row[0], ", ") {
			if name, _, _ = strings.Cut(strings.TrimSpace(name), " "); name == word {
				t.Rows = append(t.Rows, row)
			}
		}
	}
	return len(t.Rows) > 0 && t.Write(out) == nil
}
