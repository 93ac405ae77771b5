// Package jobs runs lines in the background: jobs, the queue, and what happens to them when the
// program ends or loses its terminal.
package jobs
