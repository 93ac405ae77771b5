package command

import (
	"sync"

	"github.com/ftpsh/ftpsh/client/localname"
)

// Folders are the local folders that files come to, as a shell and its jobs know them.
type Folders struct {
	Mu    sync.Mutex
	Rules map[string]localname.Rules // by path
	came  map[string]Arrived         // by what some file system makes of the local name
}

// Arrived is a file that has come under a local name that the server has chosen, or is coming.
type Arrived struct {
	Name, Remote string
	Coming       *Call // whose command brings it; nil: it is over
}

// Find is what came under a key.
func (f *Folders) Find(key string) (Arrived, bool) {
	f.Mu.Lock()
	defer f.Mu.Unlock()
	came, some := f.came[key]
	return came, some
}

// Claim keeps a name for a file, unless one that the server calls otherwise has it: that is returned.
func (f *Folders) Claim(key string, a Arrived) (first Arrived, taken bool) {
	f.Mu.Lock()
	defer f.Mu.Unlock()
	first, some := f.came[key]
	if some && BaseName(first.Remote) != BaseName(a.Remote) {
		return first, true
	}
	f.set(key, a)
	return first, false
}

// Landed ends what a command has brought, or tried to.
func (c *Call) Landed() {
	f := c.Shell.Folders
	f.Mu.Lock()
	defer f.Mu.Unlock()
	for _, key := range c.Coming {
		if came := f.came[key]; came.Coming == c {
			came.Coming = nil
			f.came[key] = came
		}
	}
	c.Coming = nil
}

// Keep remembers what came under a key.
func (f *Folders) Keep(key string, came Arrived) {
	f.Mu.Lock()
	defer f.Mu.Unlock()
	f.set(key, came)
}

func (f *Folders) set(key string, came Arrived) {
	if f.came == nil || len(f.came) >= mostCame {
		f.came = map[string]Arrived{}
	}
	f.came[key] = came
}

// mostCame is how many local names are remembered.
const mostCame = 50_000
