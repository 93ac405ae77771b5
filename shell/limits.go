package shell

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var limitCommands = []*Command{{
	Name: "limits", Values: [][]string{{"list", "forget"}}, Args: "[list | forget host[:port]]", Short: "what servers were found not to stand: many sessions, commands that leave together",
	Long: "A server that refuses one more session (421) is asked for no more than it allowed, for a day. One that loses commands " +
		"which leave together has them one by one, for 30 days. `limits forget` tries again at once. What is known is in server_limits.",
	Examples: []Example{{"limits", "what is known"}, {"limits forget ftp.example.org", "its limits are found out again"}},
	Max:      2, Complete: []completion.Kind{completion.None, completion.Host}, Foreign: Refused, Run: limitsKnown,
}}

// limitKinds are what is remembered of servers: the setting that it overrules, and for how long. Today a server is busy,
// and tomorrow another program answers there.
var limitKinds = map[string]struct {
	lasts time.Duration
	valid func(value string) bool
}{
	"parallel": {24 * time.Hour, func(value string) bool {
		n, err := strconv.Atoi(value)
		return err == nil && n > 0 && n <= settings.MostParallel
	}},
	"pipelining": {30 * 24 * time.Hour, func(value string) bool { return value == "off" }},
}

const (
	limitsFile    = "server_limits"
	mostLimits    = 1000 // in the file; those that end first go
	longLimitName = 512  // user@host:port
)

// serverLimits remembers what servers do not stand, so that it is not found out again with each start. The file has a
// line for each: "[user@]host:port SETTING VALUE UNTIL". A damaged line makes every connection fail, as in known_hosts.
// Where there is no file the memory lasts as long as the program.
type serverLimits struct {
	path string
	mu   sync.Mutex
	rows map[limitKey]serverLimit
	here map[limitKey]serverLimit // of servers that only this program knows
	said []string                 // comments
	err  error                    // why the file cannot be trusted
}

type limitKey struct{ server, setting string }

// addr is the server without the user.
func (k limitKey) addr() string { return k.server[strings.Index(k.server, "@")+1:] }

type serverLimit struct {
	value string
	until time.Time
}

// openLimits reads the file in dir; "" means none.
func openLimits(dir string) *serverLimits {
	l := &serverLimits{rows: map[limitKey]serverLimit{}, here: map[limitKey]serverLimit{}}
	if dir != "" {
		l.path = filepath.Join(dir, limitsFile)
		l.err = l.read()
	}
	return l
}

// read takes in the file, but for what has ended.
func (l *serverLimits) read() error {
	rows := map[limitKey]serverLimit{}
	said, err := readState(l.path, "without it nobody knows what servers do not stand", func(text string) error {
		key, limit, err := parseLimit(text)
		if time.Now().Before(limit.until) {
			rows[key] = limit
		}
		return err
	})
	if err == nil {
		l.rows, l.said = rows, said
	}
	return err
}

// parseLimit reads a line.
func parseLimit(text string) (key limitKey, limit serverLimit, err error) {
	words := strings.Fields(text)
	if len(words) != 4 {
		return key, limit, errors.New("a line is [USER@]HOST:PORT SETTING VALUE UNTIL")
	}
	key = limitKey{words[0], words[1]}
	if _, port, err := net.SplitHostPort(key.addr()); err != nil || port == "" || len(key.server) > longLimitName {
		return key, limit, fmt.Errorf("%.100q is not [USER@]HOST:PORT", words[0])
	}
	kind, known := limitKinds[words[1]]
	if !known || !kind.valid(words[2]) {
		return key, limit, fmt.Errorf("%.100q is neither parallel NUMBER nor pipelining off", words[1]+" "+words[2])
	}
	until, err := time.Parse(time.RFC3339, words[3])
	if err != nil {
		return key, limit, fmt.Errorf("%.100q is not a time such as 2030-01-31T12:00:00Z", words[3])
	}
	return key, serverLimit{words[2], until}, nil
}

func (l *serverLimits) line(key limitKey) string {
	limit := l.rows[key]
	return strings.Join([]string{key.server, key.setting, limit.value, limit.until.UTC().Format(time.RFC3339)}, " ")
}

// get returns the value of a setting that a server does not stand more than; "" where nothing is known.
func (l *serverLimits) get(server, setting string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, rows := range []map[limitKey]serverLimit{l.here, l.rows} {
		if limit, known := rows[limitKey{server, setting}]; known && time.Now().Before(limit.until) {
			return limit.value
		}
	}
	return ""
}

