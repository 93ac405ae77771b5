package commands

import "github.com/ftpsh/ftpsh/shell/command"

func init() { command.Add(family("ipv6", "6", "connect over IPv6 only")) }
