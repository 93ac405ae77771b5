package teach

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Check is a condition on what happened since a step began. Exactly one of its
// fields is set.
type Check struct {
	Seen    Pattern   `json:"seen,omitempty"`     // an event
	InOrder []Pattern `json:"in_order,omitempty"` // events, one after the other, perhaps with others between
	SameOp  []Pattern `json:"same_op,omitempty"`  // the same within one command of the shell
	All     []Check   `json:"all,omitempty"`
	Any     []Check   `json:"any,omitempty"`
	Not     *Check    `json:"not,omitempty"`
	Answer  *Answer   `json:"answer,omitempty"`
	File    *FileIs   `json:"file,omitempty"`
}

// Pattern is what the fields of an event must be. A text may end in * (any
// rest), a number may be ">5" or "<5", and a list holds alternatives. A field
// that the event does not have is false, 0 or "".
type Pattern map[string]any

// Answer is what the learner must type.
type Answer struct {
	Is    []string `json:"is,omitempty"`    // one of these words is in it
	Value string   `json:"value,omitempty"` // or it is this value of the last event that matches Of; see values
	Of    Pattern  `json:"of,omitempty"`
	Minus *Answer  `json:"minus,omitempty"` // less this value
}

// FileIs is what a file must be.
type FileIs struct {
	Where  string `json:"where"` // local, server
	Name   string `json:"name"`
	SameAs string `json:"same_as,omitempty"` // a file of the server
	SHA256 string `json:"sha256,omitempty"`
	Size   *int64 `json:"size,omitempty"`
	Has    string `json:"has,omitempty"` // a text that is in it
	Absent bool   `json:"absent,omitempty"`
}

// Attempt is what a check looks at.
type Attempt struct {
	Events []*Event                          // since the step began
	Answer string                            // what was typed that is no command
	Local  func(name string) ([]byte, error) // reads a file of the learner
	Server func(name string) ([]byte, error) // reads a file of the practice server
}

// Passes reports whether the attempt fulfils the check.
func (c *Check) Passes(a *Attempt) bool {
	see, passes := c.follow(a)
	for _, e := range a.Events {
		see(e)
	}
	return passes()
}

// follow is the check as events come in, one after the other: see takes the next one, and passes says whether all so far
// are enough, with the answer and the files of an attempt. Each event is looked at once, however many there are.
func (c *Check) follow(a *Attempt) (see func(*Event), passes func() bool) {
	switch {
	case c.Seen != nil:
		return followInOrder([]Pattern{c.Seen})
	case c.InOrder != nil:
		return followInOrder(c.InOrder)
	case c.SameOp != nil:
		return followInOneOp(c.SameOp)
	case c.All != nil:
		return followEach(a, c.All, func(passed int) bool { return passed == len(c.All) })
	case c.Any != nil:
		return followEach(a, c.Any, func(passed int) bool { return passed > 0 })
	case c.Not != nil:
		return followEach(a, []Check{*c.Not}, func(passed int) bool { return passed == 0 })
	}
	return func(*Event) {}, func() bool { return c.Answer != nil && c.Answer.accepts(a) || c.File != nil && c.File.holds(a) }
}

func followInOrder(patterns []Pattern) (see func(*Event), passes func() bool) {
	see = func(e *Event) {
		if len(patterns) > 0 && patterns[0].matches(e) {
			patterns = patterns[1:]
		}
	}
	return see, func() bool { return len(patterns) == 0 }
}

func followInOneOp(patterns []Pattern) (see func(*Event), passes func() bool) {
	done := false
	left := map[int][]Pattern{} // by operation
	see = func(e *Event) {
		if done || e.Op == 0 {
			return
		}
		rest, begun := left[e.Op]
		if !begun {
			rest = patterns
		}
		if len(rest) > 0 && rest[0].matches(e) {
			rest = rest[1:]
		}
		left[e.Op], done = rest, len(rest) == 0
	}
	return see, func() bool { return done }
}

func followEach(a *Attempt, checks []Check, enough func(passed int) bool) (see func(*Event), passes func() bool) {
	sees, passing := make([]func(*Event), len(checks)), make([]func() bool, len(checks))
	for i := range checks {
		sees[i], passing[i] = checks[i].follow(a)
	}
	see = func(e *Event) {
		for _, see := range sees {
			see(e)
		}
	}
	return see, func() bool {
		passed := 0
		for _, passes := range passing {
			if passes() {
				passed++
			}
		}
		return enough(passed)
	}
}

