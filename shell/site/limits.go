package site

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

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
	"pace": {24 * time.Hour, func(value string) bool {
		every, err := settings.ParseFrequency(value)
		return err == nil && every > 0
	}},
	"pipelining": {30 * 24 * time.Hour, func(value string) bool { return value == "off" }},
	"rename":     {30 * 24 * time.Hour, func(value string) bool { return value == "no" }},
	"replace":    {30 * 24 * time.Hour, func(value string) bool { return value == "no" }}, // by a rename
}

const (
	// LimitsFile is the file of what servers limit.
	LimitsFile = "server_limits"
	// MostLimits is how many rows it has at most; those that end first go.
	MostLimits    = 1000
	longLimitName = 512 // user@host:port
)

// ServerLimits remembers what servers do not stand, so that it is not found out again with each start. The file has a
// line for each: "[user@]host:port SETTING VALUE UNTIL". A damaged line makes every connection fail, as in known_hosts.
// Where there is no file the memory lasts as long as the program.
type ServerLimits struct {
	stateFile[LimitKey, ServerLimit]
	here map[LimitKey]ServerLimit // of servers that only this program knows
}

// LimitKey is a setting of a server whose limit was met.
type LimitKey struct{ server, setting string }

// addr is the server without the user.
func (k LimitKey) addr() string { return k.server[strings.Index(k.server, "@")+1:] }

// ServerLimit is the value that holds for a server, and how long.
type ServerLimit struct {
	Value string
	Until time.Time
}

// OpenLimits is for the file in dir, which is read when it is asked for; "" means none.
func OpenLimits(dir string) *ServerLimits {
	l := &ServerLimits{stateFile[LimitKey, ServerLimit]{
		parse: ParseLimit, unless: "without it nobody knows what servers do not stand", most: MostLimits,
	}, map[LimitKey]ServerLimit{}}
	l.at(dir, LimitsFile)
	return l
}

// ParseLimit reads a line.
func ParseLimit(text string) (key LimitKey, limit ServerLimit, err error) {
	words := strings.Fields(text)
	if len(words) != 4 {
		return key, limit, errors.New("a line is [USER@]HOST:PORT SETTING VALUE UNTIL")
	}
	key = LimitKey{words[0], words[1]}
	if _, port, err := net.SplitHostPort(key.addr()); err != nil || port == "" || len(key.server) > longLimitName {
		return key, limit, fmt.Errorf("%.100q is not [USER@]HOST:PORT", words[0])
	}
	kind, known := limitKinds[words[1]]
	if !known || !kind.valid(words[2]) {
		return key, limit, fmt.Errorf("%.100q is none of parallel NUMBER, pace NUMBER/TIME, pipelining off, rename no, replace no", words[1]+" "+words[2])
	}
	until, err := time.Parse(time.RFC3339, words[3])
	if err != nil {
		return key, limit, fmt.Errorf("%.100q is not a time such as 2030-01-31T12:00:00Z", words[3])
	}
	return key, ServerLimit{words[2], until}, nil
}

// Line is a limit as the file has it.
func (l ServerLimit) Line(key LimitKey) string {
	return strings.Join([]string{key.server, key.setting, l.Value, l.Until.UTC().Format(time.RFC3339)}, " ")
}

func (l ServerLimit) until() time.Time { return l.Until }

// Get returns the value of a setting that a server does not stand more than; "" where nothing is known.
func (l *ServerLimits) Get(server, setting string) string {
	l.lock()
	defer l.mu.Unlock()
	for _, rows := range []map[LimitKey]ServerLimit{l.here, l.facts} {
		if limit, known := rows[LimitKey{server, setting}]; known && time.Now().Before(limit.Until) {
			return limit.Value
		}
	}
	return ""
}

// Remember keeps that; for good, or as long as the program. What is known already keeps its end.
func (l *ServerLimits) Remember(server, setting, value string, forGood bool) error {
	if l.Get(server, setting) == value || len(server) > longLimitName {
		return nil
	}
	key, limit := LimitKey{server, setting}, ServerLimit{value, time.Now().Add(limitKinds[setting].lasts)}
	return l.changeHere(forGood, func(rows map[LimitKey]ServerLimit) { rows[key] = limit })
}

// Forget takes out what is known of a host, at one port or "" for all, and reports whether that was anything.
func (l *ServerLimits) Forget(host, port string) (had bool, err error) {
	drop := func(rows map[LimitKey]ServerLimit) {
		maps.DeleteFunc(rows, func(key LimitKey, _ ServerLimit) bool {
			h, p, _ := net.SplitHostPort(key.addr())
			of := h == host && (port == "" || p == port)
			had = had || of
			return of
		})
	}
	err = errors.Join(l.changeHere(false, drop), l.changeHere(true, drop))
	return had, err
}

// changeHere changes what is known, for good or as long as the program.
func (l *ServerLimits) changeHere(forGood bool, do func(map[LimitKey]ServerLimit)) error {
	if forGood {
		return l.change(do)
	}
	l.lock()
	defer l.mu.Unlock()
	do(l.here)
	return nil
}

// All are the lines of what is known.
func (l *ServerLimits) All() (lines [][]string) {
	l.lock()
	defer l.mu.Unlock()
	for _, rows := range []map[LimitKey]ServerLimit{l.here, l.facts} {
		for key, limit := range rows {
			if time.Now().Before(limit.Until) {
				lines = append(lines, []string{render.Safe(key.server), key.setting + " " + limit.Value, "until " + limit.Until.Local().Format("2006-01-02 15:04")})
			}
		}
	}
	slices.SortFunc(lines, slices.Compare)
	return lines
}
