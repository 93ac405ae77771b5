// Package client speaks FTP (RFC 959 and its successors) over clear and TLS connections.
//
// # First steps
//
// A program opens a [Session], logs in, and gets or puts files:
//
//	s, err := client.Open(ctx, client.Options{Addr: "ftp.example.org:21"})
//	if err != nil {
//		return err
//	}
//	defer s.Close()
//	if err := s.Login(ctx, client.Login{User: "alice", Password: password}); err != nil {
//		return err
//	}
//	_, err = s.Get(ctx, file, "pub/report.pdf")
//
// The zero value of [Options] is safe: TLS is required before the login, the certificate is
// verified, and data connections are protected too. A server without TLS is an error; a program
// that accepts one says so with [Opportunistic] or [Off].
//
// # Two layers
//
// A [Conn] is one control connection: it sends what it is told, matches replies to commands and
// opens data connections. A [Session] knows what the user wants (transfer type, protection,
// directory) and makes the server's state match before a command that needs it. When the server has
// hung up, the next call connects and logs in again and restores all of that. Most programs need a
// Session only; [Session.Conn] is there for those that teach or test the protocol.
//
// A Session is used by one goroutine at a time. For several transfers at once, [Session.Clone] it.
//
// # Transfers
//
// [Session.Get] and [Session.Put] move a whole file. [Session.Retrieve], [Session.Store] and
// [Session.Append] give a [Data] to read or write, from an offset if need be. A transfer has
// succeeded when [Data.Close] returns nil, not before: that is where the server's verdict comes in.
// Resuming, checking, part files and retries are in the package client/transfer.
//
// # Listings
//
// [Session.List] yields entries as they arrive: MLSD where the server has it, LIST otherwise, whose
// dozens of forms client/listing reads. The error comes last; without one the listing is complete.
// [Session.Stat] asks for one name, [Session.Names] for bare names (NLST).
//
// # TLS
//
// [Security] chooses how the control connection is protected. TLS on a data connection begins with
// the first byte that is read or written, since servers expect it after their preliminary reply. It
// resumes the session of the control connection, which most servers demand. [Options.TLS] holds the
// authorities, client certificates and versions; [Options.Pin] accepts exactly one certificate.
//
// # Errors
//
// What the server refuses is an [*Error] with its reply and the verb; [IsCode] compares the code. A
// transfer that ended early is an [*IncompleteError], a connection that cannot be made a
// [*ConnectError], one that is gone a [*LostError], a limit that has passed a [*TimeoutError], a bad
// certificate a [*CertificateError], other trouble with TLS a [*TLSError], and a reply that makes no
// sense a [*ProtocolError]. All work with errors.As. None of them holds a password.
//
// # Cancelling
//
// Every call that can wait takes a context. When it ends, a transfer is aborted with ABOR, and the
// replies that are still due are read behind the scenes: the session stays usable. The package
// knows no terminal, prints nothing and handles no signals.
//
// # Watching
//
// [Options.Trace] sees commands, replies, connections, handshakes and transfers as they happen;
// passwords are masked before.
//
// # Standards
//
//	RFC 959   File Transfer Protocol
//	RFC 1579  passive mode behind firewalls
//	RFC 2228  PBSZ, PROT, CCC
//	RFC 2389  FEAT, OPTS
//	RFC 2428  EPSV, EPRT: IPv6
//	RFC 2640  UTF-8 names, LANG
//	RFC 3659  MLST, MLSD, SIZE, MDTM, REST in stream mode
//	RFC 4217  AUTH TLS
//	RFC 7151  HOST
//	draft-bryan-ftpext-hash, draft-somers-ftp-mfxx, draft-preston-ftpext-deflate,
//	draft-bryan-ftp-range: HASH, MFMT, MODE Z, RANG
package client
