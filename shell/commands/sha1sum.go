package commands

import (
	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(sumCommand("sha1sum", client.SHA1))
