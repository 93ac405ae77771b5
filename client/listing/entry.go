// Package listing understands directory listings: the facts of MLSD and MLST
// (RFC 3659), and what LIST of RFC 959 leaves to each server's own taste.
//
// It is pure: bytes go in, entries come out. Nothing here knows a connection, a
// terminal or a local file.
package listing

import (
	"io/fs"
	"strings"
	"time"
)

// Type says what an entry is.
type Type uint8

// What an entry can be.
const (
	File     Type = iota // a plain file
	Dir                  // a directory, or what can be entered like one
	Link                 // a symbolic link; its Target may be unknown
	Other                // a device, socket, pipe, door, or a type the server did not tell
	Unparsed             // no entry at all: a line that was not understood, kept in Raw
)

// String gives the type as one lower-case word.
func (t Type) String() string {
	switch t {
	case File:
		return "file"
	case Dir:
		return "dir"
	case Link:
		return "link"
	case Unparsed:
		return "unparsed"
	}
	return "other"
}

// Special marks the two entries of MLSD that are not members of the directory
// (RFC 3659, 7.5.1).
type Special uint8

// The entries of MLSD.
const (
	Member     Special = iota // an ordinary entry
	CurrentDir                // type=cdir: the listed directory itself
	ParentDir                 // type=pdir: the directory above it
)

// Precision says how much of Time the server told.
type Precision uint8

// From nothing to a fraction of a second.
const (
	NoTime    Precision = iota // no time at all
	Day                        // midnight stands for the whole day
	Minute                     // seconds are not known
	Second                     // exact to the second
	Subsecond                  // with a fraction of a second
)

// Entry is one line of a listing. Strings are the bytes that the server sent, in
// its charset and with whatever control characters it put in; they are to be
// made safe before they reach a terminal or a file system.
type Entry struct {
	Name   string
	Target string    // where a Link leads, if told
	Size   int64     // bytes; -1 if unknown
	Time   time.Time // last change, UTC; zero if unknown
	Owner  string
	Group  string
	Mode   fs.FileMode // permissions, set-id and sticky bits, if HasMode
	Links  int         // number of hard links; 0 if unknown

	Type       Type
	Precision  Precision // of Time
	Special    Special
	HasMode    bool
	SizeApprox bool // Size was rounded by the server: blocks, "1.2M", records x length
	NoEnd      bool // its line is the last one, and does not end as those before it: perhaps the listing was cut
	ACL        byte // the mark behind the mode ('+', '.', '@'), or 0

	Unique  string // fact "unique" of RFC 3659, or the identifier of EPLF
	Perm    string // fact "perm" of RFC 3659: what this user may do
	Dir     string // directory the entry is in, when a recursive listing names it
	Version int    // version of a VMS file; 0 if there is none

	// Facts has what only few systems know: dev (device numbers), rights
	// (NetWare), records, lrecl, referred, alias, job and status (z/OS, z/VM).
	// It is nil for all other entries. All facts of an MLSD line are in Raw; use
	// the function Facts.
	Facts map[string]string

	Raw string // the line as it was sent; a line feed joins two lines of one entry
}

// Unsafe reports that the name must never become a local name as it is: it is
// empty, "." or "..", or has a slash, a backslash or a NUL.
func (e Entry) Unsafe() bool {
	return e.Name == "" || e.Name == "." || e.Name == ".." || strings.ContainsAny(e.Name, "/\\\x00")
}

// Info shows the entry as an fs.FileInfo. An unknown size is 0, an unknown mode
// has no permission bits, and Sys returns the Entry.
func (e Entry) Info() fs.FileInfo { return info{e} }

type info struct{ entry Entry }

func (i info) Name() string       { return i.entry.Name }
func (i info) Size() int64        { return max(i.entry.Size, 0) }
func (i info) ModTime() time.Time { return i.entry.Time }
func (i info) IsDir() bool        { return i.entry.Type == Dir }
func (i info) Sys() any           { return i.entry }

func (i info) Mode() fs.FileMode {
	switch i.entry.Type {
	case File:
		return i.entry.Mode
	case Dir:
		return i.entry.Mode | fs.ModeDir
	case Link:
		return i.entry.Mode | fs.ModeSymlink
	}
	return i.entry.Mode | fs.ModeIrregular
}

// setFact keeps a fact that has no field of its own.
func (e *Entry) setFact(name, value string) {
	if e.Facts == nil {
		e.Facts = make(map[string]string, 1)
	}
	e.Facts[name] = value
}

// setMode takes the low twelve bits of st_mode.
func (e *Entry) setMode(bits uint64) {
	e.HasMode = true
	e.Mode = fs.FileMode(bits & 0o777)
	if bits&0o4000 != 0 {
		e.Mode |= fs.ModeSetuid
	}
	if bits&0o2000 != 0 {
		e.Mode |= fs.ModeSetgid
	}
	if bits&0o1000 != 0 {
		e.Mode |= fs.ModeSticky
	}
}

// setDirName takes the name of a directory, without the slash that ls -p and
// several servers put behind it.
func (e *Entry) setDirName(name string) {
	e.Type = Dir
	if len(name) > 1 {
		name = strings.TrimSuffix(name, "/")
	}
	e.Name = name
}

// OfFile is a file of this computer as an entry.
func OfFile(info fs.FileInfo) Entry {
	e := Entry{
		Name: info.Name(), Type: Other, Size: info.Size(), Time: info.ModTime(), Precision: Subsecond,
		Mode: info.Mode().Perm(), HasMode: true,
	}
	switch {
	case info.Mode().IsRegular():
		e.Type = File
	case info.IsDir():
		e.Type = Dir
	case info.Mode()&fs.ModeSymlink != 0:
		e.Type = Link
	}
	return e
}
