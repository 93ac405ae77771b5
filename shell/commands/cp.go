package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "cp", Theme: "change files", Plans: true, Risk: command.ReplacesRenamed, Args: "from… to", Short: "copy files on the server", JSON: true,
	Long: "Where the server can copy (SITE CPFR and CPTO: proftpd) the bytes stay there; elsewhere they come here and go back over " +
		"a second connection, never through a file. Directories are skipped.\n" +
		"NAME:path is a path on another session: see `session`. Between sessions the servers copy directly where they can, else the " +
		"bytes pass through here, with both ends protected as they are; --via says which.",
	Min: 2, Max: -1, Ask: []string{"from-name", "to-name"}, Complete: []completion.Kind{completion.RemotePath},
	Examples: []command.Example{
		{Line: "cp config.txt config.bak", Says: "one file"},
		{Line: "cp *.txt archive/", Says: "several, into a directory"},
		{Line: "cp web:/www/a.txt backup:/in/", Says: "from one session to another"},
	},
	Reach: command.EachWord, Across: cpAcross,
	Flags: mvFlags, Wire: command.Verbs(getVerbs, putVerbs, fxpVerbs, command.Sends("SITE CPFR", "SITE CPTO")), Needs: command.Login, Foreign: command.Confined, Run: cp,
})

func cpAcross(ctx context.Context, c *command.Call, parts []command.Part) error {
	return across(ctx, c, parts, false, func(from, to string) error { return copyRemote(ctx, c, from, to) })
}

func cp(ctx context.Context, c *command.Call) error {
	return toTarget(ctx, c, func(from, to string) error { return copyRemote(ctx, c, from, to) })
}
