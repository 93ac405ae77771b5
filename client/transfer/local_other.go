//go:build !unix

package transfer

import "os"

func umask() os.FileMode { return 0 }

// lock is not needed where nobody can remove a file that is open.
func lock(*os.File) error { return nil }

// handOver closes the part and gives it its final name: an open file has none
// to give.
func (p *part) handOver() error {
	if err := p.Close(); err != nil {
		return err
	}
	return p.to.dir.Rename(p.to.part(), p.to.name)
}
