package shell

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var helpCommands = []*Command{{
	Name: "help", Aliases: []string{"?"}, Args: "[command…]", Short: "list the commands, or explain one",
	Long:     "A setting is explained as well, by its full name. A command can be shortened as long as it is clear which one is meant: `mk` is `mkdir`.",
	Examples: []Example{{"help get", "how to download"}, {"help keys", "the keys of the prompt"}, {"help lftp", "the words of another client, and ours"}, {"help -a", "all commands, a line for each"}},
	Max:      -1, Complete: []completion.Kind{completion.Command},
	Flags:   func(fs *pflag.FlagSet) { fs.BoolP("all", "a", false, "a line for each command") },
	Foreign: Refused, Run: paged(help),
}}

func help(_ context.Context, c *Call) error {
	if len(c.Args) == 0 {
		return c.Shell.overview(c.Out, c.Is("all"))
	}
	for _, name := range c.Texts() {
		if name == "keys" {
			if err := c.helpKeys(); err != nil {
				return err
			}
			continue
		}
		if known, err := c.helpEquivalents(name); known || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		command, err := c.Shell.catalog.Find(name)
		if row, is := exactSetting(name); err != nil && is == nil {
			if err := c.Shell.helpSetting(c.Out, row); err != nil {
				return err
			}
			continue
		}
		if _, known := teach.Explain(name, teach.Here{}); err != nil && known {
			return &UsageError{Text: name + " is not a command of ftpsh", Hint: "`explain " + name + "` says what it is"}
		}
		if err != nil {
			return err
		}
		if err := c.Shell.help(c.Out, command); err != nil {
			return err
		}
	}
	return nil
}

func (sh *Shell) helpSetting(out io.Writer, row *Setting) error {
	var b strings.Builder
	b.WriteString("set " + row.Name + " " + row.example() + "\n")
	for _, line := range render.Wrap(row.Short, min(sh.con.Width(), 100)-2) {
		b.WriteString("  " + line + "\n")
	}
	b.WriteString("  now: " + render.Safe(row.show(&sh.Settings)) + "\n")
	if row.Long != nil {
		t := render.Table{Rows: row.Long, Width: sh.con.Width()}
		b.WriteString("\n")
		if err := t.Write(&b); err != nil {
			return err
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// overview lists the commands by theme, on one screen of 80x24 unless all is set.
func (sh *Shell) overview(out io.Writer, all bool) error {
	t := render.Table{Width: sh.con.Width(), Color: sh.con.ColorOut()}
	for _, group := range sh.catalog {
		title := render.Bold.Paint(t.Color, group.Title)
		if all {
			t.Rows = append(t.Rows, []string{title})
		}
		var names []string
		for _, command := range group.Commands {
			name := strings.Join(append([]string{command.Name}, command.Aliases...), ", ")
			if !command.Sets {
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
	_, err := io.WriteString(out, "\n`help NAME` explains one, `help -a` has a line for each; `set` lists settings\n")
	return err
}

// help explains a command: everything comes from its row.
func (sh *Shell) help(out io.Writer, command *Command) error {
	var b strings.Builder
	width := sh.con.Width()
	for _, line := range render.Hang(command.Synopsis(), width, 4) {
		b.WriteString(line + "\n")
	}
	for _, line := range render.Hang("  "+command.Short, width, 2) {
		b.WriteString(line + "\n")
	}
	if len(command.Aliases) > 0 {
		b.WriteString("  also: " + strings.Join(command.Aliases, ", ") + "\n")
	}
	if command.Long != "" {
		b.WriteByte('\n')
		for _, line := range render.Wrap(command.Long, min(width, 100)) {
			b.WriteString(line + "\n")
		}
	}
	for _, t := range []render.Table{
		{Header: []string{"options"}, Rows: flagRows(command)},
		{Header: []string{"examples"}, Rows: exampleRows(command)},
		{Header: []string{"on the wire"}, Rows: wireRows(command)},
	} {
		if len(t.Rows) == 0 {
			continue
		}
		b.WriteString("\n" + render.Bold.Paint(sh.con.ColorOut(), t.Header[0]) + "\n")
		t.Header, t.Width = nil, width
		if err := t.Write(&b); err != nil {
			return err
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func flagRows(command *Command) (rows [][]string) {
	command.flagSet().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "  --" + f.Name
		if f.Shorthand != "" {
			name = "  -" + f.Shorthand + ", --" + f.Name
		}
		value, says := pflag.UnquoteUsage(f)
		if f.NoOptDefVal == "" {
			name += " " + value
		}
		rows = append(rows, []string{name, says})
	})
	return rows
}

func exampleRows(command *Command) (rows [][]string) {
	for _, example := range command.Examples {
		rows = append(rows, []string{"  " + example.Line, example.Says})
	}
	return rows
}

// wireRows is the verbs, each once, in the order of the row.
func wireRows(command *Command) (rows [][]string) {
	if len(command.Wire) == 0 {
		return nil
	}
	return [][]string{{" ", strings.Join(command.Verbs(), ", ")}}
}

// Keys are the keys of the prompt, and what each does.
func Keys() (rows [][2]string) {
	spelled := strings.NewReplacer("C-", "Ctrl-", "M-", "Alt-")
	for _, b := range console.Bindings() {
		names := strings.Fields(b.Keys)
		for i, name := range names {
			if names[i] = spelled.Replace(name); len(name) == len("C-a") && name[0] == 'C' {
				names[i] = "Ctrl-" + strings.ToUpper(name[2:])
			}
		}
		rows = append(rows, [2]string{strings.Join(names, ", "), b.Help})
	}
	return rows
}

func (c *Call) helpKeys() error {
	t := render.Table{Width: c.Shell.con.Width()}
	for _, row := range Keys() {
		t.Rows = append(t.Rows, row[:])
	}
	if err := t.Write(c.Out); err != nil {
		return err
	}
	return c.Print("\nAlt is Escape before the key, too; `set keys vi` has those of vi in place of these")
}

// helpEquivalents shows the words of another client and ours, or what one of
// them is here.
func (c *Call) helpEquivalents(name string) (known bool, err error) {
	width := c.Shell.con.Width()
	t := render.Table{Width: width}
	for _, e := range equivalents {
		if e.Of(name) {
			t.Rows = append(t.Rows, []string{e.Word, e.Here, e.Says})
		}
	}
	if len(t.Rows) > 0 {
		return true, t.Write(c.Out)
	}
	e := equivalent(OtherCommand, name)
	if e == nil || c.Shell.catalog.has(name) {
		return false, nil
	}
	if e.Works {
		return true, c.Print("%s is `%s` here", e.Word, e.Here)
	}
	return true, c.Print("%s: %s", e.Word, e.hint())
}