// remember keeps that; for good, or as long as the program. What is known already keeps its end.
func (l *serverLimits) remember(server, setting, value string, forGood bool) error {
	if l.get(server, setting) == value || len(server) > longLimitName {
		return nil
	}
	key, limit := limitKey{server, setting}, serverLimit{value, time.Now().Add(limitKinds[setting].lasts)}
	return l.change(forGood, func(rows map[limitKey]serverLimit) { rows[key] = limit })
}

// forget takes out what is known of a host, at one port or "" for all, and reports whether that was anything.
func (l *serverLimits) forget(host, port string) (had bool, err error) {
	drop := func(rows map[limitKey]serverLimit) {
		maps.DeleteFunc(rows, func(key limitKey, _ serverLimit) bool {
			h, p, _ := net.SplitHostPort(key.addr())
			of := h == host && (port == "" || p == port)
			had = had || of
			return of
		})
	}
	err = errors.Join(l.change(false, drop), l.change(true, drop))
	return had, err
}

// change changes what is known. Other shells may write at the same time.
func (l *serverLimits) change(forGood bool, f func(map[limitKey]serverLimit)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.path == "" || !forGood {
		f(l.here)
		return nil
	}
	return private.Locked(l.path, func() error {
		if err := l.read(); err != nil {
			return err
		}
		f(l.rows)
		return l.write()
	})
}

func (l *serverLimits) write() error {
	keys := slices.Collect(maps.Keys(l.rows))
	sort.Slice(keys, func(i, j int) bool { return l.rows[keys[i]].until.After(l.rows[keys[j]].until) })
	for _, key := range keys[min(len(keys), mostLimits):] {
		delete(l.rows, key)
	}
	var lines []string
	for key := range l.rows {
		lines = append(lines, l.line(key))
	}
	slices.Sort(lines)
	return private.Write(l.path, []byte(strings.Join(append(slices.Concat(l.said, lines), ""), "\n")))
}

// all are the lines of what is known.
func (l *serverLimits) all() (lines [][]string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, rows := range []map[limitKey]serverLimit{l.here, l.rows} {
		for key, limit := range rows {
			if time.Now().Before(limit.until) {
				lines = append(lines, []string{render.Safe(key.server), key.setting + " " + limit.value, "until " + limit.until.Local().Format("2006-01-02 15:04")})
			}
		}
	}
	slices.SortFunc(lines, slices.Compare)
	return lines
}

// limited is the server of a session, as limits are remembered: who logs in, since servers count by user, too.
func limited(s *client.Session) string {
	user, _ := s.LoggedIn()
	return url.QueryEscape(user) + "@" + s.Options().Addr
}

// foundLimit remembers what a server does not stand.
func foundLimit(sh *Shell, server, setting, value string, s *client.Session) {
	host, port, _ := net.SplitHostPort(s.Options().Addr)
	own := sh.confined != nil || sh.atPractice(Address{Host: host, Port: port}) // its port belongs to somebody else tomorrow
	if err := sh.servers.remember(server, setting, value, !own && !sh.opt.DryRun); err != nil {
		sh.Say("the limit of the server could not be remembered: " + failure.InWords(err))
	}
}

// mostSessions is how many sessions a server was found to allow; 0: not known.
func mostSessions(sh *Shell, s *client.Session) int {
	n, _ := strconv.Atoi(sh.servers.get(limited(s), "parallel"))
	return n
}

func limitsKnown(_ context.Context, c *Call) error {
	known := c.Shell.servers
	if known.err != nil {
		return known.err
	}
	switch word := c.Arg(0); {
	case word == "" || word == "list" && len(c.Args) == 1:
		return c.table(render.Table{Rows: known.all()})
	case word != "forget":
		return c.Usage("%s is not one of list, forget", word)
	case len(c.Args) < 2:
		return c.Usage("which host?")
	}
	a, err := ParseAddress(c.Arg(1))
	if err != nil {
		return err
	}
	if not, err := wouldRun(c.Shell, "limits", "forget", c.Arg(1)); not {
		return err
	}
	had, err := known.forget(a.Host, a.Port)
	usePace(c.Shell)
	if err == nil && !had {
		err = &failure.LocalError{Text: "nothing is known of " + c.Arg(1)}
	}
	return err
}
