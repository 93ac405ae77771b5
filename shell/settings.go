package shell

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
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
	Progress   bool
	OnError    string
	TLS        string
	TLSMin     string
	TLSData    string
	Timeout    time.Duration
	Stall      time.Duration // 0: as Timeout
	Pipelining string

	KeepAlive time.Duration // 0: never

	Bounds   transfer.Bounds // of transfers
	Via      string
	ViaLogin string
	Charset  string
	Compress bool

	VirtualHost string

	Retries         int
	RetryWait       time.Duration
	RetryOn         string
	Keyring         bool
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

	MaxDepth, MaxDirectories int // of a tree that is gone through

	Parallel         int   // sessions for many files; 0: as many as help
	Hash             int64 // bytes for a mark; 0: none
	Tick             bool
	RateGet, RatePut int64 // bytes in a second; 0: no limit
	RcvBuf, SndBuf   int64 // bytes; 0: the system decides
}

// defaultSettings are those of a fresh shell.
func defaultSettings(interactive bool) Settings {
	return Settings{
		TraceNotes: true, TLSReuse: true, Unicode: "auto",
		Verbose: interactive, Prompt: true, Passive: true, Glob: true, Clobber: "ask", Preserve: true,
		Progress: true, OnError: "stop", TLS: "auto", TLSMin: "1.2", TLSData: "same", Timeout: client.DefaultTimeout, Pipelining: "auto", Bounds: transfer.Bounds{Over: transfer.DefaultOver}, Via: "auto", ViaLogin: "auto", Collisions: "refuse", Charset: "utf-8",
		CR: true, Edit: true, EPSV4: true, EPSV6: true, SendPort: true, Family: "any", PasvAddress: "peer", TLSEnd: "close-notify", CompareSizes: true,
		PromptFormat: usualPrompt, Keys: "emacs", Notify: "off", QueueJobs: 1, HistorySize: history.UsualLimit, TimeStyle: "ls", Borders: "rounded", NotifyAfter: 10 * time.Second,
		Retries: autoRetries, RetryWait: transfer.DefaultRetry.Wait, RetryOn: defaultRetryOn, Keyring: true, Trash: "off", TrashKeep: "30d",
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

	show  func(*Settings) string
	parse func(*Settings, string) error
	apply func(*Shell) // after a change, where a session must know
	opens bool         // it is about the next open: a session that stands does not hear of it
}

// A settingGroup is settings of one theme, as `set` shows them.
type settingGroup struct {
	Title    string
	Settings []*Setting
}

// settingGroups is the table of all settings.
var settingGroups = []settingGroup{
	{"the prompt and the screen", slices.Concat(promptSettings, screenSettings, noticeSettings, lookSettings, historySettings)},
	{"connections and logins", slices.Concat(connectionSettings, viaSettings, credentialSettings, keepAliveSettings)},
	{"TLS", slices.Concat(tlsModeSettings, tlsSettings)},
	{"data connections", slices.Concat(passiveSettings, activeSettings)},
	{"transfers", slices.Concat(transferSettings, parallelSettings, compressSettings, queueSettings, treeSettings)},
	{"what takes too long or fails", slices.Concat(waitSettings, boundSettings, retrySettings)},
	{"what is deleted there", trashSettings},
	{"names", slices.Concat(nameSettings, charsetSettings, collisionSettings, classicSettings)},
	{"seeing and learning", slices.Concat(traceSettings, teachSettings)},
}

// settings are all of them.
var settings = func() (all []*Setting) {
	for _, group := range settingGroups {
		all = append(all, group.Settings...)
	}
	return all
}()

var screenSettings = []*Setting{
	toggle("verbose", "show the server's words and a line for each transfer", func(s *Settings) *bool { return &s.Verbose }).
		then((*Shell).heed),
	toggle("prompt", "ask before each file of mget, mput, mdelete (at a terminal)", func(s *Settings) *bool { return &s.Prompt }),
	toggle("progress", "show a line while a transfer runs", func(s *Settings) *bool { return &s.Progress }),
	word("onerror", "what a script does after a failure: stop, continue", []string{"stop", "continue"},
		func(s *Settings) *string { return &s.OnError }),
}

var tlsModeSettings = []*Setting{
	word("tls", "auto (where the server has it), require, implicit (port 990), off", tlsWords,
		func(s *Settings) *string { return &s.TLS }).opening(),
}

var connectionSettings = []*Setting{
	text("virtual-host", "which of several sites at one address the next open means (HOST), where a server has more than one",
		func(s *Settings) *string { return &s.VirtualHost }).like("ftp.example.org").opening(),
}

var passiveSettings = []*Setting{
	toggle("passive", "the client opens data connections; off: the server does", func(s *Settings) *bool { return &s.Passive }).
		then((*Shell).useWays),
}

var transferSettings = []*Setting{
	word("clobber", "what becomes of a local file that is there: ask (a script replaces it), on (replaced), off (an error)",
		[]string{"ask", "on", "off"}, func(s *Settings) *string { return &s.Clobber }),
	toggle("compare-sizes", "a transfer is only whole when the sizes agree; off: for a server whose sizes are wrong",
		func(s *Settings) *bool { return &s.CompareSizes }),
	toggle("preserve", "give copies the time of the original", func(s *Settings) *bool { return &s.Preserve }),
}

var boundSettings = []*Setting{
	durationOrOff("max-time", "how long a file or a listing may take; one that broke and is resumed has this time again", func(s *Settings) *time.Duration { return &s.Bounds.Time }),
	byteCount("min-rate", "a file that moves fewer bytes in a second is not waited for (not one from server to server)", "off", func(s *Settings) *int64 { return &s.Bounds.Rate }),
	duration("min-rate-time", "how long a transfer may be slower than min-rate", func(s *Settings) *time.Duration { return &s.Bounds.Over }),
}

var nameSettings = []*Setting{
	toggle("glob", "expand * ? [a-z] {a,b}", func(s *Settings) *bool { return &s.Glob }),
}

// findSetting returns the row of a name, or of the only name that begins so.
func findSetting(name string) (*Setting, error) {
	var found []*Setting
	for _, row := range settings {
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
	if other := equivalent(OtherSetting, name); other != nil {
		err.Hint = other.hint()
		if other.Works {
			err.Hint = "`set " + other.Here + "`"
		}
	} else if near := completion.Nearest(name, settingNames()); len(near) > 0 {
		err.Hint = "did you mean `set " + near[0] + "`"
	}
	return nil, err
}

func settingNames() []string {
	names := make([]string, len(settings))
	for i, row := range settings {
		names[i] = row.Name
	}
	return names
}

// change sets a value and tells who must know.
func (sh *Shell) change(row *Setting, value string) error {
	if err := sh.foreignSetting(row); err != nil {
		return err
	}
	if err := row.parse(&sh.Settings, value); err != nil {
		return &failure.UsageError{Text: fmt.Sprintf("%s: %s", row.Name, err), Hint: "`set " + row.Name + " " + row.example() + "`"}
	}
	if row.apply != nil {
		row.apply(sh)
	}
	return nil
}

func (row *Setting) example() string {
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
	row.opens = true
	return row
}

func (row *Setting) then(apply func(*Shell)) *Setting {
	row.apply = apply
	return row
}

var onWords = map[string]bool{
	"on": true, "yes": true, "true": true, "1": true, "off": false, "no": false, "false": false, "0": false,
}

func toggle(name, short string, field func(*Settings) *bool) *Setting {
	return &Setting{
		Name: name, Short: short, Words: []string{"on", "off"},
		show: func(s *Settings) string { return onOff(*field(s)) },
		parse: func(s *Settings, text string) error {
			on, ok := onWords[strings.ToLower(text)]
			if !ok {
				return fmt.Errorf("%q is not on or off", text)
			}
			*field(s) = on
			return nil
		},
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func word(name, short string, words []string, field func(*Settings) *string) *Setting {
	return &Setting{
		Name: name, Short: short, Words: words,
		show: func(s *Settings) string { return *field(s) },
		parse: func(s *Settings, text string) error {
			if !slices.Contains(words, text) {
				return fmt.Errorf("%q is not one of %s", text, strings.Join(words, ", "))
			}
			*field(s) = text
			return nil
		},
	}
}

func text(name, short string, field func(*Settings) *string) *Setting {
	return &Setting{
		Name: name, Short: short,
		show:  func(s *Settings) string { return *field(s) },
		parse: func(s *Settings, text string) error { *field(s) = text; return nil },
	}
}

func number(name, short string, most int, field func(*Settings) *int) *Setting {
	row := &Setting{
		Name: name, Short: short,
		show: func(s *Settings) string { return strconv.Itoa(*field(s)) },
		parse: func(s *Settings, text string) error {
			if on, ok := onWords[strings.ToLower(text)]; ok && text != "1" {
				text = map[bool]string{true: "1", false: "0"}[on]
			}
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 || n > most {
				return fmt.Errorf("%q is not a number from 0 to %d", text, most)
			}
			*field(s) = n
			return nil
		},
	}
	for i := range most + 1 {
		row.Words = append(row.Words, strconv.Itoa(i))
	}
	return row
}

// wholeNumber is a number with no names for its values.
func wholeNumber(name, short string, least, most int, field func(*Settings) *int) *Setting {
	return &Setting{
		Name: name, Short: short,
		show: func(s *Settings) string { return strconv.Itoa(*field(s)) },
		parse: func(s *Settings, text string) error {
			n, err := strconv.Atoi(text)
			if err != nil || n < least || n > most {
				return fmt.Errorf("%q is not a number from %d to %d", text, least, most)
			}
			*field(s) = n
			return nil
		},
	}
}

func duration(name, short string, field func(*Settings) *time.Duration) *Setting {
	return &Setting{
		Name: name, Short: short, Usage: "30s", Suggest: []string{"10s", "30s", "2m", "10m"},
		show: func(s *Settings) string { return field(s).String() },
		parse: func(s *Settings, text string) error {
			if _, err := strconv.Atoi(text); err == nil {
				text += "s"
			}
			d, err := time.ParseDuration(text)
			if err != nil || d <= 0 {
				return fmt.Errorf("%q is not a time such as 30s or 2m", text)
			}
			*field(s) = d
			return nil
		},
	}
}

// durationOrOff is a duration that need not be.
func durationOrOff(name, short string, field func(*Settings) *time.Duration) *Setting {
	return durationOr("off", name, short, field)
}

// durationOr is a duration with a word for none of its own.
func durationOr(word, name, short string, field func(*Settings) *time.Duration) *Setting {
	row := duration(name, short, field)
	row.Words, row.Usage = []string{word}, word+"|30s"
	some := *row
	row.show = func(s *Settings) string {
		if *field(s) == 0 {
			return word
		}
		return some.show(s)
	}
	row.parse = func(s *Settings, text string) error {
		if text == word || text == "0" {
			*field(s) = 0
			return nil
		}
		return some.parse(s, text)
	}
	return row
}
