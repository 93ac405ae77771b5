package command

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/render"
)

// Nested is the argument of a command at which another one begins, as in queue get x; -1 for none.
func (c *Command) Nested() int {
	if !c.Nests {
		return -1
	}
	return slices.Index(c.Complete, completion.Command)
}

// OneOf says of which words the value of an option is one; another is refused.
func OneOf(fs *pflag.FlagSet, name string, words ...string) {
	Choices(fs, name, words...)
	fs.Lookup(name).Annotations[oneOf] = nil
}

const oneOf = "one of its words"

// Choices says what the value of an option is made of.
func Choices(fs *pflag.FlagSet, name string, words ...string) {
	fs.Lookup(name).Annotations = map[string][]string{FlagWords: words}
}

// FlagWords names the annotation of an option whose value is made of some words.
const FlagWords = "words"

// NamesPath says that the value of an option is a path of a kind.
func NamesPath(fs *pflag.FlagSet, name string, kind completion.Kind) {
	fs.Lookup(name).Annotations = map[string][]string{FlagPath: {strconv.Itoa(int(kind))}}
}

// FlagPath names the annotation of an option that takes a path.
const FlagPath = "path"

// NewRemote is the cache of remote names for completion. It uses the session
// between commands, never beside one.
func (c *Connections) NewRemote() *completion.Remote {
	remote := &completion.Remote{}
	remote.List = func(ctx context.Context, dir string) ([]completion.Name, error) {
		c.Wire.Lock()
		defer c.Wire.Unlock()
		one := c.knowing(remote)
		if err := one.Needs(Login); err != nil {
			return nil, err
		}
		var entries []listing.Entry
		for e, err := range one.Session.List(ctx, dir, client.ListOptions{Hidden: true}) {
			if err != nil {
				return nil, err
			}
			entries = append(entries, e)
		}
		return completionNames(entries), nil
	}
	return remote
}

// knowing is the connection that a cache of names belongs to; without a session if it is gone.
func (c *Connections) knowing(remote *completion.Remote) Peer {
	for _, one := range c.All() {
		if one.Remote == remote {
			return one
		}
	}
	return Peer{}
}

func completionNames(entries []listing.Entry) []completion.Name {
	names := make([]completion.Name, 0, len(entries))
	for _, e := range entries {
		if e.Type == listing.Unparsed || !IsPlain(e.Name) {
			continue
		}
		n := completion.Name{Name: e.Name, Dir: e.Type == listing.Dir}
		if e.Type == listing.File {
			n.Note = NameNote(e.Size, e.Time)
		}
		names = append(names, n)
	}
	return names
}

// NameNote stands beside the name of a file.
func NameNote(size int64, changed time.Time) string {
	note := fmt.Sprintf("%5s", render.Size(size))
	if !changed.IsZero() {
		note += "  " + changed.Local().Format(time.DateOnly)
	}
	return note
}

// PlainCandidates are words as completions.
func PlainCandidates(words []string) []completion.Candidate {
	all := make([]completion.Candidate, len(words))
	for i, w := range words {
		all[i] = completion.Candidate{Text: w}
	}
	return all
}
