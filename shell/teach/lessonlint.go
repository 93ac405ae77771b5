package teach

import (
	"fmt"
	"strings"
)

// Lint says what is wrong with a lesson, a line for each thing; nothing when a
// learner can begin.
func (l *Lesson) Lint() (list []string) {
	note := func(where, format string, args ...any) {
		list = append(list, strings.TrimPrefix(where+": ", ": ")+fmt.Sprintf(format, args...))
	}
	if l.Title == "" || l.Objective == "" {
		note("", "a lesson needs a title and an objective")
	}
	if l.Server != nil {
		if _, err := l.Server.Options(); err != nil {
			note("server", "%s", err)
		}
	}
	for command, first := range l.Forbid {
		if first < 2 || first > len(l.Steps) {
			note("forbid", "%s is allowed from step %d on: there are steps 1 to %d", command, first, len(l.Steps))
		}
	}
	seen := map[string]bool{}
	for i := range l.Steps {
		s := &l.Steps[i]
		where := fmt.Sprintf("step %d (%s)", i+1, s.ID)
		if s.ID == "" || seen[s.ID] {
			note(where, "its id must be one of its own")
		}
		seen[s.ID] = true
		for _, problem := range s.problems() {
			note(where, "%s", problem)
		}
	}
	return list
}

func (s *Step) problems() (list []string) {
	list = s.Check.problems()
	for _, w := range s.Wrong {
		list = append(list, w.Check.problems()...)
		if w.Say == "" {
			list = append(list, "a wrong way needs something to say")
		}
		if w.Check.Passes(&Attempt{}) {
			list = append(list, "a wrong way is told before anything was done: "+w.Say)
		}
	}
	if s.Server != nil {
		if _, err := s.Server.Options(); err != nil {
			list = append(list, err.Error())
		}
	}
	for _, row := range []struct {
		missing bool
		says    string
	}{
		{len(s.Text) == 0, "there is no text"},
		{len(s.Text) > 16, "the text has more than 16 lines: the screen has 24"},
		{len(s.Hints) < 2, "there must be two hints, the last of which is the solution"},
		{len(s.Solution) == 0, "there is no solution to test it with"},
		{len(s.Negative) == 0, "there are no negative lines to test it with"},
	} {
		if row.missing {
			list = append(list, row.says)
		}
	}
	for _, text := range append(s.Text, s.Hints...) {
		if len([]rune(text)) > screenWidth-1 {
			list = append(list, fmt.Sprintf("%d characters are too many for a line: %s", len([]rune(text)), text))
		}
	}
	return list
}

// Played reports how many steps, from the first, a recorded session passes, so
// that a lesson can be tested without a network. Steps that want an answer, or
// look at files, cannot be judged and are taken for passed.
func (l *Lesson) Played(events []*Event) int {
	since := 0
	for i := range l.Steps {
		end, passed := l.Steps[i].Check.ends(events[since:])
		if !passed {
			return i
		}
		since += end
	}
	return len(l.Steps)
}

// ends is after how many events the check passes for the first time.
func (c *Check) ends(events []*Event) (int, bool) {
	if c.wantsAnswer() || c.looksAtFiles() {
		return 0, true
	}
	see, passes := c.follow(&Attempt{})
	for n, e := range events {
		if e.Ev == OpStart && passes() { // checks run between operations
			return n, true
		}
		see(e)
	}
	return len(events), passes()
}
