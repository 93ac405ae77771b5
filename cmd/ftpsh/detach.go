package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/history/private"
)

// detached are the options of a process that continues with jobs: those
// about connections, not those about what to do.
var detached = []string{
	"tls", "ca", "cert", "key", "tls-name", "insecure", "pin", "active", "passive", "ipv4", "ipv6", "source",
	"stall", "rate", "buffer", "no-config", "netrc",
}

// detach starts a process of this program that runs a script and belongs to no
// terminal. The script, with the passwords in it, goes through a pipe; what the
// process has to say is in a file that only the user can read; what stands on its first line.
func (o *options) detach(script, what string, start func(*exec.Cmd) error) (log string, err error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	log = filepath.Join(stateDir(), "detached-"+time.Now().Format("20060102-150405")+".log")
	if err := private.MakeFolder(log); err != nil {
		return "", err
	}
	out, err := private.Append(log)
	if err != nil {
		return "", err
	}
	defer out.Close()
	if err := lockFor(out); err != nil {
		return "", err
	}
	if _, err := fmt.Fprintln(out, what); err != nil {
		return "", err
	}
	cmd := exec.Command(program, append(o.connectFlags, "--verbose", "--keep-going")...)
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = out, out, ownSession
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	if err := start(cmd); err != nil {
		return "", err
	}
	if _, err := io.WriteString(in, script); err != nil {
		return "", err
	}
	named := fmt.Sprintf("%s-%d.log", strings.TrimSuffix(log, ".log"), cmd.Process.Pid)
	if os.Rename(log, named) == nil { // `jobs` finds the process by it
		log = named
	}
	return log, in.Close()
}

// connectArgs are the options given that are about connections.
func connectArgs(fs *pflag.FlagSet) []string {
	var args []string
	fs.Visit(func(f *pflag.Flag) {
		if slices.Contains(detached, f.Name) {
			args = append(args, fmt.Sprintf("--%s=%s", f.Name, f.Value))
		}
	})
	return args
}
