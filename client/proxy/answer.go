package proxy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strconv"
	"strings"
	"time"
)

// An answer is what a proxy says to a request, before the bytes of the file.
type answer struct {
	status int
	words  string
	header map[string]string // lower-case name to value; of several the first
}

// StatusError is an answer of a proxy that is not the file.
type StatusError struct {
	Status int
	Text   string
}

func (e *StatusError) Error() string { return e.Text }

// maxInterim is how many answers may come before the one that counts (RFC 9110 section 15.2).
const maxInterim = 10

// answer reads the one that counts.
func (x *exchange) answer() (*answer, error) {
	for range maxInterim {
		a, err := readAnswer(x.in)
		if err != nil {
			return nil, err
		}
		if a.status/100 == 2 || a.status/100 == 3 {
			return a, nil
		}
		if a.status/100 != 1 {
			return nil, a.refusal(x.auth)
		}
	}
	return nil, errors.New("the proxy does not come to the point")
}

// readAnswer reads a status line and the header.
func readAnswer(r *bufio.Reader) (a *answer, err error) {
	a = &answer{header: map[string]string{}}
	a.status, a.words, err = readHead(r, a.add)
	return a, err
}

// add takes a line of the header. Two lengths that are not the same would make two files of one body (RFC 9112 section 6.3).
func (a *answer) add(line string) error {
	name, value, found := strings.Cut(line, ":")
	if !found || line[0] == ' ' || line[0] == '\t' { // the rest of a line that was folded
		return nil
	}
	name, value = strings.ToLower(strings.TrimSpace(name)), textproto.TrimString(value)
	before, again := a.header[name]
	if again && name == "content-length" && before != value {
		return errors.New("the proxy's reply has two lengths")
	}
	if !again {
		a.header[name] = value
	}
	return nil
}

// said is the status line as an error shows it, with squid's own name for what is wrong.
func (a *answer) said() string {
	text := strings.TrimSpace(fmt.Sprintf("%03d %s", a.status, a.words))
	if name, _, _ := strings.Cut(a.header["x-squid-error"], " "); name != "" {
		text += " (" + shown(name) + ")"
	}
	return text
}

// refusal is the error that an answer stands for. loggedIn: the proxy was told a user.
func (a *answer) refusal(loggedIn bool) error {
	text := "the proxy refuses: "
	switch {
	case a.status == 407 && loggedIn:
		text = "the proxy does not accept its user and password: "
	case a.status == 407:
		text = "the proxy asks for a user and a password: "
	case a.status == 401:
		text = "the server wants another login: "
	case a.status == 502, a.status == 503, a.status == 504:
		text = "the proxy does not reach the server: "
	}
	return &StatusError{a.status, text + a.said()}
}

// content is the file that an answer begins.
func (a *answer) content(x *exchange, method string, offset int64) (*Content, error) {
	c := &Content{Size: -1, Listing: strings.HasPrefix(a.header["x-squid-error"], "ERR_DIR_LISTING"), tag: a.tag()}
	if at, err := time.Parse(time.RFC1123, a.header["last-modified"]); err == nil { // it is always GMT
		c.ModTime = at.UTC()
	}
	if encoding := a.header["content-encoding"]; encoding != "" && encoding != "identity" {
		return nil, fmt.Errorf("the proxy sends the file in another form (%s), which nobody asked for", shown(encoding))
	}
	length, err := a.length()
	if err != nil {
		return nil, err
	}
	switch a.status {
	case 200, 203:
		c.Size = length
	case 206:
		if c.Offset, c.Size, err = a.part(offset, length); err != nil {
			return nil, err
		}
	default:
		return nil, &StatusError{a.status, "the proxy sends no file: " + a.said()}
	}
	chunks := a.header["transfer-encoding"]
	switch {
	case method == "HEAD":
		c.body = x
	case strings.EqualFold(chunks, "chunked"):
		c.Proved, c.body = true, &chunked{exchange: x}
	case chunks != "":
		return nil, fmt.Errorf("the proxy sends the file in another form (%s), which nobody asked for", shown(chunks))
	case length >= 0:
		c.Proved, c.body = true, &counted{x, length}
	default:
		c.body = x // it ends with the connection
	}
	return c, nil
}

