package main

import (
	"strconv"
	"strings"

	"github.com/ftpsh/ftpsh/shell/syntax"
)

// splitOperations parts what is to be done behind a host, as the test program of
// ftplib takes it, from the rest of the command line: -l[DIRECTORY] lists,
// -dDIRECTORY goes there, -p changes between passive and active, and what is no
// option is a file to print. They are done in their order.
//
//	ftpsh ftp.example.org -l -dpub README
func splitOperations(args []string) (rest, lines []string) {
	fs := flagSet(&options{})
	fs.SetInterspersed(false)
	if fs.Parse(args) != nil || fs.NArg() < 2 || fs.ArgsLenAtDash() >= 0 || strings.Contains(fs.Arg(0), "://") || fs.Changed("upload") {
		return args, nil
	}
	host := len(args) - fs.NArg()
	operations := args[host+1:]
	if _, err := strconv.ParseUint(operations[0], 10, 16); err == nil {
		return args, nil // HOST PORT
	}
	own := false
	for _, arg := range operations {
		line := operation(arg)
		if line == "" {
			return args, nil // an option of ours, which may stand anywhere
		}
		own = own || arg != "-p" && !isDebug(arg)
		lines = append(lines, line)
	}
	if !own {
		return args, nil
	}
	return args[:host+1], lines
}

// operation is the command that one of them stands for, or "".
func operation(arg string) string {
	switch {
	case arg == "-l":
		return "dir"
	case arg == "-p":
		return "passive"
	case strings.HasPrefix(arg, "-l"):
		return "dir " + syntax.Quote(arg[2:])
	case isDebug(arg):
		return "debug " + strconv.Itoa(min(len(arg)-1, 3))
	case strings.HasPrefix(arg, "-d"):
		return "cd " + syntax.Quote(arg[2:])
	case strings.HasPrefix(arg, "-"):
		return ""
	}
	return "get " + syntax.Quote(arg) + " -"
}

// isDebug reports whether arg is -d, -dd or -ddd.
func isDebug(arg string) bool {
	return len(arg) > 1 && arg[0] == '-' && strings.Trim(arg[1:], "d") == ""
}
