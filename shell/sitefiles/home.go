package sitefiles

import (
	"os"
	"path/filepath"
)

// Home is where the files of a user are, as the environment says.
type Home struct {
	Dir    string                   // the home directory
	Getenv func(name string) string // os.Getenv
}

// UserHome is the one of who runs the program.
func UserHome() Home {
	dir, _ := os.UserHomeDir() // "": what is below it is not looked for
	return Home{dir, os.Getenv}
}

// in is a file below the home directory.
func (h Home) in(parts ...string) []string { return below(h.Dir, parts...) }

// env is a file below what a variable of the environment names.
func (h Home) env(variable string, parts ...string) []string {
	return below(h.Getenv(variable), parts...)
}

func below(dir string, parts ...string) []string {
	if dir == "" {
		return nil
	}
	return []string{filepath.Join(append([]string{dir}, parts...)...)}
}
