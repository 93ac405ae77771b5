package render

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ftpsh/ftpsh/client/listing"
)

// JSON writes v as one line of JSON Lines. Control characters and those without
// width are written as \u escapes, so a line is harmless on a terminal, too.
func JSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	line := b.Bytes()
	if bytes.Contains(line, []byte(`\ufffd`)) {
		line = []byte(badBytes.Replace(b.String()))
	}
	_, err := w.Write(escapeJSON(line))
	return err
}

// badBytes writes U+FFFD as itself: encoding/json has an escape for it in place of a byte that is
// no UTF-8. A backslash of the text stays with the one before it.
var badBytes = strings.NewReplacer(`\\`, `\\`, `\ufffd`, "\ufffd")

// escapeJSON escapes what encoding/json writes as itself; outside of strings
// there is nothing but ASCII.
func escapeJSON(line []byte) []byte {
	s := string(line)
	if Safe(s[:len(s)-1]) == s[:len(s)-1] {
		return line
	}
	var b strings.Builder
	for i, r := range s {
		size := utf8.RuneLen(r)
		switch {
		case r == '\n' || harmless(b.String(), r, size, s[i+size:]):
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return []byte(b.String())
}

// Text is a string of bytes for JSON: for a field name and its companion
// name_base64, which is empty unless the bytes are not UTF-8. Then the first
// has U+FFFD for each byte that is none, as all text that JSON writes.
func Text(s string) (text, base64Text string) {
	if utf8.ValidString(s) {
		return s, ""
	}
	return string([]rune(s)), base64.StdEncoding.EncodeToString([]byte(s))
}

// Stamp is a time in JSON: RFC 3339 in UTC, or null if it is not known.
func Stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339Nano)
	return &s
}

// An Object is an entry of a listing as JSON shows it. What the server did not
// tell is null; the fields after Target are left out when they are empty.
type Object struct {
	Name         string  `json:"name"`
	Type         string  `json:"type"` // file, dir, link, other, unparsed
	Size         *int64  `json:"size"`
	Modified     *string `json:"modified"`
	Mode         *string `json:"mode"` // octal, as chmod takes it
	Owner        *string `json:"owner"`
	Group        *string `json:"group"`
	Target       *string `json:"target"`
	NameBase64   string  `json:"name_base64,omitempty"` // if the name is not UTF-8
	TargetBase64 string  `json:"target_base64,omitempty"`
	Dir          string  `json:"dir,omitempty"` // of a recursive listing
	DirBase64    string  `json:"dir_base64,omitempty"`
	SizeApprox   bool    `json:"size_approximate,omitempty"`
	Raw          string  `json:"raw,omitempty"` // the line, if it was not understood
	RawBase64    string  `json:"raw_base64,omitempty"`
}

// Entry returns the object for an entry; write it with JSON.
func Entry(e listing.Entry) Object {
	o := Object{
		Type: e.Type.String(), Modified: Stamp(e.Time), SizeApprox: e.SizeApprox,
		Owner: known(e.Owner), Group: known(e.Group),
	}
	o.Name, o.NameBase64 = Text(e.Name)
	o.Dir, o.DirBase64 = Text(e.Dir)
	if e.Size >= 0 && e.Type != listing.Unparsed {
		o.Size = &e.Size
	}
	if e.HasMode {
		mode := fmt.Sprintf("%04o", octal(e.Mode))
		o.Mode = &mode
	}
	if e.Target != "" {
		target, base64Text := Text(e.Target)
		o.Target, o.TargetBase64 = &target, base64Text
	}
	if e.Type == listing.Unparsed {
		o.Raw, o.RawBase64 = Text(e.Raw)
	}
	return o
}

// octal puts the bits where chmod(2) has them.
func octal(m fs.FileMode) uint32 {
	bits := uint32(m.Perm())
	for i, bit := range [...]fs.FileMode{fs.ModeSticky, fs.ModeSetgid, fs.ModeSetuid} {
		if m&bit != 0 {
			bits |= 0o1000 << i
		}
	}
	return bits
}

func known(s string) *string {
	if s == "" {
		return nil
	}
	text, _ := Text(s)
	return &text
}
