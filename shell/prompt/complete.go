package prompt

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/jobs"
	"github.com/ftpsh/ftpsh/shell/learn"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/script"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// CompleteLine finds what the word at pos can become. It runs beside the keys: the
// session is idle while a line is typed, so it may be asked for a listing. What
// is shown of the session meanwhile is sh.place.
func CompleteLine(ctx context.Context, sh *command.Shell, line string, pos int) console.Completion {
	at := syntax.At(line, pos)
	if at.Op == syntax.Verbatim { // it is no line of ours: words end at blanks
		start := strings.LastIndexAny(line[:pos], " \t!|") + 1
		at.Word = syntax.Token{Text: line[start:pos], Raw: line[start:pos], Start: start, End: pos}
		before := strings.TrimRight(line[:start], " \t")
		at.First = strings.HasSuffix(before, "|") || strings.HasSuffix(before, "!")
	}
	found := candidates(ctx, sh, at)
	c := console.Completion{Start: at.Word.Start, End: at.Word.End, More: found.More, Matches: at.Word.Pattern != ""}
	c.Common, _ = quotedLike(at, found.Common)
	for _, can := range found.Candidates {
		text, end := quotedLike(at, can.Text)
		if !can.Open {
			text += end
		}
		c.Candidates = append(c.Candidates, console.Candidate{
			Text: text, Shown: render.Safe(can.Shown), Note: render.Safe(can.Note), Open: can.Open,
		})
	}
	return c
}

// quotedLike quotes what the word at the cursor becomes in the style it was begun in, and returns the end of the quote.
func quotedLike(at syntax.Cursor, text string) (quoted, end string) {
	switch raw := at.Word.Raw; {
	case at.Op == syntax.Word && len(at.Words) == 0 || strings.HasPrefix(raw, "-"):
		return text, "" // commands and options are not names
	case strings.HasPrefix(raw, "~"):
		return syntax.QuoteHome(text), ""
	}
	return syntax.QuoteIn(text, at.Word.Quote)
}

func candidates(ctx context.Context, sh *command.Shell, at syntax.Cursor) completion.Result {
	word := at.Word.Text
	switch {
	case sh.Raw && len(at.Words) > 0 && slices.Contains(learn.Asides, at.Words[0].Text):
		at.Words[0].Text = strings.TrimPrefix(at.Words[0].Text, ".")
	case sh.Raw:
		return learn.RawCandidates(command.Texts(at.Words), word)
	}
	switch {
	case at.Op == syntax.Verbatim && at.Word.Text != "" && !strings.Contains(at.Word.Text, "/") && at.First:
		return completion.Words(at.Word.Text, programs())
	case at.Op == syntax.Redirect || at.Op == syntax.Append || at.Op == syntax.Verbatim:
		return localNamesLike(ctx, at.Word, false)
	case at.Op != syntax.Word:
		return completion.Result{}
	case len(at.Words) == 0:
		return completion.Words(word, commandCandidates(sh))
	}
	if command := Meant(sh, at.Words[0]); command != nil {
		return behind(ctx, sh, command, at)
	}
	return completion.Result{}
}

// behind completes what stands behind a command: another one, an option, its value or an argument.
func behind(ctx context.Context, sh *command.Shell, command *command.Command, at syntax.Cursor) completion.Result {
	if from := command.InnerOf(at.Words[1:]); from >= 0 { // as in find -exec x
		at.Words = at.Words[1+from:]
		return candidates(ctx, sh, at)
	}
	given, flag := argumentsOf(command, at.Words[1:])
	if command.Reversed != nil && slices.ContainsFunc(at.Words[1:], command.Reversed) {
		other := *command
		other.Complete = slices.Clone(command.Complete)
		slices.Reverse(other.Complete)
		command = &other
	}
	if n := command.Nested(); n >= 0 && len(given) > n { // as in queue get x
		at.Words = given[n:]
		return candidates(ctx, sh, at)
	}
	switch {
	case flag != nil:
		return flagValues(ctx, sh, flag, at.Word)
	case strings.HasPrefix(at.Word.Text, "-") && at.Word.Lead == 0 && command.TakesFlags():
		return completion.Words(at.Word.Text, flagCandidates(command))
	}
	return argumentCandidates(ctx, sh, command, given, at.Word)
}

