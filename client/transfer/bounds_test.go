package transfer

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestSlowSegmentsEnd: the bounds are those of the whole file, however many
// sessions fetch its parts.
func TestSlowSegmentsEnd(t *testing.T) {
	for _, test := range []struct {
		name   string
		bounds Bounds
		slow   bool
	}{
		{"too long", Bounds{Time: 200 * time.Millisecond}, true},
		{"too few bytes", Bounds{Rate: 1 << 30, Over: 100 * time.Millisecond}, true},
		{"enough bytes together", Bounds{Rate: 1, Over: 100 * time.Millisecond}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := content(3 * leastPart)
			_, s := server(t, data, practice.Options{})
			task := Task{
				Op: Download, Remote: "data", Local: filepath.Join(t.TempDir(), "data"), Size: int64(len(data)), Segments: 2, Bounds: test.bounds,
				Limit: rate.NewLimiter(16<<20, LimitBurst),
			}
			if test.slow {
				task.Limit = rate.NewLimiter(64<<10, LimitBurst)
			}
			_, failed := run(t, &Engine{Session: s, Parallel: 2}, slices.Values([]Task{task}))
			if is := len(failed) == 1 && errors.As(failed[0], new(*SlowError)); is != test.slow || !test.slow && failed != nil {
				t.Errorf("it ended with %v", failed)
			}
		})
	}
}

// TestSlowTransferEnds: a transfer that is slower than it may be is ended, and
// the session goes on; within its bounds it is whole.
func TestSlowTransferEnds(t *testing.T) {
	for _, test := range []struct {
		name   string
		fault  string
		bounds Bounds
		slow   bool
	}{
		{"too long", "stall:RETR=1000*1", Bounds{Time: 100 * time.Millisecond}, true},
		{"no byte any more", "stall:RETR=1000*1", Bounds{Rate: 1, Over: 100 * time.Millisecond}, true},
		{"too few bytes", "", Bounds{Rate: 1 << 30, Over: 100 * time.Millisecond}, true},
		{"neither", "", Bounds{Time: time.Hour, Rate: 1, Over: time.Hour}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := content(64 << 10)
			var faults []string
			if test.fault != "" {
				faults = append(faults, test.fault)
			}
			_, s := server(t, data, practice.Options{}, faults...)
			var out bytes.Buffer
			task := Task{
				Op: Download, Remote: "data", Out: &out, Bounds: test.bounds,
				Retry: Retry{Most: 3, Wait: time.Millisecond, Tell: func(err error, _ time.Duration) { t.Errorf("again after %v", err) }},
			}
			if test.slow {
				task.Limit = rate.NewLimiter(16<<10, LimitBurst) // 3 s for the file
			}
			_, err := Run(t.Context(), s, task, nil)
			if is := errors.As(err, new(*SlowError)); is != test.slow || !test.slow && (err != nil || !bytes.Equal(out.Bytes(), data)) {
				t.Errorf("%d bytes, %v", out.Len(), err)
			}
			if size, err := s.Size(t.Context(), "data"); err != nil || size != int64(len(data)) {
				t.Errorf("then SIZE says %d, %v", size, err)
			}
		})
	}
}
