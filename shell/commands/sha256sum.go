package commands

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/manifest"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(sumCommand("sha256sum", client.SHA256))

// sumCommand is the command for one kind of checksum, called as the one of the system.
func sumCommand(name string, a client.Algorithm) *command.Command {
	return &command.Command{
		Name: name, Theme: "look around", Args: "remote…", Short: "show the " + string(a) + " of files of the server", JSON: true,
		Long: "The server is asked where it computes it; else, or with --read, the file is fetched and not kept. The lines are those of the " +
			"system's " + name + ": `" + name + " -c` reads them.",
		Examples: []command.Example{{Line: name + " *.iso", Says: "of several"}, {Line: name + " --read big.iso", Says: "of the bytes that come here"}},
		Min:      1, Max: -1, Ask: []string{"remote-file"}, Complete: []completion.Kind{completion.RemotePath},
		Flags: func(fs *pflag.FlagSet) {
			fs.Bool("read", false, "fetch the files, whatever the server computes")
		},
		Wire: command.Verbs(hashVerbs, command.ListVerbs, command.Sends("RETR")), Needs: command.Login, Reach: command.EachWord, Foreign: command.Confined,
		Run: func(ctx context.Context, c *command.Call) error { return printSums(ctx, c, a) },
	}
}

func printSums(ctx context.Context, c *command.Call, a client.Algorithm) error {
	return eachName(ctx, c, c.Args, func(name command.RemoteName) error {
		sum, how, err := remoteSum(ctx, c, name.Path, a)
		if err != nil {
			return failure.About(name.Path, err)
		}
		e := manifest.Entry{Path: name.Path, Size: -1, Algorithm: a, Sum: sum}
		if c.JSON() {
			return c.Object(newSumObject("", e, manifest.Entry{}, how))
		}
		var line strings.Builder
		if err := manifest.Write(&line, manifest.Sum, []manifest.Entry{e}); err != nil {
			return err
		}
		_, err = io.WriteString(c.Out, c.Shown(line.String()))
		return err
	})
}

// remoteSum asks the server for a checksum, or fetches the file into one.
func remoteSum(ctx context.Context, c *command.Call, path string, a client.Algorithm) (sum []byte, how string, err error) {
	if !c.Is("read") {
		h, err := c.Session().Hash(ctx, path, a)
		if err == nil {
			return h.Sum, "server", nil
		}
		if !errors.Is(err, client.ErrNoHash) && !client.IsCode(err, 500, 501, 502, 504) && !client.IsMalformed(err) {
			return nil, "", err
		}
	}
	defer inBytes(c.Session())()
	hash := client.NewHash(a)
	_, err = c.Session().Get(ctx, hash, path)
	return hash.Sum(nil), "read", err
}
