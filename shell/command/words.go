package command

import (
	"cmp"
	"fmt"
	"time"

	"github.com/ftpsh/ftpsh/shell/render"
)

// OrDot is a directory that can be shown: "." for the present one.
func OrDot(name string) string { return cmp.Or(name, ".") }

// Every calls f again and again until the returned function is called.
func Every(period time.Duration, f func()) (halt func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		clock := time.Tick(period)
		for {
			select {
			case <-end:
				return
			case <-clock:
				f()
			}
		}
	}()
	return func() {
		close(end)
		<-ended
	}
}

const (
	progressDelay  = time.Second // a line for what is over at once only flickers
	progressPeriod = 200 * time.Millisecond
)

// BytesText is a number of bytes in words.
func BytesText(n int64) string {
	if n < 1024 {
		return Plural(int(n), "byte", "bytes")
	}
	return render.Size(n)
}

// Seconds is a short time in words.
func Seconds(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return render.Clock(d)
}

// Plural counts things: "1 file", "2 files".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
