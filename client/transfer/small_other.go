//go:build !linux

package transfer

import (
	"bytes"
	"time"
)

// smallFiles are moved as others are: files without a name are Linux's.
type smallFiles struct{}

func (*smallFiles) close() {}

func (*smallFiles) create(Task) *unnamedFile { return nil }

func (*smallFiles) read(Task) (r *bytes.Reader, modified time.Time, ok bool) {
	return nil, modified, false
}

type unnamedFile struct{ body bytes.Buffer }

func (f *unnamedFile) Write(p []byte) (int, error) { return f.body.Write(p) }
func (*unnamedFile) finish(Task) error             { return nil }
func (*unnamedFile) close()                        {}
