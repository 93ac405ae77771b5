package commands

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "put", Theme: "upload", Plans: true, Risk: command.ReplacesRemote, Between: &command.Between{Reverse: true}, Aliases: []string{"send"}, Args: "local [remote]", Short: "upload a file", JSON: true,
	Long: "Without a remote name the file gets the last part of the local one, in the current directory of the server. - is " +
		"standard input and \"|command\" the output of a local command; both need a remote name.\n" +
		"After the last byte the size is compared with the server's. At a terminal you are asked about a file of the server that " +
		"differs; a script replaces it, and so does -f.",
	Examples: []command.Example{
		{Line: "put report.pdf", Says: "upload it"},
		{Line: "put report.pdf incoming/r.pdf", Says: "elsewhere"},
		{Line: "put --atomic --verify report.pdf", Says: "nobody sees it before it is complete and verified"},
		{Line: "put \"|tar cz src\" src.tgz", Says: "what a local command makes"},
		{Line: "put -r site", Says: "a directory with everything in it; `mirror -R` can do more"},
	},
	Min: 1, Max: 2, Ask: []string{"local-file"}, Flags: flags(putFlags, treesFlag, outputThereFlag, intoThereFlag),
	Complete: []completion.Kind{completion.LocalPath, completion.RemotePath},
	Wire:     putTreeVerbs, Needs: command.Login, Reach: command.WholeLine, Detach: true, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return put(ctx, c, transfer.Upload) },
	ByURL: putByURL,
})

var (
	putVerbs     = command.Verbs(command.DataVerbs, hashVerbs, command.Sends("RNFR", "RNTO", "STOR", "APPE", "STOU", "REST", "ALLO", "SIZE", "RETR", "SITE CHMOD", "MFF"), command.TimeVerbs)
	putTreeVerbs = command.Verbs(putVerbs, command.ListVerbs, command.Sends("MKD")) // with -r
)

// outputThereFlag is the option of a command that gives one file another name on the server.
func outputThereFlag(fs *pflag.FlagSet) {
	fs.StringP("output", "o", "", "under another `NAME`")
	command.NamesPath(fs, "output", completion.RemotePath)
}

// intoThereFlag is the option of commands that upload.
func intoThereFlag(fs *pflag.FlagSet) {
	fs.StringArrayP("into", "O", nil, "put it into `DIRECTORY` of the server, which must exist; several times: into each")
	command.NamesPath(fs, "into", completion.RemoteDir)
}

func putFlags(fs *pflag.FlagSet) {
	fs.BoolP("continue", "c", false, "send only what the server does not have yet")
	fs.BoolP("force", "f", false, "replace a file of the server without a question")
	fs.Bool("atomic", false, "under the name NAME.part until it is complete, so that nobody sees an incomplete file")
	fs.Bool("in-place", false, "under its own name at once, whatever the setting atomic says: nothing is renamed")
	fs.Bool("verify", false, "compare the contents with the server's")
	fs.Bool("check", false, "look once more just before a file is sent: leave it out when one of its size is there, or the server calls it a dupe")
	originalFlags(fs)
}

// intoEach carries out f for each directory of -O, or once with "".
func intoEach(c *command.Call, f func(dir string) error) error {
	dirs := []string{""}
	if c.Given("into") {
		dirs, _ = c.Flags.GetStringArray("into")
	}
	if stream := c.Arg(0) == "-" || strings.HasPrefix(c.Arg(0), "|"); len(dirs) > 1 && (stream || c.Is("remove-source")) {
		return c.Usage("what is sent to several directories is read once for each: no stream, and no -E")
	}
	var errs []error
	for _, dir := range dirs {
		errs = append(errs, f(dir))
	}
	return failure.Several(errs...)
}

func put(ctx context.Context, c *command.Call, op transfer.Op) error {
	if err := takeOutput(c); err != nil {
		return err
	}
	if len(c.Args) > 1 && c.Given("into") {
		return c.Usage("the second name and -O both say where it goes")
	}
	offset := c.Shell.TakeRestart()
	return intoEach(c, func(dir string) error {
		to := c.Arg(1)
		if dir != "" {
			to = strings.TrimSuffix(dir, "/") + "/"
		}
		return putAs(ctx, c, transfer.Task{Op: storeUnique(c, op), Remote: to, Resume: c.Is("continue"), Offset: offset})
	})
}

