package client

import (
	"context"
	"slices"
	"strings"
)

// Place is where a session is on its server: a directory that PWD has named from the root, or
// else the way to it from where the login begins. It is only good for the session that gave it
// and the likes of it.
type Place struct {
	dir  string    // as PWD named it; "" where it could not
	way  []command // CWD and CDUP from the login on, or from a path on, where dir is ""
	said string    // the path in the answer to PWD, whatever it is worth
}

// Place returns where the session is.
func (s *location) Place() Place { return s.at }

// Dir returns the current directory as the server last named it, without asking; "" when it is
// unknown. A server that names no path from its root has not named any: the session knows only
// how it came there.
func (s *location) Dir() string { return s.at.dir }

// Known reports whether the place has a name.
func (p Place) Known() bool { return p.dir != "" }

// String is the name of the place, or how it is reached.
func (p Place) String() string {
	switch {
	case p.dir != "":
		return p.dir
	case len(p.way) == 0:
		return "the directory of the login"
	}
	var steps []string
	for _, step := range p.way {
		if len(step.args) == 0 {
			steps = append(steps, "..")
		} else {
			steps = append(steps, step.args[0])
		}
	}
	return strings.Join(steps, ", ")
}

// route are the commands that lead there, from the login, or from anywhere if it is anchored.
func (p Place) route() []command {
	if p.dir != "" {
		return []command{cmd("CWD", wirePath(p.dir))}
	}
	return p.way
}

// anchored reports whether the route leads there from any other place.
func (p Place) anchored() bool {
	return p.dir != "" || len(p.way) > 0 && len(p.way[0].args) > 0 && strings.HasPrefix(p.way[0].args[0], "/")
}

// after is the place to which a command has led, and what PWD said there. The path is believed
// where it begins at the root: others (ESP and phone servers name the last part only) would lead
// elsewhere from the next login on. Who only asks, and is told nothing, is where they were: vsftpd says
// 257 "" in a directory that was deleted.
func (p Place) after(change command, said, syst string) Place {
	if isWhole(said, syst) {
		return Place{dir: said, said: said}
	}
	if change.verb == "" && said == "" {
		return p
	}
	way := p.way
	if p.dir != "" {
		way = p.route()
	}
	switch {
	case change.verb == "":
	case change.verb == "SMNT": // which is sent again by itself, before any way
		way = nil
	case len(change.args) > 0 && strings.HasPrefix(change.args[0], "/"):
		way = []command{change}
	default:
		way = append(slices.Clip(slices.Clone(way)), change)
	}
	return Place{way: way, said: said}
}

// isWhole reports whether a path begins at the root of a system that calls itself so in SYST.
// Who calls itself nothing has names as Unix has.
func isWhole(path, syst string) bool {
	if strings.HasPrefix(path, "/") {
		return true
	}
	if syst == "" || strings.Contains(strings.ToUpper(syst), "UNIX") {
		return false
	}
	// C:\dir, SYS:PUBLIC, DISK$USER:[DIR]; MVS writes 'USER.DATA' for what has no prefix.
	return strings.Contains(path, ":") || strings.HasPrefix(path, `\`) || strings.HasPrefix(path, "'")
}

// heard takes the answer to PWD behind a command that changed the directory; without a command
// that only asks. Servers without PWD leave the directory unknown.
func (s *location) heard(change command, r Reply, err error) error {
	if err != nil && !refused(err) {
		return err
	}
	said, _ := ParsePath(r)
	s.at = s.at.after(change, said, s.syst)
	return nil
}

// Return goes back to a place where the session was. One that has no name, and no way to it from
// where the session is now, is reached over another connection. Where PWD (RFC 959 section
// 4.1.3) does not say there what it said before, it is another place, and the session stays where it was.
func (s *browser) Return(ctx context.Context, p Place) error {
	before := s.at
	if p.Known() {
		err := s.Chdir(ctx, p.dir)
		if err == nil && s.at.said != p.said {
			s.leave(ctx, errElsewhere.Error())
			s.at, err = before, &DirGoneError{Dir: p.dir, Err: errElsewhere}
		}
		return err
	}
	s.leave(ctx, "a directory without a name is reached from the login")
	s.at = p
	if _, err := s.ready(ctx); err != nil {
		s.at = before
		return err
	}
	return nil
}

// leave says goodbye on the connection; the next command makes another one.
func (s *peer) leave(ctx context.Context, why string) {
	_ = s.conn.Quit(ctx)
	s.conn = s.conn.placeholder()
	s.opt.Trace.note(NoteInfo{"C", "reconnect", why})
}

// returnTo goes back to a place, with the next command: it costs no round trip of its own where
// that one can wait for both answers, see returning.
func (s *dialogue) returnTo(ctx context.Context, p Place) error {
	s.at, s.cwdStale = p, true
	if s.byHand {
		_, err := s.ready(ctx)
		return err
	}
	return ctx.Err()
}

// route are the commands that lead to where the user is, as this server wants them.
func (s *location) route() []command {
	route := slices.Clone(s.at.route()) // clones share it
	for i, step := range route {
		if len(step.args) > 0 {
			route[i].args = []string{s.slashed(step.args[0])}
		}
	}
	return route
}

// goBack returns to the directory that the user is in.
func (s *location) goBack(ctx context.Context, c *Conn) error {
	if !s.cwdStale {
		return nil
	}
	for _, step := range s.route() {
		if err := s.walk(ctx, c, step); err != nil {
			return err
		}
	}
	s.cwdStale = false
	return nil
}

// returning is goBack with the next burst: the commands that must be its first. Riders would
// leave before them.
func (s *outbox) returning(ctx context.Context, c *Conn) ([]command, error) {
	if !s.cwdStale {
		return nil, nil
	}
	var back []command
	for _, step := range s.route() {
		step.verb = s.verbFor(step.verb)
		step.returns, step.failed = true, s.tooLong(step.verb, step.args)
		if back = append(back, step); step.failed != nil || len(s.pipe.riders) > 0 {
			return nil, s.goBack(ctx, c)
		}
	}
	return back, nil
}
