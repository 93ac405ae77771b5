package commands

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "fget", Rare: true, Theme: "download", Args: "list-file", Short: "download the files that a local file names, one on a line", JSON: true,
	Long: "Each of them gets the last part of its remote name, here. The names are only names: no pattern, - or | has a meaning " +
		"in them. The list - is standard input.",
	Examples: []command.Example{{Line: "fget list", Says: "what `nlist *.txt list` has put into list"}},
	Min:      1, Max: 1, Ask: []string{"list-file"}, Flags: flags(getFlags, intoFlag), Complete: []completion.Kind{completion.LocalPath},
	Wire: downloadVerbs, Needs: command.Login, Detach: true, Foreign: command.Confined, Run: fget,
})

func fget(ctx context.Context, c *command.Call) error {
	if err := makeHere(c, intoHere(c)); err != nil {
		return err
	}
	list, err := openList(ctx, c, c.Args[0])
	if err != nil {
		return err
	}
	defer list.Close()
	var names []command.RemoteName
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		if name := strings.TrimSuffix(lines.Text(), "\r"); name != "" {
			names = append(names, command.RemoteName{Path: name})
		}
	}
	if err := lines.Err(); err != nil {
		return failure.About(c.Arg(0), err)
	}
	all := &each{call: c, all: true}
	return all.move(ctx, names, noNote, func(name command.RemoteName) (transfer.Task, error) {
		return plainDownload(c, transfer.Task{Op: transfer.Download, Remote: name.Path, Resume: c.Is("continue")})
	})
}

func openList(ctx context.Context, c *command.Call, word syntax.Token) (io.ReadCloser, error) {
	if word.Text != "-" {
		return c.Shell.Folder().Open(ctx, LocalPath(word), os.O_RDONLY, 0)
	}
	in, err := standardInput(ctx, c)
	return io.NopCloser(in), err
}
