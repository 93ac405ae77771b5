// Package script has the commands that make lines programs: conditions, loops, variables, aliases
// and macros.
package script
