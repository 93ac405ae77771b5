package client

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

// seed adds what servers have sent to a fuzz test.
func seed(f *testing.F, names ...string) {
	for _, name := range names {
		file, err := os.Open("testdata/replies/" + name + ".jsonl")
		if err != nil {
			f.Fatal(err)
		}
		for dec := json.NewDecoder(file); ; {
			var r record
			if dec.Decode(&r) != nil {
				break
			}
			f.Add(r.Raw)
		}
		file.Close()
	}
}

// Whatever comes is cut into replies that have a code and lines, and no more
// text than came.
func FuzzReply(f *testing.F) {
	seed(f, "multiline", "feat", "pwd", "stat", "open")
	f.Fuzz(func(t *testing.T, raw string) {
		in := replyReader{bufio.NewReader(strings.NewReader(raw)), nil}
		for total := 0; ; {
			r, err := in.next()
			if errors.As(err, new(*ProtocolError)) {
				continue
			}
			if err != nil {
				if errors.Is(err, io.EOF) && total > len(raw) {
					t.Errorf("%d bytes came, %d were read", len(raw), total)
				}
				return
			}
			if r.Code < 100 || r.Code > 699 || len(r.Lines) == 0 {
				t.Fatalf("reply %d %q", r.Code, r.Lines)
			}
			for _, line := range r.Lines {
				if total += len(line); strings.Contains(line, "\n") {
					t.Errorf("a line end in %q", line)
				}
			}
			readAll(r)
		}
	})
}

// readAll reads out of a reply what can be in it.
func readAll(r Reply) {
	_, _ = r.Text(), r.Body()
	ParseSize(r)
	ParseOpening(r)
	parseModTime(r)
	uniqueName(r)
	parseFeatures(r)
	for _, a := range algorithms {
		parseHash(r, a.Algorithm)
		parseOlderHash(r, a.Algorithm)
	}
}

// A port is always one that can be connected to.
func FuzzParsePassive(f *testing.F) {
	seed(f, "pasv", "epsv")
	f.Fuzz(func(t *testing.T, text string) {
		for _, code := range []int{227, 228, 229} {
			r := Reply{Code: code, Lines: strings.Split(text, "\n")}
			if _, port, err := ParsePassive(r); err == nil && (port < 1 || port > 65535) {
				t.Errorf("%s: port %d", r, port)
			}
		}
	})
}

// A path is never empty, and part of what was said.
func FuzzParsePath(f *testing.F) {
	seed(f, "pwd")
	f.Fuzz(func(t *testing.T, text string) {
		r := Reply{Code: 257, Lines: strings.Split("257 "+text, "\n")}
		path, ok := ParsePath(r)
		if ok && path == "" || len(path) > len(text) {
			t.Errorf("%q: path %q, %v", text, path, ok)
		}
	})
}

// Every path comes back from the quotation marks that RFC 959 puts it in.
func FuzzQuotedPath(f *testing.F) {
	for _, path := range []string{"/", `/a "b"`, `/""`, `/x"y`, `/a" is current "`} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if path == "" || strings.ContainsAny(path, "\r\n") || strings.HasPrefix(path, `"`) {
			return
		}
		quoted := `257 "` + strings.ReplaceAll(path, `"`, `""`) + `" is the current directory`
		if got, ok := ParsePath(Reply{257, []string{quoted}}); !ok || got != path {
			t.Errorf("%q: got %q, %v", quoted, got, ok)
		}
	})
}

// Features have upper-case names and can be asked for anything.
func FuzzFeatures(f *testing.F) {
	seed(f, "feat")
	f.Fuzz(func(t *testing.T, text string) {
		feat := parseFeatures(Reply{Code: 211, Lines: strings.Split(text, "\n")})
		for name := range feat {
			if name == "" || name != strings.ToUpper(name) {
				t.Errorf("feature %q", name)
			}
			feat.Offers(name, "x")
		}
		feat.wantedFacts()
		quirksOf("", feat)
	})
}

// Inflate ends, whatever comes, and gives no more than the limit.
func FuzzInflate(f *testing.F) {
	f.Add("")
	f.Add("x\x9c\x03\x00\x00\x00\x00\x01")
	f.Add("\x03\x00")
	f.Add("hello")
	f.Fuzz(func(t *testing.T, wire string) {
		z := &inflated{wire: strings.NewReader(wire), open: Inflate, limit: 1 << 16}
		if n, _ := io.Copy(io.Discard, z); n > 1<<16 {
			t.Errorf("%d bytes", n)
		}
	})
}
