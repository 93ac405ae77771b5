package main

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/site"
)

// options are the command line.
type options struct {
	target []string // where to connect

	scripts   []source // what -c and -f say, in their order
	arguments []string // $1, $2 … in them
	keepGoing bool
	json      bool
	color     string

	tls, ca, cert, key, tlsName, pin string
	insecure                         bool

	v4, v6, active, passive bool
	anonymous, noLogin      bool
	noPrompt, noGlob        bool
	verbose, quiet          bool
	port, source            string
	stall                   int
	debug                   int
	trace                   string

	netrc, output, upload, rate, buffer, log string
	resume, dryRun, noEdit, packets          bool
	noConfig                                 bool
	createDirs, passwordStdin, requireTLS    bool
	retry                                    int

	user, limitRate, connectTimeout, maxTime string
	changes                                  []string // NAME=VALUE of settings

	demo, version, help bool
	like                string   // how the server of the demo looks
	completion          string   // for which shell
	connectFlags        []string // the options about connections, as given

	password    string // of the environment
	hasPassword bool
}

const synopsis = `usage: ftpsh [options] [[user@]host[:port] | host port | bookmark | ftp[s|es]://[user@]host[:port]/directory/]
       ftpsh [options] ftp://host/file… [-o FILE]      fetch files and leave
       ftpsh [options] -u URL FILE…                    send files and leave
       ftpsh [options] HOST [-l[DIR] | -dDIR | -p | FILE]…  list, change directory, passive or not, print files
       ftpsh [options] -c COMMANDS | -f SCRIPT [HOST] -- ARGUMENT…    run them; the arguments are $1, $2 and so on
       ftpsh --demo                 a practice server in this process, logged in and ready to use
       ftpsh --serve DIRECTORY      serve a directory; ` + "`ftpsh --serve --help`" + ` shows its options

At a terminal ftpsh is a shell: ` + "`help`" + ` there lists its commands. With -c, -f, or commands on standard input
it is a batch: it stops at the first failure and its exit status says why (0 done, 1 a command failed, 2 usage,
3 cannot connect, 4 login refused, 5 TLS or certificate, 6 refused by the server, 7 local file, 8 incomplete or
failed verification, 9 time limit, 10 not as it was or something left to do, 130 interrupted).

options:
`

