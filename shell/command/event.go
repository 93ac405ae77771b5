package command

import (
	"cmp"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/shell/render"
)

// An Event is what was done to one file, as --json shows it: the same keys for
// all commands, those that mean nothing left out.
type Event struct {
	Event     string   `json:"event"`               // done
	Direction string   `json:"direction,omitempty"` // download, upload, server
	Verb      string   `json:"verb"`                // what did it on the wire
	Code      int      `json:"code,omitempty"`      // of the server's reply to that
	Remote    string   `json:"remote"`
	To        string   `json:"to,omitempty"` // the new name
	Local     string   `json:"local,omitempty"`
	Mode      string   `json:"mode,omitempty"` // of chmod
	Bytes     *int64   `json:"bytes,omitempty"`
	Resumed   *int64   `json:"resumed,omitempty"` // there before
	Size      *int64   `json:"size,omitempty"`
	Modified  *string  `json:"modified,omitempty"`
	Hash      string   `json:"hash,omitempty"` // that both sides have, with --verify
	Seconds   *float64 `json:"seconds,omitempty"`
}

// Done shows an event with --json, and nothing without.
func (c *Call) Done(e Event) error {
	if !c.JSON() || c.Shell.Options.DryRun {
		return nil
	}
	e.Event = "done"
	verb, _, _ := strings.Cut(e.Verb, " ") // of "SITE CHMOD" and its like
	e.Code = cmp.Or(e.Code, c.Shell.heard.reply(verb).Code)
	return c.Object(e)
}

// Transferred adds what is known of a transfer.
func (e *Event) Transferred(bytes, resumed, size int64, modified time.Time, elapsed time.Duration) {
	seconds := elapsed.Seconds()
	e.Bytes, e.Resumed, e.Size, e.Modified, e.Seconds = &bytes, &resumed, &size, render.Stamp(modified), &seconds
}
