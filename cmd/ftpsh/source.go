package main

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/command"
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

// open returns a reader for the commands, and nil for those on standard input.
func (s source) open() (io.ReadCloser, error) {
	switch {
	case s.isInput():
		return nil, nil
	case s.file && s.text == "":
		return nil, errors.New("no script is named")
	case s.file:
		return os.Open(s.text)
	}
	return io.NopCloser(strings.NewReader(s.text)), nil
}

// openScripts opens all that -c and -f name: one that is missing is told before any other runs.
func (o *options) openScripts() ([]io.ReadCloser, error) {
	opened := make([]io.ReadCloser, 0, len(o.scripts))
	for _, s := range o.scripts {
		r, err := s.open()
		if err != nil {
			closeScripts(opened)
			return nil, failure.About("--file", err)
		}
		opened = append(opened, r)
	}
	return opened, nil
}

func closeScripts(opened []io.ReadCloser) {
	for _, r := range opened {
		if r != nil {
			r.Close()
		}
	}
}

// batch are the scripts to run, in their order; without -c and -f they come on standard input.
func (o *options) batch(sh *command.Shell, opened []io.ReadCloser) []script.Script {
	if len(opened) == 0 {
		return []script.Script{shell.ScriptFromInput(sh)}
	}
	all := make([]script.Script, len(opened))
	for i, r := range opened {
		s := o.scripts[i]
		switch {
		case r == nil:
			all[i] = shell.ScriptFromInput(sh)
		case s.file:
			all[i] = script.From(s.text, r)
		default:
			all[i] = script.From("-c", r)
		}
		all[i].Args = o.arguments
	}
	return all
}
