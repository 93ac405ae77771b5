package client

// Abort stops the transfer: ABOR (RFC 959 section 4.1.3), then the data connection is closed (an
// upload is reset, since a close would look like the end of the file), then a NOOP whose 200 tells
// where the replies to all that end. It does not wait.
func (d *Data) Abort() {
	if d.over {
		return
	}
	d.over = true
	d.release()
	d.conn.abort(d.x, func() { d.hangUp(d.upload) })
	d.tell("abort", d.ctx.Err())
}

// abort tells the server to stop. Servers send between one and three replies
// to that, in several orders; the fence behind them makes counting needless.
func (c *Conn) abort(x *Exchange, hangUp func()) {
	c.aborts.Add(1)
	if closed(x.done) {
		hangUp()
		return
	}
	c.sendAll(command{verb: "ABOR", urgent: true})
	hangUp()
	c.sendAll(command{verb: "NOOP", fence: 200})
}
