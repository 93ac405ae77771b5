package client

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"strconv"
	"strings"
)

// Algorithm is a checksum that servers compute, under its name in HASH.
type Algorithm string

// The algorithms that servers compute.
const (
	SHA512 Algorithm = "SHA-512"
	SHA256 Algorithm = "SHA-256"
	SHA1   Algorithm = "SHA-1"
	MD5    Algorithm = "MD5"
	CRC32  Algorithm = "CRC32"
)

// algorithms are all of them, in the order in which they are preferred: with 256
// bits nobody needs the slower 512.
var algorithms = []struct {
	Algorithm
	new   func() hash.Hash
	verbs []string // older commands that compute it
}{
	{SHA256, sha256.New, []string{"XSHA256"}},
	{SHA512, sha512.New, []string{"XSHA512"}},
	{SHA1, sha1.New, []string{"XSHA1", "XSHA"}},
	{MD5, md5.New, []string{"XMD5", "MD5"}},
	{CRC32, func() hash.Hash { return crc32.NewIEEE() }, []string{"XCRC"}},
}

// NewHash computes an algorithm here; nil when the algorithm is not known.
func NewHash(a Algorithm) hash.Hash {
	for _, known := range algorithms {
		if known.Algorithm == a {
			return known.new()
		}
	}
	return nil
}

// ParseAlgorithm reads the name of an algorithm as people and servers write it:
// "sha256", "SHA-256", "XSHA256".
func ParseAlgorithm(name string) (Algorithm, bool) {
	bare := func(s string) string { return strings.ReplaceAll(strings.ToUpper(s), "-", "") }
	for _, known := range algorithms {
		if bare(name) == bare(string(known.Algorithm)) {
			return known.Algorithm, true
		}
		for _, verb := range known.verbs {
			if bare(name) == verb {
				return known.Algorithm, true
			}
		}
	}
	return "", false
}

// Hash is a checksum that the server computed over the bytes of a file from
// Start to before End; End is -1 when it did not tell.
type Hash struct {
	Algorithm  Algorithm
	Start, End int64
	Sum        []byte
}

func (h Hash) String() string { return hex.EncodeToString(h.Sum) }

// ErrNoHash is returned when the server computes no checksums, or not this one.
var ErrNoHash = errors.New("the server does not compute this checksum")

// Algorithms returns what the server computes as FEAT (RFC 2389 section 3) tells it, the preferred one
// first.
func (l *learned) Algorithms() []Algorithm {
	var all []Algorithm
	for _, known := range algorithms {
		if len(l.hashVerbs(known.Algorithm)) > 0 {
			all = append(all, known.Algorithm)
		}
	}
	return all
}

// hashVerbs are the commands with which the server computes an algorithm.
func (l *learned) hashVerbs(a Algorithm) (verbs []string) {
	if l.feat.Offers("HASH", string(a)) && !l.lacks["HASH"] {
		verbs = append(verbs, "HASH")
	}
	for _, known := range algorithms {
		for _, verb := range known.verbs {
			if known.Algorithm == a && l.feat.Has(verb) && !l.lacks[verb] {
				verbs = append(verbs, verb)
			}
		}
	}
	return verbs
}

// Hash asks the server for the checksum of a file: HASH (draft-bryan-ftpext-hash)
// after OPTS HASH, or XSHA256, XMD5, XCRC and their kin. With "" the
// preferred algorithm is taken. It fails with ErrNoHash where FEAT offers
// none. Reading a large file takes the server long; it has twenty times
// Options.Timeout for it.
func (s *browser) Hash(ctx context.Context, name string, a Algorithm) (Hash, error) {
	return s.HashRange(ctx, name, a, 0, -1)
}

// HashRange is Hash over the bytes from start to before end, by the commands that take a range.
// HASH (draft-bryan-ftpext-hash) is none of them: it would need a RANG before it, which proftpd
// does not heed, but keeps for the next RETR.
func (s *browser) HashRange(ctx context.Context, name string, a Algorithm, start, end int64) (Hash, error) {
	if all := s.Algorithms(); a == "" && len(all) > 0 {
		a = all[0]
	}
	if start > 0 && end < 0 {
		size, err := s.Size(ctx, name)
		if err != nil {
			return Hash{}, err
		}
		end = size
	}
	refusal := ErrNoHash
	for _, verb := range s.hashVerbs(a) {
		if end >= 0 && (verb == "HASH" || verb == "MD5") {
			continue
		}
		var h Hash
		err := s.do(ctx, true, func(c *Conn) (err error) {
			if verb == "HASH" {
				h, err = s.hash(ctx, c, name, a)
			} else {
				h, err = s.olderHash(ctx, c, verb, name, a, start, end)
			}
			return err
		})
		if s.markUnsupported(verb, err) || notKnown(err) {
			refusal = err
			continue
		}
		return h, err
	}
	return Hash{}, refusal
}

