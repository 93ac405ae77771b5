package commands

import (
	"context"
	"io/fs"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "verify", Theme: "look around", Args: "remote [local]", Short: "compare a file on the server with the one here", JSON: true,
	Long: "The contents are compared: by a checksum where the server computes one, else the file is fetched once more and " +
		"compared byte by byte, without being kept.",
	Examples: []command.Example{{Line: "verify big.iso", Says: "is the copy right?"}},
	Min:      1, Max: 2, Ask: []string{"remote-file"},
	Complete: []completion.Kind{completion.RemotePath, completion.LocalPath},
	Wire:     command.Verbs(hashVerbs, command.DataVerbs, command.Sends("RETR")), Needs: command.Login, Reach: command.WholeLine, Foreign: command.Confined, Run: verify,
})

// hashVerbs are what a comparison by checksum may send.
var hashVerbs = command.Sends("HASH", "OPTS HASH", "XSHA256", "XSHA512", "XSHA1", "XSHA", "XMD5", "MD5", "XCRC")

func verify(ctx context.Context, c *command.Call) error {
	t := transfer.Task{Remote: c.Arg(0), Resume: true} // which leaves the local name as it is
	if len(c.Args) == 2 {
		t.Local = LocalPath(c.Args[1])
	}
	if err := nameHere(c, &t); err != nil {
		return err
	}
	how, err := transfer.Verify(ctx, c.Session(), t.Remote, c.Shell.Folder(), t.Local)
	if err != nil {
		if failure.AnyOf[*fs.PathError, *failure.LocalError](err) || failure.Is[*transfer.MismatchError](err) {
			return err // it names the files itself
		}
		return failure.About(t.Remote, err)
	}
	o := struct {
		Name  string `json:"name"`
		Local string `json:"local"`
		By    string `json:"by"`
	}{t.Remote, t.Local, how}
	if c.Shell.Options.Quiet && !c.JSON() {
		return nil
	}
	return printFact(c, t.Remote, "the same ("+how+")", o)
}
