package listing

import (
	"io/fs"
	"slices"
	"strings"
)

// unix reads "ls -l" and the servers that imitate it:
//
//	-rw-r--r--   1 owner    group        1234 Jan 12 10:33 name
//
// Every column but the mode, the size and the date may be missing. The date is the
// anchor: the first one that follows a number ends the columns, and all behind it is
// the name.
type unix struct {
	cal         *calendar
	dir         string // of a recursive listing, below the one that was asked for
	asked       string // how the listing calls that one
	begun       bool   // a name of a directory or an entry has been there
	proven      bool   // the lines are known to be those of ls, not just any text
	blankBefore bool   // the last line was blank, or there was none
	top         bool   // nothing but blank lines since the listing or its directory began
}

func startUnix(cal *calendar) grammar {
	return &unix{cal: cal, proven: true, blankBefore: true, top: true}
}

func (u *unix) parse(line string, e *Entry) outcome {
	e.Dir = u.dir
	if u.parsePlain(line, e) {
		u.blankBefore, u.top, u.begun = false, false, true
		return parsed
	}
	w := words{line: line}
	if m, ok := parseMode(&w); ok {
		u.blankBefore, u.top, u.begun = false, false, true
		m.give(e)
		if m.lost {
			return lostEntry(w, e)
		}
		return u.columns(w, m, e)
	}
	return u.noEntry(line)
}

// noEntry tells totals and the directory names of "ls -R" from messages.
func (u *unix) noEntry(line string) outcome {
	text := trimBlanks(line)
	if text == "" {
		u.blankBefore = true
		return skipped
	}
	first := u.top
	afterBlank := u.blankBefore
	u.top, u.blankBefore = false, false
	if dir, ok := strings.CutSuffix(text, ":"); ok && u.proven && afterBlank && (!first || strings.IndexAny(dir, "./") == 0) {
		u.enter(strings.TrimPrefix(dir, "./"))
		return skipped
	}
	if isTotal(text) || first && u.isForeignTotal(text) {
		return skipped
	}
	return unknown
}

// enter takes the name of a directory whose entries follow. The first one, before any
// entry, is the directory that was asked for.
func (u *unix) enter(dir string) {
	if !u.begun {
		u.asked = dir
	}
	switch below, ok := strings.CutPrefix(dir, strings.TrimSuffix(u.asked, "/")+"/"); {
	case dir == "." || dir == u.asked:
		u.dir = ""
	case ok && u.asked != "":
		u.dir = below
	default:
		u.dir = dir
	}
	u.top, u.begun = true, true
}

// isTotal knows "total 12".
func isTotal(text string) bool {
	n, ok := strings.CutPrefix(text, "total ")
	if ok {
		_, _, ok = parseSize(n)
	}
	return ok
}

// isForeignTotal knows its translations, which stand first. Before entries of ls any word
// is one, in whatever charset; alone, "README 763" may be a file.
func (u *unix) isForeignTotal(text string) bool {
	word, n, ok := strings.Cut(text, " ")
	if !ok || word == "" || isDigit(word[0]) {
		return false
	}
	_, _, ok = parseSize(n)
	return ok && (u.proven || slices.Contains(totalWords, word))
}

// totalWords are the translations in GNU ls.
var totalWords = strings.Fields(`celkem celkom guztira insgesamt iomlán jumlah kokku omugatte razem skupno sveukupno toplam
	totaal totale totalo totalt tổng viso yhteensä összesen σύνολο загалом итого общо укупно усяго 合計 合计 합계 总计 总用量 總用量 總計`)

// mode is the first column.
type mode struct {
	kind  byte // its first letter
	typ   Type
	bits  fs.FileMode
	known bool // bits are
	acl   byte
	lost  bool // "d?????????": ls could not stat the file
	flags bool // Connect:Enterprise: batch flags in the place of permissions
}

func (m mode) give(e *Entry) {
	e.Type, e.Mode, e.HasMode, e.ACL = m.typ, m.bits, m.known, m.acl
}

