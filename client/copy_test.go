package client_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

var errFull = errors.New("no room")

// full is a writer that has room for some bytes.
type full struct {
	bytes.Buffer
	room int
}

func (w *full) Write(p []byte) (int, error) {
	if n := w.room - w.Len(); n < len(p) {
		w.Buffer.Write(p[:n])
		return n, errFull
	}
	return w.Buffer.Write(p)
}

// What is written while the next bytes arrive is in order, and the error of a
// write, with the number of bytes before it, is the one that is told.
func TestReceiveWritesBehind(t *testing.T) {
	srv := serve(t, practice.Options{})
	data := make([]byte, 5<<20+123)
	for i := range data {
		data[i] = byte(i ^ i>>8 ^ i>>16)
	}
	if err := afero.WriteFile(srv.FS(), "/big", data, 0o644); err != nil {
		t.Fatal(err)
	}
	s := logInTo(t, srv, nil)
	for _, row := range []struct {
		name       string
		room, want int
		most       int64
		err        error
	}{
		{"all of it", 6 << 20, len(data), 6 << 20, nil},
		{"a part", 6 << 20, 3<<20 + 7, 3<<20 + 7, nil},
		{"the disk is full", 2<<20 + 5, 2<<20 + 5, 6 << 20, errFull},
		{"the disk is full at the end", len(data) - 1, len(data) - 1, 6 << 20, errFull},
	} {
		t.Run(row.name, func(t *testing.T) {
			d, err := s.Retrieve(t.Context(), "big", 0)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			w := &full{room: row.room}
			n, err := d.ReceiveN(w, row.most)
			if n != int64(row.want) || !errors.Is(err, row.err) {
				t.Errorf("%d bytes: %v", n, err)
			}
			if !bytes.Equal(w.Bytes(), data[:row.want]) {
				t.Errorf("%d bytes were written, or others", w.Len())
			}
		})
	}
}
