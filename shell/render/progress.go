package render

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Progress is where a transfer stands.
type Progress struct {
	Name    string // safe text
	Done    int64
	Total   int64   // below zero: not known
	Rate    float64 // bytes for each second
	Elapsed time.Duration
}

// narrow is the width below which only the essential is shown, and leastName what a longer name has at least of a row that
// shows more.
const narrow, leastName = 60, 12

// Line returns one line of at most width cells: the name, how much is done, a
// bar if there is room, the speed and the time that is left. Where the size is
// not known, or turns out to be wrong, it shows the bytes and the time so far;
// when all bytes are there, that the server has not confirmed it yet.
func (p Progress) Line(width int) string {
	what := p.known
	switch {
	case p.Total < 0 || p.Done > p.Total:
		what = p.unknown
	case p.Done == p.Total:
		what = p.unconfirmed
	}
	right := what(width >= narrow)
	if width-Width(right)-len(gap) < min(leastName, Width(p.Name)) {
		right = what(false)
	}
	room := width - Width(right) - len(gap)
	if room < 8 {
		return Fit(right, width)
	}
	return Pad(FitMiddle(p.Name, room), room, false) + gap + right
}

func (p Progress) known(wide bool) string {
	percent := int(float64(p.Done) / float64(p.Total) * 100)
	s := fmt.Sprintf("%3d%%", percent)
	if wide {
		s += gap + bar(percent, 16) + fmt.Sprintf("  %5s of %-5s", Size(p.Done), Size(p.Total))
	}
	return s + fmt.Sprintf("  %7s  %7s", Rate(p.Rate), p.left())
}

func (p Progress) unconfirmed(wide bool) string {
	why := "waiting"
	if wide {
		why = "waiting for the server"
	}
	return "100%" + gap + why + fmt.Sprintf("  %7s", Clock(p.Elapsed))
}

func (p Progress) unknown(wide bool) string {
	s := fmt.Sprintf("%5s", Size(p.Done))
	if wide {
		why := "size unknown"
		if p.Total >= 0 {
			why = "more than announced, size unknown"
		}
		s += gap + why
	}
	return s + fmt.Sprintf("  %7s  %7s", Rate(p.Rate), Clock(p.Elapsed))
}

// left is the time that is left.
func (p Progress) left() string {
	seconds := float64(p.Total-p.Done) / p.Rate
	if math.IsNaN(seconds) || seconds <= 0 || seconds > 1000*86400 {
		return "-:--"
	}
	return Clock(time.Duration(seconds * float64(time.Second)))
}

func bar(percent, cells int) string {
	n := percent * cells / 100
	head := ">"
	if n == cells {
		head = ""
	}
	done := strings.Repeat("=", n) + head
	return "[" + done + strings.Repeat(" ", cells-len(done)) + "]"
}
