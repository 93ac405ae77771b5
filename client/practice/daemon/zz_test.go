package daemon
import ("testing";"os/exec")
func TestZZ(t *testing.T) {
	for _, f := range []string{"vsftpd","vsftpd-tls","proftpd","pure-ftpd-tls","inetutils-ftpd"} {
		t.Run(f, func(t *testing.T) { s := Start(t, f, Options{}); login(t, s, s.User, s.Password)
	out, _ := exec.Command("sh","-c","ps -eo pid,ppid,pgid,sid,user,args | grep -E 'ftpd|guard' | grep -v grep").Output()
	t.Log("\n"+string(out)) })
	}
}
