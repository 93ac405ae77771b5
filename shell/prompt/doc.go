// Package prompt has what happens while a line is typed: the prompt, completion, highlighting,
// warnings and history.
package prompt
