package commands

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "edit", Theme: "change files", Args: "[on|off | remote]", Short: "edit a file of the server, or switch the editing of lines on and off",
	Long: "The file is downloaded, $VISUAL or $EDITOR (else vi, on Windows notepad) opens it, and it goes back when it was changed. If it has " +
		"changed on the server meanwhile you are asked; without an answer, and when the upload fails, your version stays here " +
		"and its name is shown. A name that is not there is a new file.\n" +
		"With on or off, or alone, it says who edits the lines at the prompt, as in ftp(1): this program, or the terminal. " +
		"A file called on is ./on.",
	Examples: []command.Example{{Line: "edit index.html", Says: "change it on the server"}},
	Max:      1, Complete: []completion.Kind{completion.RemotePath},
	Wire: command.Verbs(command.ListVerbs, command.Sends("RETR", "REST", "STOR", "SIZE")), Program: true, Foreign: command.Refused, Run: edit,
})

func edit(ctx context.Context, c *command.Call) error {
	if word := c.Arg(0); word == "" || word == "on" || word == "off" {
		return command.ToggleSetting("edit")(ctx, c)
	}
	if err := c.Shell.Needs(command.Login); err != nil {
		return err
	}
	if err := outsideTx(c); err != nil { // it would show the file as it was before the transaction
		return err
	}
	if !c.Interactive() {
		return c.Usage("an editor needs a terminal")
	}
	name := c.Arg(0)
	if not, err := command.WouldRun(c.Shell, "edit "+name); not {
		return err
	}
	dir, err := os.MkdirTemp("", "ftpsh-edit-")
	if err != nil {
		return err
	}
	e := &editing{Call: c, remote: name, local: filepath.Join(dir, copyName(c.Shell, dir, name))}
	err = e.run(ctx)
	if !e.keep {
		os.RemoveAll(dir)
	}
	return err
}

// copyName is a name for the copy that tells an editor what kind of file it is.
func copyName(sh *command.Shell, dir, remote string) string {
	if name, err := namesIn(sh, dir).Name(command.BaseName(remote)); err == nil {
		return name
	}
	return "file"
}

// editing is a file of the server in an editor.
type editing struct {
	*command.Call
	remote, local string
	was           listing.Entry // on the server, when it was fetched
	fresh         bool          // it was not there
	keep          bool          // the local file stays
}

func (e *editing) run(ctx context.Context) error {
	if err := e.fetch(ctx); err != nil {
		return failure.About(e.remote, err)
	}
	before, err := digest(e.local)
	if err != nil {
		return err
	}
	if err := e.edit(ctx); err != nil {
		return err
	}
	after, err := digest(e.local)
	if err != nil {
		return err
	}
	if bytes.Equal(before, after) {
		e.Note("%s was not changed", e.remote)
		return nil
	}
	e.keep = true // until it has arrived
	yes, err := e.mayReplace(ctx)
	if err == nil && yes {
		err = e.store(ctx)
	}
	e.keep = !yes || err != nil
	if e.keep {
		e.Note("your version is in %s; `put %s %s` uploads it", e.local, syntax.Quote(e.local), syntax.Quote(e.remote))
	}
	return failure.About(e.remote, err)
}

// fetch brings the file, or makes an empty one if there is none.
func (e *editing) fetch(ctx context.Context) error {
	var err error
	if e.was, err = e.Session().Stat(ctx, e.remote); err != nil {
		if !client.IsCode(err, 550) {
			return err
		}
		e.fresh = true
		return os.WriteFile(e.local, nil, 0o600)
	}
	if e.was.Type == listing.Dir {
		return &failure.LocalError{Text: "is a directory"}
	}
	t := transfer.Task{Op: transfer.Download, Remote: e.remote, Local: e.local}
	_, err = transfer.Run(ctx, e.Session(), t, nil)
	return err
}

func digest(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, file)
	return sum.Sum(nil), err
}

// edit runs the editor.
func (e *editing) edit(ctx context.Context) error {
	return runLocal(e.Call, command.EditorCommand(ctx, editor(), e.local))
}

func editor() string { return cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"), command.DefaultEditor) }

// EditElsewhere is Ctrl-X Ctrl-E: the line as the user's editor leaves it. It is not run: Return does that.
func EditElsewhere(sh *command.Shell, line string) string {
	edited, err := editedLine(sh, line)
	if err != nil {
		sh.Say("the line was not edited: " + sh.Masked(failure.InWords(err)))
		return line
	}
	return edited
}

func editedLine(sh *command.Shell, line string) (string, error) {
	text, err := edited(sh, "ftpsh-line-*", line+"\n")
	return strings.TrimRight(text, "\r\n"), err
}

// edited is a text as the user's editor leaves it.
func edited(sh *command.Shell, pattern, text string) (string, error) {
	file, err := os.CreateTemp("", pattern)
	if err != nil {
		return "", err
	}
	defer os.Remove(file.Name())
	_, err = io.WriteString(file, text)
	if err := cmp.Or(err, file.Close()); err != nil {
		return "", err
	}
	if err := sh.Console.Run(command.EditorCommand(sh.Base, editor(), file.Name())); err != nil {
		return "", err
	}
	after, err := os.ReadFile(file.Name())
	return string(after), err
}

// MayReplace looks whether the file on the server is still the one that was
// fetched, and asks if it is not.
func (e *editing) mayReplace(ctx context.Context) (bool, error) {
	now, err := e.Session().Stat(ctx, e.remote)
	switch {
	case client.IsCode(err, 550) && e.fresh:
		return true, nil
	case client.IsCode(err, 550):
		return e.Confirm(ctx, e.remote+" has been deleted meanwhile; upload it again?"), nil
	case err != nil:
		return false, err
	case e.fresh:
		return e.Confirm(ctx, "somebody else has made "+e.remote+" meanwhile ("+entryText(now)+"); replace it?"), nil
	case now.Size == e.was.Size && now.Time.Equal(e.was.Time):
		return true, nil
	}
	return e.Confirm(ctx, e.remote+" has changed on the server meanwhile ("+entryText(e.was)+", now "+entryText(now)+"); replace it?"), nil
}

func entryText(e listing.Entry) string {
	text := command.BytesText(e.Size)
	if !e.Time.IsZero() {
		text += " of " + e.Time.Local().Format(time.DateTime)
	}
	return text
}

func (e *editing) store(ctx context.Context) error {
	t := transfer.Task{Op: transfer.Upload, Remote: e.remote, Local: e.local}
	configureTask(e.Call, &t)
	t.Preserve = false
	meter := &transfer.Meter{}
	stop := watchMeter(e.Call, render.Safe(e.remote), meter)
	r, err := transfer.Run(ctx, e.Session(), t, meter)
	stop()
	if err != nil {
		return err
	}
	e.Shell.Remote.Add(e.Absolute(e.remote), completion.Name{Note: render.Size(r.Size)})
	if e.JSON() {
		return e.Done(transferEvent(t.Op, r))
	}
	return tellMoved(e.Call, e.remote, r)
}
