package client

import (
	"testing"
	"time"
)

// TestPaceLearns: what counts is a refusal behind a burst that worked, and a try after the pause that works.
func TestPaceLearns(t *testing.T) {
	now := time.Now()
	for _, row := range []struct {
		name  string
		see   func(p *Pace)
		found time.Duration // 0: nothing is learned
		every time.Duration // that is kept in the end
	}{
		{"a burst is refused", func(p *Pace) {
			series(p, now, burst, time.Millisecond)
			p.refuse(now.Add(time.Second))
			p.worked(p.resumes)
		}, time.Second / 5, time.Second / 5},
		{"each refusal of a burst counts once", func(p *Pace) {
			series(p, now, burst, time.Millisecond)
			for range 20 {
				p.refuse(now.Add(time.Second))
			}
			p.worked(p.resumes)
		}, time.Second / 5, time.Second / 5},
		{"the first pace is too fast", func(p *Pace) {
			series(p, now, burst, time.Millisecond)
			p.refuse(now.Add(time.Second))
			at := p.resumes
			series(p, at, burst, time.Second/5)
			p.refuse(at.Add(2 * time.Second))
			p.worked(p.resumes)
		}, time.Second / 2, time.Second / 2},
		{"a refusal without a burst", func(p *Pace) {
			series(p, now, burst-1, time.Millisecond)
			p.refuse(now.Add(time.Second))
			p.worked(now.Add(time.Minute))
		}, 0, 0},
		{"a refusal behind slow transfers", func(p *Pace) {
			series(p, now, burst, time.Second)
			p.refuse(now.Add(burst * time.Second))
			p.worked(now.Add(time.Minute))
		}, 0, 0},
		{"no pause helps", func(p *Pace) {
			series(p, now, burst, time.Millisecond)
			p.refuse(now.Add(time.Second))
			for range hasteTries {
				p.refuse(p.resumes)
			}
			p.worked(now.Add(time.Hour))
		}, 0, 0},
		{"what works in the pause proves nothing", func(p *Pace) {
			series(p, now, burst, time.Millisecond)
			p.refuse(now.Add(time.Second))
			p.worked(p.resumes.Add(-time.Millisecond))
		}, 0, time.Second / 5},
	} {
		var p Pace
		var found time.Duration
		p.Learn(func(every time.Duration) { found = every })
		row.see(&p)
		if found != row.found || p.every != row.every {
			t.Errorf("%s: %v is found, %v kept", row.name, found, p.every)
		}
	}
}

// series is so many transfers that work.
func series(p *Pace, from time.Time, n int, apart time.Duration) {
	for i := range n {
		p.worked(from.Add(time.Duration(i) * apart))
	}
}

// TestPaceOfTheUser: nothing is learned where the user says how fast.
func TestPaceOfTheUser(t *testing.T) {
	var p Pace
	p.Learn(func(time.Duration) { t.Error("it learns") })
	now := time.Now()
	series(&p, now, burst, time.Millisecond)
	p.refuse(now.Add(time.Second))
	p.Learn(nil)
	p.Set(time.Second)
	p.worked(p.resumes)
	p.refuse(p.resumes.Add(time.Second))
	if p.every != time.Second {
		t.Errorf("%v instead of the user's second", p.every)
	}
}
