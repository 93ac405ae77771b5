package practice

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// benchServer has a file of 64 MiB in a folder and a small one, and a client that is logged in.
func benchServer(b *testing.B, mode TLSMode) *rawClient {
	dir := b.TempDir()
	for name, size := range map[string]int{"big": 64 << 20, "small": 1 << 10} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return loginProtected(b, start(b, Options{Dir: dir, TLS: mode}))
}

func BenchmarkCommands(b *testing.B) {
	c := benchServer(b, NoTLS)
	for b.Loop() {
		c.cmd(200, "NOOP")
	}
}

func BenchmarkPipelined(b *testing.B) {
	c := benchServer(b, NoTLS)
	burst := strings.Repeat("SIZE small\r\n", 100)
	for b.Loop() {
		_, _ = io.WriteString(c.conn, burst)
		for range 100 {
			c.want(213)
		}
	}
}

func BenchmarkFiles(b *testing.B) {
	for _, mode := range []TLSMode{NoTLS, Explicit} {
		for _, name := range []string{"small", "big"} {
			b.Run(fmt.Sprintf("%s/tls=%t", name, mode != NoTLS), func(b *testing.B) {
				c := benchServer(b, mode)
				for b.Loop() {
					conn := c.passive()
					c.cmd(150, "RETR "+name)
					n, _ := io.Copy(io.Discard, conn)
					conn.Close()
					c.want(226)
					b.SetBytes(n)
				}
			})
		}
	}
}
