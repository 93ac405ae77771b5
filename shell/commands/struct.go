package commands

import (
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(onlyValue("struct", "the structure of files", "file", "f"))