// hash sends HASH, after what chooses algorithm and type.
func (s *browser) hash(ctx context.Context, c *Conn, name string, a Algorithm) (Hash, error) {
	want := s.have
	want.typ, want.hash = Binary, a
	before := s.changes(want)
	xs := c.sendMany(ctx, before...)
	if err := s.confirm(ctx, before, xs); err != nil {
		return Hash{}, err
	}
	r, err := s.tell(ctx, c, 2, command{verb: "HASH", args: []string{wirePath(name)}, slow: true})
	if err != nil {
		return Hash{}, err
	}
	return parseHash(r, a)
}

// olderHash sends one of the X commands. Where more words may follow the name,
// blanks in it need quotation marks.
func (s *browser) olderHash(ctx context.Context, c *Conn, verb, name string, a Algorithm, start, end int64) (Hash, error) {
	name = wirePath(name)
	if verb != "MD5" && strings.Contains(name, " ") {
		name = `"` + name + `"`
	}
	args := []string{name}
	if end >= 0 {
		args = append(args, strconv.FormatInt(start, 10), strconv.FormatInt(end, 10))
	}
	r, err := s.tell(ctx, c, 2, command{verb: verb, args: args, slow: true})
	if err != nil {
		return Hash{}, err
	}
	h, err := parseOlderHash(r, a)
	h.Start, h.End = start, end
	return h, err
}

// parseHash reads the reply to HASH: "213 SHA-256 0-49 digest name".
func parseHash(r Reply, want Algorithm) (Hash, error) {
	words := strings.SplitN(lastLine(r), " ", 4)
	if len(words) < 3 {
		return Hash{}, badHash(r)
	}
	a, known := ParseAlgorithm(words[0])
	from, to, _ := strings.Cut(words[1], "-")
	h := Hash{Algorithm: a}
	var err1, err2 error
	h.Start, err1 = strconv.ParseInt(from, 10, 64)
	h.End, err2 = strconv.ParseInt(to, 10, 64)
	h.Sum = digest(words[2], a)
	switch {
	case !known || err1 != nil || err2 != nil || h.Start < 0 || h.Sum == nil:
		return Hash{}, badHash(r)
	case a != want:
		return h, fmt.Errorf("asked for %s, the server computed %s", want, a)
	}
	return h, nil
}

// parseOlderHash reads the reply to one of the X commands and to MD5: "250
// digest", "250-Computing" and "250 digest", "251 name digest".
func parseOlderHash(r Reply, a Algorithm) (Hash, error) {
	words := strings.Fields(lastLine(r))
	for i := len(words) - 1; i >= 0; i-- {
		if sum := digest(words[i], a); sum != nil {
			return Hash{Algorithm: a, End: -1, Sum: sum}, nil
		}
	}
	return Hash{}, badHash(r)
}

func badHash(r Reply) error {
	return &ProtocolError{Text: r.String(), Reason: "no checksum in the reply", Value: true}
}

// digest reads a checksum in hex; nil if the word is none of this algorithm.
// Leading zeros of a CRC may be missing.
func digest(word string, a Algorithm) []byte {
	h := NewHash(a)
	if h == nil {
		return nil
	}
	if missing := 2*h.Size() - len(word); a == CRC32 && missing > 0 && word != "" {
		word = strings.Repeat("0", missing) + word
	}
	sum, err := hex.DecodeString(word)
	if err != nil || len(sum) != h.Size() {
		return nil
	}
	return sum
}

// lastLine returns the words of the last line of a reply.
func lastLine(r Reply) string {
	if len(r.Lines) == 0 {
		return ""
	}
	return strings.TrimSpace(r.withoutCode(r.Lines[len(r.Lines)-1]))
}
