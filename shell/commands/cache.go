package commands

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "cache", Theme: "look around", Rare: true, Args: "[on | off | time | flush [directory]]", Short: "let ls answer from what was listed before", JSON: true,
	Long: "With `cache on`, `ls` and `dir` of a directory that was listed within five minutes ask nothing of the server; a time such as " +
		"30s is another limit. What is changed here drops what was listed, but what others change is not seen until it is old: " +
		"`ls --fresh` asks at once, and `cache flush` forgets everything. Alone it shows what is remembered. The same as `set cache`.",
	Examples: []command.Example{
		{Line: "cache on", Says: "for a slow server"},
		{Line: "cache flush pub", Says: "forget a tree"},
	},
	Max: 2, Words: []string{"on", "off", "flush"}, Complete: []completion.Kind{completion.None, completion.RemoteDir}, Foreign: command.Confined, Run: cache,
})

// usualCache is what `cache on` means.
const usualCache = "5m"

func cache(_ context.Context, c *command.Call) error {
	switch word := c.Arg(0); {
	case word == "":
		return showCache(c)
	case word == "flush" && len(c.Args) == 2 && c.Session() != nil:
		c.Shell.Remote.Forget(c.Absolute(c.Arg(1)))
		return nil
	case len(c.Args) == 2:
		return c.Usage("only flush takes a directory")
	case word == "flush":
		c.Shell.Remote.Forget("/")
		return nil
	default:
		if word == "on" {
			word = usualCache
		}
		row, err := settings.Find("cache")
		if err != nil {
			return err
		}
		return c.Shell.Change(row, word)
	}
}

// keptDir is a directory that is remembered, as --json shows it.
type keptDir struct {
	Directory string  `json:"directory"`
	Age       float64 `json:"age_seconds"`
}

func showCache(c *command.Call) error {
	dirs, ages := c.Shell.Remote.KeptDirs()
	none := "nothing is remembered"
	if c.Shell.Settings.Cache == 0 && !c.JSON() {
		c.Note("off: each `ls` asks the server")
		none = ""
	}
	return command.Rows(c, render.Table{}, none, dirs, func(_ int, dir string) (any, []string) {
		age := ages[dir].Round(time.Second)
		return keptDir{dir, age.Seconds()}, []string{render.Safe(dir), command.Seconds(age)}
	})
}

// listKept is List, and answers from what was listed before where the setting cache allows it.
func listKept(ctx context.Context, c *command.Call, dir string) ([]listing.Entry, error) {
	most, form := c.Shell.Settings.Cache, fmt.Sprint(showsAll(c), c.Long)
	whole := c.Absolute(dir)
	if most > 0 && !c.Is("fresh") {
		if list, age := c.Shell.Remote.Kept(whole, form, most); list != nil {
			if c.Interactive() {
				c.Note("listed %s ago; `ls --fresh` asks again", command.Seconds(age.Round(time.Second)))
			}
			return slices.Clone(list.([]listing.Entry)), nil
		}
	}
	entries, err := c.List(ctx, dir, showsAll(c))
	file := len(entries) == 1 && entries[0].Name == dir
	if err == nil && most > 0 && !file && len(entries) <= command.MostRemembered {
		c.Shell.Remote.Keep(whole, form, slices.Clone(entries)) // who gets them sorts them
	}
	return entries, err
}
