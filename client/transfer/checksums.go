package transfer

import (
	"context"
	"errors"
	"hash"
	"slices"

	"github.com/ftpsh/ftpsh/client"
)

// Checksum is the checksum of a file of a server.
type Checksum struct {
	Remote    string
	Size      int64 // as it was listed; -1: unknown
	Algorithm client.Algorithm

	Sum  []byte
	Read bool // the file was fetched for it; else the server has computed it
	Err  error
}

// Checksums takes the checksums of many files over the sessions of an engine that has not been used.
// Where the server computes them it is asked; else, or with read, the files are fetched and not
// kept. Configure may complete the task of one. Each file has its own error; that of the whole says
// why it stopped early.
func (e *Engine) Checksums(ctx context.Context, files []*Checksum, read bool, configure func(*Task)) error {
	fetch := func(i int) Task {
		f := files[i]
		f.Read = true
		t := Task{Op: Download, Remote: f.Remote, Size: f.Size, Known: f.Size >= 0, Number: i}
		configure(&t)
		t.Out, t.Verify = client.NewHash(f.Algorithm), false
		return t
	}
	var more findings
	var reads []Task
	computed := e.Session.Algorithms()
	for i, f := range files {
		if read || !slices.Contains(computed, f.Algorithm) {
			reads = append(reads, fetch(i))
		} else {
			more.visits = append(more.visits, askSum(f, func() []Task { return []Task{fetch(i)} }))
		}
	}
	slices.Reverse(more.visits) // the last is done first
	more.tasks = oneByOne(reads)
	e.Done = func(t Task, _ Result, err error) {
		f := files[t.Number]
		if f.Err = err; err == nil {
			f.Sum = t.Out.(hash.Hash).Sum(nil)
		}
	}
	e.start()
	e.put(more)
	return e.work(ctx)
}

// askSum has the server compute a checksum. The file is fetched where it announces that and does not do it.
func askSum(f *Checksum, fetch func() []Task) *job {
	return &job{
		visit: func(ctx context.Context, s *client.Session) (more findings, err error) {
			h, err := s.Hash(ctx, f.Remote, f.Algorithm)
			if errors.Is(err, client.ErrNoHash) || client.IsCode(err, 500, 501, 502, 504) || client.IsMalformed(err) {
				return findings{tasks: oneByOne(fetch())}, nil
			}
			f.Sum = h.Sum
			return more, err
		},
		lost: func(err error) { f.Err = err },
	}
}

func oneByOne(tasks []Task) func() (Task, bool) {
	return func() (t Task, some bool) {
		if len(tasks) > 0 {
			t, tasks, some = tasks[0], tasks[1:], true
		}
		return t, some
	}
}
