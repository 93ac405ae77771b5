package transfer

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// storesAs is a server that stores other names than it is told, and counts its listings.
func storesAs(name func(string) string, listings *atomic.Int32) practice.Tap {
	return practice.Tap{Command: func(_ int, line string) (obey, answer string) {
		verb, arg, found := strings.Cut(line, " ")
		if verb == "LIST" || verb == "MLSD" {
			listings.Add(1)
		}
		if !found || !slices.Contains([]string{"STOR", "SIZE", "MDTM", "MLST", "MFMT", "DELE", "MKD", "CWD", "RNFR"}, verb) {
			return line, ""
		}
		words := strings.Fields(arg)
		words[len(words)-1] = name(words[len(words)-1])
		return verb + " " + strings.Join(words, " "), ""
	}}
}

var storedNames = map[string]func(string) string{
	"case":  strings.ToLower,
	"signs": strings.NewReplacer(":", "_", "?", "_").Replace,
	"length": func(name string) string {
		dir, base := path.Split(name)
		return dir + base[:min(len(base), 8)]
	},
	"as it is": func(name string) string { return name },
}

var collidingNames = []string{"File", "file", "fi:e", "fi?e", "longfile-1", "longfile-2"}

// A mirror that moves deletes nothing of which the content is not on the server, and says so; one
// that copies says which names became one, as far as they are alike.
func TestNamesThatBecomeOne(t *testing.T) {
	for kind, name := range storedNames {
		for _, moves := range []bool{false, true} {
			t.Run(kind+map[bool]string{true: ", moved"}[moves], func(t *testing.T) {
				srv, s := server(t, nil, practice.Options{Tap: storesAs(name, new(atomic.Int32))})
				here := t.TempDir()
				for _, n := range collidingNames {
					os.WriteFile(filepath.Join(here, n), []byte("of "+n), 0o600)
				}
				var told error
				m := &Mirror{Up: true, Local: here, Remote: "/to", RemoveSource: moves, OnStep: func(step Step) {
					told = errors.Join(told, step.Err)
				}}
				e := &Engine{Session: s, Parallel: 2}
				if err := m.Run(t.Context(), e); err != nil {
					t.Error(err)
				}
				e.Wait()
				there := map[string]bool{}
				for _, n := range list(t, srv, "/to") {
					text, _ := afero.ReadFile(srv.FS(), "/to/"+n)
					there[string(text)] = true
				}
				lost := len(there) < len(collidingNames)
				for _, n := range collidingNames {
					_, err := os.Stat(filepath.Join(here, n))
					if err != nil && (!there["of "+n] || !moves) {
						t.Errorf("%s is gone", n)
					}
					if err == nil && moves && !lost {
						t.Errorf("%s has arrived, and stays", n)
					}
				}
				if (told != nil) != lost {
					t.Errorf("%d of %d contents are there, and it is said: %v", len(there), len(collidingNames), told)
				}
			})
		}
	}
}

// A server with a spelling of its own keeps nobody from moving files that it does not confuse.
func TestMovedToAnotherSpelling(t *testing.T) {
	srv, s := server(t, nil, practice.Options{Tap: storesAs(strings.ToUpper, new(atomic.Int32))})
	here := t.TempDir()
	for _, n := range []string{"one", "two", "a.b"} {
		os.WriteFile(filepath.Join(here, n), []byte(n), 0o600)
	}
	m := &Mirror{Up: true, Local: here, Remote: "/TO", RemoveSource: true, OnStep: func(step Step) {
		if step.Err != nil {
			t.Error(step.Err)
		}
	}}
	e := &Engine{Session: s, Parallel: 1}
	if err := m.Run(t.Context(), e); err != nil {
		t.Error(err)
	}
	e.Wait()
	left, _ := os.ReadDir(here)
	if there := list(t, srv, "/TO"); len(there) != 3 || len(left) != 0 {
		t.Errorf("%q are there, %d here", there, len(left))
	}
}

// Files that are put one beside the other are looked for when their names are alike, else not.
func TestUploadsThatBecomeOne(t *testing.T) {
	for _, row := range []struct {
		kind     string
		names    []string
		lost     bool
		listings int32
	}{
		{"case", []string{"A", "a", "b"}, true, 1},
		{"as it is", []string{"A", "a", "b"}, false, 1},
		{"as it is", []string{"A", "b", "a b", "ab"}, false, 0},
		{"signs", []string{"x:", "x?"}, true, 1},
	} {
		var listings atomic.Int32
		_, s := server(t, nil, practice.Options{Tap: storesAs(storedNames[row.kind], &listings)})
		var tasks []Task
		for _, n := range row.names {
			tasks = append(tasks, Task{Op: Upload, Remote: n, In: strings.NewReader(n)})
		}
		e := &Engine{Session: s, Parallel: 1, Done: func(_ Task, _ Result, err error) {
			if err != nil {
				t.Error(err)
			}
		}}
		err := e.Run(t.Context(), slices.Values(tasks))
		if lost := errors.As(err, new(*AlikeError)); lost != row.lost || !lost && err != nil || listings.Load() != row.listings {
			t.Errorf("%s %v: %v, %d listings", row.kind, row.names, err, listings.Load())
		}
	}
}

// TestLongNamesAreLookedFor: a server that shortens one name has not got it, and that is said once; a
// refusal is said as such.
func TestLongNamesAreLookedFor(t *testing.T) {
	long := "a name that is longer than old file systems take"
	cut := func(name string) string {
		dir, base := path.Split(name)
		return dir + base[:min(len(base), 31)]
	}
	for kind, name := range map[string]func(string) string{"cut": cut, "whole": storedNames["as it is"]} {
		t.Run(kind, func(t *testing.T) {
			_, s := server(t, nil, practice.Options{Tap: storesAs(name, new(atomic.Int32))})
			here := t.TempDir()
			file := strings.ReplaceAll(long, " ", "-")
			os.WriteFile(filepath.Join(here, file), []byte("x"), 0o600)
			var told []error
			m := &Mirror{Up: true, Local: here, Remote: "/to", OnStep: func(step Step) {
				if step.Err != nil {
					told = append(told, step.Err)
				}
			}}
			e := &Engine{Session: s, Parallel: 1}
			if err := m.Run(t.Context(), e); err != nil {
				t.Error(err)
			}
			e.Wait()
			alike := new(AlikeError)
			if is := len(told) == 1 && errors.As(told[0], &alike) && strings.Contains(told[0].Error(), "shortened"); is != (kind == "cut") || len(told) > 1 {
				t.Errorf("told %v", told)
			}
		})
	}
}
