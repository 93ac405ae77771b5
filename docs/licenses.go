package docs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// goModule is what `go list` says of a module.
type goModule struct {
	Path, Version, Dir string
	Main               bool
}

// legal are the files that speak of rights.
var legal = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|copyright|patents)(-[a-z]+)?(\.(md|txt))?$`)

// standard is a module with the licence of the standard library, word by word; not every Go brings its own along.
const standard = "golang.org/x/sys"

// licensesPage is THIRD_PARTY_LICENSES: the licences of all that a built ftpsh contains, as they ask to be passed on with it.
func licensesPage(root string) (string, error) {
	modules, err := linked(root)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("ftpsh contains the work of others. These are their licences.\n\n")
	for _, m := range modules {
		if m.Path == standard {
			err = errors.Join(err, licenses(&b, "The Go standard library", m.Dir))
		}
	}
	for _, m := range modules {
		err = errors.Join(err, licenses(&b, m.Path+" "+m.Version, m.Dir))
	}
	return b.String(), err
}

// linked are the modules whose packages ftpsh links on any of its systems, by name.
func linked(root string) ([]goModule, error) {
	found := map[string]goModule{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		list := exec.Command("go", "list", "-deps", "-json=Module", "./cmd/ftpsh")
		list.Dir = root
		list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		list.Stderr = os.Stderr
		text, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", system, err)
		}
		packages := json.NewDecoder(strings.NewReader(string(text)))
		for {
			var p struct{ Module *goModule }
			if err := packages.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, err
			}
			if p.Module != nil && !p.Module.Main {
				found[p.Module.Path] = *p.Module
			}
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b goModule) int { return strings.Compare(a.Path, b.Path) }), nil
}

// licenses writes those in a folder. A module without any must not be shipped.
func licenses(out io.Writer, title, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n\n%s\n\n", strings.Repeat("=", 79), title)
	none := true
	for _, e := range entries {
		if !legal.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		none = false
		fmt.Fprintf(out, "%s\n\n", strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")))
	}
	if none {
		return fmt.Errorf("%s has no licence in %s", title, dir)
	}
	return nil
}
