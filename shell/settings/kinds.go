package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// ReadDuration reads a time such as 90, 1.5s, 5m, 2h or 3d.
func ReadDuration(text string) (time.Duration, error) {
	unit := time.Second
	number := text
	if days, isDays := strings.CutSuffix(text, "d"); isDays {
		unit, number = 24*time.Hour, days
	}
	if n, err := strconv.ParseFloat(number, 64); err == nil && n >= 0 && n < 1e9 {
		return time.Duration(n * float64(unit)), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, &failure.UsageError{Text: strconv.Quote(text) + " is not a time such as 30s, 5m, 2h or 3d"}
	}
	return d, nil
}

// OnWords are the words for on and off.
var OnWords = map[string]bool{
	"on": true, "yes": true, "true": true, "1": true, "off": false, "no": false, "false": false, "0": false,
}

func toggle(name, short string, field func(*Settings) *bool) *Setting {
	return &Setting{
		Name: name, Short: short, Words: []string{"on", "off"},
		Show: func(s *Settings) string { return OnOff(*field(s)) },
		Parse: func(s *Settings, text string) error {
			on, ok := OnWords[strings.ToLower(text)]
			if !ok {
				return fmt.Errorf("%q is not on or off", text)
			}
			*field(s) = on
			return nil
		},
	}
}

