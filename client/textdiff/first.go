package textdiff

import "io"

// First returns the place of the first byte in which two streams differ, if they do.
func First(a, b io.Reader) (at int64, differ bool, err error) {
	var left, right [64 << 10]byte
	for {
		n, errA := io.ReadFull(a, left[:])
		m, errB := io.ReadFull(b, right[:])
		for i := range min(n, m) {
			if left[i] != right[i] {
				return at + int64(i), true, nil
			}
		}
		at += int64(min(n, m))
		ended := errA == io.EOF || errA == io.ErrUnexpectedEOF
		switch {
		case errA != nil && !ended:
			return at, false, errA
		case errB != nil && errB != io.EOF && errB != io.ErrUnexpectedEOF:
			return at, false, errB
		case n != m:
			return at, true, nil
		case ended:
			return at, false, nil
		}
	}
}
