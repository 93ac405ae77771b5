package shell

import (
	"testing"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/practice"
)

// How many sessions a server allows holds for mirror -P and set parallel too, and in jobs.
func TestLimitIsRemembered(t *testing.T) {
	server, err := practice.Start(practice.Options{TLS: practice.NoTLS})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	sh, _ := batchShell(t, Options{StateDir: t.TempDir(), Password: practice.Password, HasPassword: true})
	if err := sh.Do(Line{Text: "open ftp://" + practice.User + "@" + server.Addr()}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		flags   []string
		setting int
	}{{nil, 0}, {nil, 6}, {[]string{"-P", "8"}, 0}} {
		for _, sh := range []*Shell{sh, sh.fork()} {
			sh.Settings.Parallel = test.setting
			c := &Call{Shell: sh, Flags: pflag.NewFlagSet("mirror", pflag.ContinueOnError)}
			mirrorFlags(c.Flags)
			if err := c.Flags.Parse(test.flags); err != nil {
				t.Fatal(err)
			}
			sh.capacity.Clear()
			before := c.engine().Parallel
			sh.capacity.Store(serverOf(sh.session), 2)
			if e := c.engine(); e.Parallel != 2 || before == 2 {
				t.Errorf("%v: %d sessions, %d before", test, e.Parallel, before)
			}
		}
	}
}
