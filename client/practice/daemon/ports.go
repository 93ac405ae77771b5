package daemon

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// The ports below those that the kernel gives to outgoing connections, in slots: the first port of a slot is its
// lock, the second is for the control connection and the others for passive data connections.
const (
	lowestPort  = 24000
	highestPort = 31999
	slotSize    = 100 // pure-ftpd admits half as many clients as it has passive ports
)

// A slot belongs to the process that listens on its first port, so test processes that run side by side do not meet, and
// one that crashes holds nothing.
type slot struct {
	lock  net.Listener
	first int
	host6 string // ::1 where there is IPv6
}

// turn lets this process go round the slots, so that a port just left has time to become free.
var turn atomic.Int64

func reserve() (*slot, error) {
	const slots = (highestPort - lowestPort + 1) / slotSize
	begin := int64(os.Getpid())*7 + turn.Add(1)
	for i := range int64(slots) {
		if s := try(lowestPort + int((begin+i)%slots)*slotSize); s != nil {
			return s, nil
		}
	}
	return nil, fmt.Errorf("all %d slots of ports from %d to %d are taken", slots, lowestPort, highestPort)
}

func try(first int) *slot {
	lock, err := listen("127.0.0.1", first)
	if err != nil {
		return nil
	}
	s := &slot{lock: lock, first: first}
	if haveIPv6() {
		s.host6 = "::1"
	}
	for _, host := range []string{"127.0.0.1", s.host6} {
		if host == "" {
			continue
		}
		l, err := listen(host, s.control())
		if err != nil {
			lock.Close()
			return nil
		}
		l.Close()
	}
	return s
}

func (s *slot) control() int { return s.first + 1 }

// passive are the first and the last port for data connections.
func (s *slot) passive() (low, high int) { return s.first + 2, s.first + slotSize - 1 }

// listening tells whether the kernel knows a listener on the control port of every address.
func (s *slot) listening() bool {
	return listens("/proc/net/tcp", s.control()) && (s.host6 == "" || listens("/proc/net/tcp6", s.control()))
}

// listens looks for a port in a table of the kernel as far as the listeners go, which come first: behind them are
// thousands of connections that have ended, and reading those takes longer than a server takes to start.
func listens(table string, port int) bool {
	file, err := os.Open(table)
	if err != nil {
		return false
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Scan() // the heading
	for lines.Scan() {
		local, state := strings.Fields(lines.Text())[1], strings.Fields(lines.Text())[3]
		if state != "0A" { // LISTEN
			return false
		}
		if strings.HasSuffix(local, fmt.Sprintf(":%04X", port)) {
			return true
		}
	}
	return false
}

func (s *slot) release() { s.lock.Close() }

func listen(host string, port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
}

func haveIPv6() bool {
	l, err := listen("::1", 0)
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// Port is a port of this computer that nobody else uses while the test runs: for a program that is told where to listen,
// or for a place where nobody does. One that the kernel calls free may be that of the next connection.
func Port(t testing.TB) int {
	t.Helper()
	s, err := reserve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.release)
	return s.control()
}
