package manifest

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ftpsh/ftpsh/client"
)

// labels are the words for an algorithm in the forms. hashdeep knows no SHA-512.
var labels = []struct {
	algorithm   client.Algorithm
	tag         string // of BSD
	column      string // of hashdeep
	mtree       string
	bytesOfHash int
}{
	{client.SHA256, "SHA256", "sha256", "sha256digest", 32},
	{client.SHA512, "SHA512", "", "sha512digest", 64},
	{client.SHA1, "SHA1", "sha1", "sha1digest", 20},
	{client.MD5, "MD5", "md5", "md5digest", 16},
}

func label(a client.Algorithm) string {
	for _, l := range labels {
		if l.algorithm == a {
			return l.tag
		}
	}
	return ""
}

// parseSum reads a sum in hex, of an algorithm or, with "", of the one that has this length.
func parseSum(text string, a client.Algorithm) (client.Algorithm, []byte, error) {
	sum, err := hex.DecodeString(text)
	if err != nil {
		return "", nil, fmt.Errorf("%.80q is not a checksum", text)
	}
	for _, l := range labels {
		if l.bytesOfHash == len(sum) && (a == "" || a == l.algorithm) {
			return l.algorithm, sum, nil
		}
	}
	return "", nil, fmt.Errorf("%.80q is not a checksum of this kind", text)
}

