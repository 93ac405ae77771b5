package client_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// unable says which names a server cannot serve, whatever the client.
func unable(server, name string) bool {
	switch server {
	case "pure-ftpd":
		return strings.ContainsAny(name, "\\\t") // refused
	case "pyftpdlib":
		return (strings.IndexByte(name, 0xe4) >= 0 || strings.IndexByte(name, 0xf6) >= 0) && !strings.Contains(name, "ä") // shown as U+FFFD
	}
	return false
}

// Every name that a server can serve is fetched, described, listed, renamed
// and deleted as that very name.
func TestNamesOnServers(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		srv.PutNasty("nasty")
		s := open(t, srv, nil)
		ctx := t.Context()
		if err := s.Chdir(ctx, "nasty"); err != nil {
			t.Fatal(err)
		}
		listed := list(t, s, client.ListOptions{Hidden: true})
		for _, name := range append(slices.Clone(daemon.NastyNames), "ff-\xff-\xff\xf4-") {
			if unable(s.Server().Quirks().Server, name) || strings.Contains(name, "\xff") && s.Server().Quirks().Server == "pyftpdlib" {
				continue
			}
			if strings.Contains(name, "\xff") {
				srv.Put("nasty/"+name, []byte(name))
			} else if !slices.Contains(listed, name) {
				t.Errorf("%q is not listed", name)
			}
			if got, err := fetch(t, s, name); err != nil || string(got) != name {
				t.Errorf("get %q: %q, %v", name, got, err)
			}
			if e, err := s.Stat(ctx, name); err != nil || e.Size != int64(len(name)) || !e.Time.Equal(daemon.Modified) {
				t.Errorf("stat %q: %d bytes of %v, %v", name, e.Size, e.Time, err)
			}
			if name != strings.Trim(name, " ") && s.Server().Quirks().Server == "pure-ftpd" {
				continue // it drops these blanks from new names
			}
			if err := s.Rename(ctx, name, "renamed"); err != nil {
				t.Errorf("rename %q: %v", name, err)
				continue
			}
			if err := s.Rename(ctx, "renamed", name); err != nil {
				t.Errorf("rename to %q: %v", name, err)
			}
			if _, err := os.Lstat(filepath.Join(srv.Root, "nasty", name)); err != nil {
				t.Errorf("renamed back: %v", err)
			}
			if err := s.Remove(ctx, name); err != nil {
				t.Errorf("delete %q: %v", name, err)
			}
			if name == "star*" && s.Server().Quirks().Server == "proftpd" {
				continue // not for a directory, it says
			}
			if made, err := s.Mkdir(ctx, name); err != nil {
				t.Errorf("mkdir %q: %v", name, err)
			} else if want := filepath.Join(srv.Home, "nasty", name); made != want && !strings.Contains(name, "\xff") {
				t.Errorf("mkdir %q made %q, they say", name, made)
			}
			if err := s.Chdir(ctx, name); err != nil {
				t.Errorf("cd %q: %v", name, err)
			} else if err := s.Chdir(ctx, ".."); err != nil {
				t.Errorf("cd ..: %v", err)
			}
			if err := s.Rmdir(ctx, name); err != nil {
				t.Errorf("rmdir %q: %v", name, err)
			}
		}
	})
}

func fetch(t *testing.T, s *client.Session, name string) ([]byte, error) {
	t.Helper()
	d, err := s.Retrieve(t.Context(), name, 0)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = d.WriteTo(&b)
	return b.Bytes(), errors.Join(err, d.Close())
}

// A path that is longer than the server's line is reached step by step, and the
// session is where it was afterwards.
func TestLongPathsOnServers(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		s := open(t, srv, nil)
		limit := s.Server().Quirks().MaxLine
		if limit == 0 {
			t.Fatal("no limit is known")
		}
		deep := strings.TrimSuffix(strings.Repeat(strings.Repeat("d", 200)+"/", min(limit, 3600)/200+1), "/")
		if len(srv.Home+deep) > 4000 {
			deep = strings.TrimSuffix(strings.Repeat(strings.Repeat("d", 200)+"/", 15), "/") // Linux's own limit
		}
		srv.Put(deep+"/file", []byte("deep"))
		ctx := t.Context()
		home := s.Dir()
		if got := get(t, s, deep+"/file"); string(got) != "deep" {
			t.Errorf("got %q", got)
		}
		put(t, s, deep+"/stored", []byte("stored"))
		if e, err := s.Stat(ctx, deep+"/stored"); err != nil || e.Size != 6 || e.Name != deep+"/stored" {
			t.Errorf("stat: %+v, %v", e, err)
		}
		if err := s.Rename(ctx, deep+"/stored", "near"); err != nil {
			t.Errorf("rename: %v", err)
		}
		if got := get(t, s, "near"); string(got) != "stored" {
			t.Errorf("got %q", got)
		}
		if err := s.Remove(ctx, deep+"/file"); err != nil {
			t.Errorf("delete: %v", err)
		}
		if err := s.Remove(ctx, strings.Repeat("x", limit)); !errors.As(err, new(*client.LongLineError)) {
			t.Errorf("a name that cannot be: %v", err)
		}
		if dir, err := s.Getwd(ctx); err != nil || dir != home {
			t.Errorf("in %q, %v", dir, err)
		}
		if err := s.Chdir(ctx, deep); err != nil {
			t.Errorf("cd: %v", err)
		}
		if err := s.Chdir(ctx, home); err != nil {
			t.Errorf("cd back: %v", err)
		}
	})
}

