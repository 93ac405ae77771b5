package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "mmv", Theme: "change files", Risk: command.ReplacesRenamed, Args: "pattern name | from… directory", Short: "rename files and directories of the server by a pattern", JSON: true,
	Long: "In the pattern * stands for any text and ? for one character, both in one name. In the new name #1 is what the first of them stood for, " +
		"#2 the second, and so on; a * is the next of them. Nothing is renamed where two would get one name, or one that is there already; -n shows what would be. " +
		"Into a directory it moves what is named, as `mv` does.",
	Examples: []command.Example{
		{Line: "mmv *.jpeg *.jpg", Says: "another ending"},
		{Line: "mmv -n 'photo-*-*.jpg' '#2/#1.jpg'", Says: "what it would do"},
	},
	Min: 2, Max: -1, Ask: []string{"pattern", "to-name"}, Complete: []completion.Kind{completion.RemotePath},
	Flags: func(fs *pflag.FlagSet) {
		fs.BoolP("dry-run", "n", false, "show what would be renamed, and do nothing")
	},
	Wire: command.Verbs(command.ListVerbs, command.Sends("RNFR", "RNTO")), Needs: command.Login, Foreign: command.Confined, Run: mmv,
})

func mmv(ctx context.Context, c *command.Call) error {
	do := func(from, to string) error {
		if c.Is("dry-run") {
			return c.Print("%s -> %s", from, to)
		}
		return renameFile(ctx, c, from, to)
	}
	from, to := c.Args[0], c.Args[len(c.Args)-1]
	if len(c.Args) > 2 || !strings.ContainsAny(from.Text, "*?[") {
		return toTarget(ctx, c, do)
	}
	if !strings.ContainsAny(to.Text, "*#") {
		if into, err := isRemoteDir(ctx, c, to.Text); into || err != nil {
			return cmp.Or(err, toTarget(ctx, c, do))
		}
	}
	all, err := renamings(ctx, c, from.Text, to.Text)
	if err != nil {
		return err
	}
	c.SumsUp()
	for _, r := range all {
		if err := do(r.From, r.To); err != nil {
			return err
		}
	}
	if !isDry(c) {
		tellSum(c, command.Plural(len(all), "name", "names")+" changed")
	}
	return nil
}

// renamings are what a pattern and a new name ask for, in an order in which none of them is in the way of another.
func renamings(ctx context.Context, c *command.Call, pattern, to string) ([]client.Renaming, error) {
	dir, last := command.ParentOf(pattern), command.BaseName(pattern)
	if strings.ContainsAny(dir, "*?[") {
		return nil, c.Usage("%s: only the last name can be a pattern", pattern)
	}
	fits, err := withParts(last)
	if err != nil {
		return nil, c.Usage("%s is not a pattern", pattern)
	}
	name, err := parseNewName(to, fits.NumSubexp())
	if err != nil {
		return nil, c.Usage("%s: %s", to, err)
	}
	entries, err := c.List(ctx, dir, true)
	if err != nil {
		return nil, failure.About(command.OrDot(dir), err)
	}
	there := map[string]bool{}
	var all []client.Renaming
	slices.SortFunc(entries, func(a, b listing.Entry) int { return cmp.Compare(a.Name, b.Name) })
	for _, e := range entries {
		from := command.JoinRemote(dir, e.Name)
		there[from] = true
		parts := fits.FindStringSubmatch(e.Name)
		hidden := strings.HasPrefix(e.Name, ".") && !strings.HasPrefix(last, ".")
		if parts == nil || hidden || command.IsDot(&e) || !command.IsPlain(e.Name) {
			continue
		}
		target := name.fill(parts[1:])
		if !strings.Contains(to, "/") {
			target = command.JoinRemote(dir, target)
		}
		if target != from {
			all = append(all, client.Renaming{From: from, To: target})
		}
	}
	if len(all) == 0 {
		return nil, failure.About(pattern, errors.New("nothing to rename"))
	}
	return inOrder(all, there)
}

// withParts is a pattern whose *, ? and [a-z] are parts.
func withParts(pattern string) (*regexp.Regexp, error) {
	text := "(?s)^"
	for i := 0; i < len(pattern); i++ {
		ch, size := utf8.DecodeRuneInString(pattern[i:])
		switch ch {
		case '*':
			text += "(.*?)"
		case '?':
			text += "(.)"
		case '[':
			end := strings.IndexByte(pattern[i:], ']')
			if end < 2 {
				return nil, errors.New("no ]")
			}
			set := strings.Replace(pattern[i+1:i+end], "!", "^", 1)
			text += "([" + strings.ReplaceAll(set, `\`, `\\`) + "])"
			i += end
		default:
			text += regexp.QuoteMeta(pattern[i : i+size])
			i += size - 1
		}
	}
	return regexp.Compile(text + "$")
}

// inOrder puts renames in an order in which each new name is free by then. Where two get one name, one is
// taken, or they go round in a circle, none can be made.
func inOrder(all []client.Renaming, there map[string]bool) ([]client.Renaming, error) {
	ends := map[string]string{}
	for _, r := range all {
		if other, twice := ends[r.To]; twice {
			return nil, fmt.Errorf("%s and %s would both be %s: nothing was renamed", other, r.From, r.To)
		}
		ends[r.To] = r.From
	}
	var done []client.Renaming
	for len(all) > 0 {
		i := slices.IndexFunc(all, func(r client.Renaming) bool { return !there[r.To] })
		if i < 0 {
			return nil, failure.About(all[0].To, errors.New("is there already: nothing was renamed"))
		}
		delete(there, all[i].From)
		there[all[i].To] = true
		done, all = append(done, all[i]), slices.Delete(all, i, i+1)
	}
	return done, nil
}

// newName is the new name of mmv: texts, and numbers of parts between them.
type newName struct {
	texts []string
	parts []int
}

// parseNewName reads a new name for which a pattern has so many parts.
func parseNewName(text string, parts int) (n newName, err error) {
	next, plain := 1, ""
	for i := 0; i < len(text); i++ {
		part := 0
		switch ch := text[i]; {
		case ch == '*':
			part = next
		case ch == '#' && i+1 < len(text) && text[i+1] >= '1' && text[i+1] <= '9':
			i++
			part = int(text[i] - '0')
		default:
			plain += text[i : i+1]
			continue
		}
		if part > parts {
			return n, fmt.Errorf("the pattern has %s", command.Plural(parts, "part", "parts"))
		}
		n.texts, n.parts, plain, next = append(n.texts, plain), append(n.parts, part), "", part+1
	}
	n.texts = append(n.texts, plain)
	return n, nil
}

// fill puts parts between the texts.
func (n newName) fill(parts []string) string {
	text := n.texts[0]
	for i, part := range n.parts {
		text += parts[part-1] + n.texts[i+1]
	}
	return text
}
