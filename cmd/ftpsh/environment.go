package main

import "os"

// passwordVariable holds the password that the command line must not.
const passwordVariable = "FTPSH_PASSWORD"

// takePassword reads the password from the environment and takes it out: no local command, pager or editor is told, and
// someone who looks at the environment of this process later finds nothing.
func takePassword() (password string, found bool) {
	password, found = os.LookupEnv(passwordVariable)
	if found {
		os.Unsetenv(passwordVariable)
		wipeVariable(passwordVariable)
	}
	return password, found
}
