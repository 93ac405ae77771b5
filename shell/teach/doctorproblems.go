package teach

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell/render"
)

// Problem is something that is wrong, or worth knowing, and what can be done.
type Problem struct {
	Key   string   `json:"key"`
	Says  string   `json:"says"`
	Try   []Advice `json:"try,omitempty"`   // by the user
	Admin string   `json:"admin,omitempty"` // by the administrator of the server
	Fix   []string `json:"fix,omitempty"`   // settings that help, as lines of config.toml
}

// Advice is the diagnosis in words: what is wrong, what to try, and what to tell
// the administrator; lines of at most 78 columns.
func (d *Diagnosis) Advice() []string {
	switch {
	case len(d.Problems) > 0:
	case d.OK:
		return []string{"Nothing is wrong with this server."}
	default:
		return []string{"Nothing is broken, but some of the lines above are worth a look."}
	}
	var lines []string
	for _, p := range d.Problems {
		lines = append(lines, render.Wrap(p.Says, 78)...)
		for i, try := range advised(p.Try) {
			lines = append(lines, label("you can try", i)+try)
		}
		if p.Admin != "" {
			for i, line := range render.Wrap(p.Admin, 78-len(label("", 0))) {
				lines = append(lines, label("for the admin", i)+line)
			}
		}
		lines = append(lines, "")
	}
	return lines[:len(lines)-1]
}

// Fix is the settings that help with this server, as lines of config.toml; none if there are none.
func (d *Diagnosis) Fix() []string {
	host, _, err := net.SplitHostPort(d.Host)
	if err != nil {
		host = d.Host
	}
	var lines []string
	for _, p := range d.Problems {
		for _, line := range p.Fix {
			if !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return append([]string{fmt.Sprintf("[host.%q]", host)}, lines...)
}

// label stands before the first of several lines.
func label(text string, i int) string {
	if i > 0 {
		text = ""
	}
	return "  " + text + strings.Repeat(" ", 15-len(text))
}

// Line is a finding in 80 columns, or several lines where it needs them.
func (f Finding) Line() []string {
	const room = 52
	var lines []string
	for i, text := range render.Wrap(f.Text, room) {
		head := "                  "
		if i == 0 {
			head = " " + render.Pad(string(f.State), 6, false) + render.Pad(f.Step, 11, false)
		}
		lines = append(lines, head+text)
	}
	if f.State != Skipped {
		time := fmt.Sprintf("%.0f ms", f.MS)
		if f.MS >= 1000 {
			time = fmt.Sprintf("%.1f s", f.MS/1000)
		}
		lines[0] = render.Pad(lines[0], 79-len(time), false) + time
	}
	return lines
}
