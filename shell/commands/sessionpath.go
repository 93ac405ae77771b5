package commands

import (
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
)

// route is the way between the present session and another one. What was found out about it
// holds while the shell lasts.
func route(c *command.Connections, other string, way transfer.Way) *transfer.Route {
	if way != transfer.AnyWay {
		return &transfer.Route{Way: way}
	}
	key := [2]string{c.Name, other}
	if c.Routes[key] == nil {
		if c.Routes == nil {
			c.Routes = map[[2]string]*transfer.Route{}
		}
		c.Routes[key] = &transfer.Route{Way: way}
	}
	return c.Routes[key]
}
