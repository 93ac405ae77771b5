package teach

import (
	"regexp"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/render"
)

// A trace of connecting with TLS, logging in and listing fits on a page and
// tells what a learner needs; the password is not in it.
func TestTraceOfALogin(t *testing.T) {
	w := serve(t, practice.Options{TLS: practice.Explicit})
	_, port, _ := strings.Cut(w.server.Addr(), ":")
	w.mustOpen(func(o *client.Options) { o.Addr = "localhost:" + port })
	if err := w.list("pub"); err != nil {
		t.Fatal(err)
	}
	events := w.rec.All()
	p := Printer{Style: Style{Width: 80}, Level: 2}
	var lines []string
	for _, e := range events {
		lines = append(lines, p.Lines(e)...)
	}
	mustFit(t, lines, 40, 80)
	text := strings.Join(lines, "\n")
	for fact, pattern := range map[string]string{
		"the command":               `(?m)^ #  open localhost:\d+$`,
		"the address of the name":   `localhost is .*127\.0\.0\.1`,
		"both ports of control":     `C  \*\* connected 127\.0\.0\.1:\d+ -> 127\.0\.0\.1:` + port,
		"the greeting in the clear": `C  <- 220 `,
		"a command in the clear":    `C  -> AUTH TLS`,
		"version and cipher":        `C  \*\* TLS 1\.3 AES-\d+-GCM-SHA\d+, new session, verified +\d+\.\d ms`,
		"a command inside TLS":      `C  => USER alice`,
		"the masked password":       `C  => PASS \*{8}`,
		"both ports of data":        `D1 \*\* connected 127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+`,
		"the resumed session":       `D1 \*\* TLS 1\.3 .*, session reused, verified`,
		"the bytes and how it ends": `D1 <= \d+ B of listing, .*/s, end by tls-close-notify`,
		"the second reply":          `C  <= 226 `,
		"a time":                    `(?m)^  \d\.\d{3} C `,
	} {
		if !regexp.MustCompile(pattern).MatchString(text) {
			t.Errorf("%s is missing", fact)
		}
	}
	mustHide(t, events, practice.Password)
	if t.Failed() {
		t.Log(text)
	}
}

// Each level shows more than the one below; colour changes nothing but colour.
func TestLevels(t *testing.T) {
	events := readFile(t, "testdata/passive-tls.jsonl")
	before := 0
	for level := 1; level <= 3; level++ {
		plain, painted := 0, 0
		p, q := Printer{Style: Style{Width: 80}, Level: level}, Printer{Style: Style{Width: 80, Color: true}, Level: level}
		for _, e := range events {
			lines, coloured := p.Lines(e), q.Lines(e)
			for i, line := range lines {
				if got := unpaint(coloured[i : i+1]); got != line {
					t.Errorf("in colour %q, without %q", got, line)
				}
			}
			plain += len(lines)
			painted += len(coloured)
		}
		if plain <= before || plain != painted {
			t.Errorf("level %d shows %d lines, the one below %d; %d in colour", level, plain, before, painted)
		}
		before = plain
	}
}

func TestAnnotations(t *testing.T) {
	for _, row := range []struct{ name, line, command, want string }{
		{"port of PASV", "227 Entering Passive Mode (10,0,0,5,195,80).", "PASV", "it listens on 10.0.0.5 port 50000 (195 x 256 + 80)"},
		{"PASV without parentheses", "227 Entering Passive Mode 10,0,0,5,195,80", "PASV", "it listens on 10.0.0.5 port 50000 (195 x 256 + 80)"},
		{"PASV without numbers", "227 ok", "PASV", "the server listens for the data connection"},
		{"numbers too large", "227 (1,2,3,4,500,6)", "PASV", "the server listens for the data connection"},
		{"port of EPSV", "229 Entering Extended Passive Mode (|||26126|)", "EPSV", "it listens on port 26126, at the address we already use"},
		{"protection", "200 ok", "PROT P", "data connections will use TLS as well"},
		{"no protection", "200 ok", "prot c", "data connections will be in the clear"},
		{"a 200 that says enough", "200 ok", "TYPE I", ""},
		{"where a transfer begins", "350 ok", "REST 4096", "the next transfer begins at byte 4096"},
		{"rename", "350 ok", "RNFR a", "first half of a rename: RNTO must follow at once"},
		{"time", "213 20261123140211", "MDTM a", "changed on 2026-11-23 at 14:02:11 UTC"},
		{"size", "213 1000", "SIZE a", ""},
		{"an unknown command", "502 no", "MFMT 20200101000000 a", "the server does not know MFMT"},
		{"a wrong password", "530 no", "PASS ********", "name or password is wrong; servers do not say which"},
	} {
		e := &Event{Ev: Replied, Code: row.line[:3], Lines: []string{row.line}, Final: true}
		if got := annotate(e, row.command); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

// Every annotation fits on its line.
func TestAnnotationsFit(t *testing.T) {
	for _, row := range annotations {
		code, _, _ := strings.Cut(row.codes, " ")
		e := &Event{Ev: Replied, Code: code, Lines: []string{code + " (|||65535|) 255,255,255,255,255,255"}}
		text := row.says(e, "MLSD /a/directory")
		if render.Width(text) > 80-1-18 {
			t.Errorf("%s: %q is too long", row.codes, text)
		}
	}
}

func TestUnicodeFor(t *testing.T) {
	for _, row := range []struct {
		name string
		env  map[string]string
		want bool
	}{
		{"UTF-8", map[string]string{"LANG": "en_GB.UTF-8", "TERM": "xterm"}, true},
		{"utf8 in small letters", map[string]string{"LANG": "C.utf8"}, true},
		{"nothing said", map[string]string{"TERM": "xterm"}, false},
		{"LC_ALL counts first", map[string]string{"LC_ALL": "C", "LANG": "en_GB.UTF-8"}, false},
		{"the console of Linux", map[string]string{"LANG": "de_DE.UTF-8", "TERM": "linux"}, false},
		{"arrows two cells wide", map[string]string{"LANG": "ja_JP.UTF-8"}, false},
	} {
		if got := UnicodeFor(func(name string) string { return row.env[name] }); got != row.want {
			t.Errorf("%s: %v", row.name, got)
		}
	}
}
