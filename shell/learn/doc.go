// Package learn has the commands that show and teach the protocol: traces, explanations, lessons,
// raw lines, and recordings. What is known about the protocol is in package teach.
package learn
