package listing

// Format is a grammar of listings, by its name in the table forms. The zero value is
// Detect. A name that is not in the table is read like Detect.
type Format string

// The forms that a command asks for.
const (
	Detect Format = ""     // LIST: the lines tell
	MLSx   Format = "mlsx" // RFC 3659 MLSD and MLST
)

// String gives the name of the format in lower case.
func (f Format) String() string {
	if f == Detect {
		return "detect"
	}
	return string(f)
}

// form is a row of forms.
type form struct {
	format Format
	start  func(*calendar) grammar // begins to read a listing
	proof  proof                   // what a listing must show to be believed of this format
	mark   func(line string) bool  // if there is one: only an entry that shows it is proof
	syst   string                  // a word of SYST where lines without any other form are of this one
}

// proof is how much of a listing a format must understand before it is believed. What
// one odd line looks like is not the format of the others.
type proof uint8

const (
	oneEntry   proof = iota // an entry cannot be anything else
	twoEntries              // two entries, or one and a header, or one and nothing else
	allLines                // two entries and every other line: any text may resemble it
)

// forms has one row for each format. Where several understand a line, the first counts.
// MLSx comes late: LIST is seldom answered with facts.
var forms = [...]form{
	{format: "unix", start: startUnix, proof: oneEntry},                                // ls -l, and all who imitate it
	{format: "eplf", start: each(parseEPLF), proof: twoEntries},                        // Easily Parsed LIST Format
	{format: "dos", start: dated((*calendar).parseDOS), proof: twoEntries},             // IIS, Windows CE, cmd "dir"
	{format: "netware", start: dated((*calendar).parseNetWare), proof: twoEntries},     // Novell NetWare, HellSoft
	{format: "os400", start: dated((*calendar).parseOS400), proof: twoEntries},         // IBM i
	{format: "vms", start: dated((*calendar).parseVMS), proof: twoEntries},             // OpenVMS, MultiNet, UCX
	{format: "mvs", start: startMVS, proof: twoEntries, mark: hasColumns, syst: "MVS"}, // z/OS data sets, members, load modules, JES
	{format: "vm", start: dated((*calendar).parseVM), proof: twoEntries},               // z/VM and VM/CMS
	{format: "nonstop", start: dated((*calendar).parseNonStop), proof: twoEntries},     // HP NonStop Guardian
	{format: "os2", start: dated((*calendar).parseOS2), proof: twoEntries},
	{format: "vxworks", start: dated((*calendar).parseVxWorks), proof: twoEntries},
	{format: "os9", start: dated((*calendar).parseOS9), proof: twoEntries},
	{format: "vshell", start: dated((*calendar).parseVShell), proof: twoEntries},       // in its old form
	{format: "numeric-stat", start: each(parseNumericStat), proof: twoEntries},         // octal st_mode, uid, gid, size, epoch
	{format: "wfftp", start: dated((*calendar).parseWfFTP), proof: twoEntries},         // Nortel wfFtp
	{format: MLSx, start: startMLSx, proof: twoEntries, mark: startsWithFact},          // the facts of RFC 3659
	{format: "chameleon", start: dated((*calendar).parseChameleon), proof: allLines},   // NetManage Chameleon, SuperTCP
	{format: "dls", start: startDLS, proof: allLines, mark: isDLS},                     // "dls" with descriptions
	{format: "names", start: each(parseNames), proof: allLines, mark: isDirectoryName}, // nothing but names, each after a blank
}

// A grammar reads the lines of one listing. It may remember headers.
type grammar interface {
	// parse fills in e, which has only Raw and an unknown size.
	parse(line string, e *Entry) outcome
}

// outcome is what a grammar makes of a line.
type outcome uint8

const (
	unknown outcome = iota // not understood: to be shown as it is
	parsed                 // an entry
	skipped                // blank, or a total: no entry, and nothing to complain about
	header                 // no entry either, but nobody else prints such a line
	half                   // the rest of the entry is on the next line
	open                   // an entry, of which the next line may tell more
)

// parseFunc is a grammar that remembers nothing.
type parseFunc func(line string, e *Entry) outcome

func (f parseFunc) parse(line string, e *Entry) outcome {
	if trimBlanks(line) == "" {
		return skipped
	}
	return f(line, e)
}

// each makes a grammar of a function that reads a line.
func each(f parseFunc) func(*calendar) grammar {
	return func(*calendar) grammar { return f }
}

// dated is each, for lines with dates that the whole listing explains.
func dated(f func(*calendar, string, *Entry) outcome) func(*calendar) grammar {
	return func(cal *calendar) grammar {
		return parseFunc(func(line string, e *Entry) outcome { return f(cal, line, e) })
	}
}

// startDetect begins to read lines of which no format is known: the totals and blank
// lines that any listing may have are skipped.
func startDetect(cal *calendar) grammar { return &unix{cal: cal, blankBefore: true, top: true} }

// grammar begins to read a listing in a format.
func (f Format) grammar(cal *calendar) grammar {
	for i := range forms {
		if forms[i].format == f {
			return forms[i].start(cal)
		}
	}
	return startDetect(cal)
}

// proves reports that a line which is an entry speaks for the format.
func (f *form) proves(line string) bool { return f.mark == nil || f.mark(trimBlanks(line)) }

// claim is what the format makes of a line that may be the first of any listing.
func (f *form) claim(line string, cal *calendar) outcome {
	switch found := f.start(cal).parse(line, &Entry{Size: -1}); found {
	case parsed, open:
		if !f.proves(line) {
			return unknown
		}
		return parsed
	default:
		return found
	}
}

// fits reports that the format understands all lines, and that there is proof of it.
func (f *form) fits(lines []rawLine, cal *calendar) bool {
	g := f.start(cal)
	entries, proofs, first := 0, 0, ""
	for _, line := range lines {
		e := Entry{Size: -1}
		text := line.text
		if first != "" {
			text, first = first+"\n"+text, ""
		}
		switch g.parse(text, &e) {
		case unknown:
			return false
		case parsed, open:
			entries++
			if f.proves(text) {
				proofs++
			}
		case half:
			first = text
		}
	}
	return proofs > 0 && first == "" && (f.proof != allLines || entries > 1)
}
