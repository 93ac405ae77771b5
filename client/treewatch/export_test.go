package treewatch

import "fmt"

// Deafen ends all watches, so that what happens then has no event.
func (t *Tree) Deafen() {
	for _, dir := range t.watch.events.WatchList() {
		_ = t.watch.events.Remove(dir)
	}
}

// Lose says that events were lost.
func (t *Tree) Lose() { t.watch.lose() }

// Fail says that a directory could not be watched.
func (t *Tree) Fail(err error) { t.watch.fail(err) }

// String is a step as tests compare it.
func (e Event) String() string {
	text := fmt.Sprintf("%s %s", e.Action, e.Path)
	if e.To != "" {
		text += " " + e.To
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}
