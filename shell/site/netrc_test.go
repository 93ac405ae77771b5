package site

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseNetrc(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"one line", "machine h login u password p account a\n", "[h u p a]"},
		{"lines", "machine h\n\tlogin u\n\tpassword p\n", "[h u p ]"},
		{"two", "machine a login u\nmachine b login v", "[a u - ] [b v - ]"},
		{"default", "machine a login u\ndefault login anonymous password me@x", "[a u - ] [ anonymous me@x ]"},
		{"quotes", `machine h login "joe user" password "a \"b\" c"`, `[h joe user a "b" c ]`},
		{"empty value", `machine h login u password ""`, "[h u  ]"},
		{"password that begins with #", "machine h login u password #1\n", "[h u #1 ]"},
		{"comment", "# machine no\nmachine h login u # tail machine x\npassword p", "[h u p ]"},
		{"backslash", `machine h login u password a\ b\\c`, `[h u a b\c ]`},
		{"words of other clients", "machine h port 2121 login u protocol ftp password p", "[h u p ]"},
		{"comma", "machine h login u password a,b", "[h u a,b ]"},
		{"keyword as value", "machine machine login login password password", "[machine login password ]"},
		{"CRLF", "machine h\r\nlogin u\r\npassword p\r\n", "[h u p ]"},
		{"macro", "machine h login u\nmacdef init\ncd pub\nmachine x\n\npassword p\n", "[h u p  init{cd pub|machine x}]"},
		{"macro at the end", "machine h macdef m\nls", "[h  -  m{ls}]"},
		{"macro for all", "macdef m\nls\n\nmachine a\nmachine b\nmacdef m\npwd\n", "[a  -  m{ls}] [b  -  m{ls} m{pwd}]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			entries, err := ParseNetrc(row.text)
			if err != nil {
				t.Error(err)
			}
			if got := netrcText(entries); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

func netrcText(entries []Netrc) string {
	var all []string
	for _, e := range entries {
		password := "-"
		if e.HasPassword {
			password = e.Password
		}
		text := fmt.Sprintf("[%s %s %s %s", e.Host, e.Login, password, e.Account)
		for _, m := range e.Macros {
			text += fmt.Sprintf(" %s{%s}", m.Name, strings.Join(m.Lines, "|"))
		}
		all = append(all, text+"]")
	}
	return strings.Join(all, " ")
}

// TestNetrcComplaints: what has no meaning is passed over, said with its line,
// and never quoted: it may be a password.
func TestNetrcComplaints(t *testing.T) {
	for _, row := range []struct{ name, text, want, complaint string }{
		{"unknown word", "machine h login u\npasword s3cret password p", "[h u p ]", "2: a word"},
		{"no value", "machine h login", "[h  - ]", "a value is missing after login"},
		{"before a machine", "login u\nmachine h", "[h  - ]", "1: login stands before"},
		{"open quote", "machine h login \"joe\npassword s3cret", "[h joe s3cret ]", "1: a quote is not closed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			entries, err := ParseNetrc(row.text)
			if err == nil || !strings.Contains(err.Error(), row.complaint) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("error %v, want %s", err, row.complaint)
			}
			if got := netrcText(entries); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

func TestFindNetrc(t *testing.T) {
	entries, err := ParseNetrc("machine a login u password 1\nmachine A login v password 2\nmachine b password 3\ndefault login d password 4")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ host, user, want string }{
		{"a", "", "u 1"}, {"a", "v", "v 2"}, {"A", "u", "u 1"}, {"b", "w", "w 3"}, {"c", "", "d 4"}, {"a", "d", ""}, {"c", "x", ""}, {"c", "d", ""},
	} {
		got := ""
		if e, found := findNetrc(entries, row.host, row.user); found {
			got = e.Login + " " + e.Password
		}
		if got != row.want {
			t.Errorf("%s@%s: got %q, want %q", row.user, row.host, got, row.want)
		}
		first := append([]Netrc{entries[len(entries)-1]}, entries[:len(entries)-1]...) // default before the machines
		if e, found := findNetrc(first, row.host, row.user); found != (row.want != "") || found && e.Login+" "+e.Password != row.want {
			t.Errorf("%s@%s with default first: got %+v, want %q", row.user, row.host, e, row.want)
		}
	}
}

func FuzzParseNetrc(f *testing.F) {
	f.Add("machine h login \"joe\\\" user\" password #p # c\nmacdef init\nls\n\ndefault")
	f.Fuzz(func(t *testing.T, text string) {
		entries, _ := ParseNetrc(text)
		for _, e := range entries {
			for _, m := range e.Macros {
				for _, line := range m.Lines {
					if strings.Contains(line, "\n") || strings.TrimSpace(line) == "" {
						t.Fatalf("macro line %q", line)
					}
				}
			}
		}
	})
}
