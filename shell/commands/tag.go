package commands

import (
	"context"
	"slices"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "tag", Theme: "look around", Args: "[remote…]", Short: "mark files of the server for a later command", JSON: true,
	Long: "In the commands that take several names of the server, such as mget, rm, mv and chmod, the word @ stands for all that are marked; a file of that name is ./@. " +
		"Alone it lists them. They are kept until `untag`, or until the session ends.",
	Examples: []command.Example{{Line: "tag *.iso", Says: "mark them"}, {Line: "tag", Says: "show what is marked; `mget @` downloads it"}},
	Max:      -1, Complete: []completion.Kind{completion.RemotePath}, Wire: command.ListVerbs, Needs: command.Login, Foreign: command.Confined, Run: tag,
})

func tag(ctx context.Context, c *command.Call) error {
	if len(c.Args) == 0 {
		return listTags(c)
	}
	names, err := c.Expand(ctx, c.Args)
	for _, name := range names {
		if whole := c.Absolute(name.Path); !slices.Contains(c.Shell.Tags, whole) {
			c.Shell.Tags = append(c.Shell.Tags, whole)
		}
	}
	if err == nil {
		c.Note("%s marked", command.Plural(len(c.Shell.Tags), "name is", "names are"))
	}
	return err
}

func listTags(c *command.Call) error {
	for _, name := range c.Shell.Tags {
		var o struct {
			Path       string `json:"path"`
			PathBase64 string `json:"path_base64,omitempty"`
		}
		o.Path, o.PathBase64 = render.Text(name)
		if err := command.Result(c, o, "%s", name); err != nil {
			return err
		}
	}
	return nil
}

// untagged are the marks without some names; it fails where one was not marked.
func untagged(c *command.Call, names []command.RemoteName) error {
	var errs []error
	for _, name := range names {
		i := slices.Index(c.Shell.Tags, c.Absolute(name.Path))
		if i < 0 {
			errs = append(errs, failure.About(name.Path, &failure.LocalError{Text: "is not marked"}))
			continue
		}
		c.Shell.Tags = slices.Delete(slices.Clone(c.Shell.Tags), i, i+1)
	}
	return failure.Several(errs...)
}
