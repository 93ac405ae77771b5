package main

import (
	"cmp"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
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
	if err := cmp.Or(checkValues(fs), o.checkParts()); err != nil {
		return nil, err
	}
	o.target, o.connectFlags = fs.Args(), connectArgs(fs)
	if dash := fs.ArgsLenAtDash(); dash >= 0 && len(o.scripts) > 0 {
		o.target, o.arguments = o.target[:dash], o.target[dash:]
	}
	if len(operations) > 0 {
		if len(o.scripts) > 0 {
			return nil, errors.New("with -c and -f nothing follows the host but -- and the arguments of the script")
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
		return nil, errors.New("--output needs the URL of a file")
	case len(o.target) > 2:
		return nil, fmt.Errorf("%s: one server at a time", strings.Join(o.target[2:], " "))
	}
	return o, o.checkTogether()
}

// checkTogether refuses options that do not go together, or are none of their values.
func (o *options) checkTogether() error {
	switch {
	case o.demo && len(o.target) > 0:
		return errors.New("--demo brings its own server")
	case o.like != "" && !o.demo:
		return errors.New("--like is for --demo and --serve")
	case o.passwordStdin && o.readsInput():
		return errors.New("--password-stdin and -f - both want standard input")
	case o.v4 && o.v6:
		return errors.New("-4 and -6 exclude each other")
	case !slices.Contains([]string{"auto", "always", "never"}, o.color):
		return fmt.Errorf("--color: %q is not one of auto, always, never", o.color)
	case o.pin != "" && len(fingerprint(o.pin)) != 2*sha256.Size:
		return fmt.Errorf("--pin: %q is not the SHA-256 of a certificate", o.pin)
	case o.source != "" && net.ParseIP(o.source) == nil:
		return fmt.Errorf("--source: %q is not an IP address", o.source)
	case o.key != "" && o.cert == "":
		return errors.New("--key needs --cert: the file with the certificate of the key")
	}
	return nil
}

// checkValues reports a value that no option of its kind can have. One that is empty comes from a variable that is not set,
// and is not taken for an option that was left out.
func checkValues(fs *pflag.FlagSet) (err error) {
	fs.Visit(func(f *pflag.Flag) {
		value := f.Value.String()
		kind, _ := pflag.UnquoteUsage(f)
		switch {
		case err != nil:
		case f.Value.Type() == "string" && value == "":
			err = fmt.Errorf("--%s needs a value: %s", f.Name, kind)
		case f.Name == "port" && f.Value.Type() == "string" && !isPort(value):
			err = fmt.Errorf("--port: %q is not a number from 1 to 65535", value)
		case strings.HasPrefix(value, "-") && (f.Value.Type() == "int" || f.Value.Type() == "count"):
			err = fmt.Errorf("--%s: %s is less than 0", f.Name, value)
		}
	})
	return err
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
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
		return errors.New("--upload: no file is named: which ones?")
	case len(o.scripts) > 0 || o.demo || o.output != "":
		return errors.New("--upload sends files and leaves: it goes with none of -c, -f, -o, --demo")
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
			return opt, failure.About("--log", err)
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
			return nil, failure.About("--ca", err)
		}
		cfg.RootCAs = pool
	}
	if name := os.Getenv(keyLogFile); name != "" {
		log, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return nil, failure.About(keyLogFile, err)
		}
		cfg.KeyLogWriter = log // up to the end of the program
	}
	if o.cert == "" {
		return cfg, nil
	}
	pair, err := certificate(o.cert, cmp.Or(o.key, o.cert))
	cfg.Certificates = []tls.Certificate{pair}
	return cfg, failure.About("--cert", err)
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
		if name == key {
			return pair, fmt.Errorf("%s does not hold a certificate and its key", name)
		}
		return pair, fmt.Errorf("%s and %s are not a certificate and its key", name, key)
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

// optionSetting is a setting that an option changes.
type optionSetting struct {
	given       bool
	option      string // or the variable of the environment
	name, value string
}

