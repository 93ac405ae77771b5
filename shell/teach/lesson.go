package teach

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/strict"
)

// Lesson is a guided lesson: steps, each with a text, a check and hints. What
// is checked are the events of the session, not what was typed, so that every
// right way counts.
type Lesson struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Objective string         `json:"objective"`
	Server    *LessonServer  `json:"server,omitempty"` // of all steps that name none
	Draw      int            `json:"draw,omitempty"`   // so many of the steps, by chance; 0: all
	Forbid    map[string]int `json:"forbid,omitempty"` // commands, and the first step that allows them
	Steps     []Step         `json:"steps"`
	End       []string       `json:"end,omitempty"` // what is said after the last step
}

// Step is one task.
type Step struct {
	ID     string        `json:"id"`
	Server *LessonServer `json:"server,omitempty"` // a server of its own from here on
	Text   []string      `json:"text"`
	Check  Check         `json:"check"`
	Wrong  []Wrong       `json:"wrong,omitempty"`
	Hints  []string      `json:"hints"` // the last one is the solution
	Done   string        `json:"done,omitempty"`
	See    string        `json:"see,omitempty"` // what explain has more about

	// Solution is lines that pass the step, and Negative lines that look nearly as
	// good and must not pass. They are run to test the lesson.
	Solution []string `json:"solution"`
	Negative []string `json:"negative"`
}

// Wrong is a mistake that many make, and what to say about it.
type Wrong struct {
	Check Check  `json:"check"`
	Say   string `json:"say"`
}

// LessonServer is the practice server of a lesson, and how far the shell is
// with it when the step begins.
type LessonServer struct {
	Faults []string          `json:"faults,omitempty"`
	NAT    bool              `json:"nat,omitempty"`    // in a private network behind a router
	TLS    string            `json:"tls,omitempty"`    // off (the default), auto, require
	Files  map[string]string `json:"files,omitempty"`  // names and content
	Random map[string]int    `json:"random,omitempty"` // names and sizes of binary files
	Begin  string            `json:"begin,omitempty"`  // login (the default), connect, nothing
	Clear  bool              `json:"clear,omitempty"`  // begin without TLS although the server has it
	Hidden bool              `json:"hidden,omitempty"` // the learner is to find out what is wrong
}

// Lessons returns the lessons that the program brings, or those in a folder:
// its *.json files in the order of their names.
func Lessons(dir string) ([]*Lesson, error) {
	from := os.DirFS(dir)
	if dir == "" {
		from, _ = fs.Sub(files(), "lessons")
	}
	names, err := fs.Glob(from, "*.json")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s holds no lessons (*.json)", dir)
	}
	if len(names) > mostLessons {
		return nil, fmt.Errorf("%s holds more than %d lessons", dir, mostLessons)
	}
	var all []*Lesson
	for _, name := range names {
		text, err := ReadPlain(from, name)
		if err != nil {
			return nil, err
		}
		l, err := ParseLesson(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
		}
		all = append(all, l)
	}
	return all, nil
}

// ParseLesson reads a lesson. Fields that are unknown are errors: a check that
// is misspelt would never pass.
func ParseLesson(text []byte) (*Lesson, error) {
	var l Lesson
	if line, err := strict.JSON(text, &l); err != nil {
		return nil, fmt.Errorf("line %d: %w", line, err)
	}
	if l.ID == "" || len(l.Steps) == 0 {
		return nil, fmt.Errorf("a lesson needs an id and steps")
	}
	return &l, cmp.Or(l.runs(), shows(text))
}

// runs says what would keep a lesson from running. Whether it is a good one is for Lint.
func (l *Lesson) runs() error {
	if l.Draw < 0 || l.Draw > len(l.Steps) {
		return fmt.Errorf("draw: there are %d steps, and not %d", len(l.Steps), l.Draw)
	}
	if len(l.Steps) > mostSteps {
		return fmt.Errorf("a lesson has %d steps at most", mostSteps)
	}
	for i, s := range l.Steps {
		if len(s.Hints) == 0 {
			return fmt.Errorf("step %d (%s): it needs a hint", i+1, s.ID)
		}
	}
	return nil
}

