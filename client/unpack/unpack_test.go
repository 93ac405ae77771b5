package unpack

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// packed is a text as gzip packs it.
func packed(text string) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	io.WriteString(w, text)
	w.Close()
	return out.Bytes()
}

func read(in io.Reader, b Bounds, plain bool) (string, error) {
	u, err := New(in, b, plain)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(u)
	return string(text), err
}

// hello is "hello\n" as bzip2 packs it.
const hello = "BZh91AY&SY\xc1\xc0\x80\xe2\x00\x00\x01A\x00\x00\x10\x02D\xa0\x000\xcd\x00\xc3F)\x97\x17rE8P\x90\xc1\xc0\x80\xe2"

func TestUnpack(t *testing.T) {
	two := append(packed("one\n"), packed("two\n")...)
	if text, err := read(bytes.NewReader(two), Usual, false); text != "one\ntwo\n" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := read(strings.NewReader(hello), Usual, false); text != "hello\n" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := read(strings.NewReader("plain"), Usual, false); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
	if text, err := read(strings.NewReader("pl"), Usual, true); text != "pl" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

func TestDamage(t *testing.T) {
	whole := packed(strings.Repeat("some text\n", 1000))
	text, err := read(bytes.NewReader(whole[:len(whole)-10]), Usual, false)
	if !errors.As(err, new(*CutError)) || !strings.HasPrefix(text, "some text\n") {
		t.Errorf("%.20q, %v", text, err)
	}
	whole[len(whole)-5] ^= 1
	if _, err := read(bytes.NewReader(whole), Usual, false); !errors.As(err, new(*CutError)) {
		t.Error(err)
	}
	lost := errors.New("lost")
	if _, err := read(io.MultiReader(bytes.NewReader(whole[:20]), iotest.ErrReader(lost)), Usual, false); !errors.Is(err, lost) {
		t.Error(err)
	}
}

func TestBomb(t *testing.T) {
	bomb := packed(strings.Repeat("\x00", 32<<20))
	if _, err := read(bytes.NewReader(bomb), Usual, false); !errors.As(err, new(*BombError)) {
		t.Error(err)
	}
	if _, err := read(bytes.NewReader(packed(strings.Repeat("ab", 1000))), Bounds{Most: 1000, Ratio: 1000}, false); !errors.As(err, new(*BombError)) {
		t.Error(err)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(packed("text"))
	f.Add([]byte(hello))
	f.Fuzz(func(t *testing.T, in []byte) {
		text, err := read(bytes.NewReader(in), Bounds{Most: 1 << 20, Ratio: 1000}, true)
		if len(text) > 1<<20 && err == nil {
			t.Errorf("%d bytes of %d", len(text), len(in))
		}
	})
}
