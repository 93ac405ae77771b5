package jobs

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/script"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "bg", Theme: "jobs", Args: "[command…]", Short: "run a command in the background, like `command &`",
	Long:     "A job that Ctrl-Z has sent to the background keeps running: it needs no bg.",
	Examples: []command.Example{{Line: "bg mget *.iso", Says: "the same as `mget *.iso &`"}},
	Max:      -1, Complete: []completion.Kind{completion.Command, completion.RemotePath}, Nests: true, Foreign: command.Refused, Run: toBackground,
})

func toBackground(_ context.Context, c *command.Call) error {
	if len(c.Args) > 0 {
		st := syntax.Statement{Words: c.Args, Line: c.Statement.Line, Source: script.CommandText(c.Args)}
		Background(c.Shell, c.Line, syntax.Chain{Statements: []syntax.Statement{st}})
		return nil
	}
	if len(Of(c.Shell).running(false)) == 0 {
		return &failure.UsageError{Text: "no job runs", Hint: "`command &` starts one"}
	}
	return listJobs(context.Background(), c)
}