// programs are those that the local shell finds.
func programs() []completion.Candidate {
	var names []string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if !e.IsDir() {
				names = append(names, e.Name())
			}
		}
	}
	slices.Sort(names)
	return command.PlainCandidates(slices.Compact(names))
}

// argumentsOf leaves out the options and their values. If the last option still wants its value, that is flag.
func argumentsOf(command *command.Command, words []syntax.Token) (args []syntax.Token, flag *pflag.Flag) {
	if !command.TakesFlags() {
		return words, nil
	}
	fs := command.FlagSet()
	for _, w := range words {
		switch {
		case flag != nil:
			flag = nil
		case w.Lead != 0 || !strings.HasPrefix(w.Text, "-") || w.Text == "-":
			args = append(args, w)
		default:
			flag = wantsValue(fs, w.Text)
		}
	}
	return args, flag
}

// wantsValue returns the option in a word whose value is the next word.
func wantsValue(fs *pflag.FlagSet, word string) *pflag.Flag {
	flag := fs.Lookup(strings.TrimPrefix(word, "--"))
	if !strings.HasPrefix(word, "--") {
		flag = fs.ShorthandLookup(word[len(word)-1:])
	}
	if flag == nil || flag.NoOptDefVal != "" {
		return nil
	}
	return flag
}

// PathOf is the kind of path that the value of an option is, None for others.
func PathOf(flag *pflag.Flag) completion.Kind {
	if kinds := flag.Annotations[command.FlagPath]; len(kinds) > 0 {
		kind, _ := strconv.Atoi(kinds[0])
		return completion.Kind(kind)
	}
	if value, _ := pflag.UnquoteUsage(flag); value == "FILE" {
		return completion.LocalPath
	}
	return completion.None
}

// flagValues completes the value of an option; commas part several.
func flagValues(ctx context.Context, sh *command.Shell, flag *pflag.Flag, typedWord syntax.Token) completion.Result {
	if kind := PathOf(flag); kind != completion.None {
		return ofKind(ctx, sh, kind, nil, nil, typedWord)
	}
	word := typedWord.Text
	before, typed := "", word
	if comma := strings.LastIndexByte(word, ','); comma >= 0 {
		before, typed = word[:comma+1], word[comma+1:]
	}
	found := completion.Words(typed, command.PlainCandidates(flag.Annotations[command.FlagWords]))
	for i := range found.Candidates {
		found.Candidates[i].Text = before + found.Candidates[i].Text
	}
	return found
}

// argumentCandidates completes the argument that comes after those given.
func argumentCandidates(ctx context.Context, sh *command.Shell, cmd *command.Command, given []syntax.Token, typed syntax.Token) completion.Result {
	word := typed.Text
	if len(given) == 0 && cmd.Words != nil {
		return completion.Words(word, command.PlainCandidates(cmd.Words))
	}
	if len(given) < len(cmd.Values) {
		if found := completion.Beginning(word, command.PlainCandidates(cmd.Values[len(given)])); len(found.Candidates) > 0 {
			return found
		}
	}
	if len(cmd.Complete) == 0 {
		return completion.Result{}
	}
	return ofKind(ctx, sh, cmd.Complete[min(len(given), len(cmd.Complete)-1)], cmd, given, typed)
}

