// Package command has what a command is (Command, a row), one run of it (Call), and the Shell that
// it runs in: settings and six parts, and how a line becomes a call. It has no rows of its own, and
// knows nothing of what is above it: what lies there is reached through Hooks.
package command
