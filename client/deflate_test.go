package client_test

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

func zlibbed(content []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(content)
	w.Close()
	return b.Bytes()
}

func deflated(content []byte) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	w.Write(content)
	w.Close()
	return b.Bytes()
}

func escaped(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		fmt.Fprintf(&s, `\x%02x`, c)
	}
	return s.String()
}

// Downloads in MODE Z come in two formats, and must not grow for ever.
func TestDeflate(t *testing.T) {
	content := []byte(strings.Repeat("hello ", 1000))
	cut := zlibbed(content)
	cut = cut[:len(cut)-10]
	for _, test := range []struct {
		name string
		wire []byte
		want []byte
		size int64 // known beforehand; -1 not
		ok   bool
	}{
		{"zlib", zlibbed(content), content, -1, true},
		{"bare deflate", deflated(content), content, -1, true},
		{"an empty file", zlibbed(nil), nil, -1, true},
		{"no bytes at all", nil, nil, -1, true},
		{"cut short", cut, nil, -1, false},
		{"no compressed data", []byte("hello, this is plain text"), nil, -1, false},
		{"as large as known", zlibbed(content), content, int64(len(content)), true},
		{"larger than known", zlibbed(content), nil, 100, false},
		{"more behind the end", append(zlibbed(content), make([]byte, 300_000)...), nil, -1, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := `
				C: TYPE I
				C: MODE Z
				C: EPSV
				S: 200 binary
				S: 200 compressed
				S: 229 (|||$PORT|)
				C: RETR f
				S: 150 coming
				D> ` + escaped(test.wire) + `
				D close
				S: 226 done`
			if !test.ok {
				text += "\nclose\n"
			}
			opt := client.Options{Inflate: client.Inflate}
			talkTo(t, "MODE Z", text, opt, func(s *client.Session) {
				s.SetMode(client.Deflate)
				d, err := s.Retrieve(t.Context(), "f", 0)
				if err != nil {
					t.Fatal(err)
				}
				d.Bound(test.size)
				got, err := io.ReadAll(d)
				closing := d.Close()
				if test.ok && (err != nil || closing != nil || !bytes.Equal(got, test.want)) {
					t.Errorf("got %d bytes, %v, %v", len(got), err, closing)
				}
				if !test.ok && (err == nil || closing == nil) {
					t.Errorf("got %d bytes, %v, %v", len(got), err, closing)
				}
			})
		})
	}
}

// MODE Z is left where it is refused, and for uploads.
func TestDeflateWhereItHelps(t *testing.T) {
	opt := client.Options{Inflate: client.Inflate}
	talkTo(t, "MODE Z", `
		C: TYPE I
		C: MODE Z
		C: EPSV
		S: 200 binary
		S: 504 no
		S: 229 (|||$PORT|)
		C: RETR f
		S: 150 coming
		D> plain
		S: 226 done`, opt, func(s *client.Session) {
		s.SetMode(client.Deflate)
		if got := get(t, s, "f"); string(got) != "plain" {
			t.Errorf("got %q", got)
		}
	})
	talkTo(t, "MODE Z", `
		C: TYPE I
		C: MODE Z
		C: EPSV
		S: 200 binary
		S: 200 compressed
		S: 229 (|||$PORT|)
		C: RETR f
		S: 150 coming
		D> `+escaped(zlibbed([]byte("hello")))+`
		S: 226 done
		C: MODE S
		C: EPSV
		S: 200 stream
		S: 229 (|||$PORT|)
		C: STOR f
		S: 150 go on
		D< hello
		S: 226 done`, opt, func(s *client.Session) {
		s.SetMode(client.Deflate)
		put(t, s, "f", get(t, s, "f"))
	})
}

