// Package facts tells what stands under the names of a server, and whether it is still the same.
package facts

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"path"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Facts are what was known of a file at some moment.
type Facts struct {
	Type   string    `json:"type"` // file, dir, link, other; absent
	Size   int64     `json:"size"` // -1: unknown
	Time   time.Time `json:"time,omitzero"`
	Unique string    `json:"unique,omitempty"`
	Mode   string    `json:"mode,omitempty"` // octal
}

// Server is who answers: what is known of files is known of one server, as one user.
type Server struct {
	Host        string `json:"host"`
	Port        string `json:"port"`
	User        string `json:"user"`
	Certificate string `json:"certificate,omitempty"` // SHA-256; "": in the clear
}

// ServerOf is the server of a session.
func ServerOf(s *client.Session) (v Server) {
	v.Host, v.Port, _ = net.SplitHostPort(s.Options().Addr)
	v.User, _ = s.LoggedIn()
	if cert := s.Conn().Certificate(); cert != nil {
		v.Certificate = client.Fingerprint(cert)
	}
	return v
}

// Differs says how another server is not this one; "" if it is.
func (v Server) Differs(now Server) string {
	for _, row := range []struct{ what, was, is string }{
		{"host", v.Host, now.Host}, {"port", v.Port, now.Port}, {"user", v.User, now.User}, {"certificate", v.Certificate, now.Certificate},
	} {
		if row.was != row.is {
			return fmt.Sprintf("it is for the %s %s, and this one is %s", row.what, cmp.Or(row.was, "none"), cmp.Or(row.is, "none"))
		}
	}
	return ""
}

// Absent is what is known of a file that is not there.
const Absent = "absent"

// None are the facts of what is not there.
func None() *Facts { return &Facts{Type: Absent, Size: -1} }

// There reports whether there was something.
func (f *Facts) There() bool { return f.Type != Absent }

// IsDir reports whether it was a directory.
func (f *Facts) IsDir() bool { return f.Type == listing.Dir.String() }

// Of are the facts of an entry. A time that is not exact to the second is left out.
func Of(e listing.Entry) *Facts {
	f := &Facts{Type: e.Type.String(), Size: e.Size, Unique: e.Unique}
	if e.SizeApprox || e.Type == listing.Dir {
		f.Size = -1
	}
	if e.Precision >= listing.Second {
		f.Time = e.Time
	}
	if e.HasMode {
		f.Mode = fmt.Sprintf("%04o", e.Mode.Perm())
	}
	return f
}

// Same reports whether a file is as it was, as far as both know. What is in a directory does not
// count, and neither does a mode.
func (f *Facts) Same(now *Facts) bool {
	if f.Type != now.Type {
		return false
	}
	if f.IsDir() || !f.There() {
		return true
	}
	return (f.Size < 0 || now.Size < 0 || f.Size == now.Size) &&
		(f.Time.IsZero() || now.Time.IsZero() || f.Time.Truncate(time.Second).Equal(now.Time.Truncate(time.Second))) &&
		(f.Unique == "" || now.Unique == "" || f.Unique == now.Unique)
}

// Like reports whether a file may be this one under another name: servers that keep files as objects
// rename by copying, which gives the file another time and another unique fact.
func (f *Facts) Like(now *Facts) bool {
	return (&Facts{Type: f.Type, Size: f.Size}).Same(now)
}

// clocksApart is how wrong the clock of a server may be: its times are compared with ours for once.
const clocksApart = 10 * time.Minute

// Settled is the racy rule of git: a time tells of a change only when it is older than the look at
// the file by more than its precision, which is a second.
func Settled(changed, looked time.Time) bool {
	return looked.Sub(changed) > time.Second+clocksApart
}

// String is size and time: "980 B, Nov 29 18:02:11".
func (f *Facts) String() string {
	switch {
	case !f.There():
		return "nothing"
	case f.IsDir():
		return "a directory"
	}
	text := cmp.Or(map[string]string{"link": "a link", "other": "no file"}[f.Type], fmt.Sprintf("%d bytes", f.Size))
	if f.Size < 0 && f.Type == "file" {
		text = "a file"
	}
	if !f.Time.IsZero() {
		text += ", " + f.Time.UTC().Format("2006-01-02 15:04:05Z")
	}
	return text
}

// Missing reports whether an error is what servers say of a name that is not there.
func Missing(err error) bool { return client.IsCode(err, 550, 450, 501, 553) }

// Stands looks what is under a name. A server without MLST may refuse to say anything of a file
// that is there; RNFR tells, and is forgotten with the next command.
func Stands(ctx context.Context, s *client.Session, name string) (e listing.Entry, there bool, err error) {
	e, err = s.Stat(ctx, name)
	if err == nil {
		return e, true, nil
	}
	if !Missing(err) {
		return e, false, err
	}
	if s.Features().Has("MLST") {
		return e, false, nil
	}
	r, err := s.Quote(ctx, "RNFR "+name)
	return listing.Entry{Name: name, Type: listing.File, Size: -1}, r.Code == 350, err
}

