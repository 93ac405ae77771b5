package sitefiles

import "strings"

// section is a part of an INI file.
type section struct {
	name string
	line int
	keys map[string]string
}

// sections reads an INI file: [NAME], and lines KEY=VALUE. Nothing in it is unescaped.
func sections(text string) []section {
	var all []section
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		switch name, isName := strings.CutPrefix(line, "["); {
		case line == "" || line[0] == '#' || line[0] == ';':
		case isName && strings.HasSuffix(name, "]"):
			all = append(all, section{strings.TrimSuffix(name, "]"), n, map[string]string{}})
		case len(all) > 0:
			key, value, _ := strings.Cut(line, "=")
			all[len(all)-1].keys[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return all
}
