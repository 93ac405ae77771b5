// Package sitefiles reads the files in which other FTP clients keep their sites and settings. What is in them was written
// by other programs, or by somebody: everything is bounded, and what is wrong has a name and a line.
package sitefiles

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ftpsh/ftpsh/history/private"
)

// Bounds of a file.
const (
	MostBytes = 8 << 20
	mostSites = 10_000
	mostDepth = 64  // folders inside of each other
	longName  = 200 // runes of the name of a site, with its folders
)

// Site is what another client knows about a server.
type Site struct {
	Name       string // with the folders that it is in: work/web
	Host, Port string
	User       string
	Security   string // implicit, require, or "": a value of the setting tls
	Dir        string // absolute, or below where the login begins

	Password    string
	HasPassword bool
	Locked      bool // it has a password that only that client can read

	Settings []Setting // of its host
	Line     int
	Unnamed  bool   // it has no name but its host
	Skip     string // why it is no bookmark; "": it is one
}

// Setting is one of the client, or what it says about a site.
type Setting struct {
	Host        string // a pattern; "": all hosts
	Name, Value string // in the words of that client, or in ours
	Line        int
}

// Contents are what a file holds.
type Contents struct {
	Sites    []Site
	Settings []Setting
}

// Format is a kind of file.
type Format struct {
	Client string                              // who writes it
	Is     func(text string) bool              // reports whether a text looks like one
	Read   func(text string) (Contents, error) // an error may be an *At
	Places func(Home) []string                 // where such files are
}

// At is an error of a line.
type At struct {
	Line int
	Err  error
}

func (e *At) Error() string { return fmt.Sprintf("%d: %v", e.Line, e.Err) }

// Unwrap returns what is wrong.
func (e *At) Unwrap() error { return e.Err }

// Formats are all kinds; the first that a text looks like is it.
var Formats = []Format{
	{"FileZilla", isFileZilla, readFileZilla, fileZillaPlaces},
	{"ncftp", isNcftp, readNcftp, ncftpPlaces},
	{"WinSCP", isWinSCP, readWinSCP, winSCPPlaces},
	{"rclone", isRclone, readRclone, rclonePlaces},
	{"lftp", isLftp, readLftp, lftpPlaces},
}

// Find returns the format of a client, in any case.
func Find(formats []Format, client string) *Format {
	i := slices.IndexFunc(formats, func(f Format) bool { return strings.EqualFold(f.Client, client) })
	if i < 0 {
		return nil
	}
	return &formats[i]
}

// errUnknown is of a file that no client is known to write.
var errUnknown = errors.New("no sites of a client that is known")

// Read reads a file of any of the formats; its text is empty or has a format. The error names the file, and the line.
func Read(name string, raw []byte, formats []Format) (Contents, *Format, error) {
	text, err := decoded(raw)
	if err != nil {
		return Contents{}, nil, private.Damaged(name, 0, err)
	}
	if strings.TrimSpace(text) == "" {
		return Contents{}, nil, nil
	}
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Is(text) })
	if i < 0 {
		return Contents{}, nil, private.Damaged(name, 0, errUnknown)
	}
	all, err := formats[i].Read(text)
	var at *At
	switch {
	case errors.As(err, &at):
		return Contents{}, nil, private.Damaged(name, at.Line, at.Err)
	case err != nil:
		return Contents{}, nil, private.Damaged(name, 0, err)
	case len(all.Sites) > mostSites:
		return Contents{}, nil, private.Damaged(name, 0, fmt.Errorf("%d sites, more than %d", len(all.Sites), mostSites))
	}
	for i := range all.Sites {
		all.Sites[i].check()
	}
	return all, &formats[i], nil
}

// decoded is the text of a file in UTF-8, or in UTF-16 with a byte order mark, as programs of Windows write it.
func decoded(raw []byte) (string, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		raw = raw[3:]
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		return fromUTF16(raw[2:], binary.LittleEndian)
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return fromUTF16(raw[2:], binary.BigEndian)
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		return "", errors.New("no text: it has NUL bytes")
	}
	return string(raw), nil
}

func fromUTF16(raw []byte, order binary.ByteOrder) (string, error) {
	if len(raw)%2 != 0 {
		return "", errors.New("UTF-16 that ends inside a character")
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = order.Uint16(raw[2*i:])
	}
	text := string(utf16.Decode(units))
	if strings.IndexByte(text, 0) >= 0 {
		return "", errors.New("no text: it has NUL characters")
	}
	return text, nil
}

// check gives a site a name that a bookmark can have, and says what keeps it from being one.
func (s *Site) check() {
	if s.Name = bookmarkName(s.Name); s.Skip != "" {
		return
	}
	for _, text := range []string{s.Host, s.Port, s.User, s.Dir, s.Password} {
		switch {
		case strings.ContainsAny(text, "\r\n\x00"):
			s.Skip = "it holds a line break"
		case !utf8.ValidString(text):
			s.Skip = "it is not in UTF-8"
		}
	}
	if s.Host == "" {
		s.Skip = "it has no host"
	}
	if s.Name == "" {
		s.Name, s.Unnamed = bookmarkName(s.Host), true
	}
}

// bookmarkName makes a name of what another client calls a site: with nothing in it that would make it a host, a path
// with a name before it, or a word of the shell.
func bookmarkName(name string) string {
	keep := func(r rune) rune {
		if r <= ' ' || r == utf8.RuneError || strings.ContainsRune(`:@.\*?[]{}'"|;&<>()!#$~`+"`", r) || 0x7f <= r && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return '-'
		}
		return r
	}
	name = strings.Trim(strings.Map(keep, strings.TrimSpace(name)), "-/")
	if runes := []rune(name); len(runes) > longName {
		name = string(runes[:longName])
	}
	return name
}

// notFTP is why a site of another protocol is no bookmark.
func notFTP(protocol string) string { return "not FTP: " + protocol }

// Home is where the files of a user are, as the environment says.
type Home struct {
	Dir    string                   // the home directory
	Getenv func(name string) string // os.Getenv
}

// UserHome is the one of who runs the program.
func UserHome() Home {
	dir, _ := os.UserHomeDir() // "": what is below it is not looked for
	return Home{dir, os.Getenv}
}

// in is a file below the home directory.
func (h Home) in(parts ...string) []string { return below(h.Dir, parts...) }

// env is a file below what a variable of the environment names.
func (h Home) env(variable string, parts ...string) []string {
	return below(h.Getenv(variable), parts...)
}

func below(dir string, parts ...string) []string {
	if dir == "" {
		return nil
	}
	return []string{filepath.Join(append([]string{dir}, parts...)...)}
}
