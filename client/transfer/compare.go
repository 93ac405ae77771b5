package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// differs says why a file must be copied again, "" when it is the same.
func (m *Mirror) differs(ctx context.Context, s *client.Session, at string, from, to listing.Entry) (string, error) {
	exact := !from.SizeApprox && !to.SizeApprox && from.Size >= 0 && to.Size >= 0
	switch {
	case m.OnlyNewer && newer(to, from), m.OnlyMissing:
		return "", nil
	case m.OnlyBigger && exact && from.Size > to.Size:
		return "bigger", nil
	case m.OnlyBigger:
		return "", nil
	case exact && from.Size != to.Size:
		return "size", nil
	case m.Compare == BySizeAndTime && newer(from, to):
		return "newer", nil
	case m.Compare == ByHash:
		return m.hashes(ctx, s, at)
	}
	return "", nil
}

// newer reports whether a file is newer than its copy, as far as both sides
// tell the time.
func newer(from, to listing.Entry) bool {
	if from.Precision == listing.NoTime || to.Precision == listing.NoTime {
		return false
	}
	return from.Time.Sub(to.Time) > max(resolution(from.Precision), resolution(to.Precision))
}

// SameTime reports whether two readings may be of the same time, as far as both are told.
func SameTime(a, b listing.Entry) bool {
	if a.Precision == listing.NoTime || b.Precision == listing.NoTime || a.Time.IsZero() || b.Time.IsZero() {
		return true
	}
	apart := a.Time.Sub(b.Time).Abs()
	switch coarser := min(a.Precision, b.Precision); coarser {
	case listing.Day, listing.Minute:
		return apart < resolution(coarser)
	}
	return apart < time.Second
}

// resolution is how far two readings of the same time may lie apart.
func resolution(p listing.Precision) time.Duration {
	switch p {
	case listing.Day:
		return 24 * time.Hour
	case listing.Minute:
		return time.Minute
	}
	return 2 * time.Second // FAT counts in twos
}

// algorithms are the hashes that the server has, or both have.
func (m *Mirror) algorithms(s *client.Session) []client.Algorithm {
	if m.Target == nil {
		return s.Algorithms()
	}
	return shared(s, m.Target)
}

// ErrNoHashes is the end of a mirror that was to compare contents, on a server that computes no checksum.
var ErrNoHashes = errors.New("the server computes no checksums, so contents cannot be compared")

// hashes compares contents by the best hash that the server has, or both have.
func (m *Mirror) hashes(ctx context.Context, s *client.Session, at string) (string, error) {
	algorithms := m.algorithms(s)
	there, err := s.Hash(ctx, m.remote(at), algorithms[0])
	if err != nil {
		return "", err
	}
	copied, err := m.hashOfOther(ctx, at, algorithms[0])
	if err != nil || bytes.Equal(copied, there.Sum) {
		return "", err
	}
	return "hash", nil
}

// hashOfOther is the hash of what is not on the engine's server.
func (m *Mirror) hashOfOther(ctx context.Context, at string, a client.Algorithm) ([]byte, error) {
	if m.Target != nil {
		h, err := m.Target.Hash(ctx, m.copied(at), a)
		return h.Sum, err
	}
	file, err := m.openHere(at)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	sum := client.NewHash(a)
	_, err = io.Copy(sum, file)
	return sum.Sum(nil), err
}

// link returns what a link of the original stands for, or with CopyLinks makes
// one; an entry that is still a link is left alone.
func (m *Mirror) link(ctx context.Context, s *client.Session, at string, e listing.Entry, found bool) (listing.Entry, error) {
	switch {
	case m.Links == FollowLinks && m.Up:
		info, err := m.Here.Stat(m.local(at))
		if err != nil {
			return e, err
		}
		if info.IsDir() && !m.leadsOnHere(at, info) {
			return e, errCircle
		}
		name := e.Name
		e = localEntry(info)
		e.Name = name
		return e, nil
	case m.Links == FollowLinks:
		name := e.Name
		of, err := s.Stat(ctx, m.remote(at))
		if err != nil {
			return e, err
		}
		if of.Type == listing.Link || of.Type == listing.Dir { // MLST, or a listing, may tell of the link itself
			if of.Type == listing.Link {
				of.Size = -1 // its own, which is not that of the file
			}
			of.Type = listing.File
			here := s.Dir()
			if s.Chdir(ctx, m.remote(at)) == nil {
				of.Type = listing.Dir
				leadsOn := m.leadsOn(s.Dir())
				if err := s.Chdir(ctx, here); err != nil {
					return e, err
				}
				if !leadsOn {
					return e, errCircle
				}
			}
		}
		if of.Name = name; of.Type == listing.File && of.Raw != "" {
			err = sizeAndTime(ctx, s, m.remote(at), &of.Size, &of.Time)
		}
		return of, err
	case m.Links == CopyLinks && !m.copyIsThere():
		return m.copyLink(at, e, found)
	}
	return e, nil
}

// errCircle says that a directory has been there already.
var errCircle = errors.New("is a directory that was seen already: a circle of links")

// leadsOn reports whether no link has led to a directory yet, by the path that
// the server gives it.
func (m *Mirror) leadsOn(to string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.to[to] && to != "" {
		return false
	}
	m.to[to] = true
	return true
}

// leadsOnHere is leadsOn for a link here: a directory that the link is in would
// be one in itself.
func (m *Mirror) leadsOnHere(at string, to os.FileInfo) bool {
	for dir := at; dir != ""; {
		dir = above(dir)
		if info, err := m.Here.Stat(m.local(dir)); err == nil && os.SameFile(info, to) {
			return false
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.ContainsFunc(m.toHere, func(info os.FileInfo) bool { return os.SameFile(info, to) }) {
		return false
	}
	m.toHere = append(m.toHere, to)
	return true
}

// isAround reports whether a directory is one of those that it is in, by the
// identity that the server gives it: pyftpdlib shows links as directories.
func (m *Mirror) isAround(at, unique string) bool {
	if unique == "" {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for above := path.Dir(at); above != "."; above = path.Dir(above) {
		if m.unique[above] == unique {
			return true
		}
	}
	m.unique[at] = unique
	return false
}

// errLinkOut says that a link leads out of the tree.
var errLinkOut = errors.New("the link leads elsewhere")

// copyLink makes a link here, if it stays in the tree.
func (m *Mirror) copyLink(at string, e listing.Entry, found bool) (listing.Entry, error) {
	inside := path.Join(path.Dir(at), e.Target)
	if e.Target == "" || path.IsAbs(e.Target) || inside == ".." || strings.HasPrefix(inside, "../") {
		return e, errLinkOut
	}
	if found {
		if old, err := m.here.Readlink(m.at(at)); err != nil || filepath.ToSlash(old) != e.Target {
			return e, errors.New("already exists, and another")
		}
		e.Type = handled
		return e, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.links = append(m.links, Step{Action: ActLink, Path: at, Size: -1, Why: "new", target: e.Target})
	e.Type = handled
	return e, nil
}

// makeLinks is last: nothing that the server lists goes through one of them.
func (m *Mirror) makeLinks(ctx context.Context, s *client.Session) {
	for _, step := range m.links {
		if !m.make(ctx, s, above(step.Path)) {
			continue // which was told
		}
		if !m.DryRun {
			step.Err = m.here.Symlink(filepath.FromSlash(step.target), m.at(step.Path))
		}
		m.tell(step)
	}
}

// handled is the type of an entry that has been seen to.
const handled = listing.Type(255)
