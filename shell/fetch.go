package shell

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/failure"
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
		a, err := ParseAddress(word)
		if err != nil || !a.File && !a.Listing {
			return false
		}
	}
	return len(words) > 0
}

// Fetch downloads the files that URLs name, one after the other, and shows what
// goes wrong. It returns the exit status: that of the first failure.
func (sh *Shell) Fetch(urls []string, o FetchOptions) int {
	if len(urls) > 1 && o.Output != "" && o.Output != "-" && !sh.folder().IsDir(o.Output) {
		sh.failed(Line{}, "get", &failure.UsageError{Text: "-o names one file, and there are several URLs"})
		return 2
	}
	var first error
	for _, text := range urls {
		if err := fetchURL(sh, text, o); first == nil {
			first = err
		}
		if sh.ended() {
			break
		}
	}
	return sh.signals.status(Status(first))
}

func fetchURL(sh *Shell, text string, o FetchOptions) error {
	a, err := reachURL(sh, text)
	if err != nil {
		return err
	}
	if o.CreateDirs && o.Output != "" && o.Output != "-" && !strings.HasPrefix(o.Output, "|") {
		dir := filepath.Dir(o.Output)
		if strings.HasSuffix(o.Output, "/") || a.Pattern != "" {
			dir = o.Output
		}
		if err := sh.folder().MkdirAll(dir); err != nil {
			sh.failed(Line{}, "get", err)
			return err
		}
	}
	words, err := fetching(sh, a, o)
	if err != nil {
		sh.failed(Line{}, "mget", err)
		return err
	}
	return sh.list(Line{}, one(words))
}

// fetching is the command that fetches what a URL names.
func fetching(sh *Shell, a Address, o FetchOptions) ([]syntax.Token, error) {
	path := syntax.Token{Text: a.Path, Pattern: a.Pattern, Lead: '\''}
	var words []syntax.Token
	switch several := a.Pattern != ""; {
	case a.Listing:
		words = append(words, plainWord("nlist"), path)
	case !several:
		words = append(words, plainWord("get"), path)
	case o.Output == "-":
		return []syntax.Token{plainWord("cat"), path}, nil
	case o.Output == "":
		words = append(words, plainWord("mget"), path)
	case sh.folder().IsDir(o.Output):
		words = append(words, plainWord("mget"), path, syntax.Token{Text: "--into=" + o.Output})
	default:
		return nil, &failure.UsageError{Text: "-o names one file, and a pattern may be several", Hint: "a directory that is there takes them all"}
	}
	if o.Output != "" && a.Pattern == "" {
		words = append(words, plainWord(o.Output))
	}
	if o.Resume && !a.Listing {
		words = append(words, syntax.Token{Text: "-c"})
	}
	return words, nil
}

// reachURL connects to the server of a URL, unless that is where we are.
func reachURL(sh *Shell, text string) (Address, error) {
	a, err := ParseAddress(text)
	if err != nil {
		sh.failed(Line{}, "", err)
		return a, err
	}
	there := a
	there.Path, there.Pattern, there.Type, there.File, there.Listing = "", "", "", false, false
	if sh.session == nil || sh.reached != there {
		sh.reached = Address{}
		if a.HasPassword && !sh.opt.Quiet {
			sh.Say("other users of this computer can see a password in a command line; FTPSH_PASSWORD or the prompt hide it")
		}
		if err := sh.OpenAddress(there); err != nil {
			return a, err
		}
		sh.reached = there
	}
	typ := a.Type
	if typ == "" {
		typ = client.Binary
	}
	sh.session.SetType(typ)
	return a, nil
}

// Upload sends local files to a URL: into it when its path ends with a slash or
// there are several, else under that name. It returns the exit status.
func (sh *Shell) Upload(where string, files []string, o FetchOptions) int {
	var first error
	for _, file := range files {
		if err := uploadURL(sh, where, file, len(files) > 1, o); first == nil {
			first = err
		}
		if sh.ended() {
			break
		}
	}
	return sh.signals.status(Status(first))
}

func uploadURL(sh *Shell, where, file string, several bool, o FetchOptions) error {
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
		target = joinRemote(target, name)
	}
	if dir := path.Dir(target); o.CreateDirs && dir != "." && dir != "/" {
		if err := sh.list(Line{}, one([]syntax.Token{plainWord("mkdir"), {Text: "-p"}, plainWord(dir)})); err != nil {
			return err
		}
	}
	words := []syntax.Token{plainWord("put")}
	if o.Resume && file != "-" {
		words = append(words, syntax.Token{Text: "-c"})
	}
	words = append(words, plainWord(file), plainWord(target))
	return sh.list(Line{}, one(words))
}

// plainWord is a word that means its text and nothing else.
func plainWord(text string) syntax.Token { return syntax.Token{Text: text, Lead: '\''} }

// plainWords are such words.
func plainWords(texts []string) []syntax.Token {
	words := make([]syntax.Token, len(texts))
	for i, text := range texts {
		words[i] = plainWord(text)
	}
	return words
}

// one is a list of one statement.
func one(words []syntax.Token) syntax.List {
	return syntax.List{{Statements: []syntax.Statement{{Words: words}}}}
}