func flagSet(o *options) *pflag.FlagSet {
	fs := pflag.NewFlagSet("ftpsh", pflag.ContinueOnError)
	fs.SortFlags = false
	fs.Usage = func() {}
	fs.VarP(sourceFlag{o, false}, "command", "c", "run these `COMMANDS`, separated by ; and leave; several -c and -f run in their order")
	fs.VarP(sourceFlag{o, true}, "file", "f", "run the commands in `SCRIPT` and leave; - is standard input")
	fs.BoolVarP(&o.keepGoing, "keep-going", "k", false, "in a batch, continue after a failure")
	fs.StringArrayVar(&o.changes, "set", nil, "change a setting: `NAME=VALUE`")
	fs.BoolVar(&o.json, "json", false, "print results as JSON, one object per line")
	fs.BoolVar(&o.dryRun, "dry-run", false, "say what would be sent and written, and change nothing")
	fs.StringVar(&o.log, "log", "", "add commands, dialogue and failures to `FILE`, each line with its time")
	fs.StringVarP(&o.output, "output", "o", "", "the local `FILE` for what a URL names; - is standard output, \"|command\" a local command")
	fs.StringVarP(&o.upload, "upload", "u", "", "send the local files that follow to `URL`")
	fs.BoolVar(&o.createDirs, "create-dirs", false, "make the directories that are missing, for -o here and for -u on the server")
	fs.BoolVarP(&o.resume, "resume", "R", false, "resume what an earlier transfer left")
	fs.IntVarP(&o.retry, "retry", "r", 0, "after a temporary failure, try again every `SECONDS`")
	fs.StringVarP(&o.rate, "rate", "T", "", "limit the speed: `DIRECTION,MAX[,STEP]` as get,100k; the direction is all, get or put")
	fs.StringVar(&o.connectTimeout, "connect-timeout", "", "the setting timeout: wait no longer than `TIME` for a connection or a reply")
	fs.StringVar(&o.maxTime, "max-time", "", "the setting max-time: a file or a listing may take no longer than `TIME`")
	fs.StringVarP(&o.buffer, "buffer", "x", "", "`SIZE` of the socket buffers of data connections")
	fs.StringVar(&o.user, "user", "", "log in as `NAME`, where the address has no user; NAME:PASSWORD is seen by other users of this computer")
	fs.BoolVar(&o.passwordStdin, "password-stdin", false, "the first line of standard input is the password")
	fs.StringVarP(&o.netrc, "netrc", "N", "", "read `FILE` instead of ~/.netrc")
	fs.BoolVar(&o.noConfig, "no-config", false, "do not read config.toml")
	fs.BoolVarP(&o.noEdit, "no-edit", "e", false, "leave the editing of lines to the terminal")
	fs.StringVar(&o.tls, "tls", "", "`MODE` is auto (the default), require, implicit or off")
	fs.StringVar(&o.ca, "ca", "", "trust the authorities in `FILE`, PEM or DER, instead of the system's")
	fs.StringVar(&o.cert, "cert", "", "show the server the certificate in `FILE` (PEM)")
	fs.StringVar(&o.key, "key", "", "the private key for --cert, if it is in another `FILE`")
	fs.StringVar(&o.tlsName, "tls-name", "", "the `NAME` that the server's certificate must have")
	fs.StringVar(&o.pin, "pin", "", "take the server's certificate if its fingerprint is `SHA256`, no matter who signed it")
	fs.BoolVar(&o.insecure, "insecure", false, "accept any certificate: anyone in between can pose as the server")
	fs.BoolVarP(&o.anonymous, "anonymous", "a", false, "log in as anonymous")
	fs.BoolVarP(&o.noLogin, "no-login", "n", false, "only connect; the command user logs in")
	fs.BoolVarP(&o.noPrompt, "no-prompt", "i", false, "ask nothing in mget, mput, mdelete")
	fs.BoolVarP(&o.noGlob, "no-glob", "g", false, "do not expand patterns")
	fs.BoolVarP(&o.verbose, "verbose", "v", false, "show the server's words and a line for each transfer")
	fs.BoolVarP(&o.quiet, "quiet", "V", false, "the opposite of -v: only failures are told, as a cron job wants it")
	fs.CountVarP(&o.debug, "debug", "d", "``show the dialogue; -dd shows connections, TLS and times too, -ddd everything")
	fs.BoolVarP(&o.packets, "packets", "t", false, "the same as -dd; in ftp(1) it traced packets")
	fs.StringVar(&o.trace, "trace", "", "the same, as a `LEVEL` from 1 to 3; FTPSH_TRACE is one for every call")
	fs.Lookup("trace").NoOptDefVal = "2"
	fs.BoolVarP(&o.passive, "passive", "p", false, "open data connections to the server (the default)")
	fs.BoolVarP(&o.active, "active", "A", false, "let the server open data connections to us")
	fs.BoolVarP(&o.v4, "ipv4", "4", false, "use IPv4 only")
	fs.BoolVarP(&o.v6, "ipv6", "6", false, "use IPv6 only")
	fs.StringVarP(&o.port, "port", "P", "", "connect to `PORT`")
	fs.StringVarP(&o.source, "source", "s", "", "connect from the local `ADDRESS`")
	fs.IntVarP(&o.stall, "stall", "q", 0, "give up when nothing arrives for `SECONDS`")
	fs.StringVar(&o.color, "color", "auto", "`WHEN` is auto, always or never")
	fs.BoolVar(&o.demo, "demo", false, "try it on a practice server in this process")
	fs.StringVar(&o.like, "like", "", "--demo: look like this `SERVER`: vsftpd, proftpd, pure-ftpd, iis, zos")
	fs.StringVar(&o.completion, "completion", "", "print the completion script for `SHELL`: bash, fish, powershell or zsh")
	fs.BoolVar(&o.version, "version", false, "show the version")
	fs.BoolVar(&o.help, "help", false, "show this")
	o.curlFlags(fs)
	return fs
}

func usage() string {
	return synopsis + strings.Replace(flagSet(&options{}).FlagUsages(), `--trace LEVEL[="2"]`, `--trace[=LEVEL]    `, 1)
}

