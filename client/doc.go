// Package client speaks FTP (RFC 959 and its successors) over clear and TLS
// connections.
//
// There are two layers. A [Conn] is one control connection: it sends what it
// is told, matches replies to commands and opens data connections. A [Session]
// knows what the user wants (transfer type, protection, directory) and makes
// the server's state match, reconnecting when the server has hung up.
//
// The package knows no terminal, prints nothing and handles no signals. Each
// call that can wait takes a context; cancelling it leaves the session usable.
package client
