package daemon

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"sync"
)

// processes are those of one server. Each one that is started leads a kernel session of its own (setsid, nothing of
// FTP), so that whatever it forks can be found and ended with it. The kernel gives a leader's number to nobody else
// while its session has members.
type processes struct {
	mu        sync.Mutex
	leaders   map[int]bool // by process id
	listeners []net.Listener
	stopped   bool
	lost      bool // a program ended by itself
	running   sync.WaitGroup
}

// guard runs a program, and ends its process group when the test process is gone, however that came about: descriptor
// 3 is a pipe that only the test process holds open. vsftpd writes its last words to descriptor 0.
const guard = `(read -r _ <&3; kill -9 0) & exec "$@" 3<&- 0<&2`

// startGuarded starts a program that serves until it is stopped.
func (p *processes) startGuarded(argv, env []string, log string) error {
	end, life, err := os.Pipe()
	if err != nil {
		return err
	}
	defer end.Close()
	cmd := exec.Command("/bin/sh", append([]string{"-c", guard, "guard"}, argv...)...)
	cmd.ExtraFiles = []*os.File{end}
	cmd.Env = env
	err = p.start(cmd, log, func() {
		life.Close()
		p.lost = true
	})
	if err != nil {
		life.Close()
	}
	return err
}

// serveInetd starts a program for each connection, with the connection as its standard input and output, as inetd(8)
// does.
func (p *processes) serveInetd(hosts []string, port int, argv, env []string, log string) error {
	for _, host := range hosts {
		l, err := listen(host, port)
		if err != nil {
			return err
		}
		p.listeners = append(p.listeners, l)
		p.running.Go(func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				p.startSession(conn.(*net.TCPConn), argv, env, log)
			}
		})
	}
	return nil
}

// startSession hands a connection over. One that cannot be served is closed, which its client will notice.
func (p *processes) startSession(conn *net.TCPConn, argv, env []string, log string) {
	defer conn.Close()
	file, err := conn.File()
	if err != nil {
		return
	}
	defer file.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout = file, file
	cmd.Env = env
	_ = p.start(cmd, log, func() {})
}

// start starts cmd in a session of its own; what it does not say to a client goes to the log. ended is called, under
// the lock, when it has ended.
func (p *processes) start(cmd *exec.Cmd, log string, ended func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return errors.New("the server is stopped")
	}
	out, err := os.OpenFile(log, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	defer out.Close()
	if cmd.Stdout == nil {
		cmd.Stdout = out
	}
	cmd.Stderr = out // never the client: /bin/ls, which ftpd runs, would write into a reply
	cmd.Dir = "/"
	leadSession(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	if p.leaders == nil {
		p.leaders = map[int]bool{}
	}
	p.leaders[cmd.Process.Pid] = true
	p.running.Go(func() {
		_ = cmd.Wait() // killed, or a session that ended
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.leaders, cmd.Process.Pid)
		ended()
	})
	return nil
}

// stop kills everything and returns when it is gone. No server has anything to lose.
func (p *processes) stop() error {
	p.mu.Lock()
	p.stopped = true
	sessions := maps.Clone(p.leaders)
	p.mu.Unlock()
	for _, l := range p.listeners {
		l.Close()
	}
	if !until(patience, func() bool { return kill(members(sessions)) == 0 }) {
		return fmt.Errorf("processes %v do not end", members(sessions))
	}
	p.running.Wait()
	return nil
}

// kill returns how many it had to kill.
func kill(pids []int) int {
	for _, pid := range pids {
		if process, err := os.FindProcess(pid); err == nil {
			_ = process.Kill() // it may have ended meanwhile
			_ = process.Release()
		}
	}
	return len(pids)
}

// failed tells whether a program ended by itself.
func (p *processes) failed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lost
}