// parts are the check and those that it is made of; one that must not pass is none of them.
func (c *Check) parts() []*Check {
	all := []*Check{c}
	for _, list := range [][]Check{c.All, c.Any} {
		for i := range list {
			all = append(all, list[i].parts()...)
		}
	}
	return all
}

// Answered reports whether the answer alone is right, whatever else is missing.
func (c *Check) Answered(a *Attempt) bool {
	return slices.ContainsFunc(c.parts(), func(c *Check) bool { return c.Answer != nil && c.Answer.accepts(a) })
}

// wantsAnswer reports whether an answer can make the check pass.
func (c *Check) wantsAnswer() bool {
	return slices.ContainsFunc(c.parts(), func(c *Check) bool { return c.Answer != nil })
}

func (c *Check) looksAtFiles() bool {
	return slices.ContainsFunc(c.parts(), func(c *Check) bool { return c.File != nil || c.Not != nil && c.Not.looksAtFiles() })
}

// eventFields are the names that a Pattern may use.
var eventFields = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	t := reflect.TypeFor[Event]()
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" {
			names[name] = true
		}
	}
	return names
})

func (p Pattern) matches(e *Event) bool {
	fields := fieldsOf(e)
	for name, want := range p {
		if !fits(fields[name], want) {
			return false
		}
	}
	return true
}

// fieldsOf is an event as a saved recording has it.
func fieldsOf(e *Event) map[string]any {
	text, err := json.Marshal(e)
	fields := map[string]any{}
	if err != nil || json.Unmarshal(text, &fields) != nil {
		return nil
	}
	return fields
}

func fits(have, want any) bool {
	switch want := want.(type) {
	case []any:
		return slices.ContainsFunc(want, func(w any) bool { return fits(have, w) })
	case bool:
		b, _ := have.(bool)
		return b == want
	case float64:
		n, _ := have.(float64)
		return n == want
	case string:
		return fitsText(have, want)
	}
	return false
}

func fitsText(have any, want string) bool {
	if n, sign, ok := comparison(want); ok {
		number, _ := have.(float64)
		return sign == '<' && number < n || sign == '>' && number > n
	}
	text, _ := have.(string)
	if lines, ok := have.([]any); ok && len(lines) > 0 {
		text, _ = lines[0].(string)
	}
	switch middle, both := strings.CutPrefix(want, "*"); {
	case both:
		return strings.Contains(text, strings.TrimSuffix(middle, "*"))
	case strings.HasSuffix(want, "*"):
		return strings.HasPrefix(text, strings.TrimSuffix(want, "*"))
	}
	return text == want
}

func comparison(want string) (n float64, sign byte, ok bool) {
	if want == "" || want[0] != '<' && want[0] != '>' || len(want) == 1 {
		return 0, 0, false
	}
	n, err := strconv.ParseFloat(want[1:], 64)
	return n, want[0], err == nil
}

// values are the numbers that an answer can be computed from.
var values = map[string]func(*Event) (int64, bool){
	"bytes":       func(e *Event) (int64, bool) { return e.Bytes, true },
	"code":        func(e *Event) (int64, bool) { return numberIn(e.Code) },
	"number":      func(e *Event) (int64, bool) { return numberIn(strings.TrimPrefix(e.firstLine(), e.Code)) },
	"remote.port": func(e *Event) (int64, bool) { return portOf(e.Remote) },
	"local.port":  func(e *Event) (int64, bool) { return portOf(e.Local) },
	"passive.port": func(e *Event) (int64, bool) {
		_, port, err := e.offer()
		return int64(port), err == nil
	},
}

func portOf(addr string) (int64, bool) {
	return numberIn(addr[strings.LastIndexByte(addr, ':')+1:])
}

// numberIn is the first number in a text.
func numberIn(text string) (int64, bool) {
	start := strings.IndexAny(text, "0123456789")
	if start < 0 {
		return 0, false
	}
	end := start
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(text[start:end], 10, 64)
	return n, err == nil
}

