// Package commands has the commands that do something with files and servers. A command is a row of
// a table next to its function, in the file of its name or group (ls.go, get.go, …). Help,
// completion and checks are views of these rows.
package commands
