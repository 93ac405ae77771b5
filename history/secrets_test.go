package history

import (
	"strings"
	"testing"
)

func init() { // as the rows of the commands do
	for name, s := range map[string]Secret{
		"user": {Open: 2}, "account": {Open: 1}, "quote": {Verb: true}, "site": {Verb: true}, "open": {Connects: true, Shortest: 1}, "fxp": {Connects: true},
		"bookmark": {Connects: true}, "alias": {Wraps: true, Behind: 1}, "repeat": {Wraps: true}, "find": {Wraps: true, Option: "exec"},
	} {
		Know(name, s)
	}
}

func TestRedact(t *testing.T) {
	const dropped = "\x00"
	for _, row := range []struct{ name, line, want string }{
		{"nothing secret", "get a.txt b.txt", "get a.txt b.txt"},
		{"user", "user bob S3CRET", "user bob"},
		{"user with account", "user bob S3CRET S3CRET", "user bob"},
		{"user alone", "user bob", "user bob"},
		{"user shortened, in capitals", "US bob S3CRET", "US bob"},
		{"quoted password", `user bob "S3CRET with blanks"`, "user bob"},
		{"password with escapes", `user bob S3CRET\ more\;`, "user bob"},
		{"open quote", `user bob "S3CRET`, "user bob"},
		{"after a separator", "ls;user bob S3CRET; pwd", "ls;user bob; pwd"},
		{"failure ignored", "-user bob S3CRET", "-user bob"},
		{"in a pipe", "user bob S3CRET | cat", "user bob | cat"},
		{"pasted lines", "open host\nuser bob S3CRET\nls", "open host\nuser bob\nls"},
		{"pass", "pass S3CRET", "pass"},
		{"passive is none", "passive off", "passive off"},
		{"set passive is none", "set passive off", "set passive off"},
		{"account", "account S3CRET", "account"},
		{"quote", "quote PASS S3CRET", "quote PASS"},
		{"quote of something else", "quote SIZE a.txt", "quote SIZE a.txt"},
		{"literal", "literal pass S3CRET", "literal pass"},
		{"quote acct", "quo acct S3CRET", "quo acct"},
		{"quote in quotes", `quote "PASS S3CRET"`, dropped},
		{"site", "site pswd S3CRET S3CRET", "site pswd"},
		{"quote site", "quote SITE PSWD S3CRET S3CRET", "quote SITE PSWD"},
		{"quote user", "quote USER bob", "quote USER bob"},
		{"URL", "open ftp://bob:S3CRET@host/dir", "open ftp://bob@host/dir"},
		{"URL in another command", "mirror ftp://bob:S3CRET@host/dir .", "mirror ftp://bob@host/dir ."},
		{"URL in quotes", `get "ftp://bob:S3CRET@host/a b"`, `get "ftp://bob@host/a b"`},
		{"URL with @ in the password", "open ftp://bob:S3@CRET@host/", "open ftp://bob@host/"},
		{"URL with / in the password", "open ftps://bob:S3/CRET@host/", "open ftps://bob@host/"},
		{"URL with a port", "open ftp://host:2121/a@b", "open ftp://host:2121/a@b"},
		{"two URLs", "fxp ftp://a:S3CRET@x/f ftp://b:S3CRET@y/g", "fxp ftp://a@x/f ftp://b@y/g"},
		{"proxy", "set proxy socks5://u:S3CRET@p:1080", "set proxy socks5://u@p:1080"},
		{"shell command", "!curl ftp://bob:S3CRET@host/", "!curl ftp://bob@host/"},
		{"host with password", "open bob:S3CRET@host", "open bob@host"},
		{"host with port", "open bob@host:2121", "open bob@host:2121"},
		{"-u of lftp", "open -u bob,S3CRET host", "open -u bob host"},
		{"-ubob,password", "open -ubob,S3CRET host", "open -ubob host"},
		{"-u with :// in the password", "open -u bob,'S3CRET://S3CRET' host", "open -u bob host"},
		{"option with :// in its secret", "bookmark add x --password=S3CRET://S3CRET host", "bookmark add x --password= host"},
		{"URL behind -u", "open -u bob,S3CRET ftp://bob:S3CRET@host/", "open -u bob ftp://bob@host/"},
		{"file with such a name", "rm a:b@c", "rm a:b@c"},
		{"setting", "set password S3CRET", "set password"},
		{"setting of tnftp", "set anonpass S3CRET", "set anonpass"},
		{"assigned setting", "set proxy-password=S3CRET", "set proxy-password="},
		{"setting whose failure is ignored", "-set password S3CRET", "-set password"},
		{"password command", "set password-command pass show ftp", "set password-command pass show ftp"},
		{"option", "bookmark add x --password S3CRET", "bookmark add x --password"},
		{"option with =", "bookmark add x --password=S3CRET host", "bookmark add x --password= host"},
		{"like .netrc", "bookmark add x login bob password S3CRET", "bookmark add x login bob password"},
		{"alias", "alias in user bob S3CRET", "alias in user bob"},
		{"alias in quotes", `alias in "open host; user bob S3CRET"`, dropped},
		{"alias without secret", `alias ll "ls -l"`, `alias ll "ls -l"`},
		{"behind a wrapper that is shortened", "rep 3 user bob S3CRET", "rep 3 user bob"},
		{"bookmark shortened", "book add x bob:S3CRET@host", "book add x bob@host"},
		{"behind an option", "find -name x -exec user bob S3CRET", "find -name x -exec user bob"},
		{"an option without a command", "find user -name S -exec", "find user -name S -exec"},
		{"behind wrappers", "time repeat 3 user bob S3CRET", "time repeat 3 user bob"},
		{"file called user guide", `put "user guide final"`, `put "user guide final"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, keep := Redact(row.line)
			if !keep {
				got = dropped
			}
			got = strings.Join(strings.Split(strings.TrimRight(got, " "), "  "), " ")
			if got != row.want || strings.Contains(got, "CRET") {
				t.Errorf("%q is kept as %q, want %q", row.line, got, row.want)
			}
		})
	}
}

// Whatever is typed, what is kept is no longer than it was, and a second look only takes more away: an option that has
// lost its secret may take the next word for one.
func FuzzRedact(f *testing.F) {
	for _, seed := range []string{"user bob x", "open ftp://a:b@c/d", `alias x "user b c"`, "set pass=x;quote PASS y", "open -u a,b c", "o -u, ,", "-0pAss 0 0", `site "pswd a b`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		once, keep := Redact(line)
		if !keep {
			return
		}
		if len(once) > len(line) {
			t.Fatalf("%q became %q", line, once)
		}
		if twice, keep := Redact(once); !keep || len(twice) > len(once) || twice != once && !strings.Contains(once, "-") {
			t.Fatalf("%q became %q, then %q", line, once, twice)
		}
	})
}

// A secret of its own letters never comes through the commands that take one.
func FuzzSecretIsGone(f *testing.F) {
	f.Add("bob", "hunter2")
	f.Add("a b", `x"y`)
	f.Add("bob", "://")
	f.Fuzz(func(t *testing.T, user, secret string) {
		quote := func(s string) string {
			return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
		}
		marked := "S3CRET" + secret + "S3CRET"
		for _, line := range []string{
			"user " + quote("u"+user) + " " + quote(marked), "quote PASS " + quote(marked), "account " + quote(marked),
			"set password " + quote(marked), "open -u bob," + quote(marked) + " host", "bookmark add x --password=" + quote(marked),
		} {
			if kept, _ := Redact(line); strings.Contains(kept, "CRET") && !strings.Contains(user, "CRET") {
				t.Fatalf("%q is kept as %q", line, kept)
			}
		}
	})
}
