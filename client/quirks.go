package client

import "strings"

// Quirks is where a server differs from the standard, or from the others.
type Quirks struct {
	Server  string // name of the program
	Sign    string // text in the greeting by which it is known
	DotFlag bool   // LIST hides dot files unless told -a
	Reason  string
}

// quirkTable has one row for each server program that needs one.
var quirkTable = []Quirks{
	{Server: "proftpd", Sign: "ProFTPD", DotFlag: true, Reason: "LIST shows no dot files without -a"},
	{Server: "vsftpd", Sign: "vsFTPd", DotFlag: true, Reason: "LIST shows no dot files without -a"},
	{Server: "pure-ftpd", Sign: "Pure-FTPd", DotFlag: true, Reason: "LIST shows no dot files without -a"},
	{Server: "pyftpdlib", Sign: "pyftpdlib"},
	{Server: "inetutils", Sign: "GNU inetutils"},
}

func quirksOf(greeting Reply) Quirks {
	for _, q := range quirkTable {
		if strings.Contains(greeting.Text(), q.Sign) {
			return q
		}
	}
	return Quirks{}
}

// Quirks returns what is known about the server's program.
func (s *Session) Quirks() Quirks { return s.quirks }
