package client

import (
	"encoding/hex"
	"testing"
)

func TestParseHash(t *testing.T) {
	const md5 = "b1946ac92492d2347c6235b4d2611184"
	const sha1 = "f572d396fae9206628714fb2ce00f72e94f2258f"
	for _, test := range []struct {
		name, raw string
		Algorithm
		older      bool
		sum        string // "" for an error
		start, end int64
	}{
		{"HASH", "213 SHA-1 0-6 " + sha1 + " hello.txt", SHA1, false, sha1, 0, 6},
		{"HASH of two lines", "213-Computing SHA-1 digest\r\n213 SHA-1 2-6 " + sha1 + " with space", SHA1, false, sha1, 2, 6},
		{"HASH, other spelling", "213 sha1 0-6 " + sha1 + " f", SHA1, false, sha1, 0, 6},
		{"HASH of a name like a digest", "213 MD5 0-6 " + md5 + " " + md5, MD5, false, md5, 0, 6},
		{"HASH with another algorithm", "213 MD5 0-6 " + md5 + " f", SHA1, false, "", 0, 0},
		{"HASH cut short", "213 MD5 0-6", MD5, false, "", 0, 0},
		{"HASH with a short digest", "213 MD5 0-6 b1946a f", MD5, false, "", 0, 0},
		{"HASH, nonsense range", "213 MD5 x-y " + md5 + " f", MD5, false, "", 0, 0},
		{"HASH, huge range", "213 MD5 0-99999999999999999999 " + md5 + " f", MD5, false, "", 0, 0},
		{"XCRC", "250 363A3020", CRC32, true, "363a3020", 0, -1},
		{"XCRC without leading zeros", "250 3A3020", CRC32, true, "003a3020", 0, -1},
		{"XMD5 of two lines", "250-Computing MD5 digest\r\n250 B1946AC92492D2347C6235B4D2611184", MD5, true, md5, 0, -1},
		{"MD5", "251-Computing MD5 digest\r\n251 hello.txt B1946AC92492D2347C6235B4D2611184", MD5, true, md5, 0, -1},
		{"MD5 as in the draft", "251 \"with space\" " + md5, MD5, true, md5, 0, -1},
		{"XSHA1 before a word", "250 " + sha1 + " done", SHA1, true, sha1, 0, -1},
		{"no digest", "250 done", MD5, true, "", 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			parse := parseHash
			if test.older {
				parse = parseOlderHash
			}
			h, err := parse(first(t, test.raw+"\r\n", 250), test.Algorithm)
			if test.sum == "" {
				if err == nil {
					t.Errorf("got %v", h)
				}
				return
			}
			if err != nil || hex.EncodeToString(h.Sum) != test.sum || h.Algorithm != test.Algorithm || h.Start != test.start || h.End != test.end {
				t.Errorf("got %s %d-%d %s, %v", h.Algorithm, h.Start, h.End, h, err)
			}
		})
	}
}

func TestParseAlgorithm(t *testing.T) {
	for name, want := range map[string]Algorithm{
		"sha256": SHA256, "SHA-256": SHA256, "xsha256": SHA256, "SHA-1": SHA1, "xsha": SHA1, "md5": MD5, "XCRC": CRC32, "crc32": CRC32,
		"sha512": SHA512, "sha3": "", "": "",
	} {
		if got, ok := ParseAlgorithm(name); got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v", name, got, ok)
		}
	}
}
