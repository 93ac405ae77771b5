// Package ignore reads files that say which names of a tree are left alone, as git's .gitignore does:
// the last pattern that fits wins, "!" takes back, a slash at the end is for directories only, one
// elsewhere ties the pattern to the directory of the file, "**" stands for any directories, and
// nothing in an excluded directory comes back.
package ignore

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"unicode"
)

// Name is that of the file, in any directory of a tree.
const Name = ".ftpignore"

// GitName is that of git's, which a Tree may obey too.
const GitName = ".gitignore"

// How much is read.
const (
	mostBytes   = 1 << 20
	longestLine = 4096
)

// Rules are the patterns of one file.
type Rules []rule

type rule struct {
	pattern  string
	back     bool // takes back
	dirsOnly bool
	anchored bool // fits the whole path below the directory of the file, not the last name
	plain    bool // no sign of it has a meaning
}

// Error is of a file that makes no sense.
type Error struct {
	Name string
	Line int // 0: the whole file
	Why  string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Name + ": " + e.Why
	}
	return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Why)
}

// Read reads a file.
func Read(r io.Reader, name string) (Rules, error) {
	text, err := io.ReadAll(io.LimitReader(r, mostBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > mostBytes {
		return nil, &Error{name, 0, fmt.Sprintf("more than %d bytes", mostBytes)}
	}
	return parse(strings.TrimPrefix(string(text), "\uFEFF"), name)
}

func parse(text, name string) (rules Rules, err error) {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		switch {
		case len(line) > longestLine:
			return nil, &Error{name, n, fmt.Sprintf("longer than %d bytes", longestLine)}
		case strings.ContainsRune(line, 0):
			return nil, &Error{name, n, "a NUL: this is not a text"}
		}
		if r, some := parseLine(strings.TrimSuffix(line, "\r")); some {
			rules = append(rules, r)
		}
	}
	return rules, nil
}

// Patterns are rules that stand in the program.
func Patterns(lines ...string) Rules {
	rules, err := parse(strings.Join(lines, "\n"), "")
	if err != nil {
		panic(err)
	}
	return rules
}

func parseLine(line string) (r rule, some bool) {
	line = trimBlanks(line)
	if line == "" || line[0] == '#' {
		return r, false
	}
	if line[0] == '!' {
		r.back, line = true, line[1:]
	}
	if strings.HasSuffix(line, "/") {
		r.dirsOnly, line = true, strings.TrimSuffix(line, "/")
	}
	r.anchored = strings.Contains(line, "/")
	r.pattern = strings.TrimPrefix(line, "/")
	r.plain = !strings.ContainsAny(r.pattern, wildcards)
	return r, r.pattern != ""
}

// trimBlanks drops the blanks at the end of a line, but for one behind a backslash.
func trimBlanks(line string) string {
	kept := len(line)
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\':
			i++
			kept = min(i+1, len(line))
		case line[i] != ' ':
			kept = i + 1
		}
	}
	if strings.Trim(line, " ") == "" {
		return ""
	}
	return line[:kept]
}

// last is what the last rule that fits says of a path below the directory of the file.
func (rs Rules) last(name string, dir bool) (excluded, some bool) {
	for i := len(rs) - 1; i >= 0; i-- {
		if rs[i].fits(name, dir) {
			return !rs[i].back, true
		}
	}
	return false, false
}

func (r rule) fits(name string, dir bool) bool {
	if r.dirsOnly && !dir {
		return false
	}
	if !r.anchored {
		name = path.Base(name)
	}
	if r.plain {
		return r.pattern == name
	}
	pattern := r.pattern
	if r.anchored { // git cuts off what is no wildcard before it matches, so that a** begins with two stars, too
		plain := strings.IndexAny(pattern, wildcards)
		if !strings.HasPrefix(name, pattern[:plain]) {
			return false
		}
		pattern, name = pattern[plain:], name[plain:]
	}
	m := matcher{pattern, name, nil}
	return m.match(0, 0)
}