// shows says which text of a lesson no screen shows as it is: nobody types an escape sequence into a lesson for a good
// reason. What the files of its server hold is not shown.
func shows(text []byte) error {
	var all any
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	var walk func(where string, v any) error
	walk = func(where string, v any) error {
		switch v := v.(type) {
		case string:
			if strings.Contains(where, ".files.") || render.Safe(v) == v {
				return nil
			}
			return fmt.Errorf("%s: a text with a character that no screen shows", where[1:])
		case []any:
			for i := range v {
				if err := walk(fmt.Sprintf("%s.%d", where, i), v[i]); err != nil {
					return err
				}
			}
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				if err := cmp.Or(walk(where+".key", key), walk(where+"."+key, v[key])); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return walk("", all)
}

// Drawn returns the lesson with the steps that a seed draws; the same seed
// draws the same steps, for a whole class.
func (l *Lesson) Drawn(seed int64) *Lesson {
	if l.Draw == 0 || l.Draw >= len(l.Steps) {
		return l
	}
	drawn := *l
	drawn.Steps = nil
	order := rand.New(rand.NewPCG(uint64(seed), 0)).Perm(len(l.Steps))
	for _, i := range order[:l.Draw] {
		drawn.Steps = append(drawn.Steps, l.Steps[i])
	}
	return &drawn
}

// ServerAt is the server of a step: its own, or that of the lesson.
func (l *Lesson) ServerAt(step int) *LessonServer {
	for ; step >= 0; step-- {
		if s := l.Steps[step].Server; s != nil {
			return s
		}
	}
	if l.Server != nil {
		return l.Server
	}
	return &LessonServer{}
}

// Forbids reports whether a command is not allowed in a step, counted from 0.
func (l *Lesson) Forbids(command string, step int) bool {
	first, named := l.Forbid[command]
	return named && step+1 < first
}

// beginnings are the values of LessonServer.Begin.
var beginnings = []string{"", "login", "connect", "nothing"}

// Options are what the practice server of the lesson is started with.
func (s *LessonServer) Options() (PracticeOptions, error) {
	mode := cmp.Or(s.TLS, "off")
	if !slices.Contains([]string{"off", "auto", "require"}, mode) {
		return PracticeOptions{}, fmt.Errorf("tls: %q is not one of off, auto, require", s.TLS)
	}
	if !slices.Contains(beginnings, s.Begin) {
		return PracticeOptions{}, fmt.Errorf("begin: %q is not one of login, connect, nothing", s.Begin)
	}
	opt := PracticeOptions{TLS: mode, Hidden: s.Hidden, NAT: s.NAT}
	for _, text := range s.Faults {
		fault, err := practice.ParseFault(text)
		if err != nil {
			return opt, err
		}
		opt.Faults = append(opt.Faults, fault)
	}
	if s.Files != nil || s.Random != nil {
		opt.Files = map[string]string{}
	}
	for name, text := range s.Files {
		opt.Files[rooted(name)] = text
	}
	if len(s.Random) > mostNoise {
		return opt, fmt.Errorf("random: more than %d files", mostNoise)
	}
	for name, size := range s.Random {
		if size < 0 || size > largestNoise {
			return opt, fmt.Errorf("random: %s must have 0 to %d bytes", name, largestNoise)
		}
		opt.Files[rooted(name)] = noise(name, size)
	}
	return opt, nil
}

// What a lesson may have at most.
const (
	largestNoise = 1 << 20
	mostNoise    = 64
	mostLessons  = 200
	mostSteps    = 1000
)

func rooted(name string) string { return "/" + strings.TrimPrefix(name, "/") }

// noise is the content of a binary file: the same at each start, and with many
// bytes that a text transfer would take for line ends.
func noise(name string, size int) string {
	r := rand.New(rand.NewPCG(uint64(len(name)), uint64(size)))
	b := make([]byte, size)
	for i := range b {
		if b[i] = byte(r.IntN(256)); i%37 == 1 {
			b[i-1], b[i] = '\r', '\n'
		}
	}
	return string(b)
}

// Filled is a text of a lesson with {port} in place: that of the practice server.
func Filled(text string, port int) string {
	return strings.ReplaceAll(text, "{port}", strconv.Itoa(port))
}

// Screen is the text of a step between two rules, as the shell shows it. Number
// is the place of the lesson among count; 0: none. Dot stands before commands
// that are for ftpsh: "." in raw mode.
func (l *Lesson) Screen(step, number, count int, dot string) []string {
	s := l.Steps[step]
	rule := strings.Repeat("-", screenWidth)
	head := fmt.Sprintf("lesson %d of %d   %s", number, count, l.Title)
	if number == 0 {
		head = l.Title
	}
	lines := []string{between(head, fmt.Sprintf("step %d of %d", step+1, len(l.Steps))), rule}
	for _, text := range s.Text {
		lines = append(lines, strings.TrimRight(" "+text, " "))
	}
	help := dot + "lesson hint | " + dot + "lesson skip | " + dot + "lesson quit"
	if s.See != "" {
		help += " | " + dot + "explain " + s.See
	}
	return append(lines, between("", help), rule)
}

const screenWidth = 78

// between puts two texts at the ends of a line.
func between(left, right string) string {
	return left + strings.Repeat(" ", max(screenWidth-len(left)-len(right), 1)) + right
}

// WantsAnswer reports whether the step is passed by typing something that is no
// command.
func (s *Step) WantsAnswer() bool { return s.Check.wantsAnswer() }
