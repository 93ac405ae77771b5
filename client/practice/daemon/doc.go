// Package daemon starts the FTP servers that people really run, each on loopback and for one test only: proftpd,
// vsftpd, pure-ftpd, pyftpdlib and the ftpd of inetutils, plain and with TLS, eleven flavours in all.
//
//	func TestList(t *testing.T) {
//		daemon.Each(t, func(t *testing.T, s *daemon.Server) {
//			s.Put("hello.txt", []byte("hello\n"))
//			…dial s.Addr(), log in as s.User with s.Password…
//		})
//	}
//
// Every server knows alice ("s3cret pass": the space is part of it) and anonymous. Its files, ports and processes are
// its own and are gone when the test ends; the processes are even when the test process is killed.
//
// .ci/install-servers gets the servers; FTPSH_SERVERS names the folder of those that it only unpacks. All but pyftpdlib
// must be started by root, because they change their user at login; no user is added to the machine. Where a server is
// missing the test is skipped, unless the environment variable FTPSH_REAL_SERVERS says otherwise. It is a list of
// words:
//
//	require             a server that is missing is a failure
//	vsftpd,proftpd-tls  only these flavours are started, and they must be there
package daemon
