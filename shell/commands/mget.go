package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "mget", Theme: "download", Plans: true, Between: &command.Between{Many: true}, Args: "pattern…", Short: "download several files", JSON: true,
	Long: "The patterns are matched here. At a terminal you are asked about each file unless `prompt` is off; a script is not " +
		"asked. Without -r directories are skipped. Names that a server lists are only ever names in the local directory.",
	Examples: []command.Example{{Line: "mget *.txt", Says: "all texts"}, {Line: "mget -c disk*.iso", Says: "resume several"}, {Line: "mget -O /var/spool *.csv", Says: "into another directory"}},
	Min:      1, Max: -1, Ask: []string{"remote-files"}, Flags: into(withSegments(withTrees(getFlags))),
	Complete: []completion.Kind{completion.RemotePath},
	Wire:     downloadVerbs, Needs: command.Login, Reach: command.EachWord, Detach: true, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return mget(ctx, c, c.Is("continue")) },
})
