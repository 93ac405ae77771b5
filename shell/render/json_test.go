package render

import (
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

func TestEntryJSON(t *testing.T) {
	at := time.Date(2024, 3, 5, 10, 0, 0, 0, time.FixedZone("", 3600))
	for _, row := range []struct {
		name  string
		entry listing.Entry
		want  string
	}{
		{
			"all",
			listing.Entry{Name: "a<b>&", Size: 5, Time: at, Owner: "al", Group: "us", HasMode: true, Mode: 0o755 | fs.ModeSetuid},
			`{"name":"a<b>&","type":"file","size":5,"modified":"2024-03-05T09:00:00Z","mode":"4755","owner":"al","group":"us","target":null}`,
		},
		{
			"nothing known",
			listing.Entry{Name: "d", Type: listing.Dir, Size: -1},
			`{"name":"d","type":"dir","size":null,"modified":null,"mode":null,"owner":null,"group":null,"target":null}`,
		},
		{
			"link",
			listing.Entry{Name: "l", Type: listing.Link, Target: "t", SizeApprox: true},
			`{"name":"l","type":"link","size":0,"modified":null,"mode":null,"owner":null,"group":null,"target":"t","size_approximate":true}`,
		},
		{
			"Latin-1",
			listing.Entry{Name: "gr\xfc\xdf", Size: -1},
			`{"name":"gr` + "\ufffd\ufffd" + `","type":"file","size":null,"modified":null,"mode":null,"owner":null,"group":null,"target":null,"name_base64":"Z3L83w=="}`,
		},
		{
			"terminal codes",
			listing.Entry{Name: "\x1b\x7f\u009b\u202e\U000e0041日", Size: -1},
			`{"name":"\u001b\u007f\u009b\u202e\udb40\udc41日","type":"file","size":null,"modified":null,"mode":null,"owner":null,"group":null,"target":null}`,
		},
		{
			"unparsed",
			listing.Entry{Type: listing.Unparsed, Raw: "total 3", Size: -1},
			`{"name":"","type":"unparsed","size":null,"modified":null,"mode":null,"owner":null,"group":null,"target":null,"raw":"total 3"}`,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			var b strings.Builder
			if err := JSON(&b, Entry(row.entry)); err != nil {
				t.Fatal(err)
			}
			if got := b.String(); got != row.want+"\n" {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

// FuzzJSON: every name gives one valid line, from which its bytes come back.
func FuzzJSON(f *testing.F) {
	f.Add("a\x00\xff\u202e\u2028\"\\\n")
	f.Fuzz(func(t *testing.T, name string) {
		var b strings.Builder
		if err := JSON(&b, Entry(listing.Entry{Name: name})); err != nil {
			t.Fatal(err)
		}
		line := strings.TrimSuffix(b.String(), "\n")
		if Safe(line) != line {
			t.Fatalf("%q gives %q", name, line)
		}
		var o Object
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if o.NameBase64 != "" {
			raw, err := base64.StdEncoding.DecodeString(o.NameBase64)
			if err != nil {
				t.Fatal(err)
			}
			o.Name = string(raw)
		}
		if o.Name != name {
			t.Fatalf("%q comes back as %q", name, o.Name)
		}
	})
}
