package commands

import "github.com/ftpsh/ftpsh/shell/command"

func init() { command.Add(family("ipany", "any", "connect over IPv4 or IPv6, whichever answers")) }
