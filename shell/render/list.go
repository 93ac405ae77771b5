package render

import (
	"bufio"
	"cmp"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

// A List says how a listing looks. The zero value writes one name on each line.
type List struct {
	Width    int     // names in columns, in a terminal of this width; 0: one on each line
	Long     bool    // mode, owner, size, time and name, as ls -l
	Header   bool    // with Long: a first row of titles
	Fixed    bool    // all nine columns of that, whatever is known: scripts count them
	Human    bool    // sizes as 1.2K
	Classify bool    // a mark after the name: / * @ | =
	Color    bool    // colours by kind
	Colours  Colours // used if Color is set; see ParseColours
	Raw      bool    // names byte by byte, as scripts may want them; never on a terminal

	// Name turns the bytes of a name into text, from the charset of the server;
	// nil takes them as UTF-8. The result is made safe.
	Name func(string) string

	By      Order
	Reverse bool

	Style TimeStyle
	Now   time.Time      // what "six months ago" is counted from; zero: now
	Zone  *time.Location // nil: local
}

// Write writes the entries, sorted; the slice is sorted in place. Lines that
// were not understood come as the server sent them, made safe.
func (l List) Write(w io.Writer, entries []listing.Entry) error {
	b := bufio.NewWriter(w)
	for i, group := range groups(entries) {
		if dir := group[0].Dir; dir != "" {
			if i > 0 {
				_ = b.WriteByte('\n')
			}
			_, _ = b.WriteString(l.text(dir) + ":\n")
		}
		Sort(group, l.By, l.Reverse)
		l.each(group, func(line string) {
			_, _ = b.WriteString(line)
			_ = b.WriteByte('\n')
		})
	}
	return b.Flush()
}

// groups parts a recursive listing into its directories, in order.
func groups(entries []listing.Entry) [][]listing.Entry {
	var out [][]listing.Entry
	from := 0
	for i := range entries {
		if entries[i].Dir != entries[from].Dir {
			out = append(out, entries[from:i])
			from = i
		}
	}
	if from < len(entries) {
		out = append(out, entries[from:])
	}
	return out
}

// each makes line after line; a listing may be too long to hold them all.
func (l List) each(entries []listing.Entry, write func(string)) {
	switch {
	case l.Long:
		l.long(entries, write)
	case l.Width == 0:
		for i := range entries {
			write(l.Line(&entries[i]))
		}
	default:
		names, widths := make([]string, len(entries)), make([]int, len(entries))
		for i := range entries {
			names[i] = l.Line(&entries[i])
			widths[i] = Width(names[i])
		}
		for _, line := range columns(names, widths, l.Width) {
			write(line)
		}
	}
}

// Line is an entry without anything but its name.
func (l List) Line(e *listing.Entry) string {
	if e.Type == listing.Unparsed {
		return l.text(e.Raw)
	}
	return l.name(e)
}

// text makes bytes from the server presentable.
func (l List) text(s string) string {
	if l.Raw {
		return s
	}
	if l.Name != nil {
		s = l.Name(s)
	}
	return Safe(s)
}

// who is an owner or a group. Where scripts count the columns, "domain users" is one of them.
func (l List) who(name string) string {
	if name = l.text(name); l.Fixed {
		name = strings.Join(strings.Fields(name), "_")
	}
	return name
}

func (l List) name(e *listing.Entry) string {
	name := l.text(e.Name)
	if l.Color {
		name = l.Colours.Of(e).Paint(true, name)
	}
	if l.Classify {
		name += mark(e)
	}
	return name
}

// mark is the letter that ls -F puts after a name.
func mark(e *listing.Entry) string {
	switch k := kind(e); {
	case e.Type == listing.Dir:
		return "/"
	case e.Type == listing.Link:
		return "@"
	case k == "pi":
		return "|"
	case k == "so":
		return "="
	case e.Type == listing.File && e.Mode&0o111 != 0:
		return "*"
	}
	return ""
}

// long makes the lines of ls -l, in two rounds: the first finds how wide the
// columns are. Those that no entry has are left out, unless they are fixed.
func (l List) long(entries []listing.Entry, write func(string)) {
	if l.Now.IsZero() {
		l.Now = time.Now()
	}
	columns := l.columns()
	shown, widths := make([]bool, len(columns)), make([]int, len(columns))
	for i := range entries {
		if e := &entries[i]; e.Type != listing.Unparsed {
			for j, c := range columns[:len(columns)-1] { // the last one is not padded
				shown[j] = shown[j] || l.Fixed || c.has(e)
				widths[j] = max(widths[j], Width(c.cell(e)))
			}
		}
	}
	var line strings.Builder
	if l.Header {
		for j, c := range columns[:len(columns)-1] {
			if widths[j] = max(widths[j], Width(c.title)); shown[j] {
				line.WriteString(Pad(c.title, widths[j], c.right) + " ")
			}
		}
		write(Bold.Paint(l.Color, line.String()+columns[len(columns)-1].title))
	}
	for i := range entries {
		e := &entries[i]
		if e.Type == listing.Unparsed {
			write(l.text(e.Raw))
			continue
		}
		line.Reset()
		for j, c := range columns[:len(columns)-1] {
			if shown[j] {
				line.WriteString(Pad(c.cell(e), widths[j], c.right) + " ")
			}
		}
		write(line.String() + columns[len(columns)-1].cell(e))
	}
}

// A column of the long listing.
type column struct {
	title string
	right bool
	has   func(*listing.Entry) bool
	cell  func(*listing.Entry) string
}

func always(*listing.Entry) bool { return true }

func (l List) columns() []column {
	return []column{
		{title: "mode", cell: mode, has: always},
		{title: "links", cell: links, has: func(e *listing.Entry) bool { return e.Links > 0 }, right: true},
		{title: "owner", cell: func(e *listing.Entry) string { return cmp.Or(l.who(e.Owner), "-") }, has: func(e *listing.Entry) bool { return e.Owner != "" }},
		{title: "group", cell: func(e *listing.Entry) string { return cmp.Or(l.who(e.Group), "-") }, has: func(e *listing.Entry) bool { return e.Group != "" }},
		{title: "size", cell: l.size, has: func(e *listing.Entry) bool { return e.Size >= 0 || e.Facts["dev"] != "" }, right: true},
		{title: "modified", cell: l.time, has: func(e *listing.Entry) bool { return !e.Time.IsZero() }},
		{title: "name", cell: l.target, has: always},
	}
}

func links(e *listing.Entry) string {
	if e.Links == 0 {
		return "-"
	}
	return strconv.Itoa(e.Links)
}

// mode is drwxr-xr-x, or only the type where the server told no more.
func mode(e *listing.Entry) string {
	b := []byte{typeLetter(e)}
	if !e.HasMode {
		return string(b)
	}
	for i := range 9 {
		if e.Mode&(1<<(8-i)) != 0 {
			b = append(b, "rwx"[i%3])
		} else {
			b = append(b, '-')
		}
	}
	for i, bit := range [...]fs.FileMode{fs.ModeSetuid, fs.ModeSetgid, fs.ModeSticky} {
		if e.Mode&bit != 0 {
			at := 3 * (i + 1)
			if b[at] == 'x' {
				b[at] = "sst"[i]
			} else {
				b[at] = "SST"[i]
			}
		}
	}
	if e.ACL != 0 && e.ACL < 0x7f && e.ACL > ' ' {
		b = append(b, e.ACL)
	}
	return string(b)
}

func (l List) size(e *listing.Entry) string {
	approx := ""
	if e.SizeApprox {
		approx = "~"
	}
	switch dev := e.Facts["dev"]; {
	case dev != "":
		return l.text(dev)
	case e.Size < 0:
		return "-"
	case l.Human:
		return approx + Size(e.Size)
	}
	return approx + strconv.FormatInt(e.Size, 10)
}

func (l List) time(e *listing.Entry) string {
	if l.Fixed && l.Style == LS && e.Time.IsZero() {
		return "- - -" // month, day and hour are three words
	}
	return Time(e.Time, e.Precision, l.Style, l.Now, l.Zone)
}

func (l List) target(e *listing.Entry) string {
	name := l.name(e)
	if e.Type != listing.Link || e.Target == "" {
		return name
	}
	if l.Classify {
		name = name[:len(name)-len(mark(e))] // the arrow says it
	}
	return name + " -> " + l.text(e.Target)
}
