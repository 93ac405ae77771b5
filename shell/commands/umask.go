package commands

import (
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "umask", Rare: true, Theme: "the protocol", Values: [][]string{{"022", "027", "077"}}, Args: "[mask]", Short: "show or change which permissions new remote files do not get (SITE UMASK)",
	Examples: []command.Example{{Line: "umask 022", Says: "only you can write to them"}},
	Max:      1, Complete: []completion.Kind{completion.Text}, Wire: command.Sends("SITE UMASK"), Needs: command.Login, Foreign: command.Confined, Run: siteValue("UMASK"),
})
