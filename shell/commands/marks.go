package commands

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/render"
)

// meterPeriod is how often marks and counters are brought up to date.
const meterPeriod = 100 * time.Millisecond

// printMarks prints a # for every block moved, and a line end after the last one.
// They go where messages go: standard output has results only.
func printMarks(c *command.Call, m *transfer.Meter) (stop func()) {
	printed := int64(0)
	update := func() {
		due := m.Moved() / c.Shell.Settings.Hash
		if n := min(due-printed, mostMarks); n > 0 {
			_, _ = io.WriteString(c.Err, strings.Repeat("#", int(n)))
		}
		printed = due
	}
	halt := command.Every(meterPeriod, update)
	return func() {
		halt()
		update()
		if printed > 0 {
			_, _ = io.WriteString(c.Err, "\n")
		}
	}
}

// mostMarks bounds what one look prints, when a fast line meets a small block.
const mostMarks = 1 << 16

// printTicks shows how many bytes have been moved, and nothing else.
func printTicks(c *command.Call, name string, m *transfer.Meter) (stop func()) {
	halt := command.Every(meterPeriod, func() {
		c.Shell.Console.Status(fmt.Sprintf("%s  %d bytes", render.Safe(name), m.Done()))
	})
	return func() {
		halt()
		c.Shell.Console.Status("")
	}
}
