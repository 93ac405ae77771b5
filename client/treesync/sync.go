package treesync

import (
	"context"
	"fmt"
)

// Sync makes a tree here and a tree on a server the same.
type Sync struct {
	Options
	Steps []Step // what Look has found

	trees     [2]*tree // here, there
	alone     alone
	agreed    map[string]bool // paths that need nothing but their rows
	forgotten []string        // paths that are gone on both sides
}

// StopError says that a side looks lost, so that nothing is done.
type StopError struct {
	Why  string
	Gone bool // all of the side is: MaxDelete does not matter
}

func (e *StopError) Error() string { return "nothing was done: " + e.Why }

// Passed are the paths that are left alone, with the reason.
func (y *Sync) Passed() map[string]error { return y.alone.why }

// Look compares both sides with the archive and finds out what is to be done. It changes nothing.
func (y *Sync) Look(ctx context.Context) error {
	if y.Rescan {
		y.Archive.Rows = map[string]*Row{}
	}
	scan := scanner{Options: &y.Options, alone: &y.alone}
	var err error
	if y.trees, err = scan.both(ctx); err != nil {
		return err
	}
	if err := y.lost(); err != nil {
		return err
	}
	scan.fold(y.trees[0], y.trees[1])
	decide := decider{Options: &y.Options, trees: y.trees, alone: &y.alone}
	if err := decide.all(ctx); err != nil {
		return err
	}
	y.Steps, y.agreed, y.forgotten = decide.arranged(), decide.agreed, decide.forgotten
	return y.tooMany()
}

// lost looks for the signs of a tree that is not there: a disk that is not mounted, another server.
func (y *Sync) lost() error {
	files := y.Archive.files()
	if y.trees[0].missing && y.trees[1].missing {
		return fmt.Errorf("nothing was done: there is neither %s here nor %s there", y.Local, y.Remote)
	}
	for side, name := range []string{y.Local + " here", y.Remote + " there"} {
		t := y.trees[side]
		switch {
		case files == 0:
		case t.missing:
			return &StopError{Why: fmt.Sprintf("%s is gone, and had %d files", name, files), Gone: true}
		case t.empty() && y.MaxDelete < files:
			return &StopError{Why: fmt.Sprintf("%s is empty, and had %d files", name, files)}
		}
	}
	return nil
}

// files is how many files both sides agreed on.
func (a *Archive) files() (n int) {
	for _, row := range a.Rows {
		if row.Here.Type == file {
			n++
		}
	}
	return n
}

// fewDeletions are few in any case.
const fewDeletions = 10

// tooMany stops where so much is gone that the tree itself may be.
func (y *Sync) tooMany() error {
	most := max(fewDeletions, y.Archive.files()/2)
	if y.MaxDelete >= 0 {
		most = y.MaxDelete
	}
	for side, does := range sideActions {
		n := 0
		for _, step := range y.Steps {
			if step.Action == does.remove && !step.Dir {
				n++
			}
		}
		if n > most {
			return &StopError{Why: fmt.Sprintf("%d of %d files are gone %s", n, y.Archive.files(), []string{"there", "here"}[side])}
		}
	}
	return nil
}
