// Package site has what is known about servers without asking them: addresses, bookmarks, .netrc,
// what the configuration says about a host, the servers and certificates that were accepted, and
// the limits that were met. It knows no shell.
package site
