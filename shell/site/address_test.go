package site

import (
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/failure"
)

func TestParseAddress(t *testing.T) {
	for _, row := range []struct {
		name, typed string
		want        Address
	}{
		{"host", "h", Address{Host: "h"}},
		{"host and port", "h 2121", Address{Host: "h", Port: "2121"}},
		{"host:port", "h:2121", Address{Host: "h", Port: "2121"}},
		{"user", "alice@h", Address{Host: "h", User: "alice"}},
		{"user is a mail address", "a@b.example@h", Address{Host: "h", User: "a@b.example"}},
		{"password with marks", "alice:p@ss:w/rd%41@h:21", Address{Host: "h", Port: "21", User: "alice", Password: "p@ss:w/rd%41", HasPassword: true}},
		{"IPv6", "::1", Address{Host: "::1"}},
		{"IPv6 in brackets", "alice@[fe80::1]:2121", Address{Host: "fe80::1", Port: "2121", User: "alice"}},
		{"IPv6 behind a user", "u@::1:2345", Address{Host: "::1:2345", User: "u"}},
		{"IPv6 behind a user, and a port", "u@::1 2345", Address{Host: "::1", Port: "2345", User: "u"}},
		{"IPv6 behind a password", "u:p:w@::1", Address{Host: "::1", User: "u", Password: "p:w", HasPassword: true}},
		{"IPv6 written out", "0:0:0:0:0:0:0:1", Address{Host: "0:0:0:0:0:0:0:1"}},
		{"IPv6 in a URL", "ftp://u@::1:2345/x", Address{Host: "::1:2345", User: "u", Path: "x", File: true}},
		{"IPv6 with a path", "u@[::1]:pub/x", Address{Host: "::1", User: "u", Path: "pub/x", File: true}},
		{"zone", "fe80::1%eth0", Address{Host: "fe80::1%eth0"}},
		{"zone and user", "u@fe80::1%eth0 21", Address{Host: "fe80::1%eth0", Port: "21", User: "u"}},
		{"zone in brackets", "u@[fe80::1%eth0]:21", Address{Host: "fe80::1%eth0", Port: "21", User: "u"}},
		{"zone in a URL", "ftp://u@[fe80::1%eth0]:21/", Address{Host: "fe80::1%eth0", Port: "21", User: "u"}},
		{"zone in a URL, escaped", "ftp://u@[fe80::1%25eth0]/", Address{Host: "fe80::1%eth0", User: "u"}},
		{"URL", "ftp://h/", Address{Host: "h"}},
		{"upper case scheme", "FTP://h", Address{Host: "h"}},
		{"URL with directory", "ftp://h/pub/sub/", Address{Host: "h", Path: "pub/sub"}},
		{"URL with root", "ftp://h/%2Fetc", Address{Host: "h", Path: "/etc", File: true}},
		{"URL, escaped", "ftp://a%40b:p%3Aw@h/a%20b", Address{Host: "h", User: "a@b", Password: "p:w", HasPassword: true, Path: "a b", File: true}},
		{"URL with type", "ftp://h/f;type=A", Address{Host: "h", Path: "f", Type: client.ASCII, File: true}},
		{"question mark is text", "ftp://h/a?b", Address{Host: "h", Path: "a?b", File: true, Pattern: "a?b"}},
		{"ftps", "ftps://h", Address{Host: "h", Security: "implicit"}},
		{"ftpes", "ftpes://h", Address{Host: "h", Security: "require"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := ParseAddress(strings.Fields(row.typed)...)
			if err != nil || got != row.want {
				t.Errorf("got %+v (%v), want %+v", got, err, row.want)
			}
		})
	}
}

// TestAddressesGoBackAndForth: what bookmarks and detached jobs keep is read as it was meant.
func TestAddressesGoBackAndForth(t *testing.T) {
	for _, a := range []Address{
		{Host: "::1", User: "u"}, {Host: "::1:2345"}, {Host: "fe80::1%eth0"}, {Host: "fe80::1%eth0", Port: "2121", User: "a@b", Path: "/x y"},
	} {
		if a.Path != "" {
			a.File = true
		}
		if got, err := ParseAddress(a.URL()); err != nil || got != a {
			t.Errorf("%s: got %+v (%v)", a.URL(), got, err)
		}
	}
}

func TestParseAddressErrors(t *testing.T) {
	for _, row := range []struct{ name, typed string }{
		{"nothing", ""},
		{"port 0", "h 0"},
		{"port too large", "h:65536"},
		{"port a word", "h ftp"},
		{"no host", "ftp:///x"},
		{"no host behind a user", "alice:secret@"},
		{"another scheme", "http://alice:secret@h"},
		{"line break in the path", "ftp://h/a%0d%0aDELE%20x"},
		{"line break in the user", "ftp://a%0aDELE:secret@h/"},
		{"NUL", "ftp://h/%00"},
		{"bad escape", "ftp://alice:secret@h/%zz"},
		{"three words", "h 21 x"},
		{"two ports", "u:secret@h:21:22"},
		{"two ports in a URL", "ftp://u:secret@h:21:22/"},
		{"a bracket is missing", "u:secret@[::1"},
		{"no zone", "u:secret@[fe80::1%]"},
		{"IPv4 in brackets", "[127.0.0.1]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			a, err := ParseAddress(strings.Fields(row.typed)...)
			if err == nil {
				t.Fatalf("no error: %+v", a)
			}
			if !failure.Is[*failure.UsageError](err) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%T, %q", err, err)
			}
		})
	}
}

// FuzzParseAddress: no address holds what would be a second command, and no
// message shows the password.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"ftp://a:b@h:21/x;type=a", "a:b@c@[::1]:2", "ftp://h/%0a", "//", "h:99999", "ftps://%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseAddress(text)
		if err == nil && (a.Host == "" || strings.ContainsAny(a.Host+a.User+a.Password+a.Path, "\r\n\x00")) {
			t.Fatalf("%q: %+v", text, a)
		}
		const secret = "Zq9secret"
		if _, err := ParseAddress("u:" + secret + "@" + text); err != nil && strings.Contains(err.Error(), secret) {
			t.Fatalf("%q: %v", text, err)
		}
		if _, err := ParseAddress("ftp://u:" + secret + "@" + text); err != nil && strings.Contains(err.Error(), secret) {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