// wildcards are what has a meaning in a pattern.
const wildcards = `*?[\`

// Tree knows what is ignored in a tree. Its files are read when they are needed.
type Tree struct {
	Before Rules // that hold before those of any file
	Always Rules // that nothing takes back
	Git    bool  // obey git's files too; ours have the last word

	// Open opens a file of the tree; one that is not there is fs.ErrNotExist. nil: there are no files.
	Open func(name string) (io.ReadCloser, error)

	mu    sync.Mutex
	files map[string]Rules // by directory
	dirs  map[string]bool  // that are left alone, or not
	err   error
}

// Err is why a file could not be read, or makes no sense. All that it could name is ignored then.
func (t *Tree) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// Ignored reports whether a path of the tree is left alone, itself or with a directory that it is in.
func (t *Tree) Ignored(name string, dir bool) bool {
	return t.inExcluded(path.Dir(name)) || t.excludes(name, dir)
}

// inExcluded reports whether a directory is left alone, or one that it is in.
func (t *Tree) inExcluded(dir string) bool {
	if dir == "." || dir == "/" {
		return false
	}
	t.mu.Lock()
	is, known := t.dirs[dir]
	t.mu.Unlock()
	if known {
		return is
	}
	is = t.inExcluded(path.Dir(dir)) || t.excludes(dir, true)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dirs == nil {
		t.dirs = map[string]bool{}
	}
	t.dirs[dir] = is
	return is
}

func (t *Tree) excludes(name string, dir bool) bool {
	if path.Base(name) == Name {
		return true
	}
	if excluded, some := t.Always.last(name, dir); some && excluded {
		return true
	}
	for at := path.Dir(name); ; at = path.Dir(at) { // the innermost file has the last word
		below := name
		if at != "." {
			below = strings.TrimPrefix(name, at+"/")
		}
		if excluded, some := t.rules(at).last(below, dir); some {
			return excluded
		}
		if at == "." {
			break
		}
	}
	excluded, _ := t.Before.last(name, dir)
	return excluded
}

// rules are those of the file in a directory.
func (t *Tree) rules(dir string) Rules {
	t.mu.Lock()
	defer t.mu.Unlock()
	if rules, known := t.files[dir]; known || t.Open == nil {
		return rules
	}
	var rules Rules
	for _, name := range []string{GitName, Name} {
		if name == GitName && !t.Git {
			continue
		}
		some, err := t.read(path.Join(dir, name))
		if err != nil { // nobody knows what it names: nothing is touched
			t.err, some = cmp.Or(t.err, err), Rules{{pattern: "*"}}
		}
		rules = append(rules, some...)
	}
	if t.files == nil {
		t.files = map[string]Rules{}
	}
	t.files[dir] = rules
	return rules
}

func (t *Tree) read(name string) (Rules, error) {
	file, err := t.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return Read(file, name)
}

// matcher matches a pattern with a path. It remembers what did not fit, so that no pattern takes
// long.
type matcher struct {
	pattern, name string
	failed        map[[2]int]bool
}

// match matches from these places on.
func (m *matcher) match(p, n int) bool {
	for ; p < len(m.pattern); p++ {
		switch m.pattern[p] {
		case '*':
			return m.stars(p, n)
		case '?':
			if n >= len(m.name) || m.name[n] == '/' {
				return false
			}
			n++
		case '[':
			end, fits := m.class(p, n)
			if !fits {
				return false
			}
			p, n = end, n+1
		case '\\':
			if p++; p >= len(m.pattern) {
				return false
			}
			fallthrough
		default:
			if n >= len(m.name) || m.name[n] != m.pattern[p] {
				return false
			}
			n++
		}
	}
	return n == len(m.name)
}

// stars matches what begins with stars: one stays in a name, two between slashes go over any
// directories.
func (m *matcher) stars(p, n int) bool {
	key := [2]int{p, n}
	if m.failed[key] {
		return false
	}
	end := p
	for end < len(m.pattern) && m.pattern[end] == '*' {
		end++
	}
	rest := m.pattern[end:]
	deep := end-p >= 2 && (p == 0 || m.pattern[p-1] == '/') && (rest == "" || rest[0] == '/' || strings.HasPrefix(rest, `\/`))
	if deep && strings.HasPrefix(rest, "/") && m.match(end+1, n) { // **/ may stand for nothing
		return true
	}
	for i := n; ; i++ {
		if m.match(end, i) {
			return true
		}
		if i >= len(m.name) || m.name[i] == '/' && !deep {
			break
		}
	}
	if m.failed == nil {
		m.failed = map[[2]int]bool{}
	}
	m.failed[key] = true
	return false
}

// class matches one character with [a-z], and says where that ends.
func (m *matcher) class(p, n int) (end int, fits bool) {
	if n >= len(m.name) || m.name[n] == '/' {
		return 0, false
	}
	c := m.name[n]
	i := p + 1
	not := i < len(m.pattern) && (m.pattern[i] == '!' || m.pattern[i] == '^')
	if not {
		i++
	}
	found := false
	for first := true; ; first = false {
		if i >= len(m.pattern) {
			return 0, false // it has no end
		}
		if m.pattern[i] == ']' && !first {
			return i, found != not
		}
		if rest := m.pattern[i:]; strings.HasPrefix(rest, "[:") {
			if word, _, whole := strings.Cut(rest[2:], ":]"); whole {
				is, known := classes[word]
				if !known {
					return 0, false
				}
				found = found || is(c)
				i += len(word) + 4
				continue
			}
		}
		low, next, some := m.member(i)
		if !some {
			return 0, false
		}
		high := low
		if i = next; i+1 < len(m.pattern) && m.pattern[i] == '-' && m.pattern[i+1] != ']' {
			if high, i, some = m.member(i + 1); !some {
				return 0, false
			}
		}
		found = found || c == low || low <= c && c <= high
	}
}

// member is a character of a class.
func (m *matcher) member(i int) (c byte, next int, some bool) {
	if i < len(m.pattern) && m.pattern[i] == '\\' {
		i++
	}
	if i >= len(m.pattern) {
		return 0, 0, false
	}
	return m.pattern[i], i + 1, true
}

// classes are those with a name. Bytes above ASCII are in none, as in git.
var classes = map[string]func(byte) bool{
	"alnum": ascii(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }),
	"alpha": ascii(unicode.IsLetter),
	"blank": func(c byte) bool { return c == ' ' || c == '\t' },
	"cntrl": ascii(unicode.IsControl),
	"digit": ascii(unicode.IsDigit),
	"graph": func(c byte) bool { return c > ' ' && c < 0x7f },
	"lower": ascii(unicode.IsLower),
	"print": func(c byte) bool { return c >= ' ' && c < 0x7f },
	"punct": func(c byte) bool {
		return c > ' ' && c < 0x7f && !unicode.IsLetter(rune(c)) && !unicode.IsDigit(rune(c))
	},
	"space":  func(c byte) bool { return strings.IndexByte(" \t\n\v\f\r", c) >= 0 },
	"upper":  ascii(unicode.IsUpper),
	"xdigit": func(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 },
}

func ascii(is func(rune) bool) func(byte) bool {
	return func(c byte) bool { return c < 0x80 && is(rune(c)) }
}