// putAs is put under the remote name of the task, or into that directory.
func putAs(ctx context.Context, c *command.Call, t transfer.Task) error {
	word := c.Args[0]
	command, isPipe := strings.CutPrefix(word.Text, "|")
	if (word.Text == "-" || isPipe) && t.Remote == "" {
		return c.Usage("a remote name is missing")
	}
	switch {
	case word.Text == "-":
		in, err := standardInput(ctx, c)
		if err != nil {
			return err
		}
		t.In = in
		return uploadFile(ctx, c, t)
	case isPipe:
		return putPipe(ctx, c, t, command)
	}
	names, err := LocalNames(ctx, c.Shell, word)
	if err != nil {
		return err
	}
	switch {
	case len(names) > 1 && len(c.Args) == 1 && t.Op != transfer.Append:
		return putNames(ctx, c, &each{call: c, all: true}, cmp.Or(strings.TrimSuffix(t.Remote, "/"), t.Remote))
	case len(names) > 1:
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: word.Text + " stands for several files", Hint: "`mput " + word.Text + "`; -O DIRECTORY says where"}
	}
	if c.Is("recursive") && c.Shell.Folder().IsDir(names[0]) {
		remote := t.Remote
		if remote == "" {
			remote = remoteTree(c, "", names[0])
		}
		return putTree(ctx, c, names[0], remote)
	}
	t.Local = names[0]
	if t.Remote == "" || strings.HasSuffix(t.Remote, "/") {
		t.Remote += c.Shell.RemoteName(t.Local)
	}
	return uploadFile(ctx, c, t)
}

// uploadFile sends a file unless the user keeps what it would replace.
func uploadFile(ctx context.Context, c *command.Call, t transfer.Task) error {
	if err := makeThere(ctx, c, command.ParentOf(t.Remote)); err != nil {
		return err
	}
	yes, err := settleThere(ctx, c, &t)
	if err != nil || !yes {
		return err
	}
	return moveFile(ctx, c, t)
}

// storeUnique makes the server choose the name of an upload, with sunique.
func storeUnique(c *command.Call, op transfer.Op) transfer.Op {
	if op == transfer.Upload && c.Shell.Settings.SUnique && !c.Is("continue") {
		return transfer.UploadUnique
	}
	return op
}

// putPipe uploads what a local command writes. A command that fails breaks the
// upload off, half of it must not look whole; one that fails before its first
// byte leaves nothing on the server.
func putPipe(ctx context.Context, c *command.Call, t transfer.Task, command string) error {
	cmd := c.Shell.LocalShell(ctx, command)
	cmd.Stderr = c.Err
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Shell.Console.Start(cmd); err != nil {
		return err
	}
	wait := sync.OnceValue(cmd.Wait)
	in := bufio.NewReader(&commandOutput{out, wait})
	if _, err = in.Peek(1); err == nil || errors.Is(err, io.EOF) {
		t.In = in
		err = uploadFile(ctx, c, t)
	}
	_ = out.Close() // the command notices, if it still writes
	_ = wait()
	return err
}

// commandOutput reads the output of a command; its failure is a failure to read.
type commandOutput struct {
	out  io.Reader
	wait func() error
}

func (o *commandOutput) Read(p []byte) (int, error) {
	n, err := o.out.Read(p)
	if err == io.EOF && n == 0 {
		if failed := o.wait(); failed != nil {
			return 0, &os.PathError{Op: "read", Path: "the local command", Err: failed}
		}
	}
	return n, err
}

// standardInput is standard input, where it does not hold the script; at a terminal it
// is what is typed until Ctrl-D.
func standardInput(ctx context.Context, c *command.Call) (io.Reader, error) {
	switch {
	case c.Interactive():
		return &typed{ctx: ctx, con: c.Shell.Console}, nil
	case c.Shell.Options.In == nil:
		return nil, c.Usage("standard input holds the commands")
	}
	return c.Shell.Options.In, nil
}

// typed reads lines from the terminal. Ctrl-C stops it.
type typed struct {
	ctx  context.Context
	con  *command.JobConsole
	rest []byte
}

func (t *typed) Read(p []byte) (int, error) {
	if len(t.rest) == 0 {
		line, err := t.con.Ask(t.ctx, "")
		if err != nil {
			return 0, err
		}
		t.rest = []byte(line + "\n")
	}
	n := copy(p, t.rest)
	t.rest = t.rest[n:]
	return n, nil
}

// putTree uploads a directory with everything in it.
func putTree(ctx context.Context, c *command.Call, local, remote string) error {
	if err := makeThere(ctx, c, command.ParentOf(remote)); err != nil {
		return err
	}
	_, err := runMirror(ctx, c, c.Session(), &transfer.Mirror{Up: true, Local: local, Remote: remote, Resume: c.Is("continue"), Chmod: c.Is("chmod"), RemoveSource: c.Is("remove-source")})
	return err
}

// remoteTree is the remote name of a local directory that was given no other, in a directory of the server.
func remoteTree(c *command.Call, dir, local string) string {
	if full, err := filepath.Abs(c.Shell.Local(local)); err == nil {
		local = full // so that . has a name
	}
	return command.JoinRemote(dir, c.Shell.RemoteName(local))
}

// isTree reports whether a local name is that of a directory, and no link to one.
func isTree(sh *command.Shell, name string) bool {
	info, err := sh.Folder().Lstat(name)
	return err == nil && info.IsDir()
}
