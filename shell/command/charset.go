package command

import (
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// mostGuessed is how many names a charset is guessed from.
const mostGuessed = 1000

// hintCharset says once in a session, at a terminal, that names are in another charset than the one that is set.
func (c *Call) hintCharset(entries []listing.Entry) {
	sh := c.Shell
	if sh.CharsetTold || !c.Interactive() || sh.Settings.Charset != "utf-8" {
		return
	}
	var names []string
	for _, e := range entries[:min(len(entries), mostGuessed)] {
		names = append(names, e.Name)
	}
	if charset := settings.GuessCharset(names); charset != "" {
		sh.CharsetTold = true
		c.Note("names here are not in UTF-8, maybe in %s; `set charset %s` shows them", charset, charset)
	}
}
