package teach

import (
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/render"
)

// hostile is a recording whose server says what would be obeyed somewhere.
func hostile() []*Event {
	r := NewRecorder("ftpsh", "<b>")
	end := r.Begin("open <script>alert(1)</script>")
	c := &connection{r: r, data: map[string]asked{}}
	for i, text := range []string{
		`220 <script>alert(1)</script>`, `331 </pre></code></svg><img src=x onerror=alert(2)>`, "230 a\x1b[31mb | `c` ; d # e & f",
		"500 ]]>--><style>*{display:none}</style>", "550 \u202eevil\u202c %% end",
	} {
		c.add("C", Event{Ev: Sent, Line: "NOOP " + text, Verb: "NOOP"})
		c.add("C", Event{Ev: Replied, Code: text[:3], Lines: []string{text}, Final: true, To: 2*i + 3})
	}
	c.add("C", Event{Ev: Noted, Key: "reconnect", Text: `"><script>`})
	end(errors.New("no"))
	return r.All()
}

func save(t *testing.T, format string, events []*Event) string {
	t.Helper()
	write, err := Writer(format, "")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := write(&text, events, Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// What was written can be read again and is the same.
func TestJSONLines(t *testing.T) {
	for _, file := range recordings(t) {
		events := readFile(t, file)
		first := save(t, "jsonl", events)
		again, err := Read(strings.NewReader(first))
		if err != nil {
			t.Fatal(err)
		}
		if second := save(t, "jsonl", again); first != second {
			t.Errorf("%s changes when it is read and written:\n%s\n%s", file, first, second)
		}
	}
	events := hostile()
	mustBeValid(t, events)
}

func recordings(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal("no recordings", err)
	}
	return files
}

// everyRecording is those of testdata and the hostile one.
func everyRecording(t *testing.T) [][]*Event {
	all := [][]*Event{hostile()}
	for _, file := range recordings(t) {
		all = append(all, readFile(t, file))
	}
	return all
}

// elements are what a page may be made of: nothing that runs or loads.
var elements = map[string]bool{
	"html": true, "head": true, "meta": true, "title": true, "style": true, "body": true, "h1": true, "h2": true, "p": true, "code": true,
	"svg": true, "text": true, "line": true, "path": true, "rect": true, "table": true, "tr": true, "th": true, "td": true, "br": true,
	"span": true, "details": true, "summary": true, "pre": true,
}

// A page has no element that runs or loads anything, whatever the server says.
func TestHTML(t *testing.T) {
	for _, events := range everyRecording(t) {
		page := save(t, "html", events)
		d := xml.NewDecoder(strings.NewReader(page))
		d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%v in\n%s", err, page)
			}
			start, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			if !elements[start.Name.Local] {
				t.Errorf("there is a <%s>", start.Name.Local)
			}
			for _, a := range start.Attr {
				if name := strings.ToLower(a.Name.Local); strings.HasPrefix(name, "on") || name == "src" || name == "href" || name == "style" {
					t.Errorf("<%s> has %s=%q", start.Name.Local, name, a.Value)
				}
			}
		}
		if strings.Contains(page, "url(") || strings.Contains(page, "@import") || !strings.Contains(page, "default-src 'none'") {
			t.Error("the page could load something")
		}
		for _, o := range Operations(events) {
			if !strings.Contains(page, inert(o.Cmd)) {
				t.Errorf("%q is not in the page", o.Cmd)
			}
		}
	}
}

// statement is what a line of a Mermaid diagram can be.
var statement = regexp.MustCompile(`^  (autonumber|participant [cs] as \S.*|Note (over c,s|left of c): \S.*|[cs](->>|-->>|-x)[cs]: \S.*|rect rgb\(235,245,255\)|end)$`)

func TestMermaid(t *testing.T) {
	for _, events := range everyRecording(t) {
		text := save(t, "mmd", events)
		open := 0
		for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			if i == 0 && line == "sequenceDiagram" {
				continue
			}
			if !statement.MatchString(line) || strings.ContainsAny(strings.NewReplacer("->>", "", "#35;", "", "#59;", "", "#lt;", "", "#gt;", "", "#amp;", "", "#37;", "").Replace(line), "<>;#%") {
				t.Errorf("no statement of Mermaid: %q", line)
			}
			switch strings.TrimSpace(line) {
			case "end":
				open--
			case "rect rgb(235,245,255)":
				open++
			}
			if open < 0 {
				t.Errorf("an end too many:\n%s", text)
			}
		}
		if open != 0 {
			t.Errorf("a box stays open:\n%s", text)
		}
	}
}

// In Markdown a row of the table has four cells and no live text.
func TestMarkdown(t *testing.T) {
	cells := regexp.MustCompile(`[^\\]\|`)
	for line := range strings.Lines(save(t, "md", hostile())) {
		if strings.HasPrefix(line, "| ") && len(cells.FindAllString(line, -1)) != 4 {
			t.Errorf("not four cells: %q", line)
		}
		if strings.HasPrefix(line, "| ") && strings.Count(line, "`") != 2 && !strings.HasPrefix(line, "| ms") {
			t.Errorf("text outside of code: %q", line)
		}
	}
}

