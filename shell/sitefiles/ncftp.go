package sitefiles

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

const (
	ncftpHeader  = "NcFTP bookmark-file version: "
	ncftpVersion = "8" // of all versions of NcFTP 3
)

func isNcftp(text string) bool { return strings.HasPrefix(text, ncftpHeader) }

func ncftpPlaces(h Home) []string {
	return slices.Concat(h.env("NCFTPDIR", "bookmarks"), h.in(".ncftp", "bookmarks"))
}

// The fields of a line that are read.
const (
	ncftpName = iota
	ncftpHost
	ncftpUser
	ncftpPassword
	ncftpAccount
	ncftpDir
	ncftpType
	ncftpPort
)

func readNcftp(text string) (Contents, error) {
	var all Contents
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if version, is := strings.CutPrefix(line, ncftpHeader); n == 1 && is && version != ncftpVersion {
			return all, &At{n, fmt.Errorf("version %.20q of the file is not known", version)}
		}
		if n > 2 && line != "" { // the second line counts them
			all.Sites = append(all.Sites, ncftpSite(n, ncftpFields(line)))
		}
	}
	return all, nil
}

// ncftpFields are the parts of a line. A comma in one stands behind a backslash.
func ncftpFields(line string) []string {
	fields := []string{""}
	for i := 0; i < len(line); i++ {
		last := len(fields) - 1
		switch {
		case line[i] == '\\' && i+1 < len(line):
			i++
			fields[last] += line[i : i+1]
		case line[i] == ',':
			fields = append(fields, "")
		default:
			fields[last] += line[i : i+1]
		}
	}
	return fields
}

func ncftpSite(line int, fields []string) Site {
	if len(fields) <= ncftpPort {
		return Site{Name: fields[ncftpName], Line: line, Skip: fmt.Sprintf("line %d has %d fields", line, len(fields))}
	}
	s := Site{Name: fields[ncftpName], Host: fields[ncftpHost], User: fields[ncftpUser], Dir: fields[ncftpDir], Port: fields[ncftpPort], Line: line}
	if s.Port == "0" {
		s.Port = ""
	}
	s.User = cmp.Or(s.User, "anonymous")
	encoded, is := strings.CutPrefix(fields[ncftpPassword], "*encoded*")
	switch plain, err := base64.StdEncoding.DecodeString(encoded); {
	case fields[ncftpPassword] == "" || s.User == "anonymous":
	case !is:
		s.Password, s.HasPassword = fields[ncftpPassword], true
	case err != nil:
		s.Locked = true
	default:
		s.Password, s.HasPassword = strings.TrimRight(string(plain), "\x00"), true
	}
	return s
}
