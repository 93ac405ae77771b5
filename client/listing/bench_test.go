package listing

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const many = 100_000

func benchmarkRead(b *testing.B, text string, o Options) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for e, err := range Read(strings.NewReader(text), o) {
			if err != nil || e.Type == Unparsed {
				b.Fatalf("%v %q", err, e.Raw)
			}
			n++
		}
		if n != many {
			b.Fatalf("%d entries", n)
		}
	}
}

func unixLines(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "-rw-r--r--   1 owner    group    %9d Jan %2d 10:%02d file-%06d.txt\r\n", i*37, i%28+1, i%60, i)
	}
	return s.String()
}

func mlsdLines(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "modify=202401%02d10%02d00;perm=adfrw;size=%d;type=file;unique=FE00U%X;UNIX.group=0;UNIX.mode=0644;UNIX.owner=0; file-%06d.txt\r\n",
			i%28+1, i%60, i*37, i, i)
	}
	return s.String()
}

func BenchmarkUnix100k(b *testing.B) { benchmarkRead(b, unixLines(many), Options{}) }

func BenchmarkMLSD100k(b *testing.B) { benchmarkRead(b, mlsdLines(many), Options{Format: MLSx}) }

func BenchmarkDOS100k(b *testing.B) {
	var s strings.Builder
	for i := range many {
		fmt.Fprintf(&s, "01-%02d-24  10:%02dAM       %14d file-%06d.txt\r\n", i%28+1, i%60, i, i)
	}
	benchmarkRead(b, s.String(), Options{})
}

func BenchmarkZone100k(b *testing.B) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Fatal(err)
	}
	benchmarkRead(b, unixLines(many), Options{Zone: zone})
}
