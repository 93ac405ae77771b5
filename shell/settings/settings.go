// Package settings has what can be set: the values, and a row for each with its name, its words
// and what has to know of a change. It knows no shell.
package settings

import (
	"io/fs"
	"net/netip"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/equivalents"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// Settings are the fields that settings are bound to. Code reads the fields;
// names and texts are for people.
type Settings struct {
	Trace      int
	TraceNotes bool
	TLSReuse   bool
	Unicode    string

	Verbose    bool
	Prompt     bool
	Passive    bool
	Glob       bool
	Clobber    string
	Preserve   bool
	Backup     string // of local files that are replaced: off, simple, numbered
	MaxSize    int64  // of a download; 0: any
	CheckSpace bool
	ASCIINames string // patterns, with blanks between them
	OnFile     string
	Progress   bool
	OnError    string
	TLS        string
	TLSMin     string
	TLSMax     string
	TLSCiphers string
	TLSCRL     string
	TLSData    string
	Timeout    time.Duration
	Stall      time.Duration // 0: as Timeout
	Pipelining string

	KeepAlive time.Duration // 0: never

	Pace, ConnectPace time.Duration // between transfers, and between control connections; 0: none, but for what Pace learns; -1: none

	Bounds   transfer.Bounds // of transfers
	Via      string
	ViaLogin string
	Charset  string
	Compress bool

	VirtualHost string
	LastDir     bool
	Atomic      bool          // uploads have another name until they are whole
	Allo        bool          // uploads are announced
	Cache       time.Duration // how long a listing may be shown again; 0: not
	KeepFeat    bool          // it is kept between sessions
	Feat        string        // what a server can do other than it says

	Retries         int
	RetryWait       time.Duration
	RetryOn         string
	Keyring         bool
	Jump            bool
	PasswordCommand string

	Bell, Case, CR, Edit, QC, RUnique, SUnique bool
	Collisions                                 string

	EPSV4, EPSV6, SendPort bool
	ActivePorts            [2]int     // zero: any
	ActiveAddress          netip.Addr // zero: our own
	ActiveFrom             netip.Addr // zero: the server we talk to; unspecified: anybody
	PasvAddress            string
	TLSEnd                 string
	CompareSizes           bool
	Family, AnonPass       string

	PromptFormat, PromptRight string
	Keys                      string
	Title                     bool
	Notify                    string
	NotifyAfter               time.Duration
	QueueJobs                 int
	HistorySize               int
	TimeStyle, Borders        string
	Human                     bool
	Trash, TrashKeep          string
	UploadMode, UploadDirMode fs.FileMode // 0: as the server makes them

	MaxDepth, MaxDirectories int // of a tree that is gone through

	Parallel         int   // sessions for many files; 0: as many as help
	Hash             int64 // bytes for a mark; 0: none
	Tick             bool
	RateGet, RatePut int64 // bytes in a second; 0: no limit
	RcvBuf, SndBuf   int64 // bytes; 0: the system decides
}

// Default are those of a fresh shell.
func Default(interactive bool) Settings {
	return Settings{
		TraceNotes: true, TLSReuse: true, Unicode: "auto",
		Verbose: interactive, Prompt: true, Passive: true, Glob: true, Clobber: "ask", Preserve: true, Backup: "off", CheckSpace: true,
		Progress: true, OnError: "stop", TLS: "auto", TLSMin: "1.2", TLSMax: "1.3", TLSCiphers: autoCiphers, TLSData: "same", Timeout: client.DefaultTimeout, Pipelining: "auto", Bounds: transfer.Bounds{Over: transfer.DefaultOver}, Via: "auto", ViaLogin: "auto", Collisions: "refuse", Charset: "utf-8",
		CR: true, Edit: true, EPSV4: true, EPSV6: true, SendPort: true, Family: "any", PasvAddress: "peer", TLSEnd: "close-notify", CompareSizes: true,
		PromptFormat: usualPrompt, Keys: "emacs", Notify: "off", QueueJobs: 1, HistorySize: history.UsualLimit, TimeStyle: "ls", Borders: "rounded", NotifyAfter: 10 * time.Second,
		Retries: autoRetries, RetryWait: transfer.DefaultRetry.Wait, RetryOn: DefaultRetryOn, Keyring: true, Jump: true, Trash: "off", TrashKeep: "30d",
		MaxDepth: transfer.DefaultDepth, MaxDirectories: transfer.DefaultDirectories,
	}
}

// Setting is one row: a name for a field, and how it is shown and read.
type Setting struct {
	Name    string
	Short   string
	Words   []string   // the values it can have; nil: see parse
	Usage   string     // what a value looks like, where Words cannot say it
	Suggest []string   // values that may be meant, beside Words
	Long    [][]string // what its value is made of, for help

	Show   func(*Settings) string
	Parse  func(*Settings, string) error
	Effect Effect // what has to know of a change
	Opens  bool   // it is about the next open: a session that stands does not hear of it
}

// Effect is what has to know that a setting was changed.
type Effect int

// The effects; where there is none, the code that needs a setting reads it.
const (
	_ Effect = iota
	Editing
	Funnel
	HistorySize
	KeyBindings
	NameCharset
	Observers
	Pace
	Queue
	Rates
	Sessions
	Spacing
)

// Find returns the row of a name, or of the only name that begins so.
func Find(name string) (*Setting, error) {
	var found []*Setting
	for _, row := range table {
		if row.Name == name {
			return row, nil
		}
		if strings.HasPrefix(row.Name, name) {
			found = append(found, row)
		}
	}
	if len(found) == 1 && name != "" {
		return found[0], nil
	}
	err := &failure.UsageError{Text: name + ": no such setting", Hint: "`set` lists them"}
	if other := equivalents.Find(equivalents.OtherSetting, name); other != nil {
		err.Hint = other.Hint()
		if other.Works {
			err.Hint = "`set " + other.Here + "`"
		}
	} else if near := completion.Nearest(name, settingNames()); len(near) > 0 {
		err.Hint = failure.DidYouMean("set ", near[:1])
	}
	return nil, err
}

func settingNames() []string {
	names := make([]string, len(table))
	for i, row := range table {
		names[i] = row.Name
	}
	return names
}

// Example is a value that could be set, or the values there are.
func (row *Setting) Example() string {
	switch {
	case row.Usage != "":
		return row.Usage
	case row.Words != nil:
		return strings.Join(row.Words, "|")
	}
	return row.Default()
}

// like gives a setting an example of its own, and values to complete.
func (row *Setting) like(usage string, suggest ...string) *Setting {
	row.Usage, row.Suggest = usage, suggest
	return row
}

// opening marks a setting that a session cannot take up any more.
func (row *Setting) opening() *Setting {
	row.Opens = true
	return row
}

// tells marks a setting whose change something has to know.
func (row *Setting) tells(e Effect) *Setting {
	row.Effect = e
	return row
}

// Exact is Find without abbreviations.
func Exact(name string) (*Setting, error) {
	for _, row := range table {
		if row.Name == name {
			return row, nil
		}
	}
	err := &failure.UsageError{Text: name + ": no such setting"}
	if near := completion.Nearest(name, settingNames()); len(near) > 0 {
		err.Hint = failure.DidYouMean("", near[:1])
	}
	return nil, err
}

// Row is the row of a setting that the program itself names.
func Row(name string) *Setting {
	row, err := Exact(name)
	if err != nil {
		panic(err)
	}
	return row
}

// All are the rows of all settings, as set lists them.
func All() []*Setting { return table }

// Default is the value of a setting in a script that has not changed it; at a
// terminal verbose is on.
func (row *Setting) Default() string {
	s := Default(false)
	return row.Show(&s)
}

// NumbersCollisions reports whether the second of two files that have one local name is kept under a number.
func (s *Settings) NumbersCollisions() bool { return s.Collisions == "number" }

type settingObject struct {
	Name  string   `json:"name"`
	Value string   `json:"value"`
	Short string   `json:"short"`
	Words []string `json:"words,omitempty"`
}

// Object is a setting as --json shows it.
func (row *Setting) Object(s *Settings) any {
	return settingObject{row.Name, row.Show(s), row.Short, row.Words}
}
