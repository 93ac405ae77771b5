package listing

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// record is one listing of testdata: its lines and what they mean.
type record struct {
	ID, Format, Cmd, Syst, Tz, Encoding string
	Now                                 time.Time
	Lines                               []string
	Want, Accept                        json.RawMessage
	Bad                                 []int
}

// bytes is the listing as it comes over the wire.
func (r record) bytes() string {
	var b strings.Builder
	for _, line := range r.Lines {
		if r.Encoding == "" {
			b.WriteString(line)
		} else {
			for _, c := range line {
				b.WriteByte(byte(c))
			}
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

func (r record) options(t testing.TB) Options {
	o := Options{Syst: r.Syst, Now: r.Now}
	if r.Cmd == "MLSD" || r.Cmd == "" && strings.HasPrefix(r.ID, "mlsd") || r.Format == "mlsd" {
		o.Format = MLSx
	}
	if r.Tz != "" {
		zone, err := time.LoadLocation(r.Tz)
		if err != nil {
			t.Fatal(err)
		}
		o.Zone = zone
	}
	return o
}

func corpus(t testing.TB) []record {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) != 11 {
		t.Fatalf("corpus has %d files, error %v", len(files), err)
	}
	var records []record
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var r record
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			records = append(records, r)
		}
		if err := lines.Err(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return records
}

// collect reads a listing that must not end in an error.
func collect(t testing.TB, text string, o Options) (entries []Entry, unparsed []string) {
	t.Helper()
	for e, err := range Read(strings.NewReader(text), o) {
		switch {
		case err != nil:
			t.Fatalf("error: %v", err)
		case e.Type == Unparsed:
			unparsed = append(unparsed, e.Raw)
		default:
			entries = append(entries, e)
		}
	}
	return entries, unparsed
}

// Every listing of the corpus means what the corpus says, field by field.
func TestCorpus(t *testing.T) {
	records := corpus(t)
	if len(records) < 655 {
		t.Fatalf("corpus has %d records", len(records))
	}
	for _, r := range records {
		t.Run(r.ID, func(t *testing.T) {
			entries, unparsed := collect(t, r.bytes(), r.options(t))
			problem := compare(r, r.Want, entries, unparsed)
			if problem != "" && r.Accept != nil && compare(r, r.Accept, entries, unparsed) == "" {
				problem = ""
			}
			if problem != "" {
				t.Error(problem)
			}
		})
	}
}

// compare tells the first difference between what was read and what is wanted.
func compare(r record, want json.RawMessage, entries []Entry, unparsed []string) string {
	var word string
	if json.Unmarshal(want, &word) == nil {
		return compareWord(r, word, entries, unparsed)
	}
	var wanted []map[string]any
	if err := json.Unmarshal(want, &wanted); err != nil {
		return err.Error()
	}
	if len(entries) != len(wanted) {
		return fmt.Sprintf("%d entries, want %d; not understood: %q", len(entries), len(wanted), unparsed)
	}
	if len(unparsed) != len(r.Bad) {
		return fmt.Sprintf("not understood: %q, want %d lines", unparsed, len(r.Bad))
	}
	for i, bad := range r.Bad {
		if unparsed[i] != r.Lines[bad] {
			return fmt.Sprintf("not understood: %q, want %q", unparsed[i], r.Lines[bad])
		}
	}
	for i := range entries {
		if problem := compareEntry(entries[i], wanted[i]); problem != "" {
			return fmt.Sprintf("entry %d %q: %s", i, entries[i].Raw, problem)
		}
	}
	return ""
}

func compareWord(r record, word string, entries []Entry, unparsed []string) string {
	if len(entries) > 0 {
		return fmt.Sprintf("%q is %+v, want %s", r.Lines, entries, word)
	}
	if word == "error" && len(unparsed) == 0 || word == "skip" && len(unparsed) > 0 {
		return fmt.Sprintf("not understood: %q, want %s", unparsed, word)
	}
	if word == "error" && r.Bad == nil && len(unparsed) != len(r.Lines) {
		return fmt.Sprintf("only %q is reported", unparsed)
	}
	return ""
}

func compareEntry(e Entry, want map[string]any) string {
	got := fields(e)
	accept, _ := want["accept"].(map[string]any)
	for name, value := range want {
		if name == "precision" && accept["time"] != nil && value == nil {
			continue // goes with the time
		}
		if name == "accept" || name == "nlink" && value == 0.0 || value == "" {
			continue
		}
		if name == "name" && want["name_bytes"] != nil {
			continue
		}
		others, _ := accept[name].([]any)
		if !same(got[name], value) && !slices.ContainsFunc(others, func(o any) bool { return same(got[name], o) }) {
			return fmt.Sprintf("%s is %v, want %v", name, got[name], value)
		}
	}
	for name, value := range got {
		if _, ok := want[name]; !ok && value != nil && name != "name_bytes" {
			return fmt.Sprintf("%s is %v, want none", name, value)
		}
	}
	return ""
}

// same compares values of JSON; facts are strings where the corpus has numbers.
func same(got, want any) bool {
	if n, ok := want.(float64); ok {
		if s, ok := got.(string); ok {
			return s == strconv.FormatFloat(n, 'f', -1, 64)
		}
		if i, ok := got.(int64); ok {
			return i == int64(n) || float64(i) == n
		}
	}
	if t, ok := got.(time.Time); ok {
		s, _ := want.(string)
		wanted, err := time.Parse(time.RFC3339Nano, s)
		return err == nil && t.Equal(wanted)
	}
	return reflect.DeepEqual(got, want)
}

// fields names the fields of an entry as the corpus does; unset ones are nil.
func fields(e Entry) map[string]any {
	m := map[string]any{"name": e.Name, "name_bytes": hex.EncodeToString([]byte(e.Name)), "type": e.Type.String()}
	set := func(name string, ok bool, value any) {
		if m[name] = nil; ok {
			m[name] = value
		}
	}
	set("size", e.Size >= 0, e.Size)
	set("time", !e.Time.IsZero(), e.Time)
	set("precision", e.Precision != NoTime, [...]any{nil, "day", "minute", "second", "subsecond"}[e.Precision])
	set("mode", e.HasMode, octal(e.Mode))
	set("owner", e.Owner != "", e.Owner)
	set("group", e.Group != "", e.Group)
	set("target", e.Target != "", e.Target)
	set("nlink", e.Links > 0, int64(e.Links))
	set("version", e.Version > 0, int64(e.Version))
	set("acl", e.ACL != 0, string(rune(e.ACL)))
	set("unique", e.Unique != "", e.Unique)
	set("perm", e.Perm != "", e.Perm)
	set("dir", e.Dir != "", e.Dir)
	set("special", e.Special != Member, [...]any{nil, "cdir", "pdir"}[e.Special])
	set("unsafe", e.Unsafe(), true)
	set("size_approx", e.SizeApprox, true)
	for name, value := range e.Facts {
		m[name] = value
	}
	return m
}

func octal(m fs.FileMode) string {
	bits := uint32(m.Perm())
	for flag, bit := range map[fs.FileMode]uint32{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if m&flag != 0 {
			bits |= bit
		}
	}
	return fmt.Sprintf("%04o", bits)
}
