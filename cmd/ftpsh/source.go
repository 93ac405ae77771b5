package main

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/script"
)

// source is what one -c or -f says to run.
type source struct {
	text string // the commands, or the name of a file with them
	file bool
}

// sourceFlag is -c or -f. Both add to one list, so that all of them run in the order of the command line.
type sourceFlag struct {
	options *options
	file    bool
}

// Set adds one.
func (f sourceFlag) Set(text string) error {
	f.options.scripts = append(f.options.scripts, source{text, f.file})
	return nil
}

func (sourceFlag) String() string { return "" }

// Type returns what help calls the value, where its text does not say it.
func (sourceFlag) Type() string { return "text" }

// isInput reports whether the commands are on standard input.
func (s source) isInput() bool { return s.file && s.text == "-" }

// readsInput reports whether -f - was given.
func (o *options) readsInput() bool { return slices.ContainsFunc(o.scripts, source.isInput) }

// open is the script of a source.
func (s source) open() (script.Script, error) {
	switch {
	case s.isInput():
		return shell.Input, nil
	case s.file && s.text == "":
		return script.Script{}, errors.New("no script is named")
	case s.file:
		file, err := os.Open(s.text)
		return script.From(s.text, file), err
	}
	return script.From("-c", strings.NewReader(s.text)), nil
}

// openScripts opens all that -c and -f name: one that is missing is told before any other runs.
func (o *options) openScripts() (all []script.Script, err error) {
	for _, s := range o.scripts {
		one, err := s.open()
		if err != nil {
			return all, failure.About("--file", err)
		}
		one.Args = o.arguments
		all = append(all, one)
	}
	return all, nil
}
