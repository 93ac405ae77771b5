package client

import (
	"bufio"
	"io"
	"strings"
)

// eachLine calls f with every line of r, without its end, until f fails.
func eachLine(r io.Reader, f func(string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxReplyLine)
	for lines.Scan() {
		if err := f(strings.TrimSuffix(lines.Text(), "\r")); err != nil {
			return err
		}
	}
	return lines.Err()
}
