package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// differs says why a file must be copied again, "" when it is the same.
func (m *mirroring) differs(ctx context.Context, s *client.Session, at string, from, to listing.Entry) (string, error) {
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
func (m *mirroring) hashes(ctx context.Context, s *client.Session, at string) (string, error) {
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
func (m *mirroring) hashOfOther(ctx context.Context, at string, a client.Algorithm) ([]byte, error) {
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
