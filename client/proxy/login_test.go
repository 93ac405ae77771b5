package proxy

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestCommands(t *testing.T) {
	accounts := Accounts{"ftp.example.org:21", "alice", "s3cret pass", "joe", "sesame"}
	rows := []struct{ login, want string }{
		{"user@host", "USER alice@ftp.example.org|PASS s3cret pass"},
		{"proxyuser,user@host", "USER joe|PASS sesame|USER alice@ftp.example.org|PASS s3cret pass"},
		{"proxyuser@host,user", "USER joe@ftp.example.org|PASS sesame|USER alice|PASS s3cret pass"},
		{"proxyuser,site", "USER joe|PASS sesame|SITE ftp.example.org|USER alice|PASS s3cret pass"},
		{"proxyuser,open", "USER joe|PASS sesame|OPEN ftp.example.org|USER alice|PASS s3cret pass"},
		{"user@proxyuser@host", "USER alice@joe@ftp.example.org|PASS s3cret pass@sesame"},
		{"proxyuser@user@host", "USER joe@alice@ftp.example.org|PASS sesame@s3cret pass"},
		{"user@host proxyuser", "USER alice@ftp.example.org joe|PASS s3cret pass|ACCT sesame"},
		{"user@host:port", "USER alice@ftp.example.org:21|PASS s3cret pass"},
		{"user@host port", "USER alice@ftp.example.org 21|PASS s3cret pass"},
		{"site", "SITE ftp.example.org|USER alice|PASS s3cret pass"},
		{"open", "OPEN ftp.example.org|USER alice|PASS s3cret pass"},
		{"gate-ftp", "PASSERVE ftp.example.org|USER alice|PASS s3cret pass"},
	}
	for _, row := range rows {
		t.Run(row.login, func(t *testing.T) {
			l, err := FindLogin(row.login)
			if err != nil {
				t.Fatal(err)
			}
			got, err := l.Commands(accounts)
			if err != nil || strings.Join(got, "|") != row.want {
				t.Errorf("got  %s, %v\nwant %s", strings.Join(got, "|"), err, row.want)
			}
		})
	}
	if len(rows) != len(Logins()) {
		t.Errorf("%d of %d logins are tested", len(rows), len(Logins()))
	}
}

func TestServersInCommands(t *testing.T) {
	rows := []struct{ name, login, server, want string }{
		{"another port", "user@host", "ftp.example.org:2121", "USER alice@ftp.example.org:2121"},
		{"another port, apart", "user@host port", "ftp.example.org:2121", "USER alice@ftp.example.org 2121"},
		{"IPv6", "user@host", "[2001:db8::1]:21", "USER alice@[2001:db8::1]"},
		{"IPv6, another port", "open", "[2001:db8::1]:2121", "OPEN [2001:db8::1]:2121"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			l, err := FindLogin(row.login)
			if err != nil {
				t.Fatal(err)
			}
			got, err := l.Commands(Accounts{Server: row.server, User: "alice"})
			if err != nil || got[0] != row.want {
				t.Errorf("got %q, %v, want %q", got, err, row.want)
			}
		})
	}
}

func TestAccountsAreNotTemplates(t *testing.T) {
	l := DefaultLogin(mustParse(t, "ftp://joe@gate"))
	got, err := l.Commands(Accounts{"h:21", "{pass}", "{proxypass}", "{user}", "sesame"})
	want := []string{"USER {user}", "PASS sesame", "USER {pass}@h", "PASS {proxypass}"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestCommandsNeedWhatTheyName(t *testing.T) {
	l, err := FindLogin("lftp:open")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commands(Accounts{Server: "h:21", User: "alice"}); err == nil || !strings.Contains(err.Error(), "needs a user for the proxy") {
		t.Errorf("without a user for the proxy: %v", err)
	}
	if _, err := l.Commands(Accounts{Server: "h", User: "alice", ProxyUser: "joe"}); err == nil {
		t.Error("a server without a port is accepted")
	}
}

func TestDefaultLogin(t *testing.T) {
	rows := []struct{ proxy, want string }{
		{"ftp://gate", "user@host"},
		{"ftp://joe:sesame@gate", "proxyuser,user@host"},
	}
	for _, row := range rows {
		if got := DefaultLogin(mustParse(t, row.proxy)).Name; got != row.want {
			t.Errorf("%s: got %s, want %s", row.proxy, got, row.want)
		}
	}
}

func TestLoginsAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	placeholder := regexp.MustCompile(`\{[^}]*\}`)
	for _, l := range Logins() {
		for _, name := range append([]string{l.Name}, l.Aliases...) {
			if seen[name] {
				t.Errorf("%q is two logins", name)
			}
			seen[name] = true
		}
		for _, step := range l.Steps {
			for _, p := range placeholder.FindAllString(step, -1) {
				if !slices.Contains(Placeholders, p) {
					t.Errorf("%s: nothing is put in the place of %s", l.Name, p)
				}
			}
		}
	}
	for _, alias := range []string{
		"ncftp:1", "ncftp:2", "ncftp:3", "ncftp:4", "ncftp:5", "ncftp:6", "ncftp:7", "ncftp:8", "ncftp:9",
		"yafc:1", "yafc:2", "yafc:3", "yafc:4", "yafc:5", "yafc:6", "yafc:7",
		"lftp:user", "lftp:joined", "lftp:joined-acct", "lftp:open", "lftp:proxy-user@host", "tnftp:gate",
	} {
		if !seen[alias] {
			t.Errorf("%s is missing", alias)
		}
	}
	if _, err := FindLogin("ncftp:10"); err == nil {
		t.Error("ncftp:10 exists")
	}
}
