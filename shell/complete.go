package shell

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// complete finds what the word at pos can become. It runs beside the keys: the
// session is idle while a line is typed, so it may be asked for a listing.
func (sh *Shell) complete(ctx context.Context, line string, pos int) console.Completion {
	at := syntax.At(line, pos)
	found := sh.candidates(ctx, at)
	c := console.Completion{Start: at.Word.Start, End: at.Word.End, More: found.More}
	for _, can := range found.Candidates {
		text, end := syntax.QuoteIn(can.Text, at.Word.Quote)
		if !can.Open {
			text += end
		}
		if at.Op == syntax.Word && len(at.Words) == 0 || strings.HasPrefix(at.Word.Raw, "-") || strings.HasPrefix(at.Word.Raw, "~") {
			text = can.Text // commands, options and homes are not names to be quoted
		}
		c.Candidates = append(c.Candidates, console.Candidate{
			Text: text, Shown: render.Safe(can.Shown), Note: render.Safe(can.Note), Open: can.Open,
		})
	}
	return c
}

func (sh *Shell) candidates(ctx context.Context, at syntax.Cursor) completion.Result {
	word := at.Word.Text
	if sh.raw {
		return rawCandidates(wordsOf(at), word)
	}
	switch {
	case at.Op == syntax.Redirect || at.Op == syntax.Append:
		return completion.Local{}.Complete(word, false)
	case at.Op != syntax.Word:
		return completion.Result{}
	case len(at.Words) == 0:
		return completion.Words(word, sh.commandCandidates())
	}
	command, err := sh.catalog.Find(at.Words[0].Text)
	if err != nil {
		return completion.Result{}
	}
	if strings.HasPrefix(word, "-") && at.Word.Lead == 0 && command.takesFlags() {
		return completion.Words(word, flagCandidates(command))
	}
	return sh.arguments(ctx, command, argumentsOf(command, at.Words[1:]), word)
}

func wordsOf(at syntax.Cursor) []string {
	texts := make([]string, len(at.Words))
	for i, w := range at.Words {
		texts[i] = w.Text
	}
	return texts
}

// argumentsOf leaves out the options.
func argumentsOf(command *Command, words []syntax.Token) []string {
	var args []string
	for _, w := range words {
		if !command.takesFlags() || w.Lead != 0 || !strings.HasPrefix(w.Text, "-") {
			args = append(args, w.Text)
		}
	}
	return args
}

// arguments completes the argument that comes after those given.
func (sh *Shell) arguments(ctx context.Context, command *Command, given []string, word string) completion.Result {
	if len(given) == 0 && command.Words != nil {
		return completion.Words(word, plainCandidates(command.Words))
	}
	if len(command.Complete) == 0 {
		return completion.Result{}
	}
	kind := command.Complete[min(len(given), len(command.Complete)-1)]
	switch kind {
	case completion.Topic:
		if found := completion.Words(word, sh.topicCandidates()); len(found.Candidates) > 0 {
			return found
		}
		return completion.Words(strings.ToUpper(word), sh.topicCandidates())
	case completion.Command:
		return completion.Words(word, sh.commandCandidates())
	case completion.LocalPath, completion.LocalDir:
		return completion.Local{}.Complete(word, kind == completion.LocalDir)
	case completion.RemotePath, completion.RemoteDir:
		return sh.remoteNames(ctx, word, kind == completion.RemoteDir)
	case completion.Setting:
		return completion.Words(word, settingCandidates())
	case completion.SettingValue:
		name := command.Name
		if len(given) > 0 {
			name = given[0]
		}
		return completion.Words(word, valueCandidates(name))
	case completion.Host:
		return completion.Words(word, plainCandidates(append(sh.bookmarkNames(), sh.known.hosts()...)))
	case completion.Bookmark:
		return completion.Words(word, plainCandidates(sh.bookmarkNames()))
	case completion.Alias:
		return completion.Words(word, plainCandidates(slices.Sorted(maps.Keys(sh.aliases))))
	case completion.Variable:
		return completion.Words(word, plainCandidates(slices.Sorted(maps.Keys(sh.vars))))
	case completion.Condition:
		return completion.Words(word, conditionCandidates())
	case completion.Macro:
		return completion.Words(word, plainCandidates(sh.macroNames()))
	case completion.Job:
		return completion.Words(word, sh.jobCandidates())
	case completion.Verb:
		return completion.Words(strings.ToUpper(word), plainCandidates(protocolVerbs))
	}
	return completion.Result{}
}

func (sh *Shell) remoteNames(ctx context.Context, word string, dirsOnly bool) completion.Result {
	sh.wire.Lock() // the command before may not have ended, if Tab was typed ahead
	connected, dir, remote := sh.session != nil && !sh.stepper.on, sh.dir(), sh.remote
	sh.wire.Unlock()
	if !connected {
		return completion.Result{}
	}
	found, err := remote.Complete(ctx, dir, word, dirsOnly)
	if err != nil {
		return completion.Result{}
	}
	return found
}

// newRemote is the cache of remote names for completion. It uses the session
// between commands, never beside one.
func (sh *Shell) newRemote() *completion.Remote {
	return &completion.Remote{List: func(ctx context.Context, dir string) ([]completion.Name, error) {
		sh.wire.Lock()
		defer sh.wire.Unlock()
		if err := sh.needs(Login); err != nil {
			return nil, err
		}
		var entries []listing.Entry
		for e, err := range sh.session.List(ctx, dir, client.ListOptions{Hidden: true}) {
			if err != nil {
				return nil, err
			}
			entries = append(entries, e)
		}
		return completionNames(entries), nil
	}}
}

func completionNames(entries []listing.Entry) []completion.Name {
	names := make([]completion.Name, 0, len(entries))
	for _, e := range entries {
		if e.Type == listing.Unparsed || !isPlain(e.Name) {
			continue
		}
		n := completion.Name{Name: e.Name, Dir: e.Type == listing.Dir}
		if e.Type == listing.File {
			n.Note = fmt.Sprintf("%5s", render.Size(e.Size))
			if !e.Time.IsZero() {
				n.Note += "  " + e.Time.Local().Format("2006-01-02")
			}
		}
		names = append(names, n)
	}
	return names
}

func (sh *Shell) commandCandidates() []completion.Candidate {
	var all []completion.Candidate
	for c := range sh.catalog.Commands() {
		if c.Name != "!" {
			all = append(all, completion.Candidate{Text: c.Name, Note: c.Short})
		}
	}
	for name, text := range sh.aliases {
		all = append(all, completion.Candidate{Text: name, Note: text})
	}
	return all
}

func conditionCandidates() []completion.Candidate {
	var all []completion.Candidate
	for _, row := range Conditions() {
		all = append(all, completion.Candidate{Text: row.Name, Note: row.Short})
	}
	return all
}

func flagCandidates(command *Command) []completion.Candidate {
	var all []completion.Candidate
	command.flagSet().VisitAll(func(f *pflag.Flag) {
		all = append(all, completion.Candidate{Text: "--" + f.Name, Note: f.Usage})
	})
	return all
}

func settingCandidates() []completion.Candidate {
	var all []completion.Candidate
	for _, row := range settings {
		all = append(all, completion.Candidate{Text: row.Name, Note: row.Short})
	}
	return all
}

func valueCandidates(name string) []completion.Candidate {
	row, err := findSetting(name)
	if err != nil {
		return nil
	}
	return plainCandidates(row.Words)
}

func plainCandidates(words []string) []completion.Candidate {
	all := make([]completion.Candidate, len(words))
	for i, w := range words {
		all[i] = completion.Candidate{Text: w}
	}
	return all
}
