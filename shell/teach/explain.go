package teach

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/render"
)

// Here is what the running session adds to an explanation. The zero value adds
// nothing.
type Here struct {
	Server   string          // the program, when it is known: proftpd
	Features client.Features // nil: nobody is logged in
	Events   []*Event        // the recording
	Knows    func(line string) bool
}

// Explanation is a page about a topic, of at most 23 lines of 79 columns, and
// the record that it was made of.
type Explanation struct {
	Lines  []string
	Record any
}

// Explain finds what a word is: a command of the protocol, a code, the digits
// of one (4yz), a document, or a term. It reports false when it is none.
func Explain(word string, here Here) (Explanation, bool) {
	word = strings.Join(strings.Fields(word), " ")
	upper := strings.ToUpper(word)
	for _, v := range Verbs() {
		if v.Name == upper {
			return Explanation{v.page(here), v}, true
		}
	}
	for _, c := range Codes() {
		if c.Code == word {
			return Explanation{c.page(here), c}, true
		}
	}
	for _, t := range Terms() {
		if slices.ContainsFunc(append([]string{t.Word}, t.Also...), func(name string) bool { return sameWord(name, word) }) {
			return Explanation{t.page(), t}, true
		}
	}
	for _, d := range Documents() {
		if strings.ReplaceAll(strings.ToUpper(d.ID), " ", "") == strings.ReplaceAll(upper, " ", "") {
			return Explanation{d.page(), d}, true
		}
	}
	return explainDigits(upper)
}

// sameWord: capitals, hyphens and the s of a plural make no difference.
func sameWord(a, b string) bool {
	plain := strings.NewReplacer("-", "", "_", "", " ", "")
	a, b = plain.Replace(strings.ToLower(a)), plain.Replace(strings.ToLower(b))
	return a == b || a == b+"s" || a+"s" == b
}

// PageOf is a page about a word that something else explains: a title, a paragraph, and labelled lines.
func PageOf(title, text string, labels [][2]string) []string {
	parts := []part{{lines: []string{title}}, {lines: paragraph(text), blank: true}}
	var lines []string
	for _, l := range labels {
		lines = append(lines, labelled(l[0], l[1])...)
	}
	return page(append(parts, part{lines: lines, blank: true}))
}

// Topics are all words that Explain knows, but for documents and digits.
func Topics() []string {
	var all []string
	for _, v := range Verbs() {
		all = append(all, v.Name)
	}
	for _, c := range Codes() {
		all = append(all, c.Code)
	}
	for _, t := range Terms() {
		all = append(append(all, t.Word), t.Also...)
	}
	return all
}

// Overview lists the topics by group, on one page.
func Overview() []string {
	groups := map[string][]string{}
	for _, v := range Verbs() {
		kind := v.Kind
		if v.Status == "historic" {
			kind = "historic"
		}
		switch verb, rest, _ := strings.Cut(v.Name, " "); {
		case verb == "SITE" && rest != "":
			groups["site"] = append(groups["site"], rest)
		case rest == "":
			groups[kind] = append(groups[kind], verb)
		}
	}
	for _, t := range Terms() {
		groups["words"] = append(groups["words"], t.Word)
	}
	lines := []string{"`explain WORD` explains one of these, `explain last` what the last command did"}
	for _, name := range []string{"access", "parameter", "service", "site", "historic", "words"} {
		lines = append(lines, labelled(name, strings.Join(groups[name], " "))...)
	}
	return append(lines, labelled("codes", "110 to 633; 1yz to 6yz list those of a kind")...)
}

// stages are the parts of a command's replies, in order, and their labels.
var stages = []struct {
	label  string
	stages []string
}{
	{"begins", []string{"preliminary"}},
	{"more", []string{"intermediate"}},
	{"done", []string{"completion"}},
	{"refused", []string{"failure"}},
	{"cut", []string{"during", "failure-after-preliminary"}},
}

func (v VerbFacts) page(here Here) []string {
	kind := v.Kind
	if v.Status != "standard" {
		kind = v.Status + " " + kind
	}
	return page([]part{
		{lines: []string{heading(v.Name+"  "+v.FullName, v.Refs)}},
		{lines: []string{spread("  "+strings.ReplaceAll(v.Syntax, "<SP> ", ""), kind)}},
		{lines: paragraph(v.Explain), blank: true},
		{lines: v.replyLines(), blank: true},
		{lines: v.argLines(), worth: 7},
		{lines: v.dataLines(), worth: 5},
		{lines: labelled("Watch", first(v.Pitfalls)), worth: 8},
		{lines: labelled("Security", v.Security), worth: 4},
		{lines: v.exampleLines(), worth: 9},
		{lines: v.seenLines(), worth: 3},
		{lines: labelled("Registry", v.registry()), worth: 1},
		{lines: verbatim("Here", v.here(here)), worth: 10},
		{lines: labelled("See also", v.seeAlso(here)), worth: 6},
	})
}