// accepts compares words without regard to case and punctuation, and numbers as
// numbers.
func (w *Answer) accepts(a *Attempt) bool {
	if a.Answer == "" {
		return false
	}
	if w.Value == "" {
		said := " " + strings.Join(words(a.Answer), " ") + " "
		return slices.ContainsFunc(w.Is, func(is string) bool {
			return strings.Contains(said, " "+strings.Join(words(is), " ")+" ")
		})
	}
	want, ok := w.value(a.Events)
	said, err := strconv.ParseInt(strings.Trim(a.Answer, " ."), 10, 64)
	return ok && err == nil && (said == want || w.Minus != nil && said == -want)
}

// Right is an answer that the check accepts after these events, for testing a
// lesson; "" if it wants none.
func (c *Check) Right(events []*Event) string {
	for _, part := range c.parts() {
		if w := part.Answer; w != nil && w.Value == "" && len(w.Is) > 0 {
			return w.Is[0]
		} else if w != nil {
			n, _ := w.value(events)
			return strconv.FormatInt(n, 10)
		}
	}
	return ""
}

func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r > 0x7f)
	})
}

// value is that of the last event that matches, less Minus; "count" is how many
// match. A value that nobody knows is that of no event.
func (w *Answer) value(events []*Event) (n int64, ok bool) {
	of, known := values[w.Value]
	for _, e := range events {
		if !w.Of.matches(e) {
			continue
		}
		if w.Value == "count" {
			n, ok = n+1, true
		} else if known {
			if v, has := of(e); has {
				n, ok = v, true
			}
		}
	}
	if w.Minus != nil {
		less, has := w.Minus.value(events)
		return n - less, ok && has
	}
	return n, ok
}

func (f *FileIs) holds(a *Attempt) bool {
	read := a.Local
	if f.Where == "server" {
		read = a.Server
	}
	if read == nil {
		return false
	}
	text, err := read(f.Name)
	if err != nil || f.Absent {
		return err != nil && f.Absent
	}
	if f.SameAs != "" {
		other, err := a.Server(f.SameAs)
		if err != nil || string(other) != string(text) {
			return false
		}
	}
	sum := sha256.Sum256(text)
	return (f.SHA256 == "" || hex.EncodeToString(sum[:]) == strings.ToLower(f.SHA256)) &&
		(f.Size == nil || *f.Size == int64(len(text))) && strings.Contains(string(text), f.Has)
}

// problems says what is wrong with a check, as lint reports it.
func (c *Check) problems() (list []string) {
	set := 0
	note := func(is bool, more ...string) {
		if is {
			set++
			list = append(list, more...)
		}
	}
	note(c.Seen != nil, c.Seen.problems()...)
	for _, patterns := range [][]Pattern{c.InOrder, c.SameOp} {
		for i, p := range patterns {
			note(i == 0)
			list = append(list, p.problems()...)
		}
	}
	for _, checks := range [][]Check{c.All, c.Any} {
		for i := range checks {
			note(i == 0)
			list = append(list, checks[i].problems()...)
		}
	}
	if c.Not != nil {
		note(true, c.Not.problems()...)
	}
	if c.Answer != nil {
		note(true, c.Answer.problems()...)
	}
	if c.File != nil {
		note(true, c.File.problems()...)
	}
	if set != 1 {
		list = append(list, fmt.Sprintf("a check has one of seen, in_order, same_op, all, any, not, answer, file; this one has %d", set))
	}
	return list
}

func (p Pattern) problems() (list []string) {
	for name := range p {
		if !eventFields()[name] {
			list = append(list, fmt.Sprintf("events have no field %q", name))
		}
	}
	return list
}

func (w *Answer) problems() []string {
	switch {
	case w.Value == "" && len(w.Is) == 0:
		return []string{"an answer needs is or value"}
	case w.Value == "":
		return nil
	case w.Value != "count" && values[w.Value] == nil:
		return []string{fmt.Sprintf("answers have no value %q", w.Value)}
	case w.Of == nil:
		return []string{"value needs of: an event that has it"}
	}
	problems := w.Of.problems()
	if w.Minus != nil {
		problems = append(problems, w.Minus.problems()...)
	}
	return problems
}

func (f *FileIs) problems() []string {
	if f.Where != "local" && f.Where != "server" || f.Name == "" {
		return []string{"a file needs a name, and where: local or server"}
	}
	return nil
}