// wrong is what is wrong with the value, said about the option.
func (s optionSetting) wrong(err error) error {
	said := &failure.UsageError{Text: s.option + ": " + strings.TrimPrefix(failure.InWords(err), s.name+": ")}
	if s.option == "--set" {
		said.Text = s.option + ": " + failure.InWords(err)
		said.Hint = strings.NewReplacer("`set`", "`ftpsh -c set`", "`set "+s.name+" ", "`--set "+s.name+"=", "`set ", "`--set ").Replace(failure.Hint(err))
	}
	return said
}

// settings are the options that have a setting.
func (o *options) settings() []optionSetting {
	way, most, _ := strings.Cut(o.rate, ",")
	most, _, _ = strings.Cut(most, ",")
	all := []optionSetting{
		{o.verbose, "--verbose", "verbose", "on"},
		{o.quiet, "--quiet", "verbose", "off"},
		{o.noPrompt, "--no-prompt", "prompt", "off"},
		{o.noGlob, "--no-glob", "glob", "off"},
		{o.v4, "--ipv4", "family", "4"},
		{o.v6, "--ipv6", "family", "6"},
		{o.passive, "--passive", "passive", "on"},
		{o.active, "--active", "passive", "off"},
		{o.keepGoing, "--keep-going", "onerror", "continue"},
		{o.requireTLS, "--ssl-reqd", "tls", "require"},
		{o.tls != "", "--tls", "tls", o.tls},
		{o.connectTimeout != "", "--connect-timeout", "timeout", o.connectTimeout},
		{o.maxTime != "", "--max-time", "max-time", o.maxTime},
		{o.noEdit, "--no-edit", "edit", "off"},
		{o.retry > 0, "--retry", "retries", strconv.Itoa(forever)},
		{o.retry > 0, "--retry", "retry-wait", strconv.Itoa(o.retry)},
		{o.stall > 0, "--stall", "stall", strconv.Itoa(o.stall)},
		{o.packets, "--packets", "trace", "2"},
		{os.Getenv("FTPSH_TRACE") != "", "FTPSH_TRACE", "trace", os.Getenv("FTPSH_TRACE")},
		{o.debug > 0, "--debug", "trace", strconv.Itoa(min(o.debug, 3))},
		{o.trace != "", "--trace", "trace", o.trace},
		{o.limitRate != "", "--limit-rate", "rate-get", o.limitRate},
		{o.limitRate != "", "--limit-rate", "rate-put", o.limitRate},
		{way == "get" || way == "all", "--rate", "rate-get", most},
		{way == "put" || way == "all", "--rate", "rate-put", most},
		{o.buffer != "", "--buffer", "rcvbuf", o.buffer},
		{o.buffer != "", "--buffer", "sndbuf", o.buffer},
	}
	for _, change := range o.changes {
		name, value, _ := strings.Cut(change, "=")
		all = append(all, optionSetting{true, "--set", name, value})
	}
	return slices.DeleteFunc(all, func(s optionSetting) bool { return !s.given })
}

// checkParts looks at NAME=VALUE and at DIRECTION,MAX[,STEP].
func (o *options) checkParts() error {
	for _, change := range o.changes {
		if !strings.Contains(change, "=") {
			return fmt.Errorf("--set: %q is not NAME=VALUE", change)
		}
	}
	words := strings.Split(o.rate, ",")
	if o.rate == "" || slices.Contains([]string{"all", "get", "put"}, words[0]) && (len(words) == 2 || len(words) == 3) {
		return nil
	}
	return fmt.Errorf("--rate: %q is not DIRECTION,MAX[,STEP] such as get,100k; the direction is all, get or put", o.rate)
}

// stepRates is by how much signals change the limits, where --rate says so.
func (o *options) stepRates(sh *command.Shell) error {
	words := strings.Split(o.rate, ",")
	if len(words) != 3 {
		return nil
	}
	step, err := settings.ParseBytes(words[2])
	if err != nil {
		return failure.About("--rate", err)
	}
	for _, download := range []bool{true, false} {
		if words[0] == "all" || (words[0] == "get") == download {
			sh.LimitFor(download).Step.Store(step)
		}
	}
	return nil
}
