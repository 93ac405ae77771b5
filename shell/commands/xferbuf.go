package commands

import (
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

func init() {
	command.Add(&command.Command{
		Name: "xferbuf", Theme: "transfers", Values: [][]string{{"64k", "256k", "1m", "system"}}, Args: "[bytes]", Short: "show or change both socket buffers of data connections",
		Max: 1, Complete: []completion.Kind{completion.Text}, JSON: true, Sets: true, Foreign: command.Confined, Run: bothSizes("rcvbuf", "sndbuf"),
	})
}
