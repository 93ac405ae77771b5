package commands

import "github.com/ftpsh/ftpsh/shell/command"

func init() { command.Add(family("ipv4", "4", "connect over IPv4 only")) }
