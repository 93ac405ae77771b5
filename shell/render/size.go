package render

import (
	"fmt"
	"strconv"
	"time"
)

// Size returns a number of bytes as ls -h does: 512, 1.2K, 80M; powers of 1024,
// always rounded up. A size that is not known, below zero, is "-".
func Size(n int64) string {
	if n < 0 {
		return "-"
	}
	if n < 1024 {
		return strconv.FormatInt(n, 10)
	}
	for unit, div := 0, uint64(1024); ; unit, div = unit+1, div*1024 {
		whole, rest := uint64(n)/div, uint64(n)%div
		if tenths := whole*10 + (rest*10+div-1)/div; tenths < 100 {
			return fmt.Sprintf("%d.%d%c", tenths/10, tenths%10, "KMGTPE"[unit])
		}
		if rest > 0 {
			whole++
		}
		if whole < 1024 {
			return fmt.Sprintf("%d%c", whole, "KMGTPE"[unit])
		}
	}
}

// Rate returns a speed in bytes for each second, as 5.2M/s.
func Rate(bytesPerSecond float64) string {
	if !(bytesPerSecond >= 0 && bytesPerSecond < 1<<60) {
		return "-"
	}
	return Size(int64(bytesPerSecond)) + "/s"
}

// Clock returns a span of time as a clock shows it, 0:07, 12:05, 1:02:03, and
// above a hundred hours as days, 5d 3h.
func Clock(d time.Duration) string {
	s := int64(max(d, 0).Round(time.Second) / time.Second)
	switch h := s / 3600; {
	case h >= 100:
		return fmt.Sprintf("%dd %dh", h/24, h%24)
	case h > 0:
		return fmt.Sprintf("%d:%02d:%02d", h, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
