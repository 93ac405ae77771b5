package prompt

import (
	"os"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// A parsed is one statement of a half-typed line.
type parsed struct {
	name    syntax.Token
	command *command.Command // nil: there is none of that name
	args    []syntax.Token
	flags   []string
	file    *syntax.Token // that the output goes to, if it is replaced
}

// statementsOf takes a half-typed line apart. A word that ends where the line
// does is still being typed.
func statementsOf(sh *command.Shell, line string) []parsed {
	var all []parsed
	var now *parsed
	redirected := false
	for _, tok := range syntax.Lex(line) {
		switch {
		case tok.Op == syntax.Redirect:
			redirected = true
		case tok.Op != syntax.Word:
			now, redirected = nil, tok.Op == syntax.Append
		case now != nil && redirected:
			file := tok
			now.file, redirected = &file, false
		case now == nil:
			all = append(all, parsed{name: tok, command: Meant(sh, tok)})
			now = &all[len(all)-1]
		case now.command != nil && now.command.TakesFlags() && tok.Lead == 0 && strings.HasPrefix(tok.Text, "-") && tok.Text != "-":
			now.flags = append(now.flags, tok.Text)
		default:
			now.args = append(now.args, tok)
		}
	}
	return all
}

// Meant is the command that a name, or the alias of that name, stands for.
func Meant(sh *command.Shell, name syntax.Token) *command.Command {
	text := name.Text
	if line, is := command.AliasLine(sh, text); is {
		text, _, _ = strings.Cut(strings.TrimSpace(line), " ")
	}
	command, err := sh.Catalog.Find(text)
	if err != nil {
		return nil
	}
	return command
}

// has reports whether a flag was typed, by its letter or its name.
func (p *parsed) has(letter byte, name string) bool {
	return slices.ContainsFunc(p.flags, func(flag string) bool {
		return flag == "--"+name || !strings.HasPrefix(flag, "--") && strings.IndexByte(flag, letter) > 0
	})
}

// kind is what the i-th argument names.
func (p *parsed) kind(i int) completion.Kind {
	if p.command == nil || len(p.command.Complete) == 0 {
		return completion.None
	}
	return p.command.Complete[min(i, len(p.command.Complete)-1)]
}

// HighlightLine paints a line as it is typed: a first word that is not a command red,
// names that are on the server underlined, and what deletes or replaces yellow.
func HighlightLine(sh *command.Shell, line string) string {
	if sh.Raw {
		return line
	}
	var marks []mark
	for _, p := range statementsOf(sh, line) {
		typing := p.name.End == len(line)
		_, named := command.AliasLine(sh, p.name.Text)
		switch {
		case p.command == nil && !typing && !named:
			marks = append(marks, mark{p.name, render.Red})
		case lineRisk(sh, &p) != "":
			marks = append(marks, mark{p.name, render.Yellow})
		}
		for i, arg := range p.args {
			if kind := p.kind(i); (kind == completion.RemotePath || kind == completion.RemoteDir) && isRemote(sh, arg) {
				marks = append(marks, mark{arg, render.Underline})
			}
		}
	}
	return painted(line, marks)
}

// A mark is a colour for a token.
type mark struct {
	at     syntax.Token
	colour render.Colour
}

// painted returns a line with marks that follow each other.
func painted(line string, marks []mark) string {
	var out strings.Builder
	from := 0
	for _, m := range marks {
		out.WriteString(line[from:m.at.Start] + m.colour.Paint(true, line[m.at.Start:m.at.End]))
		from = m.at.End
	}
	return out.String() + line[from:]
}

// isRemote reports whether a name is known to be on the server.
func isRemote(sh *command.Shell, arg syntax.Token) bool {
	if sh.Session == nil || arg.Pattern != "" || arg.Text == "" {
		return false
	}
	_, found, _ := sh.Remote.Lookup(sh.Place.Dir, arg.Text)
	return found
}

// Warning is what a line would delete or replace, shown below it while it is
// typed. Only what is remembered counts: nothing is asked of the server.
func Warning(sh *command.Shell, line string) string {
	var all []string
	for _, p := range statementsOf(sh, line) {
		if text := lineRisk(sh, &p); text != "" {
			all = append(all, text)
		}
	}
	return render.Yellow.Paint(sh.Console.ColorOut(), strings.Join(all, "; "))
}

// risks say what a command would destroy, "" for nothing that is known.
var risks = map[command.Risk]func(*command.Shell, *parsed) string{
	command.Deletes:         deleteRisk,
	command.ReplacesRemote:  replacesRemote,
	command.ReplacesRenamed: replacesRenamed,
	command.ReplacesLocal:   replacesLocal,
	command.DeletesOther:    mirrorRisk,
}

func lineRisk(sh *command.Shell, p *parsed) string {
	if p.file != nil {
		if _, err := os.Lstat(p.file.Text); err == nil {
			return "replaces the local " + render.Safe(p.file.Text)
		}
	}
	if p.command == nil || p.command.Risk == command.NoRisk {
		return ""
	}
	return risks[p.command.Risk](sh, p)
}

// countedAtMost is where counting what a pattern matches ends.
const countedAtMost = 10_000

func deleteRisk(sh *command.Shell, p *parsed) string {
	if len(p.args) == 0 || sh.Session == nil {
		return ""
	}
	total, atLeast := 0, false
	for _, arg := range p.args {
		if arg.Pattern == "" {
			total++
			continue
		}
		n, more, known := countMatches(sh, arg)
		if !known {
			return "deletes what matches " + render.Safe(arg.Text)
		}
		total, atLeast = total+n, atLeast || more
	}
	one, many := "file", "files"
	if p.command.Name == "rmdir" {
		one, many = "directory", "directories"
	}
	switch {
	case atLeast:
		return command.WillDelete(total, one, many) + " or more"
	case total == 0:
		return "nothing matches, as far as is known"
	case total == 1 && len(p.args) == 1 && p.args[0].Pattern == "":
		return "deletes " + render.Safe(p.args[0].Text)
	}
	return command.WillDelete(total, one, many)
}

// countMatches counts the files that a pattern stands for in one directory.
func countMatches(sh *command.Shell, arg syntax.Token) (n int, more, known bool) {
	dir, prefix, match, is := matching(arg)
	if !is {
		return 0, false, false
	}
	return sh.Remote.Count(sh.Place.Dir, dir, prefix, match, countedAtMost)
}

// replacesRemote counts the names of uploads that are on the server.
func replacesRemote(sh *command.Shell, p *parsed) string {
	if sh.Session == nil || sh.Settings.SUnique || p.has('c', "continue") {
		return ""
	}
	names := p.args
	if p.command.Max == 2 && len(names) > 1 { // put local remote
		names = names[1:2]
	}
	var there []string
	for _, arg := range names {
		name := arg.Text
		if p.command.Max < 0 || len(p.args) == 1 {
			name = sh.RemoteName(name)
		}
		if e, found, _ := sh.Remote.Lookup(sh.Place.Dir, name); found && !e.Dir && arg.Pattern == "" {
			there = append(there, render.Safe(name))
		}
	}
	return onTheServer(there)
}

// replacesRenamed looks for what stands under the new name, or in the directory
// that the names go into.
func replacesRenamed(sh *command.Shell, p *parsed) string {
	if sh.Session == nil || len(p.args) < 2 || p.has('n', "no-clobber") {
		return ""
	}
	from, to := p.args[:len(p.args)-1], p.args[len(p.args)-1].Text
	var there []string
	replaces := func(name string) (isDir bool) {
		e, found, _ := sh.Remote.Lookup(sh.Place.Dir, name)
		if found && !e.Dir {
			there = append(there, render.Safe(name))
		}
		return found && e.Dir
	}
	if replaces(to) && p.command.Max < 0 { // rename goes into no directory
		for _, arg := range from {
			if arg.Pattern == "" {
				replaces(command.JoinRemote(to, command.BaseName(arg.Text)))
			}
		}
	}
	return onTheServer(there)
}

// onTheServer says which names are replaced there, "" for none.
func onTheServer(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "replaces " + strings.Join(names, ", ") + " on the server"
}

// replacesLocal speaks of a local file that nobody would be asked about.
func replacesLocal(sh *command.Shell, p *parsed) string {
	if len(p.args) == 0 || sh.Settings.RUnique || p.has('c', "continue") || sh.Settings.Clobber != "on" && !p.has('f', "force") {
		return ""
	}
	name := commands.LocalPath(p.args[len(p.args)-1])
	if len(p.args) == 1 {
		var err error
		if name, err = commands.LocalName(sh, "", p.args[0].Text); err != nil {
			return ""
		}
	}
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return "replaces the local " + render.Safe(name)
}

func mirrorRisk(sh *command.Shell, p *parsed) string {
	if !p.has('e', "delete") {
		return ""
	}
	return "deletes what is only on the other side; --dry-run shows what"
}