// Uploads go in MODE Z to servers that are known to read it, where their size can be compared, and to them alone.
func TestDeflateUploads(t *testing.T) {
	opt := client.Options{Inflate: client.Inflate, Deflate: client.Squeeze}
	content := []byte(strings.Repeat("hello ", 20_000))
	for _, test := range []struct {
		name, greeting, feat string
		typ                  client.Type
		squeezed             bool
	}{
		{"known to read it", "FileZilla Server 0.9.60 beta", "MODE_Z SIZE", client.Binary, true},
		{"not known", "ready", "MODE_Z SIZE", client.Binary, false},
		{"proftpd", "ProFTPD Server", "MODE_Z SIZE", client.Binary, false},
		{"no size to compare", "FileZilla Server 0.9.60 beta", "MODE_Z", client.Binary, false},
		{"not offered", "FileZilla Server 1.8.1", "SIZE", client.Binary, false},
		{"text", "FileZilla Server 0.9.60 beta", "MODE_Z SIZE", client.ASCII, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			mode, ok, wire := "", "", string(content)
			if test.squeezed {
				mode, ok, wire = "\nC: MODE Z", "\nS: 200 compressed", escaped(zlibbed(content))
			}
			feat := "S: 211-Features"
			for _, f := range strings.Fields(test.feat) {
				feat += "\nS>  " + strings.ReplaceAll(f, "_", " ") + `\r\n`
			}
			script := strings.Replace(welcome(feat+"\nS: 211 End"), "S: 220 ready", "S: 220 "+test.greeting, 1) +
				"\nC: TYPE " + string(test.typ) + mode + "\nC: EPSV\nS: 200 ok" + ok + "\nS: 229 (|||$PORT|)\nC: STOR f\nS: 150 go on\nD< " + wire + "\nS: 226 done"
			talk(t, script, opt, func(s *client.Session) { upload(t, s, test.typ, content, test.squeezed) })
		})
	}
}

func upload(t *testing.T, s *client.Session, typ client.Type, content []byte, squeezed bool) {
	t.Helper()
	if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	s.SetType(typ)
	s.SetMode(client.Deflate)
	d, err := s.Store(t.Context(), "f", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.ReadFrom(bytes.NewReader(content)); err != nil || d.Deflated() != squeezed || d.Transferred() != int64(len(content)) {
		t.Errorf("%v, deflated %v, %d bytes", err, d.Deflated(), d.Transferred())
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestDeflateOnServers(t *testing.T) {
	t.Parallel()
	content := []byte(strings.Repeat("hello, world\n", 50_000))
	daemon.EachWith(t, daemon.Options{Deflate: true}, func(t *testing.T, srv *daemon.Server) {
		srv.Put("f", content)
		srv.Put("empty", nil)
		var wire int
		s := open(t, srv, func(o *client.Options) {
			o.Inflate = func(r io.Reader) (io.ReadCloser, error) {
				return client.Inflate(counting{r, &wire})
			}
			o.Deflate = client.Squeeze // which none of them reads rightly
		})
		s.SetMode(client.Deflate)
		for range 2 {
			if got := get(t, s, "f"); !bytes.Equal(got, content) {
				t.Errorf("got %d bytes of %d", len(got), len(content))
			}
			if got := get(t, s, "empty"); len(got) != 0 {
				t.Errorf("empty has %d bytes", len(got))
			}
			if names := list(t, s, client.ListOptions{}); len(names) != 2 {
				t.Errorf("listed %q", names)
			}
			put(t, s, "g", content)
			if got := srv.Read("g"); !bytes.Equal(got, content) {
				t.Errorf("stored %d bytes of %d", len(got), len(content))
			}
			srv.Put("g", nil)
			s.Remove(t.Context(), "g")
		}
		if wire == 0 || wire > len(content)/10 {
			t.Errorf("%d bytes came for %d", wire, len(content))
		}
	})
}

type counting struct {
	io.Reader
	n *int
}

func (c counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	*c.n += n
	return n, err
}

func list(t *testing.T, s *client.Session, o client.ListOptions) (names []string) {
	t.Helper()
	for e, err := range s.List(t.Context(), "", o) {
		if err != nil {
			t.Error(err)
		}
		names = append(names, e.Name)
	}
	return names
}
