package command

import (
	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/teach"
)

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
