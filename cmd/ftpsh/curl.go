package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/shell/command"
)

// curlFlags are options of curl that mean the same here as one of ours, for the fingers and scripts that know
// them; help does not show them. Those that mean something else are answered from shell.OtherWords.
func (o *options) curlFlags(fs *pflag.FlagSet) {
	fs.StringVar(&o.netrc, "netrc-file", "", "as -N `FILE`")
	fs.StringVar(&o.limitRate, "limit-rate", "", "as -T all,`MAX`")
	fs.BoolVar(&o.requireTLS, "ssl-reqd", false, "as --tls=require")
	fs.BoolVar(&o.createDirs, "ftp-create-dirs", false, "as --create-dirs")
	fs.BoolP("remote-name", "O", false, "what happens without it, too")
	fs.IntVar(&o.retry, "retry-delay", 0, "as -r `SECONDS`")
	for _, name := range []string{"netrc-file", "retry-delay", "limit-rate", "ssl-reqd", "ftp-create-dirs", "remote-name"} {
		fs.Lookup(name).Hidden = true
	}
}

// credentials puts the user and the password of the command line into opt.
func (o *options) credentials(opt *command.Options) error {
	user, password, has := strings.Cut(o.user, ":")
	opt.Connect.User = user
	if has {
		opt.Password, opt.PasswordSource = password, "--user"
	}
	if !o.passwordStdin {
		return nil
	}
	line, err := firstLine(os.Stdin)
	if err != nil {
		return err
	}
	opt.Password, opt.PasswordSource = line, "--password-stdin"
	return nil
}

// firstLine reads a line byte by byte: what follows it is for somebody else.
func firstLine(r io.Reader) (string, error) {
	var line strings.Builder
	for in := bufio.NewReaderSize(oneByte{r}, 16); ; {
		b, err := in.ReadByte()
		switch {
		case err == io.EOF && line.Len() == 0:
			return "", errors.New("--password-stdin: standard input is empty")
		case err == io.EOF || b == '\n':
			return strings.TrimSuffix(line.String(), "\r"), nil
		case err != nil:
			return "", err
		}
		line.WriteByte(b)
	}
}

// oneByte reads one byte at a time.
type oneByte struct{ io.Reader }

// Read reads a byte.
func (r oneByte) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(1, len(p))]) }
