package shell

import (
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/site"
)

// Open connects as the open command does, and shows what goes wrong.
func Open(sh *command.Shell, words ...string) error {
	a, err := command.AddressOf(sh, words)
	if err != nil {
		sh.Failed(command.Line{}, "open", err)
		return err
	}
	sayPasswordIsSeen(sh, a)
	return OpenAddress(sh, a)
}

// sayPasswordIsSeen warns of a password in a command line.
func sayPasswordIsSeen(sh *command.Shell, a site.Address) {
	if a.HasPassword && !sh.Options.Quiet {
		sh.Say("other users of this computer can see a password in a command line; FTPSH_PASSWORD or the prompt hide it")
	}
}

// OpenAddress does the same for an address that is known.
func OpenAddress(sh *command.Shell, a site.Address) error {
	ctx, done := sh.Signals.During(sh.Base, sh.Session)
	defer done()
	end := sh.Recorder.Begin("open " + a.Host)
	err := sh.Again(ctx, "open", func() (bool, error) {
		return true, command.OpenSession(ctx, sh, a, command.Opening{Anonymous: sh.Options.Connect.Anonymous, NoLogin: sh.Options.Connect.NoLogin})
	})
	end(err)
	if err != nil {
		err = failure.Interrupted(ctx, err)
		sh.Failed(command.Line{}, "open", err)
		return err
	}
	if err = command.Initialize(sh); err != nil { // before whatever is to be done here
		sh.Failed(command.Line{}, "init", err)
	}
	return err
}
