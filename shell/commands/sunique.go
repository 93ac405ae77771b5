package commands

import "github.com/ftpsh/ftpsh/shell/command"

func init() { command.Add(toggle("sunique")) }
