package treewatch

import "time"

// Moments of a change: editors save in several steps, and a file that is gone may come back with the
// next of them.
const (
	DefaultQuiet = 300 * time.Millisecond
	mostPatience = 2 * time.Second // however busy a path is
)

// due are paths that something has happened to, until they have been quiet for a while.
type due struct {
	quiet time.Duration
	paths map[string]moments
}

// moments are the first and the last time that something happened, and when to look at what was
// gone.
type moments struct{ first, last, again time.Time }

// touch notes that something has happened to a path.
func (d *due) touch(name string, now time.Time) {
	m, known := d.paths[name]
	if !known {
		m.first = now
	}
	m.last, m.again = now, time.Time{}
	if d.paths == nil {
		d.paths = map[string]moments{}
	}
	d.paths[name] = m
}

// at is when a path is to be looked at.
func (d *due) at(m moments) time.Time {
	if !m.again.IsZero() {
		return m.again
	}
	when := m.last.Add(d.quiet)
	if latest := m.first.Add(mostPatience); when.After(latest) {
		return latest
	}
	return when
}

// take takes what is to be looked at by now.
func (d *due) take(now time.Time) map[string]moments {
	ready := map[string]moments{}
	for name, m := range d.paths {
		if !d.at(m).After(now) {
			ready[name] = m
			delete(d.paths, name)
		}
	}
	return ready
}

// goneQuiet is how long a file must be gone before it counts as deleted: some editors delete a file and
// make it again.
func (d *due) goneQuiet() time.Duration { return d.quiet * 10 / 3 }

// again puts back a path that is gone, and may come back. It reports false when it has been gone for
// long enough.
func (d *due) again(name string, m moments, now time.Time) bool {
	m.again = m.last.Add(d.goneQuiet())
	if !m.again.After(now) {
		return false
	}
	d.back(name, m)
	return true
}

// back puts back a path with its moments, unless something has happened to it since.
func (d *due) back(name string, m moments) {
	if d.paths == nil {
		d.paths = map[string]moments{}
	}
	if _, busy := d.paths[name]; !busy {
		d.paths[name] = m
	}
}

// next is when there is something to look at.
func (d *due) next() (when time.Time, some bool) {
	for _, m := range d.paths {
		if at := d.at(m); !some || at.Before(when) {
			when, some = at, true
		}
	}
	return when, some
}