// tag is what a later request can name this state of the file by: a strong one only (RFC 9110 section 13.1.5).
func (a *answer) tag() string {
	if tag := a.header["etag"]; strings.HasPrefix(tag, `"`) {
		return tag
	}
	return a.header["last-modified"]
}

// length is how many bytes follow, -1 where nobody says. Chunks tell it themselves (RFC 9112 section 6.3).
func (a *answer) length() (int64, error) {
	text, given := a.header["content-length"]
	if !given || a.header["transfer-encoding"] != "" {
		return -1, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, fmt.Errorf("the proxy's reply has no length: %q", shown(text))
	}
	return int64(n), nil
}

// part reads Content-Range: "bytes 8000-9999/10000" (RFC 9110 section 14.4). It must be about what was asked for.
func (a *answer) part(offset, length int64) (from, size int64, err error) {
	wrong := fmt.Errorf("the proxy sends another part than the one that was asked for: %q", shown(a.header["content-range"]))
	span, found := strings.CutPrefix(a.header["content-range"], "bytes ")
	span, whole, slash := strings.Cut(span, "/")
	first, last, dash := strings.Cut(span, "-")
	begin, failed := strconv.ParseUint(first, 10, 63)
	end, failedToo := strconv.ParseUint(last, 10, 63)
	if !found || !slash || !dash || errors.Join(failed, failedToo) != nil || end < begin || offset == 0 || int64(begin) != offset {
		return 0, 0, wrong
	}
	size = -1
	if whole != "*" {
		n, failed := strconv.ParseUint(whole, 10, 63)
		if failed != nil || n != end+1 {
			return 0, 0, wrong
		}
		size = int64(n)
	}
	if length >= 0 && uint64(length) != end-begin+1 {
		return 0, 0, wrong
	}
	return offset, size, nil
}

// Read reads a body that ends with the connection.
func (x *exchange) Read(p []byte) (int, error) { return x.in.Read(p) }

// counted is a body whose length was told.
type counted struct {
	*exchange
	left int64
}

func (c *counted) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	if c.left -= int64(n); c.left > 0 && errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// chunked is a body in pieces, each of which tells its length (RFC 9112 section 7.1).
type chunked struct {
	*exchange
	left int64 // of the piece at hand
	more bool  // a piece was read: its line end is next
	err  error
}

func (c *chunked) Read(p []byte) (int, error) {
	if c.err == nil && c.left == 0 {
		c.err = c.next()
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if c.err = err; errors.Is(err, io.EOF) {
		c.err = io.ErrUnexpectedEOF
	}
	return n, c.err
}

// next reads the length of the next piece. The last one is empty; behind it come lines of the header that nobody needs.
func (c *chunked) next() error {
	if c.more {
		if line, err := readLine(c.in); err != nil || len(bytes.TrimRight(line, "\r\n")) > 0 {
			return unexpected(err, "the proxy's pieces do not end where they should")
		}
	}
	c.more = true
	line, err := readLine(c.in)
	if err != nil {
		return unexpected(err, "")
	}
	text, _, _ := strings.Cut(string(bytes.TrimRight(line, "\r\n")), ";")
	n, err := strconv.ParseUint(strings.TrimSpace(text), 16, 63)
	if err != nil {
		return fmt.Errorf("the proxy sends a piece without a length: %q", shown(text))
	}
	if c.left = int64(n); n > 0 {
		return nil
	}
	for left := maxHeader; left > 0; left -= len(line) {
		if line, err = readLine(c.in); err != nil {
			return unexpected(err, "")
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return io.EOF
		}
	}
	return errors.New("the proxy's reply is too long")
}

// unexpected is an end that comes too early, or what is wrong.
func unexpected(err error, wrong string) error {
	switch {
	case errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	case err != nil:
		return err
	}
	return errors.New(wrong)
}
