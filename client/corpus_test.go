package client

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

// record is one row of testdata/replies: bytes that a server sent, and what
// they mean.
type record struct {
	ID, Raw, Encoding string
	Want              json.RawMessage
	Accept            []json.RawMessage
}

// corpusSizes are how many rows each file has: none is lost on its way here.
var corpusSizes = map[string]int{
	"epsv": 24, "feat": 25, "mdtm": 20, "multiline": 36, "open": 25, "pasv": 32, "pwd": 32, "size": 16,
}

func corpus(t *testing.T, name string) []record {
	t.Helper()
	f, err := os.Open("testdata/replies/" + name + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []record
	for dec := json.NewDecoder(f); ; {
		var r record
		if err := dec.Decode(&r); errors.Is(err, io.EOF) {
			if len(all) != corpusSizes[name] {
				t.Errorf("%s has %d rows, want %d", name, len(all), corpusSizes[name])
			}
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if r.Encoding == "bytes" {
			r.Raw = asBytes(r.Raw)
		}
		all = append(all, r)
	}
}

// asBytes undoes the corpus's coding of bytes as characters up to U+00FF.
func asBytes(s string) string {
	b := make([]byte, 0, len(s))
	for _, c := range s {
		b = append(b, byte(c))
	}
	return string(b)
}

// first reads the first reply of raw; text without a code is given one.
func first(t *testing.T, raw string, code int) Reply {
	t.Helper()
	if _, _, ok := splitCode(raw); !ok {
		return Reply{Code: code, Lines: []string{strings.TrimRight(raw, "\r\n")}}
	}
	r, err := replyReader{bufio.NewReader(strings.NewReader(raw)), nil}.next()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// check compares got with what the record wants or accepts. A field that only
// the record has is not compared; got is "error" for a failure.
func (r record) check(t *testing.T, got any) {
	t.Helper()
	have, _ := json.Marshal(got)
	for _, want := range append([]json.RawMessage{r.Want}, r.Accept...) {
		if same(want, have) {
			return
		}
	}
	t.Errorf("%s: %q\n got %s\nwant %s", r.ID, r.Raw, have, r.Want)
}

func same(want, have []byte) bool {
	var w, h any
	json.Unmarshal(want, &w)
	json.Unmarshal(have, &h)
	wm, ok1 := w.(map[string]any)
	hm, ok2 := h.(map[string]any)
	if !ok1 || !ok2 {
		return reflect.DeepEqual(w, h)
	}
	for key, value := range hm {
		if !reflect.DeepEqual(wm[key], value) {
			return false
		}
	}
	return true
}

func TestRepliesCorpus(t *testing.T) {
	for _, r := range corpus(t, "multiline") {
		var want struct {
			Replies []struct {
				Code  int
				Lines []string
			}
			Rest string
			Junk []string
		}
		if err := json.Unmarshal(r.Want, &want); err != nil {
			t.Fatal(err)
		}
		in := replyReader{bufio.NewReader(strings.NewReader(r.Raw)), nil}
		var junk []string
		n := 0
		for {
			got, err := in.next()
			var foreign *ProtocolError
			if errors.As(err, &foreign) {
				junk = append(junk, foreign.Text)
				continue
			}
			if err != nil {
				if cut := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF); !cut {
					t.Errorf("%s: %v", r.ID, err)
				}
				break
			}
			if n >= len(want.Replies) {
				t.Errorf("%s: unexpected reply %q", r.ID, got)
				break
			}
			w := want.Replies[n]
			if r.Encoding == "bytes" {
				for i := range w.Lines {
					w.Lines[i] = asBytes(w.Lines[i])
				}
			}
			if got.Code != w.Code || !reflect.DeepEqual(got.Lines, w.Lines) {
				t.Errorf("%s: got %d %q, want %d %q", r.ID, got.Code, got.Lines, w.Code, w.Lines)
			}
			n++
		}
		if n != len(want.Replies) || !reflect.DeepEqual(junk, want.Junk) {
			t.Errorf("%s: got %d replies and junk %q, want %d and %q", r.ID, n, junk, len(want.Replies), want.Junk)
		}
	}
}

func TestPassiveCorpus(t *testing.T) {
	for _, file := range []struct {
		name string
		code int
	}{{"pasv", 227}, {"epsv", 229}} {
		for _, r := range corpus(t, file.name) {
			host, port, err := ParsePassive(first(t, r.Raw, file.code))
			switch {
			case err != nil:
				r.check(t, "error")
			case host == "":
				r.check(t, map[string]any{"port": port})
			default:
				r.check(t, map[string]any{"host": host, "port": port})
			}
		}
	}
}

func TestPathCorpus(t *testing.T) {
	for _, r := range corpus(t, "pwd") {
		path, ok := ParsePath(first(t, r.Raw, 257))
		if !ok {
			r.check(t, "error")
			continue
		}
		r.check(t, map[string]any{"path": path})
	}
}

func TestSizeCorpus(t *testing.T) {
	for _, r := range corpus(t, "size") {
		size, err := ParseSize(first(t, r.Raw, 213))
		if err != nil {
			r.check(t, "error")
			continue
		}
		var want struct{ Size json.Number }
		json.Unmarshal(r.Want, &want)
		if want.Size == "" {
			r.check(t, map[string]any{"size": size})
		} else if want.Size.String() != strconv.FormatInt(size, 10) { // beyond what a float64 tells apart
			t.Errorf("%s: got %d, want %s", r.ID, size, want.Size)
		}
	}
}

func TestOpeningCorpus(t *testing.T) {
	for _, r := range corpus(t, "open") {
		reply := first(t, r.Raw, 150)
		var size any
		if n := ParseOpening(reply); n >= 0 {
			size = n
		}
		r.check(t, map[string]any{"size": size})
		var want struct{ File string }
		json.Unmarshal(r.Want, &want)
		if got := uniqueName(reply); want.File != "" && got != want.File {
			t.Errorf("%s: got name %q, want %q", r.ID, got, want.File)
		}
	}
}

func TestModTimeCorpus(t *testing.T) {
	for _, r := range corpus(t, "mdtm") {
		when, precision, err := parseModTime(first(t, r.Raw, 213))
		if err != nil {
			r.check(t, "error")
			continue
		}
		r.check(t, map[string]any{"time": when.Format(time.RFC3339Nano), "precision": precisions[precision]})
	}
}

func TestFeaturesCorpus(t *testing.T) {
	for _, r := range corpus(t, "feat") {
		reply := first(t, r.Raw, 211)
		feat := parseFeatures(reply)
		var got any
		if reply.Class() == 2 {
			m := map[string]any{}
			for name, param := range feat {
				m[name] = param
				if list := strings.Split(param, "\n"); len(list) > 1 {
					m[name] = list
				}
			}
			got = m
		}
		r.check(t, map[string]any{"features": got})
	}
}

var precisions = map[listing.Precision]string{
	listing.Day: "day", listing.Minute: "minute", listing.Second: "second", listing.Subsecond: "subsecond",
}