// ofKind completes a word that names something of a kind.
func ofKind(ctx context.Context, sh *command.Shell, kind completion.Kind, cmd *command.Command, given []syntax.Token, typed syntax.Token) completion.Result {
	word := typed.Text
	switch kind {
	case completion.Topic:
		if found := completion.Beginning(word, learn.TopicCandidates(&sh.Learning)); len(found.Candidates) > 0 {
			return found
		}
		return completion.Words(strings.ToUpper(word), learn.TopicCandidates(&sh.Learning))
	case completion.LocalPath, completion.LocalDir:
		return localNamesLike(ctx, typed, kind == completion.LocalDir)
	case completion.RemotePath, completion.RemoteDir:
		return remoteNames(ctx, sh, typed, kind == completion.RemoteDir)
	case completion.EitherPath:
		return eitherNames(ctx, sh, typed)
	case completion.Visited:
		return visitedLike(sh, given, word)
	case completion.SettingValue:
		name := cmd.Name
		if len(given) > 0 {
			name = given[0].Text
		}
		return completion.Words(word, valueCandidates(name))
	case completion.Verb:
		return completion.Words(strings.ToUpper(word), command.PlainCandidates(command.ProtocolVerbs))
	}
	if all := described[kind]; all != nil {
		return completion.Words(word, all(sh))
	}
	if all := named[kind]; all != nil {
		return completion.Words(word, command.PlainCandidates(all(sh)))
	}
	return completion.Result{}
}

// described are the kinds of which there are only so many, each with a word about it; named are those that have a name and no more.
var (
	described = map[completion.Kind]func(*command.Shell) []completion.Candidate{
		completion.Command:   commandCandidates,
		completion.Condition: conditionCandidates,
		completion.Help:      helpCandidates,
		completion.Job:       jobs.JobCandidates,
		completion.Setting:   settingCandidates,
	}
	named = map[completion.Kind]func(*command.Shell) []string{
		completion.Alias:    func(sh *command.Shell) []string { return slices.Sorted(maps.Keys(sh.Aliases)) },
		completion.Bookmark: func(sh *command.Shell) []string { return site.BookmarkNames(sh.Options.Bookmarks) },
		completion.Host: func(sh *command.Shell) []string {
			return append(site.BookmarkNames(sh.Options.Bookmarks), sh.Known.Hosts()...)
		},
		completion.Macro:    func(sh *command.Shell) []string { return sh.MacroNames() },
		completion.Port:     func(*command.Shell) []string { return []string{"21", "990", "2121"} },
		completion.Session:  func(sh *command.Shell) []string { return commands.SessionNames(&sh.Connections) },
		completion.Variable: func(sh *command.Shell) []string { return slices.Sorted(maps.Keys(sh.Vars)) },
	}
)

// eitherNames are local names; behind a colon those of the server.
func eitherNames(ctx context.Context, sh *command.Shell, typed syntax.Token) completion.Result {
	there, is := strings.CutPrefix(typed.Text, ":")
	if !is {
		return localNamesLike(ctx, typed, false)
	}
	typed.Text = there
	found := remoteNames(ctx, sh, typed, false)
	found.Common = ":" + found.Common
	for i := range found.Candidates {
		found.Candidates[i].Text = ":" + found.Candidates[i].Text
	}
	return found
}

// visitedLike are the directories that z would go to; one takes the place of the word.
func visitedLike(sh *command.Shell, given []syntax.Token, word string) completion.Result {
	if sh.Session == nil {
		return completion.Result{}
	}
	words := command.Texts(given)
	if word != "" {
		words = append(words, word)
	}
	all, _ := sh.Visits.All(sh.Server()) // a damaged file completes to nothing
	found := completion.Result{Common: word}
	for _, one := range site.Ranked(all, words, time.Now()) {
		found.Candidates = append(found.Candidates, completion.Candidate{Text: string(one.Dir), Shown: string(one.Dir)})
	}
	return found
}

// localNamesLike are the local names that begin like a word, or match it. A disk
// that does not answer is left to itself when ctx ends.
func localNamesLike(ctx context.Context, word syntax.Token, dirsOnly bool) completion.Result {
	found := make(chan completion.Result, 1)
	go func() { found <- readNamesLike(word, dirsOnly) }()
	select {
	case names := <-found:
		return names
	case <-ctx.Done():
		return completion.Result{}
	}
}