func (v VerbFacts) argLines() []string {
	var all []string
	for _, a := range v.Args {
		all = append(all, a.Name+": "+a.Values)
	}
	return labelled("With", strings.Join(all, "; "))
}

func (v VerbFacts) replyLines() []string {
	label := "Replies"
	var lines []string
	for _, row := range stages {
		var codes []string
		for _, r := range v.Replies {
			if slices.Contains(row.stages, r.Stage) && !slices.Contains(codes, r.Code) {
				codes = append(codes, r.Code)
			}
		}
		if len(codes) == 0 {
			continue
		}
		lines = append(lines, "  "+render.Pad(label, labelWidth, false)+render.Pad(row.label, 8, false)+strings.Join(codes, " "))
		label = ""
	}
	return lines
}

func (v VerbFacts) dataLines() []string {
	if v.DataChannel == nil {
		return nil
	}
	return labelled("Data", strings.ReplaceAll(v.DataChannel.Direction, "-", " ")+", "+v.DataChannel.Carries+"; "+v.DataChannel.Setup)
}

func (v VerbFacts) exampleLines() []string {
	if v.Example == nil {
		return nil
	}
	lines := []string{"-> " + v.Example.Client}
	for _, s := range v.Example.Server {
		lines = append(lines, "<- "+s)
	}
	return verbatim("Example", lines)
}

func (v VerbFacts) seenLines() []string {
	if len(v.Support) == 0 {
		return nil
	}
	var yes []string
	for _, server := range slices.Sorted(maps.Keys(v.Support)) {
		if v.Support[server].Supported == "yes" {
			yes = append(yes, program(server))
		}
	}
	return labelled("Seen on", fmt.Sprintf("%d of %d servers tested: %s", len(yes), len(v.Support), strings.Join(yes, " ")))
}

// program is the name of a server without its version.
func program(server string) string {
	if i := strings.LastIndexByte(server, '-'); i > 0 {
		return server[:i]
	}
	return server
}

// registry is the row of RFC 5797 in words.
func (v VerbFacts) registry() string {
	if v.IANA == nil {
		return ""
	}
	words := map[string]string{"m": "mandatory", "o": "optional", "h": "historic"}
	return strings.TrimSpace(v.IANA.Feature + ", " + words[v.IANA.Conformance])
}

// here says what this session knows about the command.
func (v VerbFacts) here(h Here) []string {
	var lines []string
	verb, _, _ := strings.Cut(v.Name, " ")
	if h.Features != nil && v.FeatLine != "" {
		name, word, _ := strings.Cut(v.FeatLine, " ")
		switch {
		case !h.Features.Has(name) || word != "" && !h.Features.Offers(name, word):
			lines = append(lines, "FEAT does not list it")
		default:
			lines = append(lines, strings.TrimSpace("FEAT lists "+name+" "+h.Features[name]))
		}
	}
	line, reply := lastReply(h.Events, func(line string, _ *Event) bool {
		return line == v.Name || strings.HasPrefix(strings.ToUpper(line), v.Name+" ") || v.Name == verb && Verb(line) == verb
	})
	if reply != nil {
		lines = append(lines, fmt.Sprintf("this server: %s, at %s, to %s", reply.Code, clock(h.Events, reply), line))
		return lines
	}
	for server, s := range v.Support {
		if h.Server != "" && program(server) == h.Server && len(s.Codes) > 0 {
			lines = append(lines, fmt.Sprintf("%s answered %s when it was tested", server, strings.Join(s.Codes, ", ")))
		}
	}
	return lines
}

func (v VerbFacts) seeAlso(h Here) string {
	var text []string
	var typed []string
	for _, line := range v.Shell {
		if h.Knows == nil || h.Knows(line) {
			typed = append(typed, "`"+line+"`")
		}
	}
	if len(typed) > 0 {
		text = append(text, "shell "+strings.Join(typed, " "))
	}
	if len(v.SeeAlso) > 0 {
		text = append(text, "explain "+strings.Join(v.SeeAlso, " | "))
	}
	return strings.Join(text, "; ")
}

