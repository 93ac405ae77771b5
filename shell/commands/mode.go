package commands

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "mode", Theme: "transfers", Args: "[stream|deflate]", Short: "show or choose how data is sent",
	Long: "With deflate, downloads and listings are compressed where the server offers MODE Z, the same as `set compress on`. " +
		"Uploads are compressed for servers of which it is known that they read them (FileZilla Server), and sent as they are to " +
		"others: some hang on compressed ones. The size is compared afterwards, and one that differs is sent again as it is. The modes block and compressed of old " +
		"standards are refused here; `quote` asks the server for them.",
	Examples: []command.Example{{Line: "mode deflate", Says: "for listings and text over a slow line"}, {Line: "mode stream", Says: "bytes as they are"}},
	Max:      1, Complete: []completion.Kind{completion.None}, Words: []string{"stream", "deflate"}, JSON: true, Foreign: command.Confined, Run: mode,
})

// modes are the words for the setting compress.
var modes = map[string]string{"stream": "off", "s": "off", "deflate": "on", "z": "on"}

func mode(_ context.Context, c *command.Call) error {
	if len(c.Args) == 0 {
		if c.Shell.Settings.Compress {
			return c.Word("mode", "deflate")
		}
		return c.Word("mode", "stream")
	}
	value, ok := modes[strings.ToLower(c.Arg(0))]
	if !ok {
		return c.Usage("only stream and deflate are supported")
	}
	row, err := settings.Find("compress")
	if err != nil {
		return err
	}
	return c.Shell.Change(row, value)
}