func readNamesLike(word syntax.Token, dirsOnly bool) completion.Result {
	local := completion.Local{Note: func(info os.FileInfo) string {
		if !info.Mode().IsRegular() {
			return ""
		}
		return command.NameNote(info.Size(), info.ModTime())
	}}
	if dir, _, match, is := matching(word); is {
		return local.Match(dir, match, dirsOnly)
	}
	return local.Complete(word.Text, dirsOnly)
}

// matching takes a pattern apart: the directory, what the names begin with, and whether one matches. Only the last
// part of a path may be a pattern.
func matching(word syntax.Token) (dir, prefix string, match func(string) bool, is bool) {
	pattern := word.Pattern
	if slash := strings.LastIndexByte(pattern, '/'); slash >= 0 {
		dir, pattern = pattern[:slash+1], pattern[slash+1:]
	}
	if word.Pattern == "" || syntax.HasMeta(dir) || strings.Contains(dir, `\`) {
		return "", "", nil, false
	}
	return dir, pattern[:strings.IndexAny(pattern+"*", `*?[{\`)], syntax.Compile(pattern).Match, true
}

func remoteNames(ctx context.Context, sh *command.Shell, word syntax.Token, dirsOnly bool) completion.Result {
	if sh.Session == nil || sh.Stepper.On {
		return completion.Result{}
	}
	dir, remote := sh.Place.Dir, sh.Remote
	complete := func() (completion.Result, error) { return remote.Complete(ctx, dir, word.Text, dirsOnly) }
	if parent, prefix, match, is := matching(word); is {
		complete = func() (completion.Result, error) { return remote.Match(ctx, dir, parent, prefix, match, dirsOnly) }
	}
	found, err := complete()
	if err != nil {
		return completion.Result{}
	}
	return found
}

func commandCandidates(sh *command.Shell) []completion.Candidate {
	var all []completion.Candidate
	for c := range sh.Catalog.Commands() {
		if c.Name != "!" {
			all = append(all, completion.Candidate{Text: c.Name, Note: c.Short})
		}
	}
	for name, text := range sh.Aliases {
		all = append(all, completion.Candidate{Text: name, Note: text})
	}
	return byText(all)
}

func byText(all []completion.Candidate) []completion.Candidate {
	slices.SortStableFunc(all, func(a, b completion.Candidate) int { return strings.Compare(a.Text, b.Text) })
	return all
}

func conditionCandidates(*command.Shell) []completion.Candidate {
	var all []completion.Candidate
	for _, row := range script.Conditions() {
		all = append(all, completion.Candidate{Text: row.Name, Note: row.Short})
	}
	return all
}

func flagCandidates(command *command.Command) []completion.Candidate {
	var all []completion.Candidate
	command.FlagSet().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		_, note := pflag.UnquoteUsage(f)
		if f.Shorthand != "" {
			note = "-" + f.Shorthand + "  " + note
		}
		all = append(all, completion.Candidate{Text: "--" + f.Name, Note: note})
	})
	return all
}

// helpCandidates are what help explains. The name of a command that is a setting, too, is that of the command there.
func helpCandidates(sh *command.Shell) []completion.Candidate {
	all := append(commandCandidates(sh), completion.Candidate{Text: "keys", Note: "the keys of the prompt"})
	for _, row := range settingCandidates(sh) {
		if !slices.ContainsFunc(all, func(c completion.Candidate) bool { return c.Text == row.Text }) {
			all = append(all, row)
		}
	}
	return byText(all)
}

func settingCandidates(*command.Shell) []completion.Candidate {
	var all []completion.Candidate
	for _, row := range settings.All() {
		all = append(all, completion.Candidate{Text: row.Name, Note: row.Short})
	}
	return byText(all)
}

func valueCandidates(name string) []completion.Candidate {
	row, err := settings.Find(name)
	if err != nil {
		return nil
	}
	return command.PlainCandidates(append(slices.Clone(row.Words), row.Suggest...))
}
