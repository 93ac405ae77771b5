package daemon

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// A program is one of the five servers.
type program struct {
	needs    []string                  // files, below Unpacked() unless they start with a slash; globs
	anyUser  bool                      // need not be started by root
	inetd    bool                      // one process for each connection, which is its standard input
	honours  string                    // fields of Options
	withTLS  string                    // further ones of its flavours with TLS
	refuses  map[string]string         // values of those that it cannot have
	commands func(c *setup) [][]string // writes the configuration; what to run
}

// A flavour is a program and how it protects its connections.
type flavour struct {
	name     string
	program  *program
	tls      bool // offered by AUTH TLS, and required
	implicit bool // begins with TLS
}

var (
	proftpdProgram = &program{
		needs:    []string{"/usr/sbin/proftpd", "/usr/lib/proftpd/mod_tls.so"},
		honours:  "Rate ReadOnly MaxClients Idle Banner Mode PasvIP Deflate NoDigest Charset Conf",
		withTLS:  "MaxTLS Ciphers Cert ClientCert NoReuse",
		commands: proftpd,
	}
	vsftpdProgram = &program{
		needs:    []string{"usr/sbin/vsftpd", nssWrapper, "/etc/pam.d/" + pamService},
		honours:  "Rate ReadOnly MaxClients Idle Banner Mode PasvIP Conf",
		withTLS:  "MaxTLS Ciphers Cert ClientCert NoReuse",
		commands: vsftpd,
	}
	pureProgram = &program{
		needs:    []string{"usr/sbin/pure-ftpd", nssWrapper},
		honours:  "Rate ReadOnly MaxClients Mode PasvIP Conf", // its Idle counts minutes
		withTLS:  "MaxTLS Ciphers Cert",
		refuses:  map[string]string{"Mode": "passive", "MaxTLS": "1.0 1.1"},
		commands: pureftpd,
	}
	pyftpdlibProgram = &program{
		needs:    []string{python, "/usr/lib/python3/dist-packages/pyftpdlib", "/usr/lib/python3/dist-packages/OpenSSL"},
		anyUser:  true,
		honours:  "Rate ReadOnly MaxClients Idle Banner Mode PasvIP Charset Conf",
		withTLS:  "MaxTLS Ciphers Cert ClientCert Eager",
		commands: pyftpdlib,
	}
	inetutilsProgram = &program{
		needs:    []string{"usr/sbin/ftpd", nssWrapper},
		inetd:    true,
		honours:  "ReadOnly Idle Conf",
		commands: inetutils,
	}
)

var flavours = []flavour{
	{name: "pyftpdlib", program: pyftpdlibProgram},
	{name: "pyftpdlib-tls", program: pyftpdlibProgram, tls: true},
	{name: "proftpd", program: proftpdProgram},
	{name: "proftpd-tls", program: proftpdProgram, tls: true},
	{name: "proftpd-implicit", program: proftpdProgram, tls: true, implicit: true},
	{name: "vsftpd", program: vsftpdProgram},
	{name: "vsftpd-tls", program: vsftpdProgram, tls: true},
	{name: "vsftpd-implicit", program: vsftpdProgram, tls: true, implicit: true},
	{name: "pure-ftpd", program: pureProgram},
	{name: "pure-ftpd-tls", program: pureProgram, tls: true},
	{name: "inetutils-ftpd", program: inetutilsProgram},
}

// Flavours names all flavours, in the order in which Each runs them.
func Flavours() []string {
	var names []string
	for _, f := range flavours {
		names = append(names, f.name)
	}
	return names
}

// Available says why a flavour cannot be started here, or nil.
func Available(name string) error {
	f, err := find(name)
	if err != nil {
		return err
	}
	if runtime.GOOS != "linux" {
		return errors.New("real servers: they are started on Linux only")
	}
	for _, file := range f.program.needs {
		if _, err := installed(file); err != nil {
			return fmt.Errorf("real servers: %s: %w; run .ci/install-servers", name, err)
		}
	}
	if os.Getuid() != 0 && !f.program.anyUser {
		return fmt.Errorf("real servers: %s must be started by root, since it changes its user at login", name)
	}
	return nil
}

