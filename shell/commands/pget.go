package commands

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "pget", Theme: "download", Args: "remote [local]", Short: "download a large file over several sessions at once", JSON: true,
	Long: "Each session fetches a part, and helps another one when it is through. The parts lie in NAME.segments until all of " +
		"them are there and the server still has the same file. -c resumes them. Small files are fetched as by `get`.",
	Examples: []command.Example{{Line: "pget -n 8 big.iso", Says: "over eight sessions"}, {Line: "pget -c big.iso", Says: "resume what was cut"}},
	Min:      1, Max: 2, Ask: []string{"remote-file"}, Flags: pgetFlags,
	Complete: []completion.Kind{completion.RemotePath, completion.LocalPath},
	Wire:     downloadVerbs, Needs: command.Login, Reach: command.WholeLine, Detach: true, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return get(ctx, c, c.Is("continue")) },
})

func pgetFlags(fs *pflag.FlagSet) {
	getFlags(fs)
	fs.IntP("segments", "n", 4, "use `N` sessions")
}