func (c Code) page(here Here) []string {
	title := c.Code + "  " + c.Title
	if !c.Standard {
		title += " (no standard)"
	}
	line, reply := lastReply(here.Events, func(_ string, e *Event) bool { return e.Code == c.Code })
	var said []string
	if reply != nil {
		said = []string{fmt.Sprintf("%s, at %s, to %s", reply.firstLine(), clock(here.Events, reply), line)}
	}
	because, again := "  Where it is met", ""
	if c.Code[0] == '4' || c.Code[0] == '5' {
		because, again = "  Often because", "try again: "+strings.ReplaceAll(c.Retry, "-", " ")
	}
	return page([]part{
		{lines: []string{heading(title, c.Sources)}},
		{lines: []string{spread(digitWords(c.Code), again)}},
		{lines: paragraph(c.Meaning), blank: true},
		{lines: titled(because, list(func(int) string { return "-" }, c.Causes)), blank: true},
		{lines: titled("  Try", list(func(i int) string { return strconv.Itoa(i+1) + "." }, c.Next)), blank: true},
		{lines: labelled("Note", strings.Join(c.Notes, "; ")), worth: 3, blank: true},
		{lines: labelled("Answers", strings.Join(c.Commands, " ")), worth: 2, blank: true},
		{lines: verbatim("Here", said), worth: 4},
	})
}

func titled(title string, lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	return append([]string{title}, lines...)
}

// digitWords are "4.. failed for now   .2. connections".
func digitWords(code string) string {
	text := "  "
	if d, known := firstDigits[code[:1]]; known {
		text += code[:1] + ".. " + d.name
	}
	if d, known := secondDigits[code[1:2]]; known {
		text += "   ." + code[1:2] + ". " + d.name
	}
	return text
}

func (t Term) page() []string {
	return page([]part{
		{lines: []string{t.Title}},
		{lines: paragraph(t.Text), blank: true},
		{lines: indented(t.Lines), blank: true, worth: 2},
		{lines: labelled("See also", strings.Join(t.See, " | ")), blank: true, worth: 1},
	})
}

func indented(texts []string) []string {
	lines := make([]string, len(texts))
	for i, text := range texts {
		lines[i] = "    " + text
	}
	return lines
}

func (d Document) page() []string {
	order := ""
	if d.ReadOrder > 0 {
		order = fmt.Sprintf("number %d to read", d.ReadOrder)
	}
	return page([]part{
		{lines: []string{spread(d.ID+"  "+d.Title, strconv.Itoa(d.Year))}},
		{lines: []string{spread("  "+d.Status, order)}},
		{lines: paragraph(d.Adds), blank: true},
		{lines: labelled("Commands", strings.Join(d.Commands, " ")), blank: true, worth: 4},
		{lines: labelled("Updates", strings.Join(d.Updates, ", ")), worth: 1},
		{lines: labelled("Updated", strings.Join(d.UpdatedBy, ", ")), worth: 3},
		{lines: labelled("Replaces", strings.Join(d.Obsoletes, ", ")), worth: 1},
		{lines: labelled("Replaced", strings.Join(d.ObsoletedBy, ", ")), worth: 3},
	})
}

// explainDigits explains 4, 4yz, 42z and the like.
func explainDigits(word string) (Explanation, bool) {
	digits := strings.TrimRight(word, "XYZ.")
	if len(digits) < 1 || len(digits) > 2 || len(word) > 3 || digits[0] < '1' || digits[0] > '6' {
		return Explanation{}, false
	}
	d := firstDigits[digits[:1]]
	lines := append([]string{heading(digits[:1]+"yz  "+d.name, []Ref{{"RFC 959", "4.2.1"}}), ""}, paragraph(d.meaning)...)
	lines = append(lines, labelled("Do", d.do)...)
	if d, known := secondDigits[digits[1:]]; known {
		lines = append(append(lines, "", "."+digits[1:]+".  "+d.name, ""), paragraph(d.meaning)...)
	}
	lines = append(lines, "")
	var found []string
	for _, c := range Codes() {
		if strings.HasPrefix(c.Code, digits) {
			found = append(found, "  "+c.Code+"  "+c.Title)
		}
	}
	lines = append(lines, found[:min(len(found), pageHeight-len(lines))]...)
	return Explanation{lines, found}, true
}

// lastReply is the last reply that fits, and the command that it answers.
func lastReply(events []*Event, fits func(line string, e *Event) bool) (line string, reply *Event) {
	lines := map[int]string{}
	for _, e := range events {
		switch {
		case e.Ev == Sent:
			lines[e.Seq] = e.Line
		case e.Ev == Replied && fits(lines[e.To], e):
			line, reply = lines[e.To], e
		}
	}
	return cmp.Or(line, "the connection"), reply
}

// clock is when an event was, as the clock on the wall showed it.
func clock(events []*Event, e *Event) string {
	start, err := time.Parse(time.RFC3339, events[0].UTC)
	if err != nil {
		return fmt.Sprintf("%.1f s", e.T)
	}
	return start.Add(time.Duration(e.T * float64(time.Second))).Local().Format(time.TimeOnly)
}

func first(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}
