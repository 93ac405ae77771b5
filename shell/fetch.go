package shell

import (
	"cmp"
	"path"
	"path/filepath"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// FetchOptions say how Fetch and Upload work. The zero value works.
type FetchOptions struct {
	Output string // a local file, a directory, - or |command; "": the name of each file, here
	Resume bool   // keep what is there and move only the rest

	CreateDirs bool // make the directories that are missing
}

// IsFetch reports whether the words of a command line name files to fetch: URLs
// and host:path whose path does not end with a slash.
func IsFetch(words []string) bool {
	for _, word := range words {
		a, err := site.ParseAddress(word)
		if err != nil || !a.File && !a.Listing {
			return false
		}
	}
	return len(words) > 0
}

// Fetch downloads the files that URLs name, one after the other, and shows what
// goes wrong. It returns the exit status: that of the first failure.
func Fetch(sh *command.Shell, urls []string, o FetchOptions) int {
	if len(urls) > 1 && o.Output != "" && o.Output != "-" && !sh.Folder().IsDir(o.Output) {
		sh.Failed(command.Line{}, "get", &failure.UsageError{Text: "-o names one file, and there are several URLs"})
		return 2
	}
	return each(sh, urls, func(text string) error { return fetchURL(sh, text, o) })
}

// each moves files one after the other, and returns the status of the first failure.
func each(sh *command.Shell, files []string, move func(file string) error) int {
	var first error
	for _, file := range files {
		if first = cmp.Or(first, move(file)); sh.Ended() {
			break
		}
	}
	return Exit(sh, first)
}

func fetchURL(sh *command.Shell, text string, o FetchOptions) error {
	a, err := reachURL(sh, text)
	if err != nil {
		return err
	}
	if o.CreateDirs && o.Output != "" && o.Output != "-" && !strings.HasPrefix(o.Output, "|") {
		dir := filepath.Dir(o.Output)
		if strings.HasSuffix(o.Output, "/") || a.Pattern != "" {
			dir = o.Output
		}
		if err := sh.Folder().MkdirAll(dir); err != nil {
			sh.Failed(command.Line{}, "get", err)
			return err
		}
	}
	words, err := fetching(sh, a, o)
	if err != nil {
		sh.Failed(command.Line{}, "mget", err)
		return err
	}
	return sh.List(command.Line{}, one(words))
}

// fetching is the command that fetches what a URL names.
func fetching(sh *command.Shell, a site.Address, o FetchOptions) ([]syntax.Token, error) {
	path := syntax.Token{Text: a.Path, Pattern: a.Pattern, Lead: '\''}
	var words []syntax.Token
	switch several := a.Pattern != ""; {
	case a.Listing:
		words = append(words, command.PlainWord("nlist"), path)
	case !several:
		words = append(words, command.PlainWord("get"), path)
	case o.Output == "-":
		return []syntax.Token{command.PlainWord("cat"), path}, nil
	case o.Output == "":
		words = append(words, command.PlainWord("mget"), path)
	case sh.Folder().IsDir(o.Output):
		words = append(words, command.PlainWord("mget"), path, syntax.Token{Text: "--into=" + o.Output})
	default:
		return nil, &failure.UsageError{Text: "-o names one file, and a pattern may be several", Hint: "a directory that is there takes them all"}
	}
	if o.Output != "" && a.Pattern == "" {
		words = append(words, command.PlainWord(o.Output))
	}
	if o.Resume && !a.Listing {
		words = append(words, syntax.Token{Text: "-c"})
	}
	return words, nil
}

// reachURL connects to the server of a URL, unless that is where we are.
func reachURL(sh *command.Shell, text string) (site.Address, error) {
	a, err := site.ParseAddress(text)
	if err != nil {
		sh.Failed(command.Line{}, "", err)
		return a, err
	}
	there := a
	there.Path, there.Pattern, there.Type, there.File, there.Listing = "", "", "", false, false
	if !sh.Connected() || sh.Reached != there {
		sh.Reached = site.Address{}
		sayPasswordIsSeen(sh, a)
		if err := OpenAddress(sh, there); err != nil {
			return a, err
		}
		sh.Reached = there
	}
	typ := cmp.Or(a.Type, client.Binary)
	if sh.Gateway != nil {
		sh.Gateway.Type = typ
	} else {
		sh.Session.SetType(typ)
	}
	return a, nil
}

// Upload sends local files to a URL: into it when its path ends with a slash or
// there are several, else under that name. It returns the exit status.
func Upload(sh *command.Shell, where string, files []string, o FetchOptions) int {
	return each(sh, files, func(file string) error { return uploadURL(sh, where, file, len(files) > 1, o) })
}

func uploadURL(sh *command.Shell, where, file string, several bool, o FetchOptions) error {
	a, err := reachURL(sh, where)
	if err != nil {
		return err
	}
	target := a.Path
	if several || !a.File {
		name := filepath.Base(file)
		if file == "-" || strings.HasPrefix(file, "|") {
			name = ""
		}
		target = command.JoinRemote(target, name)
	}
	if dir := path.Dir(target); o.CreateDirs && dir != "." && dir != "/" {
		if err := sh.List(command.Line{}, one([]syntax.Token{command.PlainWord("mkdir"), {Text: "-p"}, command.PlainWord(dir)})); err != nil {
			return err
		}
	}
	words := []syntax.Token{command.PlainWord("put")}
	if o.Resume && file != "-" {
		words = append(words, syntax.Token{Text: "-c"})
	}
	words = append(words, command.PlainWord(file), command.PlainWord(target))
	return sh.List(command.Line{}, one(words))
}

// one is a list of one statement.
func one(words []syntax.Token) syntax.List {
	return syntax.List{{Statements: []syntax.Statement{{Words: words}}}}
}
