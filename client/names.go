package client

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// wirePath returns a name so that no server reads anything else in it: most
// expand a leading tilde.
func wirePath(name string) string {
	if strings.HasPrefix(name, "~") {
		return "./" + name
	}
	return name
}

// lsPath is wirePath for the commands that some servers hand to ls, which takes
// a leading hyphen for an option.
func lsPath(name string) string {
	if strings.HasPrefix(name, "-") {
		return "./" + name
	}
	return wirePath(name)
}

// join makes a path from a directory and a name relative to it.
func join(dir, name string) string {
	if dir == "" || strings.HasPrefix(name, "/") {
		return name
	}
	return path.Join(dir, name)
}

// within returns the name of an entry in dir. Servers of small devices, and those that
// hand a pattern to ls, list whole paths: "/dir/name" or "dir/name".
func within(dir, name string) string {
	at := strings.LastIndexByte(name, '/') + 1
	if at == 0 || at == len(name) {
		return name
	}
	whole := strings.TrimSuffix(path.Clean(dir), "/") + "/"
	switch name[:at] {
	case "./", whole, strings.TrimPrefix(whole, "/"):
		return name[at:]
	}
	return name
}

// LongLineError says that a command is longer than the server reads. Sending it
// would do harm: inetutils runs the rest as another command.
type LongLineError struct{ Length, Max int }

func (e *LongLineError) Error() string {
	return fmt.Sprintf("a command of %d bytes is too long for this server, which reads %d", e.Length, e.Max)
}

func isLong(err error) bool { return errors.As(err, new(*LongLineError)) }

// tooLong returns a *LongLineError when the server would not read the command.
func (l *learned) tooLong(verb string, args []string) error {
	length := len(verb) + len("\r\n")
	for _, arg := range args {
		length += 1 + len(arg)
	}
	if limit := l.quirks.MaxLine; limit > 0 && length > limit {
		return &LongLineError{length, limit}
	}
	return nil
}

// fit returns args so that the command is not too long for the server: the
// directory of the path in the last of them is entered first. The way back is
// taken before the next command.
func (s *location) fit(ctx context.Context, c *Conn, verb string, args []string) ([]string, error) {
	err := s.tooLong(verb, args)
	if err == nil || !s.at.anchored() {
		return args, err
	}
	args = slices.Clone(args)
	last := &args[len(args)-1]
	dir, name := path.Split(*last)
	*last = wirePath(name)
	if dir == "" || name == "" || s.tooLong(verb, args) != nil {
		return nil, err
	}
	if err := s.goBack(ctx, c); err != nil {
		return nil, err
	}
	return args, s.walk(ctx, c, cmd("CWD", dir))
}

// walk changes the directory in as many steps as the server's line needs.
func (s *location) walk(ctx context.Context, c *Conn, change command) error {
	s.cwdStale = true
	dir := strings.Join(change.args, " ")
	if s.tooLong(change.verb, change.args) == nil {
		_, err := c.Cmd(ctx, 2, s.verbFor(change.verb), change.args...)
		return err
	}
	for dir != "" {
		step := dir
		if s.tooLong("CWD", []string{step}) != nil {
			room := s.quirks.MaxLine - len("CWD \r\n")
			end := strings.LastIndexByte(dir[:room], '/')
			if end <= 0 {
				return s.tooLong("CWD", []string{step})
			}
			step = dir[:end]
		}
		if _, err := c.Cmd(ctx, 2, s.verbFor("CWD"), wirePath(step)); err != nil {
			return err
		}
		dir = strings.TrimLeft(dir[len(step):], "/")
	}
	return nil
}

// telnetToo runs try, which sends args, and once more with the byte FF doubled
// (RFC 959: commands are Telnet strings) when a server of which it is not known
// how it reads that byte finds no such file. What works is remembered.
func (l *learned) telnetToo(c *Conn, args []string, try func() error) error {
	err := try()
	if !IsCode(err, 550) || l.quirks.KeepsFF || c.telnet.Load() || !strings.Contains(strings.Join(args, ""), "\xff") {
		return err
	}
	c.telnet.Store(true)
	if again := try(); again == nil {
		l.quirks.ReadsTelnet = true
		return nil
	}
	c.telnet.Store(false)
	return err
}
