// Package teach makes the protocol visible. A [Recorder] keeps what happened on
// the wire as events; the trace, the ladder, the explanations and the saved
// forms are views of these events, whether they were recorded a moment ago or
// read from a file. It also holds what is known about FTP's commands and codes.
package teach