// No view lets through what a terminal would obey.
func TestNothingObeyed(t *testing.T) {
	events := hostile()
	text := save(t, "txt", events) + save(t, "md", events) + save(t, "mmd", events)
	p := Printer{Style: Style{Width: 80, Unicode: true}, Level: 3}
	for _, e := range events {
		text += strings.Join(p.Lines(e), "\n")
	}
	for _, o := range Operations(events) {
		text += strings.Join(ReadOperation(o, events, nil).Lines(), "\n")
	}
	if render.SafeLines(text) != text {
		t.Errorf("not safe: %q", text)
	}
}

func TestWriter(t *testing.T) {
	for _, row := range []struct{ format, file, bad string }{
		{"", "a.jsonl", ""},
		{"", "a.HTML", ""},
		{"", "a.mmd", ""},
		{"", "a.md", ""},
		{"", "a.txt", ""},
		{"html", "a.txt", ""},
		{"", "a", "--as tell the format"},
		{"", "a.pdf", "--as tell the format"},
		{"pdf", "a.html", `"pdf" is not one of the formats`},
	} {
		_, err := Writer(row.format, row.file)
		if row.bad == "" && err != nil || row.bad != "" && (err == nil || !strings.Contains(err.Error(), row.bad)) {
			t.Errorf("%s as %q: %v", row.file, row.format, err)
		}
	}
}

func TestSelect(t *testing.T) {
	events := readFile(t, "testdata/passive-tls.jsonl")
	for _, row := range []struct {
		which string
		want  string // commands
		bad   string
	}{
		{"", "put", ""},
		{"last", "put", ""},
		{"all", "open ls get put", ""},
		{"2", "ls", ""},
		{"2..3", "ls get", ""},
		{"9", "", "the last one is 4"},
		{"3..2", "", "not one of last, all"},
		{"x", "", "not one of last, all"},
		{"0", "", "not one of"},
	} {
		chosen, err := Select(events, row.which)
		if row.bad != "" {
			if err == nil || !strings.Contains(err.Error(), row.bad) {
				t.Errorf("%q: %v", row.which, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%q: %v", row.which, err)
		}
		var got []string
		for _, o := range Operations(chosen) {
			name, _, _ := strings.Cut(o.Cmd, " ")
			got = append(got, name)
		}
		if strings.Join(got, " ") != row.want {
			t.Errorf("%q: %v, want %s", row.which, got, row.want)
		}
		mustBeValid(t, chosen)
		if picture := strings.Join(Ladder(Operations(chosen)[0], chosen, Style{Width: 80}, false), "\n"); !strings.Contains(picture, "server 127.0.0.1:") {
			t.Errorf("%q has lost the address:\n%s", row.which, picture)
		}
	}
}

func TestRead(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"nothing", "", "no event"},
		{"no JSON", "hello", "line 1: no event of a trace"},
		{"another kind", `{"v":1,"seq":1,"t":0,"op":0,"ev":"party"}`, `ev "party" is not known`},
		{"a reply without a code", `{"v":1,"seq":1,"t":0,"op":0,"ev":"reply"}`, `code "" is none`},
		{"the second line", "\n{\"seq\":1,\"ev\":\"note\"}\n{", "line 3"},
		{"no connection", `{"seq":1,"ev":"note","conn":"E1"}`, `conn "E1" is none`},
		{"time runs backwards", `{"seq":1,"t":-1,"ev":"note"}`, "out of range"},
	} {
		_, err := Read(strings.NewReader(row.text))
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %s", row.name, err, row.want)
		}
	}
}

// Whatever can be read can be shown.
func FuzzRead(f *testing.F) {
	var text strings.Builder
	Write(&text, readFile(f, "testdata/passive-tls.jsonl"))
	for line := range strings.Lines(text.String()) { // short seeds are quickly made smaller
		f.Add(line)
	}
	f.Add(`{"seq":1,"op":1,"ev":"reply","code":"227","lines":["227 (1,2,3,4,5,6)"]}`)
	f.Add(`{"seq":1,"op":1,"ev":"data.end","conn":"D1","bytes":-1,"rate":-5,"t":1e300}`)
	f.Fuzz(func(t *testing.T, text string) {
		events, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, format := range formats {
			if err := format.write(io.Discard, events, Style{Width: 80, Unicode: true}); err != nil {
				t.Fatal(err)
			}
		}
		p := Printer{Style: Style{Width: 80}, Level: 3}
		for _, e := range events {
			p.Lines(e)
		}
		for _, o := range Operations(events) {
			mustFit(t, Ladder(o, events, Style{Width: 80}, false), 24, 100) // names and times may be longer than usual
			ReadOperation(o, events, nil).Lines()
		}
	})
}
