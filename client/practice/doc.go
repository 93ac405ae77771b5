// Package practice is an FTP server inside the process: a real one that keeps its files in memory or in a folder
// ([Start]), and one that plays a written conversation word for word ([Script]). The shell's demo, its lessons, the
// serving of a folder and the tests all talk to it.
//
// Every control connection of a real server runs through a tap, which ends TLS itself, so that the whole dialogue can
// be seen and changed ([Event], [Tap]) and can be made to go wrong in a chosen way ([Fault]).
//
// The package shares no code with the client it is used to test.
package practice
