//go:build !windows

package main

import "github.com/rogpeppe/go-internal/testscript"

// addPrograms gives a script the programs that the system lacks.
func addPrograms(*testscript.Env) {}