func parseFlags(args []string) (*options, error) {
	o := &options{}
	fs := flagSet(o)
	args, operations := splitOperations(args)
	if err := fs.Parse(args); err != nil {
		return nil, command.FlagError(err, fs, "")
	}
	if o.help {
		return nil, pflag.ErrHelp
	}
	o.target, o.connectFlags = fs.Args(), connectArgs(fs)
	if dash := fs.ArgsLenAtDash(); dash >= 0 && len(o.scripts) > 0 {
		o.target, o.arguments = o.target[:dash], o.target[dash:]
	}
	if len(operations) > 0 {
		if len(o.scripts) > 0 {
			return nil, errors.New("-c and -f exclude what follows the host")
		}
		o.scripts = []source{{text: strings.Join(operations, "; ")}}
	}
	switch {
	case o.upload != "":
		return o, o.checkUpload()
	case o.fetches():
	case o.output != "":
		for _, word := range o.target {
			if _, err := site.ParseAddress(word); err != nil {
				return nil, err
			}
		}
		return nil, errors.New("-o needs the URL of a file")
	case len(o.target) > 2:
		return nil, fmt.Errorf("%s: one server at a time", strings.Join(o.target[2:], " "))
	}
	switch {
	case o.demo && len(o.target) > 0:
		return nil, errors.New("--demo brings its own server")
	case o.like != "" && !o.demo:
		return nil, errors.New("--like is for --demo and --serve")
	case o.passwordStdin && o.readsInput():
		return nil, errors.New("--password-stdin and -f - both want standard input")
	case o.v4 && o.v6:
		return nil, errors.New("-4 and -6 exclude each other")
	case o.pin != "" && len(fingerprint(o.pin)) != 2*sha256.Size:
		return nil, fmt.Errorf("--pin: %q is not the SHA-256 of a certificate", o.pin)
	case o.source != "" && net.ParseIP(o.source) == nil:
		return nil, fmt.Errorf("-s: %q is not an IP address", o.source)
	}
	return o, nil
}

// fingerprint takes out what people put between the digits.
func fingerprint(text string) string {
	return strings.ToLower(strings.NewReplacer(":", "", " ", "").Replace(strings.TrimPrefix(text, "sha256:")))
}

// fetches reports whether files are to be fetched from URLs.
func (o *options) fetches() bool {
	return len(o.scripts) == 0 && !o.demo && shell.IsFetch(o.target)
}

// unattended reports whether files are fetched or sent, and there is nothing to
// ask about.
func (o *options) unattended() bool { return o.upload != "" || o.fetches() }

func (o *options) checkUpload() error {
	switch {
	case len(o.target) == 0:
		return errors.New("-u: which files?")
	case len(o.scripts) > 0 || o.demo || o.output != "":
		return errors.New("-u goes with a URL and files, and nothing else to do")
	}
	return nil
}

// shellOptions are the options of the shell. A script of its own leaves
// standard input to commands, and is not disturbed by questions.
func (o *options) shellOptions(hasScript bool) (command.Options, error) {
	cfg, err := o.tlsConfig()
	if err != nil {
		return command.Options{}, err
	}
	opt := command.Options{
		StateDir:  stateDir(),
		Bookmarks: bookmarkFile(),
		Netrc:     o.netrc, NetrcNamed: o.netrc != "",
		JSON: o.json, DryRun: o.dryRun, Quiet: o.quiet,
		Password: o.password,
		Connect: command.Connect{
			TLS: cfg, Insecure: o.insecure, Pin: fingerprint(o.pin), Source: net.ParseIP(o.source), Port: o.port,
			Anonymous: o.anonymous, NoLogin: o.noLogin, KeyLog: os.Getenv(keyLogFile),
		},
	}
	if o.hasPassword {
		opt.PasswordSource = "FTPSH_PASSWORD"
	}
	if o.netrc == "" {
		opt.Netrc = site.DefaultNetrc()
	}
	if o.log != "" {
		if opt.Log, err = os.OpenFile(o.log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
			return opt, err
		}
	}
	opt.Console.Color = o.color
	if err := o.credentials(&opt); err != nil {
		return opt, err
	}
	if hasScript || o.readsInput() {
		opt.Console.SecretsFromTTY = term.IsTerminal(int(os.Stdin.Fd()))
	}
	if hasScript && !o.readsInput() {
		opt.In, opt.Console.In = os.Stdin, strings.NewReader("")
	} else if !o.readsInput() && term.IsTerminal(int(os.Stdin.Fd())) {
		opt.History = openHistory()
	}
	return opt, nil
}