// Can says why a flavour cannot do what o asks for, or nil.
func Can(name string, o Options) error {
	f, err := find(name)
	if err != nil {
		return err
	}
	able := strings.Fields(f.program.honours)
	if f.tls {
		able = append(able, strings.Fields(f.program.withTLS)...)
	}
	for option, value := range o.given() {
		if !slices.Contains(able, option) {
			return fmt.Errorf("%s has no option %s", name, option)
		}
		if slices.Contains(strings.Fields(f.program.refuses[option]), value) {
			return fmt.Errorf("%s cannot have %s %s", name, option, value)
		}
	}
	return nil
}

// Each runs test as a subtest for every flavour, with a server of its own, side by side: most of the time is waiting.
// What stands behind Each runs before them.
func Each(t *testing.T, test func(t *testing.T, s *Server)) {
	t.Helper()
	EachWith(t, Options{}, test)
}

// EachWith is Each for the flavours that can do what o asks for.
func EachWith(t *testing.T, o Options, test func(t *testing.T, s *Server)) {
	t.Helper()
	for _, f := range flavours {
		if Can(f.name, o) == nil && chosen(f.name) {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				test(t, Start(t, f.name, o))
			})
		}
	}
}

func find(name string) (flavour, error) {
	for _, f := range flavours {
		if f.name == name {
			return f, nil
		}
	}
	return flavour{}, fmt.Errorf("no flavour %q; there are %s", name, strings.Join(Flavours(), " "))
}

// given are the fields that are set.
func (o Options) given() map[string]string {
	fields := map[string]string{}
	v := reflect.ValueOf(o)
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			fields[v.Type().Field(i).Name] = fmt.Sprint(v.Field(i).Interface())
		}
	}
	return fields
}

func wishes() []string {
	return strings.FieldsFunc(os.Getenv("FTPSH_REAL_SERVERS"), func(r rune) bool { return r == ',' || r == ' ' })
}

func chosen(name string) bool {
	names := slices.DeleteFunc(wishes(), func(w string) bool { return w == "require" })
	return len(names) == 0 || slices.Contains(names, name)
}

func required() bool {
	return len(wishes()) > 0
}

// Unpacked is the folder of what .ci/install-servers only unpacks.
func Unpacked() string {
	if folder := os.Getenv("FTPSH_SERVERS"); folder != "" {
		return folder
	}
	return "/var/cache/ftpsh-servers"
}

// installed finds a file of program.needs.
func installed(file string) (string, error) {
	if !filepath.IsAbs(file) {
		file = filepath.Join(Unpacked(), file)
	}
	found, err := filepath.Glob(file)
	if err == nil && found == nil {
		err = fmt.Errorf("%s is missing", file)
	}
	if err != nil {
		return "", err
	}
	return found[0], nil
}

// Need is the path of what a test cannot do without: an absolute one, or one in the folder of .ci/install-servers, which may
// have * in it. Missing says what happens when nothing is there.
func Need(t testing.TB, file string) string {
	t.Helper()
	path, err := installed(file)
	if err != nil {
		Missing(t, err)
	}
	return path
}

// Missing skips a test, or ends it with a failure where FTPSH_REAL_SERVERS demands all (require).
func Missing(t testing.TB, what error) {
	t.Helper()
	if slices.Contains(wishes(), "require") {
		t.Fatal(what)
	}
	t.Skip(what)
}

// ManyAtOnce are the tests of a package that waits for servers: more of them run at once than there are processors.
type ManyAtOnce struct{ *testing.M }

// Run runs them.
func (m ManyAtOnce) Run() int {
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		_ = flag.Set("test.parallel", "8")
	}
	return m.M.Run()
}
