package race

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// result is a row of the comparison with what came out.
type result struct {
	work
	by map[string]*figures
}

// seconds are the median of a client; 0 when it did not do the work.
func (r result) seconds(name string) float64 { return median(r.by[name].seconds) }

// ratio is our time as a part of that of the best of some peers, or of all.
func (r result) ratio(against []string) (ratio float64, peer string) {
	best := 0.0
	for _, p := range peers {
		took := r.seconds(p.name)
		if p.name == us || took == 0 || against != nil && !slices.Contains(against, p.name) {
			continue
		}
		if best == 0 || took < best {
			best, peer = took, p.name
		}
	}
	if best == 0 {
		return 0, ""
	}
	return r.seconds(us) / best, peer
}

// write writes the table and the plots into a folder.
func write(b *testing.B, dir string, results []result) {
	files := map[string]string{"table.md": table(results)}
	for _, plot := range plots {
		var rows []result
		for _, r := range results {
			if plot.has(r.work) {
				rows = append(rows, r)
			}
		}
		if len(rows) > 0 {
			files[plot.file] = svg(plot.title, rows)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			b.Error(err)
		}
	}
}

// plots are the pictures, and what is in them.
var plots = []struct {
	file, title string
	has         func(work) bool
}{
	{"large.svg", "a file of 1 GiB", func(w work) bool { return w.size == large }},
	{"small.svg", "many files of 1 KiB, on the same machine", func(w work) bool { return w.sessions > 0 && w.distance == 0 }},
	{"far.svg", "files of 1 KiB, one session, 40 ms away", func(w work) bool { return w.distance == far40 }},
	{"typed.svg", "many files of 1 KiB, as a user would type it", func(w work) bool { return w.sessions == 0 && w.files > 1 && w.kind != list }},
}

func table(results []result) string {
	var out strings.Builder
	out.WriteString("| work |")
	for _, p := range peers {
		out.WriteString(" " + p.name + " |")
	}
	out.WriteString(" ratio | goal | |\n|" + strings.Repeat("---|", len(peers)+4) + "\n")
	for _, r := range results {
		fmt.Fprintf(&out, "| %s |", r.name)
		for _, p := range peers {
			if took := r.seconds(p.name); took > 0 {
				fmt.Fprintf(&out, " %.3g |", took)
			} else {
				out.WriteString(" - |")
			}
		}
		var ratios, goals, verdicts []string
		for _, g := range r.goals {
			ratio, peer := r.ratio(g.against)
			if peer == "" {
				continue
			}
			verdict := "reached"
			if ratio > g.most {
				verdict = "missed"
			}
			ratios, goals = append(ratios, fmt.Sprintf("%.2f of %s", ratio, peer)), append(goals, fmt.Sprint(g.most))
			verdicts = append(verdicts, verdict)
		}
		fmt.Fprintf(&out, " %s | %s | %s |\n", strings.Join(ratios, ", "), strings.Join(goals, ", "), strings.Join(verdicts, ", "))
	}
	out.WriteString("\n| work | cpu of " + us + ", others | peak MiB of " + us + ", others |\n|---|---|---|\n")
	for _, r := range results {
		var cpu, peak []string
		for _, p := range peers {
			if f := r.by[p.name]; len(f.seconds) > 0 && f.peak > 0 {
				cpu = append(cpu, fmt.Sprintf("%s %.2f", p.name, median(f.cpu)))
				peak = append(peak, fmt.Sprintf("%s %d", p.name, f.peak>>10))
			}
		}
		fmt.Fprintf(&out, "| %s | %s | %s |\n", r.name, strings.Join(cpu, ", "), strings.Join(peak, ", "))
	}
	return out.String()
}

const (
	plotWidth = 760
	nameWidth = 80
	barWidth  = plotWidth - nameWidth - 70
	barHeight = 16
)

// svg draws a bar for each client in each row. A row has its own scale.
func svg(title string, rows []result) string {
	var out strings.Builder
	y := 0
	text := func(x, y int, style, s string) {
		fmt.Fprintf(&out, `<text x="%d" y="%d" %s>%s</text>`+"\n", x, y, style, html.EscapeString(s))
	}
	y += 24
	text(0, y, `font-weight="bold" font-size="15"`, title+": seconds, less is better")
	for _, r := range rows {
		y += 28
		text(0, y, `font-weight="bold"`, r.name)
		slowest := 0.0
		for _, p := range peers {
			slowest = max(slowest, r.seconds(p.name))
		}
		for _, p := range peers {
			took := r.seconds(p.name)
			if took == 0 {
				continue
			}
			colour := "#9aa5b1"
			if p.name == us {
				colour = "#2f6f4f"
			}
			width := int(took / slowest * barWidth)
			fmt.Fprintf(&out, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`+"\n", nameWidth, y+6, max(width, 1), barHeight-4, colour)
			text(0, y+barHeight, "", p.name)
			text(nameWidth+width+6, y+barHeight, "", fmt.Sprintf("%.3g", took))
			y += barHeight
		}
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n"+
		`<rect width="100%%" height="100%%" fill="white"/>`+"\n%s</svg>\n", plotWidth, y+16, out.String())
}
