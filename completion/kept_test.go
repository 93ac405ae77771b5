package completion

import (
	"slices"
	"strconv"
	"testing"
	"time"
)

// TestKept: a listing is there until it is old, or its directory has changed.
func TestKept(t *testing.T) {
	now := time.Now()
	r := &Remote{Now: func() time.Time { return now }}
	has := func(dir string) bool { list, _ := r.Kept(dir, "l", time.Minute); return list != nil }
	fill := func() {
		for _, dir := range []string{"/", "/a", "/a/b", "/ab"} {
			r.Keep(dir, "l", dir)
		}
	}
	for _, row := range []struct {
		name string
		do   func()
		left []string
	}{
		{"nothing", func() {}, []string{"/", "/a", "/a/b", "/ab"}},
		{"an upload", func() { r.Add("/a/new", Name{}) }, []string{"/", "/a/b", "/ab"}},
		{"a directory that is gone", func() { r.Remove("/a") }, []string{"/ab"}},
		{"a tree is forgotten", func() { r.Forget("/a") }, []string{"/", "/ab"}},
		{"all is forgotten", func() { r.Forget("/") }, nil},
		{"something has changed", r.Changed, nil},
		{"time", func() { now = now.Add(time.Minute) }, nil},
	} {
		fill()
		row.do()
		var left []string
		for _, dir := range []string{"/", "/a", "/a/b", "/ab"} {
			if has(dir) {
				left = append(left, dir)
			}
		}
		if !slices.Equal(left, row.left) {
			t.Errorf("%s: left are %q, want %q", row.name, left, row.left)
		}
	}
	r.Keep("/x", "l", "x")
	now = now.Add(2 * time.Second)
	if list, age := r.Kept("/x", "l", time.Minute); list != "x" || age != 2*time.Second {
		t.Errorf("%v, %v", list, age)
	}
	if list, _ := r.Kept("/x", "another form", time.Minute); list != nil {
		t.Error("another form is there")
	}
	for i := range 2 * mostKept {
		now = now.Add(time.Millisecond)
		r.Keep("/"+strconv.Itoa(i), "l", i)
	}
	if dirs, ages := r.KeptDirs(); len(dirs) != mostKept || ages["/63"] != 0 || slices.Contains(dirs, "/0") {
		t.Errorf("%d are kept: %q", len(dirs), dirs)
	}
}
