package teach

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/ftpsh/ftpsh/shell/render"
)

// writeMarkdown writes each operation as a ladder and a table, for homework.
func writeMarkdown(w io.Writer, events []*Event, s Style) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# Trace of an FTP session\n")
	if len(events) > 0 && events[0].Ev == TraceStart {
		fmt.Fprintf(out, "\nRecorded %s by %s.\n", cell(events[0].UTC), cell(strings.TrimSpace(events[0].Tool+" "+events[0].Version)))
	}
	for _, o := range Operations(events) {
		fmt.Fprintf(out, "\n## %s\n\n", code(o.Cmd))
		for _, line := range Ladder(o, events, s, true) {
			fmt.Fprintf(out, "    %s\n", line)
		}
		fmt.Fprint(out, "\n| ms | connection | what | took |\n|---:|---|---|---:|\n")
		for _, row := range o.rows(s) {
			fmt.Fprintf(out, "| %.1f | %s | %s | %s |\n", row.ms, row.Conn, code(row.what), row.took)
		}
	}
	return out.Flush()
}

// code is text as code in a table: what Markdown would obey is inert there but
// for the backtick, and the bar that ends a cell.
func code(text string) string {
	return "`" + strings.NewReplacer("`", "'", "|", `\|`).Replace(render.Safe(text)) + "`"
}

// cell is plain text in Markdown.
func cell(text string) string {
	var b strings.Builder
	for _, r := range render.Safe(text) {
		if strings.ContainsRune("\\`*_{}[]()<>#!|&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
