package client_test

import (
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Small devices list whole paths, or a slash behind directories. Their names are those in
// the directory; a path that leads elsewhere stays what it is, and is nobody's name.
func TestListedPaths(t *testing.T) {
	list := `
		C: CWD data
		S: 250 in
		C: PWD
		S: 257 "/data"
		C: EPSV
		S: 229 (|||$PORT|)
		C: LIST
		S: 150 coming
		D: -rw-r--r-- 1 a b 4 Jan  1 2020 /data/one
		D: -rw-r--r-- 1 a b 4 Jan  1 2020 ./two
		D: -rw-r--r-- 1 a b 4 Jan  1 2020 data/three
		D: drwxr-xr-x 1 a b 4 Jan  1 2020 /data/sub/
		D: -rw-r--r-- 1 a b 4 Jan  1 2020 /etc/passwd
		D: -rw-r--r-- 1 a b 4 Jan  1 2020 /data/sub/../x
		D: -rw-r--r-- 1 a b 4 Jan  1 2020 /database/x
		S: 226 done
	`
	facts := `
		C: TYPE I
		S: 200 binary
		C: EPSV
		S: 229 (|||$PORT|)
		C: MLSD data
		S: 150 coming
		D: type=file;size=4; /data/one
		D: type=file;size=4; ./two
		D: type=file;size=4; data/three
		D: type=dir; sub/
		D: type=file;size=4; /etc/passwd
		D: type=file;size=4; /data/sub/../x
		D: type=file;size=4; /database/x
		S: 226 done
	`
	want := "file one, file two, file three, dir sub, file /etc/passwd, file /data/sub/../x, file /database/x"
	check := func(s *client.Session) {
		var got []string
		for e, err := range s.List(t.Context(), "data", client.ListOptions{}) {
			must(t, err)
			got = append(got, e.Type.String()+" "+e.Name)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("got %s\nwant %s", strings.Join(got, ", "), want)
		}
	}
	t.Run("LIST", func(t *testing.T) { talk(t, list, client.Options{}, check) })
	t.Run("MLSD", func(t *testing.T) { talkTo(t, "MLST type*;size*;", facts, client.Options{}, check) })
}

// A server that answers LIST with a recursive listing says what is in this directory, and
// more that nobody asked for: that is never taken for files of this directory.
func TestRecursiveListing(t *testing.T) {
	text := `
		C: EPSV
		S: 229 (|||$PORT|)
		C: LIST
		S: 150 coming
		D: .:
		D: total 8
		D: -rw-r--r-- 1 a b 4 Jan  1 2020 one
		D: drwxr-xr-x 1 a b 4 Jan  1 2020 sub
		D:
		D: ./sub:
		D: total 4
		D: -rw-r--r-- 1 a b 4 Jan  1 2020 two
		S: 226 done
	`
	talk(t, text, client.Options{}, func(s *client.Session) {
		var got []string
		for e, err := range s.List(t.Context(), "", client.ListOptions{}) {
			must(t, err)
			if e.Type == listing.Unparsed {
				e.Name = e.Raw
			}
			got = append(got, e.Type.String()+" "+e.Name)
		}
		want := "file one, dir sub, unparsed -rw-r--r-- 1 a b 4 Jan  1 2020 two"
		if strings.Join(got, ", ") != want {
			t.Errorf("got %s\nwant %s", strings.Join(got, ", "), want)
		}
	})
}
