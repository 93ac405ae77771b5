package command

import (
	"strconv"
	"sync"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// heard is what the server last said: $code and $reply.
type heard struct {
	mu   sync.Mutex
	last client.Reply
	to   map[string]client.Reply // the last word to each verb
}

// trace listens to final replies.
func (h *heard) trace() *client.Trace {
	return &client.Trace{Got: func(g client.GotInfo) {
		if g.Reply.Code < 200 {
			return
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.last = g.Reply
		if h.to == nil {
			h.to = map[string]client.Reply{}
		}
		h.to[g.Verb] = g.Reply
	}}
}

// refused puts the reply that a command failed with last: others may have come
// after it, to what was sent together with it.
func (h *heard) refused(err error) {
	if no, is := failure.As[*client.Error](err); is {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.last = no.Reply
	}
}

func (h *heard) reply(verb string) client.Reply {
	h.mu.Lock()
	defer h.mu.Unlock()
	if verb == "" {
		return h.last
	}
	return h.to[verb]
}

// replyVariable answers for $code and $reply, the code and the text of the
// server's last reply. Both are empty before the first one.
func (l *Language) replyVariable(name string) (value string, is bool) {
	switch r := l.heard.reply(""); {
	case name == "reply":
		return r.Text(), true
	case name != "code":
		return "", false
	case r.Code == 0:
		return "", true
	default:
		return strconv.Itoa(r.Code), true
	}
}

// RefusedBy is a reply 4yz or 5yz to a line as an error; nil if it is none.
func RefusedBy(line string, r client.Reply) error {
	if r.Class() < 4 {
		return nil
	}
	return &client.Error{Verb: teach.Verb(line), Reply: r}
}

// Reply prints a reply as it came; a refusal is an error all the same.
func Reply(c *Call, verb string, r client.Reply) error {
	if len(r.Lines) == 0 { // of a dry run, where nobody has said anything
		return nil
	}
	if err := RefusedBy(verb, r); err != nil {
		return err
	}
	if c.Shell.JSON {
		return c.Object(c.Shell.ReplyObject(r))
	}
	for _, line := range r.Lines {
		if err := c.Print("%s", c.Shell.Masked(line)); err != nil {
			return err
		}
	}
	return nil
}

type replyJSON struct {
	Code  int      `json:"code"`
	Lines []string `json:"lines"`
}

// ReplyObject is a reply as JSON shows it.
func (c *Connections) ReplyObject(r client.Reply) replyJSON {
	o := replyJSON{Code: r.Code}
	for _, line := range r.Lines {
		text, _ := render.Text(c.Masked(line))
		o.Lines = append(o.Lines, text)
	}
	return o
}
