package client

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The last bytes of a fast download are taken also where the server never closes
// the data connection: fewer than a read waits for.
func TestPatientReadTakesTheRest(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	const size = largestSlice + 10
	done := make(chan struct{})
	defer close(done)
	go func() {
		nc, err := ln.Accept()
		if err != nil {
			return
		}
		nc.Write(make([]byte, size))
		<-done
		nc.Close()
	}()
	nc, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	conn := &Conn{}
	conn.stall.Store(int64(100 * time.Millisecond))
	d := &Data{conn: conn, flow: flow{ctx: context.Background(), wire: wire{raw: nc, rw: nc}, x: &Exchange{outcome: outcome{done: make(chan struct{})}}}}
	move := d.splice(nc.(*net.TCPConn), file)
	total := int64(0)
	for range 2 {
		d.setDeadline()
		n, _ := move(largestSlice)
		total += n
	}
	if total != size {
		t.Errorf("%d of %d bytes came", total, size)
	}
}
