package main

import (
	"strconv"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/site"
)

// The account of the demo.
const demoUser, demoPassword = "demo", "try it"

// startDemo starts a server in this process, with a tree worth looking at.
func startDemo(like string) (*practice.Server, error) {
	return practice.Start(practice.Options{
		FS:    practice.SampleLike(like),
		Like:  like,
		Users: map[string]string{demoUser: demoPassword},
		TLS:   practice.Explicit,
	})
}

// openDemo logs in and says what can be tried.
func openDemo(sh *command.Shell, demo *practice.Server) error {
	if sh.Interactive() {
		sh.Say("a practice server runs inside this program; nothing you do here can break")
		sh.Say("try `ls -l`, `cat README.txt`, `get README.txt`, `trace 2`, `help`, `bye`")
	}
	return shell.OpenAddress(sh, site.Address{
		Host: demo.Host(), Port: strconv.Itoa(demo.Port()), Security: "require",
		User: demoUser, Password: demoPassword, HasPassword: true,
	})
}
