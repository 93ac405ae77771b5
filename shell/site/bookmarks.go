package site

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/ftpsh/ftpsh/history/private"
)

// ReadBookmarks reads a file of bookmarks. One that is not there has none.
func ReadBookmarks(name string) (map[string]string, error) {
	if name == "" {
		return map[string]string{}, nil
	}
	text, err := private.Read(name, LongConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	return ParseBookmarks(name, text)
}

// ParseBookmarks reads the text of the file: lines NAME = "ADDRESS".
func ParseBookmarks(name string, text []byte) (map[string]string, error) {
	all := map[string]string{}
	line, err := ReadTOML(text, func(key []string, value *unstable.Node) error {
		if value == nil || len(key) != 1 || value.Kind != unstable.String {
			return fmt.Errorf("%s: a bookmark is a line NAME = \"ADDRESS\"", strings.Join(key, "."))
		}
		all[key[0]] = string(value.Data)
		return nil
	})
	if err != nil {
		return nil, private.Damaged(name, line, err)
	}
	return all, nil
}

// BookmarkNames are the names in the file, for completion: a damaged one completes to nothing.
func BookmarkNames(name string) []string {
	all, _ := ReadBookmarks(name)
	return slices.Sorted(maps.Keys(all))
}

var bareKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]+$`) })

// BookmarkText is the file of bookmarks.
func BookmarkText(all map[string]string) []byte {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(all)) {
		key := name
		if !bareKey().MatchString(name) {
			key = QuoteTOML(name)
		}
		fmt.Fprintf(&b, "%s = %s\n", key, QuoteTOML(all[name]))
	}
	return b.Bytes()
}