// OnOff is the word for a value.
func OnOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func word(name, short string, words []string, field func(*Settings) *string) *Setting {
	return &Setting{
		Name: name, Short: short, Words: words,
		Show: func(s *Settings) string { return *field(s) },
		Parse: func(s *Settings, text string) error {
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
		Show:  func(s *Settings) string { return *field(s) },
		Parse: func(s *Settings, text string) error { *field(s) = text; return nil },
	}
}

// patterns is a setting of several patterns for names, with blanks between them.
func patterns(name, short string, field func(*Settings) *string) *Setting {
	row := text(name, short, field)
	row.Parse = func(s *Settings, text string) error {
		for _, pattern := range strings.Fields(text) {
			if strings.Contains(pattern, "/") {
				return fmt.Errorf("%q is not a pattern for names, but for paths", pattern)
			}
		}
		*field(s) = strings.Join(strings.Fields(text), " ")
		return nil
	}
	return row
}

func number(name, short string, most int, field func(*Settings) *int) *Setting {
	row := &Setting{
		Name: name, Short: short,
		Show: func(s *Settings) string { return strconv.Itoa(*field(s)) },
		Parse: func(s *Settings, text string) error {
			if on, ok := OnWords[strings.ToLower(text)]; ok && text != "1" {
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
		Show: func(s *Settings) string { return strconv.Itoa(*field(s)) },
		Parse: func(s *Settings, text string) error {
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
		Show: func(s *Settings) string { return field(s).String() },
		Parse: func(s *Settings, text string) error {
			seconds := ""
			if _, err := strconv.Atoi(text); err == nil {
				seconds = "s"
			}
			d, err := time.ParseDuration(text + seconds)
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
	row.Show = func(s *Settings) string {
		if *field(s) == 0 {
			return word
		}
		return some.Show(s)
	}
	row.Parse = func(s *Settings, text string) error {
		if text == word || text == "0" {
			*field(s) = 0
			return nil
		}
		return some.Parse(s, text)
	}
	return row
}

// units are those of a frequency.
var units = []struct {
	word string
	time.Duration
}{{"s", time.Second}, {"min", time.Minute}, {"h", time.Hour}}

// frequency is a setting of so many in a time; what is kept is the time between two. Its words are kept as 0, -1 and so on.
func frequency(name, short, example string, words []string, field func(*Settings) *time.Duration) *Setting {
	return &Setting{
		Name: name, Short: short, Words: words, Usage: strings.Join(words, "|") + "|" + example, Suggest: []string{example},
		Show: func(s *Settings) string {
			if every := *field(s); every > 0 {
				return ShowFrequency(every)
			}
			return words[-*field(s)]
		},
		Parse: func(s *Settings, text string) error {
			if i := slices.Index(words, text); i >= 0 {
				*field(s) = -time.Duration(i)
				return nil
			}
			every, err := ParseFrequency(text)
			if err != nil {
				return fmt.Errorf("%q is neither %s nor a number of times such as 5/s, 6/min or 100/h", text, strings.Join(words, ", "))
			}
			*field(s) = every
			return nil
		},
	}
}

// ParseFrequency reads so many in a time, as in 5/s, and returns the time between two.
func ParseFrequency(text string) (time.Duration, error) {
	number, word, _ := strings.Cut(text, "/")
	n, err := strconv.ParseUint(number, 10, 16)
	for _, unit := range units {
		if word == unit.word && err == nil && n > 0 {
			return unit.Duration / time.Duration(n), nil
		}
	}
	return 0, fmt.Errorf("%q is no number of times such as 5/s", text)
}

// ShowFrequency is the text that ParseFrequency reads.
func ShowFrequency(every time.Duration) string {
	for _, unit := range units {
		if every <= unit.Duration {
			if n := (unit.Duration + every/2) / every; unit.Duration/n == every {
				return fmt.Sprintf("%d/%s", n, unit.word)
			}
		}
	}
	return every.String()
}

// byteCount is a setting that is a number of bytes. Zero has a word of its own.
func byteCount(name, short, zero string, field func(*Settings) *int64) *Setting {
	return &Setting{
		Name: name, Short: short, Words: []string{zero},
		Show: func(s *Settings) string {
			if n := *field(s); n != 0 {
				return strconv.FormatInt(n, 10)
			}
			return zero
		},
		Parse: func(s *Settings, text string) error {
			if text == zero {
				text = "0"
			}
			n, err := ParseBytes(text)
			if err == nil {
				*field(s) = n
			}
			return err
		},
	}
}

// hashBlock is how many bytes a # stands for unless told otherwise.
const hashBlock = 1024

// hashMarks is the setting hash: off, or the bytes that a # stands for.
func hashMarks() *Setting {
	row := byteCount("hash", "print a # for each block of bytes moved: off, on (1024), or the size of a block", "off",
		func(s *Settings) *int64 { return &s.Hash })
	row.Words = []string{"on", "off"}
	number := row.Parse
	row.Parse = func(s *Settings, text string) error {
		if on, ok := OnWords[strings.ToLower(text)]; ok && text != "1" {
			s.Hash = map[bool]int64{true: hashBlock}[on]
			return nil
		}
		return number(s, text)
	}
	return row
}

// byteCounts are numbers of bytes: 4096, 10k, 1.5M, 2MB, 1GiB.
var byteCounts = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(?i:([kmgt]?)(?:i?b)?)$`) })

var byteUnits = map[string]float64{"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}

// ParseBytes reads a number of bytes. A unit is a power of 1024, however it is
// written.
func ParseBytes(text string) (int64, error) {
	wrong := fmt.Errorf("%s is not a number of bytes such as 4096, 10k or 1.5m", render.Safe(strconv.Quote(text)))
	parts := byteCounts().FindStringSubmatch(text)
	if parts == nil {
		return 0, wrong
	}
	unit := byteUnits[strings.ToLower(parts[2])]
	if n, err := strconv.ParseInt(parts[1], 10, 64); err == nil && float64(n) <= (1<<62)/unit {
		return n * int64(unit), nil
	}
	n, err := strconv.ParseFloat(parts[1], 64)
	if err != nil || n > (1<<62)/unit {
		return 0, wrong
	}
	return int64(n * unit), nil
}

// count is a setting for any number from 0.
func count(name, short string, field func(*Settings) *int) *Setting {
	return &Setting{
		Name: name, Short: short,
		Show: func(s *Settings) string { return strconv.Itoa(*field(s)) },
		Parse: func(s *Settings, text string) error {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				return fmt.Errorf("%q is not a number", text)
			}
			*field(s) = n
			return nil
		},
	}
}