// parseMode reads the mode and what may be glued to it, and stops behind it.
func parseMode(w *words) (m mode, ok bool) {
	start := w.gap()
	s := w.line[start:]
	for range 2 { // ls -is: the inode and the blocks
		if n := leadingDigits(s); n > 0 {
			number := words{line: s, at: n}
			if number.gap() == 0 {
				return m, false
			}
			start += n + number.gap()
			s = w.line[start:]
		}
	}
	if len(s) < 10 {
		return m, false
	}
	m.kind = s[0]
	if m.typ, ok = modeType(m.kind); !ok {
		return m, false
	}
	if m.bits, m.known = permissions(s[1:10]); !m.known {
		return m.unusual(w, s, start)
	}
	w.at = start + 10
	if len(s) > 10 && strings.IndexByte("+.@*", s[10]) >= 0 {
		m.acl = s[10]
		w.at++
		return m, true // an ACL mark may touch the link count
	}
	return m, w.gap() > 0 || w.at < len(w.line) && isDigit(w.line[w.at]) // a link count of many digits touches it
}

func modeType(letter byte) (Type, bool) {
	switch letter {
	case '-', 'f':
		return File, true
	case 'd':
		return Dir, true
	case 'l':
		return Link, true
	case 'b', 'c', 'p', 's', 'D', 'n', 'w', '?':
		return Other, true
	}
	return Other, false
}

// permissions reads nine letters. A capital letter is a set-id or sticky bit without
// the execute bit below it; Solaris writes 'l' for a set-group bit that means locking.
func permissions(s string) (mode fs.FileMode, ok bool) {
	for i := range 9 {
		c, bit := s[i], fs.FileMode(0o400)>>i
		if c == '-' {
			continue
		}
		if c == "rwxrwxrwx"[i] {
			mode |= bit
			continue
		}
		if c == 's' || c == 't' {
			mode |= bit
		}
		switch {
		case i == 2 && (c == 's' || c == 'S'):
			mode |= fs.ModeSetuid
		case i == 5 && (c == 's' || c == 'S' || c == 'l' || c == 'L'):
			mode |= fs.ModeSetgid
		case i == 8 && (c == 't' || c == 'T'):
			mode |= fs.ModeSticky
		default:
			return 0, false
		}
	}
	return mode, true
}

