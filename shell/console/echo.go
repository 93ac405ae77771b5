package console

// Between two prompts the terminal does not echo: what is typed while a command runs would land in its output, or in the
// row that shows how far it is. The terminal keeps the keys, and the prompt that reads them shows them.

// settle turns the echo off, or on again, as it is wanted now. In raw mode there is none, and what leaves that mode settles.
func (c *window) settle() {
	if c.term == nil || c.restore != nil {
		return
	}
	wanted := c.child || c.suspended || c.closed || c.asks || len(c.status) == 0 && (!c.prompts || c.cooked)
	switch {
	case !wanted && c.echo == nil:
		c.echo = withoutEcho(c.term.fd)
	case wanted && c.echo != nil:
		c.echo()
		c.echo = nil
	}
}

// KeepOn says whether the program goes on when Ctrl-Z is pressed: somebody else hears of it then.
func (c *window) KeepOn(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keepsOn = on
}
