package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// serving reports whether the command line asks for a server. It has options
// of its own: -p is a port there.
func serving(args []string) bool {
	for _, arg := range args {
		if arg == "--" {
			return false
		}
		if arg == "--serve" || strings.HasPrefix(arg, "--serve=") {
			return true
		}
	}
	return false
}

type serveOptions struct {
	dir, listen            string
	port                   int
	user, password, cert   string
	like                   string
	tls, writable, verbose bool
	uploads                bool
	made                   bool // the password is ours
}

func serveFlags(o *serveOptions) *pflag.FlagSet {
	fs := pflag.NewFlagSet("ftpsh --serve", pflag.ContinueOnError)
	fs.SortFlags = false
	fs.Usage = func() {}
	fs.StringVar(&o.dir, "serve", "", "the `DIRECTORY` to serve; nothing outside it can be reached")
	fs.IntVarP(&o.port, "port", "p", 2121, "the `PORT`; 0 takes any that is free")
	fs.StringVar(&o.listen, "listen", "127.0.0.1", "the `ADDRESS` to listen on; 0.0.0.0 for every network")
	fs.StringVarP(&o.user, "user", "u", "", "the `NAME` of who may log in; without it everybody may read, as anonymous")
	fs.StringVarP(&o.password, "password", "P", "", "the `PASSWORD`; without it FTPSH_PASSWORD has it, or one is made and shown")
	fs.StringVarP(&o.cert, "cert", "c", "", "a `FILE` with certificate and key (PEM); without it one is made")
	fs.StringVar(&o.like, "like", "", "look like this `SERVER`: vsftpd, proftpd, pure-ftpd, iis, zos")
	fs.BoolVar(&o.tls, "tls", false, "demand TLS for logins and transfers")
	fs.BoolVarP(&o.writable, "writable", "w", false, "let the user write, too")
	fs.BoolVar(&o.uploads, "anonymous-uploads", false, "let everybody write below incoming/ in it, unknown as they are")
	fs.BoolVarP(&o.verbose, "verbose", "v", false, "show the dialogue")
	return fs
}

// serveIdle is how long a client of --serve may do nothing.
const serveIdle = 15 * time.Minute

// serve serves a directory until a signal ends it.
func serve(args []string, password string) int {
	var o serveOptions
	fs := serveFlags(&o)
	err := fs.Parse(args)
	o.password = cmp.Or(o.password, password)
	if errors.Is(err, pflag.ErrHelp) || strings.HasPrefix(o.dir, "-") {
		fmt.Print("usage: ftpsh --serve DIRECTORY [options]\n\noptions:\n" + fs.FlagUsages())
		return 0
	}
	if err = cmp.Or(err, o.check(fs)); err != nil {
		return usageError(command.FlagError(err, fs, ""), "ftpsh --serve")
	}
	server, err := o.start()
	if err != nil {
		complain("ftpsh", err)
		return 1
	}
	defer server.Close()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	fmt.Println(o.welcome(server))
	for _, line := range o.exposure(server) {
		complain("ftpsh: warning", errors.New(line))
	}
	<-stop
	return 0
}

// check refuses options that are none of their values, or do not go together.
func (o *serveOptions) check(fs *pflag.FlagSet) error {
	if err := checkValues(fs); err != nil {
		return err
	}
	switch {
	case o.port > math.MaxUint16:
		return fmt.Errorf("--port: %d is not a number from 0 to 65535", o.port)
	case len(fs.Args()) > 0 || o.dir == "":
		return errors.New("one directory is served")
	case o.writable && o.user == "":
		return errors.New("--writable needs --user; --anonymous-uploads lets everybody write, below incoming/ only")
	case o.uploads && o.user != "":
		return errors.New("--anonymous-uploads and --user exclude each other: with a user nobody is anonymous")
	}
	return nil
}

func (o *serveOptions) start() (*practice.Server, error) {
	opt := practice.Options{
		Dir: o.dir, ReadOnly: !o.writable && !o.uploads, Uploads: o.uploads, TLS: practice.Explicit,
		Idle: serveIdle, Forget: true, Like: o.like,
		Listen: net.JoinHostPort(o.listen, strconv.Itoa(o.port)), Names: []string{o.listen},
		Users: map[string]string{},
	}
	if o.user != "" {
		if o.password == "" {
			o.password, o.made = rand.Text()[:10], true
		}
		opt.Users[o.user], opt.NoAnonymous = o.password, true
	}
	if o.tls {
		opt.TLS = practice.RequireExplicit
	}
	if o.cert != "" {
		pair, err := certificate(o.cert, o.cert)
		if err != nil {
			return nil, failure.About("--cert", err)
		}
		opt.Certificate = &pair
	}
	opt.Log = func(e practice.Event) {
		if o.verbose || e.From == practice.Warning {
			fmt.Fprintln(os.Stderr, render.SafeLines(e.String()))
		}
	}
	server, err := practice.Start(opt)
	switch {
	case failure.Is[*fs.PathError](err):
		return nil, failure.About("--serve", err)
	case failure.Is[*net.OpError](err):
		return nil, failure.About("--listen", failure.About(opt.Listen, err))
	}
	return server, err
}

// welcome says how to reach the server.
func (o *serveOptions) welcome(server *practice.Server) string {
	who := "anonymous, read only"
	switch {
	case o.uploads:
		who = "anonymous, who may write below incoming/"
	case o.made:
		who = "user " + o.user + ", password " + o.password
	case o.user != "":
		who = "user " + o.user + ", with the password that was given"
	}
	return fmt.Sprintf("serving %s on %s (%s); Ctrl-C ends it", o.dir, server.URL(), who)
}

// exposure says where others than the users of this computer reach the server, a line for each address.
func (o *serveOptions) exposure(server *practice.Server) (lines []string) {
	addrs := []net.IP{net.ParseIP(server.Host())}
	if addrs[0].IsUnspecified() {
		addrs = ownAddresses()
	}
	for _, ip := range addrs {
		if !ip.IsLoopback() {
			lines = append(lines, "others reach it at ftp://"+net.JoinHostPort(ip.String(), strconv.Itoa(server.Port()))+"/")
		}
	}
	if len(lines) > 0 && !o.tls && o.user != "" {
		lines = append(lines, "anyone in between can read the password and the files of clients that use no TLS; --tls demands it")
	}
	return lines
}

// ownAddresses are those of this computer.
func ownAddresses() (ips []net.IP) {
	addrs, _ := net.InterfaceAddrs()
	for _, addr := range addrs {
		if ip, ok := addr.(*net.IPNet); ok {
			ips = append(ips, ip.IP)
		}
	}
	return ips
}
