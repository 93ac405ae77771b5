package client

import (
	"bufio"
	"io"
	"strings"
)

// eachLine calls f with every line of r, without its end.
func eachLine(r io.Reader, f func(string)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxReplyLine)
	for lines.Scan() {
		f(strings.TrimSuffix(lines.Text(), "\r"))
	}
	return lines.Err()
}
