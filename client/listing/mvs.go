package listing

import (
	"strconv"
	"strings"
)

// mvs reads z/OS: catalogued data sets, the members of a library, load modules, and
// the jobs of JES. A header tells which; without one the columns do.
type mvs struct {
	cal   *calendar
	table byte // 'd' data sets, 'm' members, 'l' load modules, 'j' jobs; 0 if no header was seen
}

func startMVS(cal *calendar) grammar { return &mvs{cal: cal} }

// hasColumns reports that a line is more than a bare word.
func hasColumns(line string) bool { return firstBlank(line) < len(line) }

func (m *mvs) parse(line string, e *Entry) outcome {
	text := trimBlanks(line)
	switch {
	case text == "", text == "No data sets found.":
		return skipped
	case m.header(text):
		return header
	case m.dataset(line, e), m.special(text, e):
		return parsed
	case m.member(text, e), m.loadModule(text, e), m.job(text, e):
		return parsed
	case m.table != 'd' && m.table != 'j' && !strings.ContainsAny(text, " \t"):
		e.Name = text // a member without statistics
		return parsed
	}
	return unknown
}

func (m *mvs) header(text string) bool {
	w := words{line: text}
	switch [2]string{w.next(), w.next()} {
	case [2]string{"Volume", "Unit"}:
		m.table = 'd'
	case [2]string{"Name", "VV.MM"}:
		m.table = 'm'
	case [2]string{"Name", "Size"}:
		m.table = 'l'
	case [2]string{"JOBNAME", "JOBID"}:
		m.table = 'j'
	default:
		return false
	}
	return true
}

// dataset reads a row of
//
//	Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname
//	WYOSPT 3420   2003/05/21  1  200  FB      80  8053  PS  MVS.FILE
//
// Columns run into each other, so only both ends are read. Tracks tell no size, and
// "Referred" is the day of the last use, not of the last change.
func (m *mvs) dataset(line string, e *Entry) bool {
	w := words{line: line}
	w.next()
	unit, referred := w.next(), w.next()
	_, isDate := parseNumericDate(referred)
	if !isUnit(unit) || !isDate && referred != "**NONE**" {
		return false
	}
	columns := strings.Fields(w.rest())
	if len(columns) < 5 {
		return false
	}
	switch dsorg := columns[len(columns)-2]; dsorg {
	case "PO", "PO-E":
		e.Type = Dir
	default:
		if strings.Trim(dsorg, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
			return false
		}
	}
	e.Name = columns[len(columns)-1]
	if isDate {
		e.setFact("referred", strings.ReplaceAll(referred, "/", "-"))
	}
	return true
}

// isUnit knows the type of a device, "3390", or the name of a group of them, "SYSDA".
func isUnit(s string) bool {
	return 3 <= len(s) && len(s) <= 8 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@#$") == ""
}

// mvsKinds are what stands in the place of the columns when a data set has none.
var mvsKinds = []struct {
	words string
	typ   Type
}{
	{"Migrated", File},
	{"VSAM", File},
	{"Tape", File},
	{"Not Direct Access Device", File},
	{"Error determining attributes", File},
	{"User catalog connector", Other},
	{"Pseudo Directory", Dir},
}

// special reads "Migrated    NAME", "V43525 Tape    NAME", "TSO004 3390   VSAM NAME".
func (m *mvs) special(text string, e *Entry) bool {
	cut := strings.LastIndexAny(text, " \t")
	if cut < 0 {
		return false
	}
	before := strings.TrimRight(text[:cut], " \t")
	for _, kind := range mvsKinds {
		volume, ok := strings.CutSuffix(before, kind.words)
		if ok && (volume == "" || isBlank(volume[len(volume)-1])) && len(strings.Fields(volume)) <= 2 {
			e.Name, e.Type = text[cut+1:], kind.typ
			return true
		}
	}
	return false
}

// member reads a row of
//
//	Name      VV.MM   Created       Changed      Size  Init   Mod   Id
//	SAVE03    01.03 2002/09/12 2002/10/11 09:37    11    11     0 KIL001
//
// Size counts records.
func (m *mvs) member(text string, e *Entry) bool {
	w := words{line: text}
	name, version := w.next(), w.next()
	_, created := parseNumericDate(w.next())
	changed, isDate := parseNumericDate(w.next())
	var s stamp
	if len(version) != 5 || version[2] != '.' || !created || !isDate || !s.setClock(w.next()) {
		return false
	}
	records, _, _, owner := w.next(), w.next(), w.next(), w.next()
	if !isAllDigits(records) || !m.cal.setNumeric(e, changed, &s) {
		return false
	}
	e.Name, e.Owner = name, owner
	e.setFact("records", records)
	return true
}

// loadModule reads a row of
//
//	Name      Size     TTR   Alias-of AC --------- Attributes --------- Amode Rmode
//	EAGRTPRC  005F48   000011 EAGRTALT 00 FO             RN RU            31    ANY
//
// Size is in bytes, hexadecimal.
func (m *mvs) loadModule(text string, e *Entry) bool {
	w := words{line: text}
	name, size, ttr, alias := w.next(), w.next(), w.next(), w.next()
	bytes, err := strconv.ParseUint(size, 16, 32)
	if _, bad := strconv.ParseUint(ttr, 16, 32); err != nil || bad != nil || len(size) != 6 || len(ttr) != 6 {
		return false
	}
	if ac := alias; len(ac) != 2 || !isAllDigits(ac) {
		if ac = w.next(); len(ac) != 2 || !isAllDigits(ac) {
			return false
		}
		e.setFact("alias", alias)
	}
	e.Name, e.Size = name, int64(bytes)
	return true
}

// job reads both levels of the JES interface; RETR wants the job id:
//
//	IBMUSER1  JOB01906  OUTPUT    3 Spool Files
//	IBMUSER2 JOB01906 IBMUSER  OUTPUT A        RC=0000 3 spool files
func (m *mvs) job(text string, e *Entry) bool {
	w := words{line: text}
	name, id, status := w.next(), w.next(), w.next()
	if !isJobID(id) {
		return false
	}
	if !isJobStatus(status) {
		if e.Owner, status = status, w.next(); !isJobStatus(status) {
			return false
		}
	}
	e.Name = id
	e.setFact("job", name)
	e.setFact("status", status)
	return true
}

func isJobID(s string) bool {
	digits := strings.TrimLeft(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	return len(digits) >= 5 && len(digits) < len(s) && len(s)-len(digits) <= 3 && isAllDigits(digits)
}

func isJobStatus(s string) bool { return s == "INPUT" || s == "ACTIVE" || s == "OUTPUT" || s == "HELD" }
