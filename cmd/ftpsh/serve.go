package main

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/practice"
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
	tls, writable, verbose bool
}

func serveFlags(o *serveOptions) *pflag.FlagSet {
	fs := pflag.NewFlagSet("ftpsh --serve", pflag.ContinueOnError)
	fs.SortFlags = false
	fs.Usage = func() {}
	fs.StringVar(&o.dir, "serve", "", "the `DIRECTORY` to serve; nothing outside it can be reached")
	fs.IntVarP(&o.port, "port", "p", 2121, "the port; 0 takes any that is free")
	fs.StringVar(&o.listen, "listen", "127.0.0.1", "the address to listen on; 0.0.0.0 for every network")
	fs.StringVarP(&o.user, "user", "u", "", "who may log in; without it everybody may read, as anonymous")
	fs.StringVarP(&o.password, "password", "P", "", "the password; without it FTPSH_PASSWORD has it, or one is made and shown")
	fs.StringVarP(&o.cert, "cert", "c", "", "a `FILE` with certificate and key (PEM); without it one is made")
	fs.BoolVar(&o.tls, "tls", false, "demand TLS for logins and transfers")
	fs.BoolVarP(&o.writable, "writable", "w", false, "let the user write, too")
	fs.BoolVarP(&o.verbose, "verbose", "v", false, "show the dialogue")
	return fs
}

// serve serves a directory until a signal ends it.
func serve(args []string) int {
	var o serveOptions
	fs := serveFlags(&o)
	err := fs.Parse(args)
	if errors.Is(err, pflag.ErrHelp) || strings.HasPrefix(o.dir, "-") {
		fmt.Print("usage: ftpsh --serve DIRECTORY [options]\n\noptions:\n" + fs.FlagUsages())
		return 0
	}
	if err == nil && (len(fs.Args()) > 0 || o.dir == "") {
		err = errors.New("one directory is served")
	}
	if err == nil && o.writable && o.user == "" {
		err = errors.New("--writable needs --user: nobody unknown may write")
	}
	if err != nil {
		return wrong(err)
	}
	server, err := o.start()
	if err != nil {
		fmt.Fprintln(os.Stderr, "ftpsh: "+err.Error())
		return 1
	}
	defer server.Close()
	fmt.Println(o.welcome(server))
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	<-stop
	return 0
}

func (o *serveOptions) start() (*practice.Server, error) {
	opt := practice.Options{
		Dir: o.dir, ReadOnly: !o.writable, TLS: practice.Explicit,
		Listen: net.JoinHostPort(o.listen, strconv.Itoa(o.port)), Names: []string{o.listen},
		Users: map[string]string{},
	}
	if o.user != "" {
		if o.password == "" {
			o.password = os.Getenv("FTPSH_PASSWORD")
		}
		if o.password == "" {
			o.password = rand.Text()[:10]
		}
		opt.Users[o.user], opt.NoAnonymous = o.password, true
	}
	if o.tls {
		opt.TLS = practice.RequireExplicit
	}
	if o.cert != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.cert)
		if err != nil {
			return nil, err
		}
		opt.Certificate = &pair
	}
	if o.verbose {
		opt.Log = func(e practice.Event) { fmt.Fprintln(os.Stderr, e) }
	}
	return practice.Start(opt)
}

// welcome says how to reach the server.
func (o *serveOptions) welcome(server *practice.Server) string {
	who := "anonymous, read only"
	if o.user != "" {
		who = "user " + o.user + ", password " + o.password
	}
	return fmt.Sprintf("serving %s on %s (%s); Ctrl-C ends it", o.dir, server.URL(), who)
}
