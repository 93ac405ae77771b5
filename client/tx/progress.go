package tx

import (
	"errors"
	"fmt"
)

// Phase is how far a transaction is.
type Phase string

// The phases.
const (
	Staging Phase = "staging" // nothing is visible yet
	Forward Phase = "forward" // the commit is on its way
	Back    Phase = "back"    // it is being taken back
	Tidying Phase = "tidying" // all is done, but for what was replaced
)

// progress is how far the commit of a transaction is.
type progress struct {
	phase   Phase
	steps   []Step
	done    []bool  // which steps are in effect
	batches [][]int // steps that leave together
	tried   int     // the batch that was sent last
}

// pending are the steps of a batch that are still to be taken, or taken back.
func (p *progress) pending(batch int, forward bool) (todo []int) {
	for _, i := range p.batches[batch] {
		if p.done[i] != forward {
			todo = append(todo, i)
		}
	}
	return todo
}

// mark notes which steps are in effect.
func (p *progress) mark(n note) error {
	if len(n.Done)+len(n.Undone) == 0 {
		return errors.New("the line says nothing")
	}
	for _, list := range [][]int{n.Done, n.Undone} {
		for _, i := range list {
			if i < 1 || i > len(p.done) {
				return fmt.Errorf("step %d does not exist", i)
			}
		}
	}
	for _, i := range n.Done {
		p.done[i-1] = true
	}
	for _, i := range n.Undone {
		p.done[i-1] = false
	}
	return nil
}

// enter begins a phase.
func (p *progress) enter(phase Phase) error {
	switch phase {
	case Staging:
		p.steps, p.done, p.batches = nil, nil, nil
	case Forward:
		if p.phase == Staging {
			p.done, p.batches = make([]bool, len(p.steps)), batches(p.steps)
		}
	case Back, Tidying:
		if p.phase == Staging {
			return fmt.Errorf("%s before any step", phase)
		}
	default:
		return fmt.Errorf("%q is nothing that this program does", phase)
	}
	p.phase = phase
	return nil
}