// The byte FF is sent as it is, and doubled where that does not help.
func TestFF(t *testing.T) {
	talk(t, `
		C~ DELE a\x{fffd}b
		S: 550 no such file
		C~ DELE a\x{fffd}\x{fffd}b
		S: 250 gone
		C~ DELE c\x{fffd}\x{fffd}
		S: 250 gone`, client.Options{}, func(s *client.Session) {
		for _, name := range []string{"a\xffb", "c\xff"} {
			if err := s.Remove(t.Context(), name); err != nil {
				t.Errorf("delete %q: %v", name, err)
			}
		}
	})
	talk(t, `
		C~ DELE a\x{fffd}b
		S: 550 no such file
		C~ DELE a\x{fffd}\x{fffd}b
		S: 550 no such file
		C~ DELE c\x{fffd}
		S: 250 gone`, client.Options{}, func(s *client.Session) {
		if err := s.Remove(t.Context(), "a\xffb"); !client.IsCode(err, 550) {
			t.Error(err)
		}
		if err := s.Remove(t.Context(), "c\xff"); err != nil {
			t.Error(err)
		}
	})
}

// Servers of before RFC 959 are spoken to in their words.
func TestOlderVerbs(t *testing.T) {
	talk(t, `
		C: CWD there
		S: 500 what
		C: PWD
		S: 500 what
		C: XCWD there
		S: 250 fine
		C: PWD
		S: 500 what
		C: XPWD
		S: 257 "/there"
		C: CDUP
		S: 500 what
		C: XPWD
		S: 257 "/there"
		C: XCUP
		S: 500 what
		C: XPWD
		S: 257 "/there"
		C: XCWD ..
		S: 250 fine
		C: XPWD
		S: 257 "/"
		C: MKD new
		S: 502 what
		C: XMKD new
		S: 257 "new" made
		C: RMD new
		S: 502 what
		C: XRMD new
		S: 250 gone
		C: XRMD new
		S: 550 gone already`, client.Options{}, func(s *client.Session) {
		ctx := t.Context()
		if err := s.Chdir(ctx, "there"); err != nil || s.Dir() != "/there" {
			t.Errorf("cd: in %q, %v", s.Dir(), err)
		}
		if err := s.Chdir(ctx, ".."); err != nil || s.Dir() != "/" {
			t.Errorf("cd ..: in %q, %v", s.Dir(), err)
		}
		if made, err := s.Mkdir(ctx, "new"); err != nil || made != "/new" {
			t.Errorf("mkdir: %q, %v", made, err)
		}
		if err := s.Rmdir(ctx, "new"); err != nil {
			t.Errorf("rmdir: %v", err)
		}
		if err := s.Rmdir(ctx, "new"); !client.IsCode(err, 550) {
			t.Errorf("rmdir again: %v", err)
		}
	})
}

// Where a charset is declared, names and words are text on our side and the
// server's bytes on its side. What is not text goes back as it came.
func TestCharset(t *testing.T) {
	latin1 := &client.Charset{
		Encode: func(text string) ([]byte, error) {
			var b []byte
			for _, r := range text {
				if r > 0xff {
					return nil, errors.New("not in Latin-1: " + string(r))
				}
				b = append(b, byte(r))
			}
			return b, nil
		},
		Decode: func(name []byte) string {
			var s strings.Builder
			for _, b := range name {
				s.WriteRune(rune(b))
			}
			return s.String()
		},
	}
	talk(t, `
		C: EPSV
		S: 229 (|||$PORT|)
		C: LIST
		S: 150 coming
		D> -rw-r--r-- 1 a b 5 Jan  1  2020 \xe4\r\n
		S: 226 done
		C~ DELE \x{fffd}
		S> 550 \xe4 is not yours\r\n`, client.Options{Charset: latin1}, func(s *client.Session) {
		names := list(t, s, client.ListOptions{})
		if len(names) != 1 || names[0] != "ä" {
			t.Fatalf("listed %q", names)
		}
		if err := s.Remove(t.Context(), "日本"); err == nil || !strings.Contains(err.Error(), "not in Latin-1") {
			t.Errorf("a name that the charset does not have: %v", err)
		}
		if err := s.Remove(t.Context(), names[0]); err == nil || err.Error() != "550 ä is not yours" {
			t.Error(err)
		}
	})
}
