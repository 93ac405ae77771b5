package history

import (
	"errors"
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
	return []byte(strings.Join(parts[:], "\t") + "\n")
}

func decode(line string) (Record, error) {
	parts := strings.Split(line, "\t")
	if len(parts) != fields {
		return Record{}, errMalformed
	}
	seconds, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return Record{}, errMalformed
	}
	return Record{time.Unix(seconds, 0), unescape.Replace(parts[1]), unescape.Replace(parts[2]), unescape.Replace(parts[3])}, nil
}
