package commands

import (
	"context"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// place is what stands for the name in the command of -exec, as in find(1).
const place = "{}"

// findExec runs a command for each name that is found, after all of them are known: what it changes
// does not change what is found.
func findExec(ctx context.Context, c *command.Call, want *finding) error {
	list, err := command.InnerList(c, c.Inner)
	if err != nil {
		return err
	}
	if err := fitToRun(c, list); err != nil {
		return err
	}
	names, missed := namesToRun(ctx, c, want)
	if missed != nil && (names == nil || endsAll(ctx, missed)) {
		return missed
	}
	if len(names) == 0 || !confirmExec(ctx, c, list, names) {
		return missed
	}
	return failure.Several(missed, execEach(ctx, c, list, names))
}

// namesToRun are the names that are found. Which files are the newest is only known when all could
// be looked at.
func namesToRun(ctx context.Context, c *command.Call, want *finding) (names []string, missed error) {
	keep, err := keepLast(c)
	if err != nil {
		return nil, err
	}
	line := syntax.Typed(c.Statement.Words[:c.Command.InnerOf(c.Statement.Words)-1])
	end := c.Shell.BeginLine(command.Recorded(line, c.Command.Name)) // what it runs is recorded by itself
	found, missed := want.all(ctx, c)
	end(missed)
	if keep > 0 {
		if missed != nil {
			return nil, missed
		}
		if found, err = withoutNewest(found, keep); err != nil {
			return nil, err
		}
	}
	for _, e := range found {
		names = append(names, e.Name)
	}
	return names, missed
}

// fitToRun refuses a line in which a name could be more than one word of a command of ours.
func fitToRun(c *command.Call, list syntax.List) error {
	for st := range list.All() {
		_, unknown := c.Shell.Catalog.Find(st.Name())
		if _, alias := command.AliasLine(c.Shell, st.Name()); alias {
			unknown = nil
		}
		inside := slices.ContainsFunc(st.Args(), func(w syntax.Token) bool { return strings.Contains(w.Text, place) })
		piped := slices.ContainsFunc(st.Args(), func(w syntax.Token) bool {
			return strings.HasPrefix(w.Text, "|") && strings.Contains(w.Text, place)
		})
		last := st.Words[len(st.Words)-1]
		switch {
		case last.Text == "+" && last.Lead == 0 && len(st.Words) > 1 && st.Words[len(st.Words)-2].Text == place:
			return c.Usage("-exec: the command runs once for each name; leave out the +")
		case strings.Contains(st.Name(), place):
			return c.Usage("-exec: %s is the name that was found, and cannot be the command", place)
		case strings.HasPrefix(st.Name(), "!") && inside, piped, strings.Contains(st.Pipe, place):
			return c.Usage("-exec: %s cannot stand in a command of the local shell, where a name could be a command", place)
		case st.File != nil && strings.Contains(st.File.Text, place):
			return c.Usage("-exec: %s cannot name the file behind >", place)
		case unknown != nil:
			return unknown
		}
	}
	return nil
}

// confirmExec asks at a terminal before commands run that change the server.
func confirmExec(ctx context.Context, c *command.Call, list syntax.List, names []string) bool {
	if !c.Interactive() || c.Shell.Options.DryRun || !mayChange(c.Shell, list) {
		return true
	}
	for _, name := range names[:min(len(names), max(c.Shell.Console.Height()/2, 3))] {
		c.Note("%s", render.Safe(name))
	}
	return c.Confirm(ctx, "run "+syntax.Typed(c.Inner)+" for "+command.Plural(len(names), "name", "names")+"?")
}

// mayChange reports whether a command of the list may change the server. What an alias or another
// command runs is not known.
func mayChange(sh *command.Shell, list syntax.List) bool {
	for st := range list.All() {
		row, err := sh.Catalog.Find(st.Name())
		_, alias := command.AliasLine(sh, st.Name())
		if err != nil || alias || row.Nests || row.Runs != "" || row.Risk != command.NoRisk && row.Risk != command.ReplacesLocal {
			return true
		}
		if row.Risk == command.NoRisk && slices.ContainsFunc(row.Wire, func(line string) bool { return !command.Reads(line) }) {
			return true
		}
	}
	return false
}

// execEach runs the command for each name. One that fails does not keep the others from their turn.
func execEach(ctx context.Context, c *command.Call, list syntax.List, names []string) error {
	var first error
	failed := 0
	for _, name := range names {
		err := command.RunList(c, withName(c.Line.Vars, list, name))
		if err != nil {
			failed++
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil || c.Shell.Quitting || c.Shell.Ended() || command.Ends(err) || endsAll(ctx, err) {
			break
		}
	}
	if failed > 0 && len(names) > 1 {
		c.Note("find: failed for %d of %s", failed, command.Plural(len(names), "name", "names"))
	}
	return first
}

// withName is the list with a name in place of each {}: it is one word, or a part of one, whatever
// it holds.
func withName(vars syntax.Vars, list syntax.List, name string) syntax.List {
	if name != "" && strings.IndexByte("-|~@!", name[0]) >= 0 {
		name = "./" + name // none of them means more than itself
	}
	return list.Map(func(w syntax.Token) syntax.Token {
		if !strings.Contains(w.Text, place) {
			return w
		}
		w = w.Expand(vars)
		w.Text, w.Raw = strings.ReplaceAll(w.Text, place, name), ""
		w.Pattern = strings.NewReplacer(place, syntax.Escape(name), `\{\}`, syntax.Escape(name)).Replace(w.Pattern)
		if w.Lead == 0 && strings.HasPrefix(w.Text, name) {
			w.Lead = '\''
		}
		return w
	})
}

// all are the entries that fit, in the trees that are named.
func (f *finding) all(ctx context.Context, c *command.Call) (found []listing.Entry, err error) {
	err = f.each(ctx, c, func(e listing.Entry) error {
		e.Raw = ""
		found = append(found, e)
		return nil
	})
	return found, err
}
