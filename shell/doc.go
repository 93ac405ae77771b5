// Package shell is the interactive and the batch shell: it reads lines, finds
// the command, runs it on a session and shows the result. It talks; what is
// said on the wire is decided by package client.
//
// A command is a row of a table next to its function, in the file of its group
// (ls.go, get.go, …). Help, completion and checks are views of these rows.
package shell