// Each looks what is under each of some names, and lists no directory for it.
func Each(ctx context.Context, s *client.Session, names ...string) (map[string]*Facts, error) {
	found := make(map[string]*Facts, len(names))
	var ask []string
	i := 0
	for e, err := range s.StatEach(ctx, names...) {
		switch name := names[i]; {
		case err == nil:
			found[name] = Of(e)
		case Missing(err) && s.Features().Has("MLST"):
			found[name] = None()
		case Missing(err):
			ask = append(ask, name)
		default:
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		i++
	}
	for _, name := range ask {
		e, there, err := Stands(ctx, s, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if found[name] = None(); there {
			found[name] = Of(e)
		}
	}
	return found, nil
}

// Mode finds the mode of a file in the listing of its directory, "" where it is not there.
func Mode(ctx context.Context, s *client.Session, name string) (mode string, err error) {
	for e, err := range s.List(ctx, path.Dir(name), client.ListOptions{Hidden: true, Plain: true}) {
		if err != nil {
			return "", err
		}
		if e.Name == path.Base(name) {
			mode = Of(e).Mode
		}
	}
	return mode, nil
}

// Absolute is a name from the root, as the session understands it.
func Absolute(s *client.Session, name string) string {
	if strings.HasPrefix(name, "/") {
		return path.Clean(name)
	}
	return path.Join(s.Dir(), name)
}

// Within reports whether a path is another one, or below it.
func Within(p, dir string) bool {
	return p == dir || strings.HasPrefix(p, strings.TrimSuffix(dir, "/")+"/")
}

// Free reports whether nothing is under a name. Without MLST it takes one command where Stands takes
// four: RNFR, which is forgotten with the next one.
func Free(ctx context.Context, s *client.Session, name string) (bool, error) {
	if s.Features().Has("MLST") {
		_, there, err := Stands(ctx, s, name)
		return !there, err
	}
	r, err := s.Quote(ctx, "RNFR "+name)
	return r.Class() == 5 || r.Code == 450, err
}

// Look looks what is under many names. The directories that they are in are listed once; what is
// in them is asked about more closely, without waiting for one answer before the next question.
func Look(ctx context.Context, s *client.Session, names []string) (map[string]*Facts, error) {
	found := make(map[string]*Facts, len(names))
	dirs := listings{s: s, dirs: map[string]map[string]*Facts{}}
	var ask []string
	for _, name := range names {
		f, err := dirs.find(ctx, name)
		switch {
		case err != nil:
			return nil, err
		case name == "/":
			f = &Facts{Type: listing.Dir.String(), Size: -1}
		case f == nil:
			f = None()
		case f.Type == listing.File.String() && f.Time.IsZero():
			ask = append(ask, name)
		}
		found[name] = f
	}
	i := 0
	for e, err := range s.StatEach(ctx, ask...) {
		switch {
		case err == nil:
			mode := found[ask[i]].Mode
			found[ask[i]] = Of(e)
			found[ask[i]].Mode = cmp.Or(found[ask[i]].Mode, mode)
		case Missing(err): // it has gone meanwhile
			found[ask[i]] = None()
		default:
			return nil, fmt.Errorf("%s: %w", ask[i], err)
		}
		i++
	}
	return found, nil
}

// Gone are those of some names under which nothing is any more. The directories that they are in are listed once.
func Gone(ctx context.Context, s *client.Session, names []string) (map[string]bool, error) {
	gone := map[string]bool{}
	dirs := listings{s: s, dirs: map[string]map[string]*Facts{}}
	for _, name := range names {
		f, err := dirs.find(ctx, name)
		if err != nil {
			return nil, err
		}
		if f == nil {
			gone[name] = true
		}
	}
	return gone, nil
}

// listings are directories that were listed, once each.
type listings struct {
	s    *client.Session
	dirs map[string]map[string]*Facts
}

// find is what a listing says of a name, nil if it is not there.
func (l *listings) find(ctx context.Context, name string) (*Facts, error) {
	dir := path.Dir(name)
	if _, known := l.dirs[dir]; !known {
		entries, err := list(ctx, l.s, dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		l.dirs[dir] = entries
	}
	return l.dirs[dir][path.Base(name)], nil
}

// list is a directory by its names; one that is not there is empty.
func list(ctx context.Context, s *client.Session, dir string) (map[string]*Facts, error) {
	entries := map[string]*Facts{}
	for e, err := range s.List(ctx, dir, client.ListOptions{Hidden: true, Dangling: true}) {
		if Missing(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if e.Name != "." && e.Name != ".." && e.Special == 0 && !strings.Contains(e.Name, "/") {
			entries[strings.Clone(e.Name)] = Of(e)
		}
	}
	return entries, nil
}
