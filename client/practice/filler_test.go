package practice

import (
	"bytes"
	"strings"
	"testing"
)

// TestFillerHasItsSize: a D+ line sends as many bytes as it says, whole lines where it is a listing.
func TestFillerHasItsSize(t *testing.T) {
	for _, kind := range []string{"file", "listing", "names"} {
		for size := range int64(300) {
			var got bytes.Buffer
			if err := fill(&got, kind, size); err != nil || int64(got.Len()) != size {
				t.Fatalf("%s: %d bytes, want %d (%v)", kind, got.Len(), size, err)
			}
			if size > 1 && kind != "file" && !strings.HasSuffix(got.String(), "\r\n") {
				t.Fatalf("%s of %d bytes ends within a line: %q", kind, size, &got)
			}
		}
	}
}

// TestScriptedReach: with Reaches the server connects to no port but those of its client.
func TestScriptedReach(t *testing.T) {
	p, err := Script("S: 220 hello\nC~ PORT .*\nS: 200 ok\nC: LIST\nS: 150 here\nD: x\nS: 226 done")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	asked := make(chan string, 1)
	p.Reaches(func(addr string) bool { asked <- addr; return false })
	c := dial(t, p.Addr())
	c.send("PORT 127,0,0,1,4,1")
	c.send("LIST")
	if got := <-asked; got != "127.0.0.1:1025" {
		t.Errorf("asked about %s", got)
	}
	if err := p.Wait(); err == nil || !strings.Contains(err.Error(), "nobody of ours") {
		t.Errorf("it ended with %v", err)
	}
}
