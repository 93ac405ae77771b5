package client_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// Anyone else who connects to the port of an active transfer is hung up on unread.
// One socket listens meanwhile, on the address of the control connection, and
// none afterwards.
func TestThiefOnTheActivePort(t *testing.T) {
	for _, way := range []client.DataMode{client.PORT, client.EPRT} {
		t.Run(way.String(), func(t *testing.T) {
			command, before := "PORT 127,0,0,1,.*", listening(t)
			if way == client.EPRT {
				command = `EPRT \|1\|127\.0\.0\.1\|.*`
			}
			transfer := "C~ " + command + "\nS: 200 fine\nC: RETR f\nS: 150 coming\nD> the right data\nS: 226 done\n"
			refused := "C~ " + command + "\nS: 200 fine\nC: RETR f\nS: 550 no\n"
			opt := client.Options{Ways: []client.DataMode{way}}
			var thieves []net.Conn
			opt.Trace = &client.Trace{Listen: func(i client.ListenInfo) {
				for range 3 {
					thief := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
					nc, err := thief.Dial("tcp", i.Local)
					if err != nil {
						t.Error(err)
						return
					}
					io.WriteString(nc, "stolen bytes")
					thieves = append(thieves, nc)
				}
				new := listening(t)
				for addr := range before {
					delete(new, addr)
				}
				if n := len(new); n != 2 || !new[i.Local] { // the other one is that of the script
					t.Errorf("listening: %v, want %s", new, i.Local)
				}
			}}
			talk(t, "C: TYPE I\nS: 200 binary\n"+transfer+transfer+refused, opt, func(s *client.Session) {
				for range 2 {
					if got := get(t, s, "f"); string(got) != "the right data" {
						t.Errorf("got %q", got)
					}
				}
				if _, err := s.Retrieve(t.Context(), "f", 0); !client.IsCode(err, 550) {
					t.Errorf("%v", err)
				}
				for _, nc := range thieves {
					if n, err := nc.Read(make([]byte, 1)); n > 0 || err == nil {
						t.Error("a thief was told something")
					}
					nc.Close()
				}
				for addr := range listening(t) {
					if !before[addr] && !strings.HasSuffix(s.Options().Addr, addr[strings.LastIndex(addr, ":"):]) {
						t.Errorf("%s still listens", addr)
					}
				}
			})
		})
	}
}

// listening are the IPv4 addresses at which this process listens.
func listening(t *testing.T) map[string]bool {
	t.Helper()
	ours := map[string]bool{}
	links, _ := filepath.Glob("/proc/self/fd/*")
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil {
			ours[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
		}
	}
	table, err := os.Open("/proc/self/net/tcp")
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	found := map[string]bool{}
	for lines := bufio.NewScanner(table); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 10 || f[3] != "0A" || !ours[f[9]] {
			continue
		}
		var a, b, c, d, port int
		fmt.Sscanf(f[1], "%2X%2X%2X%2X:%4X", &d, &c, &b, &a, &port)
		found[fmt.Sprintf("%d.%d.%d.%d:%d", a, b, c, d, port)] = true
	}
	return found
}
