package treewatch

import (
	"context"
	"slices"
)

// allowed asks May about what is due. What is refused counts as done.
func (w *work) allowed(ctx context.Context) (bool, error) {
	does := w.plans()
	if w.t.May == nil || len(does) == 0 {
		return true, nil
	}
	yes, err := w.t.May(ctx, does)
	if yes && err == nil {
		return true, nil
	}
	if w.t.refused == nil {
		w.t.refused = map[string]stamp{}
	}
	for _, e := range does {
		for _, name := range []string{e.Path, e.To} {
			if name != "" {
				w.t.refused[name] = w.stamps[name] // none of what is gone
			}
		}
	}
	return false, err
}

// plans are what is due, in the order in which it would be done.
func (w *work) plans() (does []Event) {
	for _, pair := range w.renames {
		does = append(does, Event{Action: Rename, Path: pair[0], To: pair[1]})
	}
	for _, name := range w.deletes {
		action := Delete
		if w.t.sent[name].dir {
			action = Rmdir
		}
		does = append(does, Event{Action: action, Path: name})
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(w.mkdirs))) {
		does = append(does, Event{Action: Mkdir, Path: name})
	}
	for _, name := range w.puts {
		does = append(does, Event{Action: Put, Path: name, Size: w.stamps[name].info.Size()})
	}
	return does
}

// isRefused reports whether a path is as it was when May has refused it. Once it is not, it is asked about again.
func (t *Tree) isRefused(name string, now stamp, there bool) bool {
	was, refused := t.refused[name]
	if refused && there == (was.info != nil) && (!there || was.same(now)) {
		return true
	}
	delete(t.refused, name)
	return false
}