// unusual reads modes that tell the type only.
func (m mode) unusual(w *words, s string, start int) (mode, bool) {
	w.at = start
	word := w.next()
	m.bits = 0
	switch {
	case word[1:] == "?????????":
		m.lost = true
		return m, true
	case m.kind == '-' && len(word) > 10 && strings.Trim(word[:10], "-ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "":
		m.flags = true
		return m, len(w.next()) == 1
	case len(word) == 9 && strings.Trim(word[1:], "-rwxsStTlL") == "":
		return m, true // one letter is missing, nobody knows which
	case len(word) == 10 && strings.Trim(word[1:], "-rwxASHRa") == "" && strings.ContainsAny(word[1:], "ASHRa"):
		return m, true // attributes of DOS, among the permissions or in their place
	}
	return m, false
}

// lostEntry reads the name behind the five question marks of an entry that ls could
// not stat.
func lostEntry(w words, e *Entry) outcome {
	for range 5 {
		if w.next() != "?" {
			return unknown
		}
	}
	if e.Name = w.afterBlank(); e.Name == "" {
		return unknown
	}
	return parsed
}

// columns reads all behind the mode.
func (u *unix) columns(w words, m mode, e *Entry) outcome {
	start := w.at
	var d unixDate
	if !d.findIn(w, u.cal.latest) || !d.set(u.cal, e) || !e.setColumns(w.line[start:d.start], m) {
		return unknown
	}
	name := d.name(w.line)
	if name == "" {
		return unknown
	}
	e.setUnixName(m.kind, name)
	return parsed
}

// setUnixName takes what stands behind the date.
func (e *Entry) setUnixName(kind byte, name string) {
	switch kind {
	case 'l':
		e.Type = Link
		e.setLink(name)
	case 'd':
		e.setDirName(name)
	default:
		e.Name = name
	}
}

func isNumberLike(s string) bool {
	return isDigit(s[0]) || s[0] == '-' && len(s) > 1 && isDigit(s[1])
}

func endsInDigit(s string) bool { return isDigit(s[len(s)-1]) }

// setColumns reads what stands between mode and date: links, owner, group, size.
func (e *Entry) setColumns(columns string, m mode) (ok bool) {
	before, size := cutLastWord(columns)
	if m.kind == 'b' || m.kind == 'c' {
		if rest, ok := e.setDevice(before, size); ok {
			e.setOwners(e.setLinks(rest, m))
			return true
		}
	}
	if isMac(before, size, len(columns)-len(trimBlanksLeft(columns))) {
		before = ""
	}
	before = e.setLinks(before, m)
	if !isNumberLike(size) {
		before, size = splitGlued(before, size)
	}
	e.setOwners(before)
	e.Size, e.SizeApprox, ok = parseSize(size)
	return ok
}

// setLinks takes the link count off the front. A number with a leading zero is none.
func (e *Entry) setLinks(s string, m mode) (rest string) {
	s = trimBlanksLeft(s)
	n := leadingDigits(s)
	if m.flags || n == 0 || n < len(s) && !isBlank(s[n]) || s[0] == '0' && n > 1 {
		return s
	}
	e.Links, _ = number(s[:n])
	return s[n:]
}

// setOwners divides owner and group. Windows and some directories have blanks in
// both: two blanks divide better than one.
func (e *Entry) setOwners(s string) {
	s = trimBlanks(s)
	cut := strings.Index(s, "  ")
	if cut < 0 {
		cut = firstBlank(s)
	}
	e.Owner, e.Group = s[:cut], trimBlanksLeft(s[cut:])
}

// isMac knows servers of the old Mac OS (NetPresenz, WebSTAR), which tell the sizes of
// the two forks and their sum, and for a folder the number of its items.
func isMac(before, size string, gap int) bool {
	if before == "" || before[len(before)-1] != 'r' && !isDigit(before[len(before)-1]) {
		return false // nearly always
	}
	w := words{line: before}
	a, b := w.next(), w.next()
	if a == "folder" && b == "" {
		return true
	}
	if !isAllDigits(a) || !isAllDigits(b) || w.next() != "" || !isAllDigits(size) {
		return false
	}
	return gap > 8 || uint64Of(a)+uint64Of(b) == uint64Of(size)
}

// uint64Of wraps around, as the counters of those servers do.
func uint64Of(digits string) (n uint64) {
	for i := range len(digits) {
		n = n*10 + uint64(digits[i]-'0')
	}
	return n
}

// setDevice reads the numbers that a device has in the place of a size: "8,   1",
// "109,767" or "0x2b".
func (e *Entry) setDevice(before, size string) (rest string, ok bool) {
	if strings.HasPrefix(size, "0x") {
		e.setFact("dev", size)
		return before, true
	}
	if major, minor, ok := strings.Cut(size, ","); ok && isAllDigits(major) && isAllDigits(minor) {
		e.setFact("dev", size)
		return before, true
	}
	rest, last := cutLastWord(before)
	if major, ok := strings.CutSuffix(last, ","); ok && isAllDigits(major) && isAllDigits(size) {
		e.setFact("dev", major+","+size)
		return rest, true
	}
	return "", false
}

// splitGlued parts a size from the group it ran into.
func splitGlued(before, size string) (owners, digits string) {
	n := len(size)
	for n > 0 && isDigit(size[n-1]) {
		n--
	}
	return before + " " + size[:n], size[n:]
}

// setLink divides "name -> target". Both may have arrows; the size of a link is the
// length of its target, which finds the right one.
func (e *Entry) setLink(s string) {
	const arrow = " -> "
	if end := int64(len(s)) - e.Size - int64(len(arrow)); e.Size > 0 && end > 0 && strings.HasPrefix(s[end:], arrow) {
		e.Name, e.Target = s[:end], s[end+int64(len(arrow)):]
		return
	}
	first := strings.Index(s, arrow)
	if first < 1 {
		e.Name = s
		return
	}
	e.Name, e.Target = s[:first], s[first+len(arrow):]
}
