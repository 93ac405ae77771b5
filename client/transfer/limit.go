package transfer

import (
	"context"
	"io"

	"golang.org/x/time/rate"
)

// LimitBurst is the burst that the limiter of a Task must allow: so many bytes
// are moved at once.
const LimitBurst = 16 << 10

// limitWriter lets no more bytes through than the limiter allows. Without one
// it is w itself, so that files can still be copied by the kernel.
func limitWriter(ctx context.Context, w io.Writer, l *rate.Limiter) io.Writer {
	if l == nil {
		return w
	}
	return &limitedWriter{ctx, w, l}
}

// turn is how much passes at once: a sixteenth of a second's worth when that is
// less than the burst, as the next one waits for a piece of each other.
func turn(l *rate.Limiter) int {
	return int(min(max(l.Limit()/16, 512), LimitBurst))
}

func limitReader(ctx context.Context, r io.Reader, l *rate.Limiter) io.Reader {
	if l == nil {
		return r
	}
	return &limitedReader{ctx, r, l}
}

type limitedWriter struct {
	ctx context.Context
	w   io.Writer
	l   *rate.Limiter
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		part := p[done:min(done+turn(w.l), len(p))]
		if err := w.l.WaitN(w.ctx, len(part)); err != nil {
			return done, err
		}
		n, err := w.w.Write(part)
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

type limitedReader struct {
	ctx context.Context
	r   io.Reader
	l   *rate.Limiter
}

func (r *limitedReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p[:min(turn(r.l), len(p))])
	if n > 0 {
		if waiting := r.l.WaitN(r.ctx, n); err == nil {
			err = waiting
		}
	}
	return n, err
}
