package client

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Made is what a session has been told since its login, in a form that outlives the program: a
// queue that is kept for another day, a job that continues in another process.
type Made struct {
	Told []string `json:"told,omitempty"` // lines sent by hand that last, in their order
	Type Type     `json:"type,omitempty"`
	Mode Mode     `json:"mode,omitempty"`
	Prot Level    `json:"prot,omitempty"`
	Host string   `json:"host,omitempty"` // of HOST, which comes before the login
	Dir  string   `json:"dir,omitempty"`  // as PWD named it
	Way  []string `json:"way,omitempty"`  // from the login, where it named none
	Said string   `json:"said,omitempty"` // what it said there
}

// Made returns that. The error is that of Alone: nobody can make the session again.
func (cl Clones) Made() (Made, error) {
	m := Made{Type: cl.s.typ, Mode: cl.s.mode, Prot: cl.s.prot, Host: cl.s.opt.VirtualHost, Dir: cl.s.at.dir, Said: cl.s.at.said}
	for _, told := range cl.s.settings {
		if told.verb != "ACCT" || !cl.s.accounted { // the login has it
			m.Told = append(m.Told, told.String())
		}
	}
	for _, step := range cl.s.at.way {
		m.Way = append(m.Way, step.String())
	}
	return m, cl.s.alone()
}

// Secret reports whether something in it must not be written down.
func (m Made) Secret() bool {
	for _, line := range m.Told {
		verb, _ := splitLine(line)
		if _, secret := masked(verb, line); secret != "" {
			return true
		}
	}
	return false
}

// Check says what cannot be in it: it comes from a file, which somebody may have damaged or changed. Nothing but what
// lasts is told, and a way is one of changes of the directory.
func (m Made) Check() error {
	for _, text := range slices.Concat(m.Told, m.Way, []string{string(m.Type), m.Host, m.Dir, m.Said}) {
		if strings.ContainsAny(text, "\r\n\x00") {
			return fmt.Errorf("%.80q is not one line", text)
		}
	}
	for _, line := range m.Told {
		verb, args := splitLine(line)
		if row, _ := rowOf(verb, args, "MVS"); row.lasts != kept { // the system that keeps most
			return fmt.Errorf("%.80q is not told to a server once for all", line)
		}
	}
	for _, line := range m.Way {
		if verb, _ := splitLine(line); !slices.Contains([]string{"CWD", "CDUP", "XCWD", "XCUP"}, verb) {
			return fmt.Errorf("%.80q does not change the directory", line)
		}
	}
	switch {
	case m.Mode != "" && m.Mode != Stream && m.Mode != Deflate:
		return fmt.Errorf("%.80q is not a mode", m.Mode)
	case m.Prot != "" && m.Prot != Private && m.Prot != Clear:
		return fmt.Errorf("%.80q is not a level of protection", m.Prot)
	}
	return nil
}

// Remake makes a session what another one was with the same login: what was told is told, and the
// place confirmed. A twin does that with its first command. After an error each command tries
// that again: the session is never half of what it should be.
func (cl Clones) Remake(ctx context.Context, m Made) error {
	if err := m.Check(); err != nil {
		return &DirGoneError{Err: err}
	}
	if m.Host != cl.s.opt.VirtualHost {
		return &DirGoneError{Err: fmt.Errorf("HOST %s came before the login", m.Host)}
	}
	landed := cl.s.at
	cl.s.settings, cl.s.typ, cl.s.mode, cl.s.cwdStale = nil, m.Type, m.Mode, false
	if m.Prot != "" {
		cl.s.prot = m.Prot
	}
	for _, line := range m.Told {
		verb, args := splitLine(line)
		cl.s.sentByHand(verb, args, Reply{Code: 200})
	}
	cl.s.at = Place{dir: m.Dir, said: m.Said}
	for _, line := range m.Way {
		verb, args := splitLine(line)
		cl.s.at.way = append(slices.Clip(cl.s.at.way), command{verb: verb, args: args})
	}
	if cl.s.conn.isStandIn() {
		return nil
	}
	err := cl.s.restore(ctx, cl.s.conn, landed)
	if err != nil {
		cl.s.leave(ctx, "the session cannot be made what it was")
	}
	return err
}
