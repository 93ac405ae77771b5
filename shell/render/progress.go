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

// narrow is the width below which only the essential is shown.
const narrow = 60

// Line returns one line of at most width cells: the name, how much is done, a
// bar if there is room, the speed and the time that is left. Where the size is
// not known, or turns out to be wrong, it shows the bytes and the time so far.
func (p Progress) Line(width int) string {
	right := ""
	if p.Total < 0 || p.Done > p.Total {
		right = p.unknown(width)
	} else {
		right = p.known(width)
	}
	room := width - Width(right) - len(gap)
	if room < 8 {
		return Fit(right, width)
	}
	return Pad(FitMiddle(p.Name, room), room, false) + gap + right
}

func (p Progress) known(width int) string {
	percent := 100
	if p.Total > 0 {
		percent = int(float64(p.Done) / float64(p.Total) * 100)
	}
	s := fmt.Sprintf("%3d%%", percent)
	if width >= narrow {
		s += gap + bar(percent, 16) + fmt.Sprintf("  %5s of %-5s", Size(p.Done), Size(p.Total))
	}
	return s + fmt.Sprintf("  %7s  %7s", Rate(p.Rate), p.left())
}

func (p Progress) unknown(width int) string {
	s := fmt.Sprintf("%5s", Size(p.Done))
	if width >= narrow {
		why := "size unknown"
		if p.Total >= 0 {
			why = "more than announced, size unknown"
		}
		s += gap + why
	}
	return s + fmt.Sprintf("  %7s  %7s", Rate(p.Rate), Clock(p.Elapsed))
}

// left is the time that is left, or in the end the time it took.
func (p Progress) left() string {
	if p.Done == p.Total {
		return Clock(p.Elapsed)
	}
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
