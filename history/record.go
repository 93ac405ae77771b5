package history

import (
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
	"time"
)

// A Record is one line as it was typed, and where.
type Record struct {
	Time time.Time // to the second
	Host string    // the connection it was typed for, "" for none
	Dir  string    // the remote directory
	Line string    // may hold line feeds, when it was pasted

	Ended  bool // the next two are known
	Status int
	Took   time.Duration // to the millisecond
}

var errMalformed = errors.New("malformed record")

// A record is one line of the file: Unix time, host, directory and line, separated by tabs. Backslash, tab and line
// ends inside a field are written \\ \t \n \r; all other bytes stand as they are.
var (
	escape   = strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)
	unescape = strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r")
)

const fields = 4

// torn ends what a process or a full disk has left unfinished. The additional fields make it no record.
const torn = "\t\t\t\t\n"

func (r Record) encode() []byte {
	parts := [fields]string{strconv.FormatInt(r.Time.Unix(), 10), escape.Replace(r.Host), escape.Replace(r.Dir), escape.Replace(r.Line)}
	text := strings.Join(parts[:], "\t") + "\n"
	if r.Ended {
		text += r.encodeEnd()
	}
	return []byte(text)
}

// How a line went is known after it was kept, and stands on a line of its own, which older versions of the program do not
// take for a record: = and the time, the exit status, milliseconds, and a sum that says which line of that second it was.
const endMark = "="

func (r Record) encodeEnd() string {
	return fmt.Sprintf("%s%d\t%d\t%d\t%08x\n", endMark, r.Time.Unix(), r.Status, r.Took.Milliseconds(), r.sum())
}

func (r Record) sum() uint32 {
	return crc32.ChecksumIEEE([]byte(r.Host + "\t" + r.Dir + "\t" + r.Line))
}

// end notes what a line that encodeEnd made says about the newest record that it is about.
func end(records []Record, line string) {
	var seconds, took int64
	var status int
	var sum uint32
	if n, err := fmt.Sscanf(line, endMark+"%d\t%d\t%d\t%x", &seconds, &status, &took, &sum); n != fields || err != nil {
		return
	}
	for i := len(records) - 1; i >= 0; i-- {
		if r := &records[i]; r.Time.Unix() == seconds && r.sum() == sum && !r.Ended {
			r.Ended, r.Status, r.Took = true, status, time.Duration(took)*time.Millisecond
			return
		} else if seconds-r.Time.Unix() > endSearch {
			return
		}
	}
}

// endSearch is how far back in time, in seconds, a record is looked for behind others: clocks of shells may differ.
const endSearch = 24 * 60 * 60

func decode(line string) (Record, error) {
	parts := strings.Split(line, "\t")
	if len(parts) != fields {
		return Record{}, errMalformed
	}
	seconds, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return Record{}, errMalformed
	}
	return Record{Time: time.Unix(seconds, 0), Host: unescape.Replace(parts[1]), Dir: unescape.Replace(parts[2]), Line: unescape.Replace(parts[3])}, nil
}
