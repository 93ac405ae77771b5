package teach

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// format is a way to write a recording.
type format struct {
	name       string
	extensions []string
	write      func(io.Writer, []*Event, Style) error
}

// formats are all ways to write a recording.
var formats = []format{
	{"jsonl", []string{".jsonl", ".json", ".ndjson"}, func(w io.Writer, events []*Event, _ Style) error { return Write(w, events) }},
	{"html", []string{".html", ".htm"}, writeHTML},
	{"md", []string{".md", ".markdown"}, writeMarkdown},
	{"mmd", []string{".mmd", ".mermaid"}, writeMermaid},
	{"pcapng", []string{".pcapng"}, writePcap},
	{"svg", []string{".svg"}, writeSVG},
	{"txt", []string{".txt", ".text"}, writeText},
}

// Formats are the names of the forms in which a recording can be saved.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Writer returns what writes a recording in a format, which is the one that the
// extension of the file says when it is "".
func Writer(name, file string) (func(io.Writer, []*Event, Style) error, error) {
	ext := strings.ToLower(filepath.Ext(file))
	for _, f := range formats {
		if name == f.name || name == "" && slices.Contains(f.extensions, ext) {
			return f.write, nil
		}
	}
	if name != "" {
		return nil, fmt.Errorf("%q is not one of the formats %s", name, strings.Join(Formats(), ", "))
	}
	return nil, fmt.Errorf("the name of the file must end with .%s, or --as tell the format", strings.Join(Formats(), ", ."))
}

// Select returns the events of the last operation ("last" or ""), of all
// ("all"), or of those with the numbers N to M ("N..M", "N"). The event that
// says when the recording began stays, and so does the last connection that was
// made before.
func Select(events []*Event, which string) ([]*Event, error) {
	if which == "all" {
		return events, nil
	}
	operations := Operations(events)
	if len(operations) == 0 {
		return nil, errors.New("nothing has gone over the wire yet")
	}
	last := operations[len(operations)-1].Number
	first := last
	if which != "" && which != "last" {
		var err error
		if first, last, err = parseRange(which); err != nil {
			return nil, err
		}
	}
	var chosen, before []*Event
	for _, e := range events {
		switch {
		case e.Op >= first && e.Op <= last || e.Ev == TraceStart:
			chosen = append(chosen, e)
		case e.Ev == TCPConnect && !e.IsData() && e.Op < first:
			outside := *e
			outside.Op = 0 // it is there for its addresses only
			before = append(before, &outside)
		}
	}
	if len(Operations(chosen)) == 0 {
		return nil, fmt.Errorf("no command number %s; the last one is %d", which, operations[len(operations)-1].Number)
	}
	if len(before) > 0 && chosen[0].Ev == TraceStart {
		chosen = slices.Insert(chosen, 1, before[len(before)-1])
	}
	return chosen, nil
}

func parseRange(text string) (first, last int, err error) {
	from, to, found := strings.Cut(text, "..")
	if !found {
		to = from
	}
	first, err1 := strconv.Atoi(from)
	last, err2 := strconv.Atoi(to)
	if err1 != nil || err2 != nil || first < 1 || last < first {
		return 0, 0, fmt.Errorf("%q is not one of last, all, N, N..M", text)
	}
	return first, last, nil
}

// writeText writes the ladder of each operation.
func writeText(w io.Writer, events []*Event, s Style) error {
	for i, o := range Operations(events) {
		lines := Ladder(o, events, s, true)
		if i > 0 {
			lines = append([]string{""}, lines...)
		}
		if _, err := io.WriteString(w, strings.Join(lines, "\n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}
