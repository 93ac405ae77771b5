package teach

import (
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// Everything that is known has a page, and every page fits on a screen.
func TestPagesFit(t *testing.T) {
	if v, c := len(Verbs()), len(Codes()); v != 123 || c != 68 {
		t.Errorf("%d commands and %d codes, want 123 and 68", v, c)
	}
	words := Topics()
	for _, d := range Documents() {
		words = append(words, d.ID)
	}
	for first := '1'; first <= '6'; first++ {
		words = append(words, string(first)+"yz")
		for second := '0'; second <= '5'; second++ {
			words = append(words, string(first)+string(second)+"z")
		}
	}
	// A session that has something to say about everything.
	here := Here{Server: "proftpd", Features: client.Features{"AUTH": "TLS", "MLST": strings.Repeat("fact*;", 40)}}
	r := NewRecorder("ftpsh", "test")
	c := &connection{r: r, data: map[string]asked{}}
	for _, v := range Verbs() {
		sent := c.add("C", Event{Ev: Sent, Line: v.Name + strings.Repeat(" x", 50), Verb: Verb(v.Name)})
		for _, code := range Codes() {
			if slices.ContainsFunc(code.Commands, func(name string) bool { return name == v.Name }) {
				c.add("C", Event{Ev: Replied, Code: code.Code, Lines: []string{code.Code + strings.Repeat(" word", 40)}, Final: true, To: sent.Seq})
			}
		}
	}
	full := here
	full.Events = r.All()
	for _, word := range words {
		for _, h := range []Here{{}, here, full} {
			found, ok := Explain(word, h)
			if !ok || len(found.Lines) < 3 && len(word) > 2 {
				t.Errorf("%s: %d lines", word, len(found.Lines))
			}
			mustFit(t, found.Lines, pageHeight, pageWidth-1)
		}
	}
	mustFit(t, Overview(), pageHeight, pageWidth-1)
}

func TestExplain(t *testing.T) {
	for _, row := range []struct {
		word  string
		shows []string
	}{
		{"pasv", []string{"PASV  Passive mode", "RFC 959", "done    227", "-> PASV", "6 of 6 servers", "explain EPSV"}},
		{"RETR", []string{"begins  125 150", "server to client"}},
		{"site  chmod", []string{"SITE CHMOD octal-mode pathname", "vendor service"}},
		{"425", []string{"Cannot open data connection", "4.. failed for now", ".2. connections", "try again: after change", "1. "}},
		{"522", []string{"RFC 4217 10.2"}},
		{"passive", []string{"client connects", "EPSV"}},
		{"ftps", []string{"AUTH TLS"}},
		{"rfc959", []string{"RFC 959  File Transfer Protocol", "1985"}},
		{"RFC 2428", []string{"RFC 2428"}},
		{"4yz", []string{"failed for now", "421", "425"}},
		{"53z", []string{"login and security", "530"}},
	} {
		found, ok := Explain(row.word, Here{})
		text := strings.Join(found.Lines, "\n")
		for _, want := range row.shows {
			if !ok || !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", row.word, want, text)
			}
		}
	}
	for _, word := range []string{"", "PAVS", "999", "7yz", "x", "4444"} {
		if found, ok := Explain(word, Here{}); ok {
			t.Errorf("%q is %v", word, found.Lines)
		}
	}
}

// A page says what this server did and can do.
func TestHere(t *testing.T) {
	events := readFile(t, "testdata/passive-tls.jsonl")
	here := Here{Events: events, Features: client.Features{"EPSV": "", "AUTH": "TLS"}}
	for _, row := range []struct {
		word string
		here Here
		want string
	}{
		{"EPSV", here, "this server: 229, at "},
		{"EPSV", here, "FEAT lists EPSV"},
		{"AUTH", here, "FEAT lists AUTH TLS"},
		{"MFMT", here, "FEAT does not list it"},
		{"229", here, "229 Entering Extended Passive Mode"},
		{"PASV", Here{Server: "vsftpd"}, "vsftpd-3.0.3 answered 227 when it was tested"},
	} {
		found, _ := Explain(row.word, row.here)
		if text := strings.Join(found.Lines, "\n"); !strings.Contains(text, row.want) {
			t.Errorf("%s: no %q in\n%s", row.word, row.want, text)
		}
	}
}

// Whatever a page points to is there.
func TestPointers(t *testing.T) {
	known := func(what, word string) {
		t.Helper()
		if _, ok := Explain(word, Here{}); !ok && word != "explain" && word != "trace" {
			t.Errorf("%s points to %q, which is not known", what, word)
		}
	}
	seen := map[string]string{}
	for _, v := range Verbs() {
		for _, see := range v.SeeAlso {
			known(v.Name, see)
		}
		for _, r := range v.Replies {
			known(v.Name, r.Code)
			if !slices.ContainsFunc(stages, func(s struct {
				label  string
				stages []string
			},
			) bool {
				return slices.Contains(s.stages, r.Stage)
			}) {
				t.Errorf("%s: the stage %q of %s has no label", v.Name, r.Stage, r.Code)
			}
		}
	}
	for _, c := range Codes() {
		for _, name := range c.Commands {
			known(c.Code, name)
		}
	}
	for _, term := range Terms() {
		for _, see := range term.See {
			known(term.Word, see)
		}
		for _, word := range append([]string{term.Word}, term.Also...) {
			if other := seen[word]; other != "" {
				t.Errorf("%q means both %s and %s", word, other, term.Word)
			}
			seen[word] = term.Word
		}
	}
}

// registry is the table of RFC 5797 section 3, with HOST (RFC 7151) and ALGS (RFC
// 6384): all commands that IANA knows.
const registry = `
	ABOR ACCT ADAT ALGS ALLO APPE AUTH CCC CDUP CONF CWD DELE ENC EPRT EPSV FEAT HELP HOST LANG LIST LPRT LPSV MDTM MIC
	MKD MLSD MLST MODE NLST NOOP OPTS PASS PASV PBSZ PORT PROT PWD QUIT REIN REST RETR RMD RNFR RNTO SITE SIZE SMNT STAT
	STOR STOU STRU SYST TVFS TYPE USER XCUP XCWD XMKD XPWD XRMD`

func TestRegistry(t *testing.T) {
	want := strings.Fields(registry)
	for _, v := range Verbs() {
		in := slices.Contains(want, v.Name) || v.Name == "REST STREAM" // a feature of REST
		if (v.IANA != nil) != in {
			t.Errorf("%s: in the registry %v, here %v", v.Name, in, v.IANA != nil)
		}
	}
	for _, name := range want {
		if _, ok := Explain(name, Here{}); !ok {
			t.Errorf("%s is missing", name)
		}
	}
}
