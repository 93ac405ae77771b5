// Package shell is the wiring of the interactive and the batch shell: New makes one, with the
// catalog of all commands; Interact, Batch, Fetch and Upload run it. What it is made of is below:
// command has the shell as commands see it, commands, script, jobs and learn have the rows and
// their functions, prompt has what happens while a line is typed. It talks; what is said on the
// wire is decided by package client.
package shell