// keyLogFile names the file that TLS keys are written to, as browsers and curl do it, for Wireshark.
const keyLogFile = "SSLKEYLOGFILE"

func (o *options) tlsConfig() (*tls.Config, error) {
	cfg := &tls.Config{ServerName: o.tlsName}
	if o.ca != "" {
		pool, err := readAuthorities(o.ca)
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = pool
	}
	if name := os.Getenv(keyLogFile); name != "" {
		log, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return nil, err
		}
		cfg.KeyLogWriter = log // up to the end of the program
	}
	if o.cert == "" {
		return cfg, nil
	}
	key := o.key
	if key == "" {
		key = o.cert
	}
	pair, err := certificate(o.cert, key)
	cfg.Certificates = []tls.Certificate{pair}
	return cfg, err
}

// certificate reads a certificate and its key in PEM.
func certificate(name, key string) (tls.Certificate, error) {
	for _, file := range []string{name, key} {
		if text, err := os.ReadFile(file); err != nil {
			return tls.Certificate{}, err
		} else if block, _ := pem.Decode(text); block == nil {
			return tls.Certificate{}, fmt.Errorf("%s holds nothing in PEM: `-----BEGIN …` is missing", file)
		}
	}
	pair, err := tls.LoadX509KeyPair(name, key)
	if err != nil {
		return pair, fmt.Errorf("%s and %s are not a certificate and its key: %s", name, key, failure.InWords(err))
	}
	return pair, nil
}

// readAuthorities reads certificates in PEM or DER.
func readAuthorities(name string) (*x509.CertPool, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if pool.AppendCertsFromPEM(text) {
		return pool, nil
	}
	certs, err := x509.ParseCertificates(text)
	if err != nil || len(certs) == 0 {
		return nil, fmt.Errorf("%s holds no certificate, neither as PEM nor as DER", name)
	}
	for _, cert := range certs {
		pool.AddCert(cert)
	}
	return pool, nil
}

// forever is how often -r tries again.
const forever = 1 << 30

// lines are the options that have a command of the shell.
func (o *options) lines() (lines []string) {
	if o.limitRate != "" {
		lines = append(lines, "rate all "+o.limitRate)
	}
	if o.rate != "" {
		lines = append(lines, "rate "+strings.ReplaceAll(o.rate, ",", " "))
	}
	if o.buffer != "" {
		lines = append(lines, "xferbuf "+o.buffer)
	}
	return lines
}

// settings are the options that have a setting: names and values.
func (o *options) settings() [][2]string {
	var all [][2]string
	for _, row := range []struct {
		given       bool
		name, value string
	}{
		{o.verbose, "verbose", "on"},
		{o.quiet, "verbose", "off"},
		{o.noPrompt, "prompt", "off"},
		{o.noGlob, "glob", "off"},
		{o.v4, "family", "4"},
		{o.v6, "family", "6"},
		{o.passive, "passive", "on"},
		{o.active, "passive", "off"},
		{o.keepGoing, "onerror", "continue"},
		{o.requireTLS, "tls", "require"},
		{o.tls != "", "tls", o.tls},
		{o.connectTimeout != "", "timeout", o.connectTimeout},
		{o.maxTime != "", "max-time", o.maxTime},
		{o.noEdit, "edit", "off"},
		{o.retry > 0, "retries", strconv.Itoa(forever)},
		{o.retry > 0, "retry-wait", strconv.Itoa(o.retry)},
		{o.stall > 0, "stall", strconv.Itoa(o.stall)},
		{o.packets, "trace", "2"},
		{os.Getenv("FTPSH_TRACE") != "", "trace", os.Getenv("FTPSH_TRACE")},
		{o.debug > 0, "trace", strconv.Itoa(min(o.debug, 3))},
		{o.trace != "", "trace", o.trace},
	} {
		if row.given {
			all = append(all, [2]string{row.name, row.value})
		}
	}
	for _, change := range o.changes {
		name, value, _ := strings.Cut(change, "=")
		all = append(all, [2]string{name, value})
	}
	return all
}
