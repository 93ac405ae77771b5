package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// TestLimit: what is beyond the burst takes its time, in both directions.
func TestLimit(t *testing.T) {
	text := strings.Repeat("x", LimitBurst+32<<10)
	const least = 100 * time.Millisecond // 32 KiB at 256 KiB/s are 125
	for name, copyText := range map[string]func(*rate.Limiter) (string, error){
		"download": func(l *rate.Limiter) (string, error) {
			var out bytes.Buffer
			_, err := io.Copy(limitWriter(t.Context(), &out, l), strings.NewReader(text))
			return out.String(), err
		},
		"upload": func(l *rate.Limiter) (string, error) {
			out, err := io.ReadAll(limitReader(t.Context(), strings.NewReader(text), l))
			return string(out), err
		},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			got, err := copyText(rate.NewLimiter(256<<10, LimitBurst))
			if got != text || err != nil {
				t.Errorf("%d bytes of %d arrived: %v", len(got), len(text), err)
			}
			if took := time.Since(start); took < least {
				t.Errorf("it took %v, at least %v are due", took, least)
			}
		})
	}
}

// TestLimitShared: a few bytes under a limit that eight large files have used up
// wait for a turn, not for the files.
func TestLimitShared(t *testing.T) {
	l := rate.NewLimiter(32<<10, LimitBurst)
	ctx, cancel := context.WithCancel(t.Context())
	var large sync.WaitGroup
	defer large.Wait()
	defer cancel()
	var moved atomic.Int64
	begun := make(chan struct{}, 8)
	for range cap(begun) {
		large.Go(func() {
			w := limitWriter(ctx, counted{&moved}, l)
			w.Write(make([]byte, 1)) // what the burst leaves
			begun <- struct{}{}
			w.Write(make([]byte, 16<<20))
		})
	}
	for range cap(begun) {
		<-begun
	}
	l.WaitN(ctx, LimitBurst) // the burst is used up
	before := moved.Load()
	limitWriter(ctx, io.Discard, l).Write(make([]byte, 1000))
	if meanwhile := moved.Load() - before; meanwhile > 80<<10 {
		t.Errorf("%d bytes of the large files went first", meanwhile)
	}
}

// counted counts what is written to it.
type counted struct{ n *atomic.Int64 }

func (c counted) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}

// TestLimitEnds: an interrupt does not wait for the limiter.
func TestLimitEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	l := rate.NewLimiter(1, LimitBurst)
	l.AllowN(time.Now(), LimitBurst)
	time.AfterFunc(10*time.Millisecond, cancel)
	n, err := limitWriter(ctx, io.Discard, l).Write(make([]byte, LimitBurst))
	if n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d %v", n, err)
	}
}

// TestNoLimit: without a limit nothing stands between the file and the kernel.
func TestNoLimit(t *testing.T) {
	var w io.Writer = &bytes.Buffer{}
	if limitWriter(t.Context(), w, nil) != w {
		t.Error("a limiter was put in between")
	}
}
