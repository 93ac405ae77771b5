package client

import (
	"path"
	"strings"
)

// wirePath returns a name as the server must get it. Most servers expand a
// leading tilde.
func wirePath(name string) string {
	if strings.HasPrefix(name, "~") {
		return "./" + name
	}
	return name
}

// join makes a path from a directory and a name relative to it.
func join(dir, name string) string {
	if dir == "" || strings.HasPrefix(name, "/") {
		return name
	}
	return path.Join(dir, name)
}
