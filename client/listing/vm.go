package listing

import (
	"strconv"
	"strings"
)

// parseVM reads minidisks of z/VM, and of VM/CMS in its old form; files have a name
// and a type, directories only a name:
//
//	README   ANONYMOU V         71         26          1 1997-04-02 12:33:20 TCP291
//	PROFILE  EXEC      A1 V      17     3      1       9/12/91   12:39:07
//	AUTHORS           DIR        -          -          - 1999-09-20 10:31:11 -
func (c *calendar) parseVM(line string, e *Entry) outcome {
	columns := strings.Fields(line)
	if isVMHeader(columns) {
		return header
	}
	at := vmFormat(columns)
	if at < 0 {
		return unknown
	}
	lrecl, records := columns[at+1], columns[at+2]
	date, isDate := parseNumericDate(columns[at+4])
	var s stamp
	if !isDate || !s.setClock(columns[at+5]) || !c.setNumeric(e, date, &s) {
		return unknown
	}
	if len(columns) == at+7 && columns[at+6] != "-" {
		e.Owner = columns[at+6]
	}
	if columns[at] == "DIR" {
		e.setDirName(columns[0])
		return parsed
	}
	e.Name = columns[0] + "." + columns[1]
	return e.setRecords(lrecl, records)
}

func isVMHeader(columns []string) bool {
	return len(columns) > 4 && strings.EqualFold(columns[0], "Filename") && strings.EqualFold(columns[1], "FileType")
}

// vmFormat finds the column that has V, F or DIR, with five or six behind it.
func vmFormat(columns []string) int {
	for at := 1; at < len(columns) && at <= 3; at++ {
		behind := len(columns) - at - 1
		if behind != 5 && behind != 6 {
			continue
		}
		if f := columns[at]; f == "DIR" || at > 1 && (f == "V" || f == "F") {
			return at
		}
	}
	return -1
}

// setRecords takes the size of so many records of that length: an upper bound if
// their length varies.
func (e *Entry) setRecords(lrecl, records string) outcome {
	length, err := strconv.ParseUint(lrecl, 10, 31)
	count, bad := strconv.ParseUint(records, 10, 32)
	if err != nil || bad != nil {
		return unknown
	}
	e.Size, e.SizeApprox = int64(length*count), true
	e.setFact("lrecl", lrecl)
	e.setFact("records", records)
	return parsed
}
