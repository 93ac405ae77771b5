// Package peers runs other FTP clients against the faults that ftpsh is tested
// with, and ftpsh itself, in the same run:
//
//	go test ./client/practice/peers -bench . -benchtime 1x
//
// and with -table ../../../docs/testdata/peers.md writes the table of
// docs/reliability.md. What a real daemon can show is also run against two.
//
// It has nothing but that benchmark. A client that is not installed is left out.
package peers