// sha256sum and its kin, and BSD's tags: a backslash before the line says that in the name \\ \n and
// \r stand for a backslash, LF and CR (coreutils).
var (
	escapeName   = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`)
	unescapeName = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r")
)

func escaped(name, line string) string {
	if strings.ContainsAny(name, "\\\n\r") {
		return `\` + line
	}
	return line
}

func formatSum(e Entry) string {
	return escaped(e.Path, hex.EncodeToString(e.Sum)+"  "+escapeName.Replace(e.Path))
}

func (r *reader) sum(line string) (e Entry, skip bool, err error) {
	if strings.HasPrefix(line, "#") {
		return e, true, nil
	}
	text, isEscaped := strings.CutPrefix(line, `\`)
	sum, name, found := strings.Cut(text, " ")
	if !found || name == "" || name[0] != ' ' && name[0] != '*' {
		return e, false, errors.New("not CHECKSUM, two blanks, NAME")
	}
	name = name[1:]
	if isEscaped {
		name = unescapeName.Replace(name)
	}
	e.Path, e.Size = name, -1
	e.Algorithm, e.Sum, err = parseSum(sum, "")
	return e, false, err
}

func formatBSD(e Entry) string {
	return escaped(e.Path, label(e.Algorithm)+" ("+escapeName.Replace(e.Path)+") = "+hex.EncodeToString(e.Sum))
}

// isTagged reports whether a line begins as "SHA256 (".
func isTagged(line string) bool {
	tag, _, found := strings.Cut(strings.TrimPrefix(line, `\`), " (")
	_, known := client.ParseAlgorithm(tag)
	return found && known
}

func (r *reader) bsd(line string) (e Entry, skip bool, err error) {
	text, isEscaped := strings.CutPrefix(line, `\`)
	tag, rest, found := strings.Cut(text, " (")
	end := strings.LastIndex(rest, ") = ")
	a, known := client.ParseAlgorithm(tag)
	if !found || end < 0 || !known {
		return e, false, errors.New("not ALGORITHM (NAME) = CHECKSUM")
	}
	e.Path, e.Size = rest[:end], -1
	if isEscaped {
		e.Path = unescapeName.Replace(e.Path)
	}
	e.Algorithm, e.Sum, err = parseSum(rest[end+len(") = "):], a)
	return e, false, err
}

// BagIt encodes only what would end a line, and the percent sign (RFC 8493 section 2.1.3).
var (
	encodePercent = strings.NewReplacer("%", "%25", "\n", "%0A", "\r", "%0D")
	decodePercent = strings.NewReplacer("%25", "%", "%0A", "\n", "%0a", "\n", "%0D", "\r", "%0d", "\r")
)

const payload = "data/"

func formatBagIt(e Entry) string {
	return hex.EncodeToString(e.Sum) + "  " + payload + encodePercent.Replace(e.Path)
}

// bagit reads a line; the paths are those below data/.
func (r *reader) bagit(line string) (e Entry, skip bool, err error) {
	sum, name, found := strings.Cut(line, " ")
	if !found {
		sum, name, found = strings.Cut(line, "\t")
	}
	name = strings.TrimLeft(name, " \t")
	if !found || name == "" {
		return e, false, errors.New("not CHECKSUM, blanks, NAME")
	}
	name, inPayload := strings.CutPrefix(strings.TrimPrefix(name, "./"), payload)
	if !inPayload {
		return e, false, fmt.Errorf("%q is not below %s", name, payload)
	}
	e.Path, e.Size = decodePercent.Replace(name), -1
	e.Algorithm, e.Sum, err = parseSum(sum, "")
	return e, false, err
}

func hashdeepHead(a client.Algorithm) string {
	return "%%%% HASHDEEP-1.0\n%%%% size," + strings.ToLower(label(a)) + ",filename\n## made by ftpsh\n##\n"
}

// formatHashdeep leaves commas in a name alone: it is the last field. A size that is not known is -1.
func formatHashdeep(e Entry) string {
	return strconv.FormatInt(e.Size, 10) + "," + hex.EncodeToString(e.Sum) + "," + encodePercent.Replace(e.Path)
}

func (r *reader) hashdeep(line string) (e Entry, skip bool, err error) {
	switch {
	case strings.HasPrefix(line, "%%%% HASHDEEP-"), strings.HasPrefix(line, "#"):
		return e, true, nil
	case strings.HasPrefix(line, "%%%% "):
		r.columns = strings.Split(strings.TrimPrefix(line, "%%%% "), ",")
		if r.columns[len(r.columns)-1] != "filename" {
			return e, false, errors.New("the last column is not the name")
		}
		return e, true, nil
	case r.columns == nil:
		return e, false, errors.New("the line with the names of the columns is missing")
	}
	fields := strings.SplitN(line, ",", len(r.columns))
	if len(fields) < len(r.columns) {
		return e, false, fmt.Errorf("%d fields, not %d", len(fields), len(r.columns))
	}
	e.Size = -1
	for i, column := range r.columns {
		field := fields[i]
		a, isSum := client.ParseAlgorithm(column)
		switch {
		case column == "filename":
			e.Path = decodePercent.Replace(field)
		case column == "size":
			if e.Size, err = parseSize(field); err != nil {
				return e, false, err
			}
		case isSum && (e.Sum == nil || a == client.SHA256):
			if e.Algorithm, e.Sum, err = parseSum(field, a); err != nil {
				return e, false, err
			}
		}
	}
	if e.Sum == nil {
		return e, false, errors.New("no checksum that is known here")
	}
	return e, false, nil
}

func parseSize(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < -1 {
		return -1, fmt.Errorf("%.40q is not a size", text)
	}
	return n, nil
}

func mtreeHead(client.Algorithm) string { return "#mtree\n/set type=file\n" }

func formatMtree(e Entry) string {
	words := []string{"./" + escapeVis(e.Path)}
	if e.Size >= 0 {
		words = append(words, "size="+strconv.FormatInt(e.Size, 10))
	}
	for _, l := range labels {
		if l.algorithm == e.Algorithm {
			words = append(words, l.mtree+"="+hex.EncodeToString(e.Sum))
		}
	}
	return strings.Join(words, " ")
}

// mtree reads the form in which each line has the whole path; a name without a slash belongs to the
// form with directories, which is refused.
func (r *reader) mtree(line string) (e Entry, skip bool, err error) {
	line = strings.TrimSpace(line)
	words := strings.Fields(line)
	switch {
	case len(words) == 0, strings.HasPrefix(line, "#"):
		return e, true, nil
	case strings.HasSuffix(line, `\`):
		return e, false, errors.New("lines that continue are not read")
	case words[0] == "/set", words[0] == "/unset":
		r.setAll(words[0], words[1:])
		return e, true, nil
	case words[0] == ".." || !strings.Contains(words[0], "/") && words[0] != ".":
		return e, false, errors.New("only whole paths are read, ./dir/name")
	}
	if e.Path, err = unescapeVis(words[0]); err != nil {
		return e, false, err
	}
	kind, err := r.keywords(words[1:], &e)
	switch {
	case err != nil:
		return e, false, err
	case kind != "" && kind != "file":
		return e, true, nil
	case e.Sum == nil:
		return e, false, errors.New("no checksum that is known here")
	}
	return e, false, nil
}

// setAll notes what holds for the lines behind /set, or no more behind /unset.
func (r *reader) setAll(does string, words []string) {
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		if does == "/set" {
			r.set[key] = value
		} else {
			delete(r.set, word)
		}
	}
}

// keywords reads what mtree says of a path.
func (r *reader) keywords(words []string, e *Entry) (kind string, err error) {
	e.Size, kind = -1, r.set["type"]
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "type":
			kind = value
		case "size":
			if e.Size, err = parseSize(value); err != nil {
				return kind, err
			}
		}
		for _, l := range labels {
			if key != l.mtree && key != strings.TrimSuffix(l.mtree, "digest") || e.Algorithm == client.SHA256 {
				continue
			}
			if e.Algorithm, e.Sum, err = parseSum(value, l.algorithm); err != nil {
				return kind, err
			}
		}
	}
	return kind, nil
}

// escapeVis writes blanks, control characters, backslashes, # and = as octal numbers, as mtree does.
func escapeVis(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c >= 0x7f || c == '\\' || c == '#' || c == '=' || c == '*' || c == '?' || c == '[' {
			fmt.Fprintf(&b, `\%03o`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func unescapeVis(text string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			b.WriteByte(text[i])
			continue
		}
		if i+4 > len(text) {
			return "", fmt.Errorf("%.80q ends in the middle of a character", text)
		}
		c, err := strconv.ParseUint(text[i+1:i+4], 8, 8)
		if err != nil {
			return "", fmt.Errorf("%.80q: \\ is not followed by three octal digits", text)
		}
		b.WriteByte(byte(c))
		i += 3
	}
	return b.String(), nil
}
