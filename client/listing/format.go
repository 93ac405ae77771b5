package listing

// Format is a grammar of listings. The zero value leaves it to the lines to tell.
type Format uint8

const (
	Detect      Format = iota
	MLSx               // RFC 3659 MLSD and MLST
	EPLF               // Easily Parsed LIST Format
	Unix               // ls -l, and all who imitate it
	NetWare            // Novell NetWare, HellSoft
	DOS                // IIS, Windows CE, cmd "dir"
	OS400              // IBM i
	VMS                // OpenVMS, MultiNet, UCX
	MVS                // z/OS data sets, members, load modules, JES
	VM                 // z/VM and VM/CMS
	NonStop            // HP NonStop Guardian
	OS2                // OS/2
	VxWorks            // VxWorks
	OS9                // OS-9
	VShell             // VShell in its old form
	NumericStat        // octal st_mode, uid, gid, size, epoch
	WfFTP              // Nortel wfFtp
	Chameleon          // NetManage Chameleon, SuperTCP
	DLS                // "dls" with descriptions
	Names              // nothing but names, each after a blank
)

// formatNames has the name of each format.
var formatNames = [...]string{"detect", "mlsx", "eplf", "unix", "netware", "dos", "os400", "vms", "mvs", "vm",
	"nonstop", "os2", "vxworks", "os9", "vshell", "numeric-stat", "wfftp", "chameleon", "dls", "names"}

// String gives the name of the format in lower case.
func (f Format) String() string {
	if int(f) < len(formatNames) {
		return formatNames[f]
	}
	return "unknown"
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
)

// parseFunc is a grammar that remembers nothing.
type parseFunc func(line string, e *Entry) outcome

func (f parseFunc) parse(line string, e *Entry) outcome {
	if trimBlanks(line) == "" {
		return skipped
	}
	return f(line, e)
}

// newGrammar starts reading a listing in a format; Detect reads what every listing
// may have.
func (f Format) newGrammar(cal *calendar) grammar {
	switch f {
	case MLSx:
		return mlsx{}
	case EPLF:
		return parseFunc(parseEPLF)
	case NetWare:
		return parseFunc(cal.parseNetWare)
	case DOS:
		return parseFunc(cal.parseDOS)
	case OS400:
		return parseFunc(cal.parseOS400)
	case VMS:
		return parseFunc(cal.parseVMS)
	case MVS:
		return &mvs{cal: cal}
	case VM:
		return parseFunc(cal.parseVM)
	case NonStop:
		return parseFunc(cal.parseNonStop)
	case OS2:
		return parseFunc(cal.parseOS2)
	case VxWorks:
		return parseFunc(cal.parseVxWorks)
	case OS9:
		return parseFunc(cal.parseOS9)
	case VShell:
		return parseFunc(cal.parseVShell)
	case NumericStat:
		return parseFunc(parseNumericStat)
	case WfFTP:
		return parseFunc(cal.parseWfFTP)
	case Chameleon:
		return parseFunc(cal.parseChameleon)
	case DLS:
		return parseFunc(cal.parseDLS)
	case Names:
		return parseFunc(parseNames)
	}
	return &unix{cal: cal, blankBefore: true, top: true}
}

// distinct are the formats that one line is enough to recognise, in the order in
// which they are tried. MLSx comes late: LIST is seldom answered with facts.
var distinct = []Format{Unix, EPLF, DOS, NetWare, OS400, VMS, MVS, VM, NonStop, OS2, VxWorks, OS9, VShell,
	NumericStat, WfFTP, MLSx}

// vague are the formats that any text may resemble. All lines must agree, and there
// must be two of them.
var vague = []Format{Chameleon, DLS, Names}

// patience is the number of lines after which a listing of no distinct format is
// given up.
const patience = 100

// claim is what the format makes of a line that may be the first of any listing: parsed
// settles it, header and half are hints.
func (f Format) claim(line string, cal *calendar) outcome {
	text := trimBlanks(line)
	if f == MLSx && !startsWithFact(text) || f == MVS && firstBlank(text) == len(text) {
		return unknown // these take a bare name for an entry
	}
	return f.newGrammar(cal).parse(line, &Entry{Size: -1})
}

// fits reports that a format understands all lines.
func (f Format) fits(lines []rawLine, cal *calendar) bool {
	g := f.newGrammar(cal)
	entries, first := 0, ""
	for _, line := range lines {
		e := Entry{Size: -1}
		text := line.text
		if first != "" {
			text, first = first+"\n"+text, ""
		}
		switch g.parse(text, &e) {
		case unknown:
			return false
		case parsed:
			entries++
		case half:
			first = text
		}
	}
	return entries > 1 && first == ""
}
