package teach

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// The account of the practice server. It is no secret.
const (
	PracticeUser     = "learner"
	PracticePassword = "practice"
)

// PracticeOptions describe a practice server. The zero value has TLS for those
// who ask for it, a sample of files, and nothing wrong with it.
type PracticeOptions struct {
	Faults []practice.Fault
	TLS    string            // auto (for those who ask; the default), require, implicit, off
	Port   int               // 0: any
	Files  map[string]string // in place of the sample: names from the root, and their content
	Hidden bool              // which faults it has is for the learner to find out
	Like   string            // one of practice.Flavours; "": a server of its own kind
	NAT    bool              // it stands in a private network behind a router, or plays that
}

// Practice is an FTP server in this process, to learn and to try things with.
// It remembers what clients said. Its methods may be used from any goroutine.
type Practice struct {
	*practice.Server
	opt PracticeOptions
	// noNetwork is why the private network is played only.
	noNetwork error

	mu    sync.Mutex
	lines []string
}

// keptLines is how much of the dialogue a practice server remembers.
const keptLines = 2000

// privateAddress is where a server with PracticeOptions.NAT stands (RFC 1918).
const privateAddress = "192.168.7.20"

// practiceModes are the values of PracticeOptions.TLS.
var practiceModes = map[string]practice.TLSMode{
	"": practice.Explicit, "auto": practice.Explicit, "require": practice.RequireExplicit, "implicit": practice.Implicit, "off": practice.NoTLS,
}

// StartPractice starts a practice server on 127.0.0.1. The caller closes it.
func StartPractice(opt PracticeOptions) (*Practice, error) {
	p := &Practice{opt: opt}
	files, err := opt.files()
	if err != nil {
		return nil, err
	}
	banner := "Practice server of ftpsh"
	if opt.Like != "" {
		banner = ""
	}
	server := practice.Options{
		FS: files, Users: map[string]string{PracticeUser: PracticePassword}, TLS: practiceModes[opt.TLS],
		Listen: net.JoinHostPort("127.0.0.1", strconv.Itoa(opt.Port)), Faults: opt.Faults, Secrets: true, Log: p.heard,
		Banner: banner, Like: opt.Like,
	}
	if opt.NAT {
		server.Inside = privateAddress
	}
	p.Server, err = practice.Start(server)
	if errors.Is(err, practice.ErrNoNetwork) {
		p.noNetwork = err
		server.Inside = ""
		server.Faults = append(slices.Clone(server.Faults), practice.Fault{Name: "nat-pasv", Text: privateAddress})
		p.Server, err = practice.Start(server)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (o PracticeOptions) files() (afero.Fs, error) {
	if o.Files == nil {
		return practice.SampleLike(o.Like), nil
	}
	mem := afero.NewMemMapFs()
	if err := mem.MkdirAll("/", 0o755); err != nil {
		return nil, err
	}
	yesterday := time.Now().AddDate(0, 0, -1) // a file of this very second may still change: nothing of it would be resumed
	for name, text := range o.Files {
		if err := afero.WriteFile(mem, name, []byte(text), 0o644); err != nil {
			return nil, err
		}
		if err := mem.Chtimes(name, yesterday, yesterday); err != nil {
			return nil, err
		}
	}
	return mem, nil
}

// heard keeps a line of the dialogue. Passwords are shown: this is the server's
// side of the wire, and the password is known.
func (p *Practice) heard(e practice.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	line, rest, _ := strings.Cut(e.String(), "\n")
	if rest != "" { // FEAT would push the password off the screen
		line += fmt.Sprintf(" (%d lines)", 2+strings.Count(rest, "\n"))
	}
	p.lines = append(p.lines, line)
	if over := len(p.lines) - keptLines; over > 0 {
		p.lines = slices.Delete(p.lines, 0, over)
	}
}

// Wire is what the server received (>), answered (<) and noticed (-), as it came
// in the clear or out of TLS, with the number of the connection before it.
func (p *Practice) Wire() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.lines)
}

// Trusted reports whether the certificate is to be taken for a good one: it is
// no part of what is wrong with the server.
func (p *Practice) Trusted() bool {
	return !slices.ContainsFunc(p.opt.Faults, func(f practice.Fault) bool { return f.Name == "self-signed" })
}

// Describe is the server in a few lines: where it is, who may log in, what is
// wrong with it.
func (p *Practice) Describe() []string {
	lines := []string{
		fmt.Sprintf("practice server  %s  user %s, password %s", p.URL(), PracticeUser, PracticePassword),
	}
	if p.opt.Like != "" {
		lines = append(lines, "looks like       "+p.opt.Like)
	}
	switch {
	case p.noNetwork != nil:
		lines = append(lines, "network          "+privateAddress+" behind a router, played: a real one needs Linux and root")
	case p.opt.NAT:
		lines = append(lines, "network          its own, with the address "+privateAddress+", behind a router")
	}
	names := make([]string, len(p.opt.Faults))
	for i, f := range p.opt.Faults {
		names[i] = f.String()
	}
	switch {
	case p.opt.Hidden:
		lines = append(lines, "faults           for you to find out")
	case len(names) > 0:
		lines = append(lines, "faults           "+strings.Join(names, " "))
	default:
		lines = append(lines, "faults           none")
	}
	return lines
}
