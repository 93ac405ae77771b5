package settings

import (
	"fmt"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// A kind is how the values of a type are shown and read.
type kind[T comparable] struct {
	show func(T) string
	read func(string) (T, error)
}

// setting is a row for a field whose values are of a kind.
func setting[T comparable](name, short string, field func(*Settings) *T, k kind[T]) *Setting {
	return &Setting{
		Name: name, Short: short,
		Show: func(s *Settings) string { return k.show(*field(s)) },
		Parse: func(s *Settings, text string) error {
			value, err := k.read(text)
			if err == nil {
				*field(s) = value
			}
			return err
		},
	}
}

// or is the kind with a word for one of the values.
func (k kind[T]) or(word string, value T) kind[T] {
	return kind[T]{
		func(v T) string {
			if v == value {
				return word
			}
			return k.show(v)
		},
		func(text string) (T, error) {
			if text == word {
				return value, nil
			}
			return k.read(text)
		},
	}
}

// words are texts that read takes.
func words(read func(string) (string, error)) kind[string] {
	return kind[string]{func(text string) string { return text }, read}
}

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
	row := setting(name, short, field, kind[bool]{OnOff, func(text string) (bool, error) {
		on, ok := OnWords[strings.ToLower(text)]
		if !ok {
			return on, fmt.Errorf("%q is not on or off", text)
		}
		return on, nil
	}})
	row.Words = []string{"on", "off"}
	return row
}

// OnOff is the word for a value.
func OnOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func word(name, short string, all []string, field func(*Settings) *string) *Setting {
	row := setting(name, short, field, words(func(text string) (string, error) {
		if !slices.Contains(all, text) {
			return "", fmt.Errorf("%q is not one of %s", text, strings.Join(all, ", "))
		}
		return text, nil
	}))
	row.Words = all
	return row
}

func text(name, short string, field func(*Settings) *string) *Setting {
	return setting(name, short, field, words(func(text string) (string, error) { return text, nil }))
}

// patterns is a setting of several patterns for names, with blanks between them.
func patterns(name, short string, field func(*Settings) *string) *Setting {
	return setting(name, short, field, words(func(text string) (string, error) {
		for _, pattern := range strings.Fields(text) {
			if strings.Contains(pattern, "/") {
				return "", fmt.Errorf("%q is not a pattern for names, but for paths", pattern)
			}
		}
		return strings.Join(strings.Fields(text), " "), nil
	}))
}

// numbers are whole numbers; what they are is said where a text is none of them.
func numbers(least, most int, what string) kind[int] {
	return kind[int]{strconv.Itoa, func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			return n, fmt.Errorf("%q is %s", text, what)
		}
		return n, nil
	}}
}

func within(least, most int) kind[int] {
	return numbers(least, most, fmt.Sprintf("not a number from %d to %d", least, most))
}

// number is a setting of a few numbers, which are also off and on.
func number(name, short string, most int, field func(*Settings) *int) *Setting {
	k := within(0, most)
	row := setting(name, short, field, kind[int]{k.show, func(text string) (int, error) {
		if on, ok := OnWords[strings.ToLower(text)]; ok {
			text = map[bool]string{true: "1", false: "0"}[on]
		}
		return k.read(text)
	}})
	for i := range most + 1 {
		row.Words = append(row.Words, strconv.Itoa(i))
	}
	return row
}

// wholeNumber is a number with no names for its values.
func wholeNumber(name, short string, least, most int, field func(*Settings) *int) *Setting {
	return setting(name, short, field, within(least, most))
}

// count is a setting for any number from 0.
func count(name, short string, field func(*Settings) *int) *Setting {
	return setting(name, short, field, numbers(0, math.MaxInt, "not a number"))
}

// durations are times that are not zero. A number alone is seconds.
var durations = kind[time.Duration]{time.Duration.String, func(text string) (time.Duration, error) {
	seconds := ""
	if _, err := strconv.Atoi(text); err == nil {
		seconds = "s"
	}
	d, err := time.ParseDuration(text + seconds)
	if err != nil || d <= 0 {
		return d, fmt.Errorf("%q is not a time such as 30s or 2m", text)
	}
	return d, nil
}}

func duration(name, short string, field func(*Settings) *time.Duration) *Setting {
	return setting(name, short, field, durations).like("30s", "10s", "30s", "2m", "10m")
}

// durationOr is a duration with a word for none of its own.
func durationOr(word, name, short string, field func(*Settings) *time.Duration) *Setting {
	row := setting(name, short, field, durations.or("0", 0).or(word, 0)).like(word+"|30s", "10s", "30s", "2m", "10m")
	row.Words = []string{word}
	return row
}

// units are those of a frequency.
var units = []struct {
	word string
	time.Duration
}{{"s", time.Second}, {"min", time.Minute}, {"h", time.Hour}}

// frequency is a setting of so many in a time; what is kept is the time between two. Its words are kept as 0, -1 and so on.
func frequency(name, short, example string, words []string, field func(*Settings) *time.Duration) *Setting {
	k := kind[time.Duration]{ShowFrequency, func(text string) (time.Duration, error) {
		every, err := ParseFrequency(text)
		if err != nil {
			err = fmt.Errorf("%q is neither %s nor a number of times such as 5/s, 6/min or 100/h", text, strings.Join(words, ", "))
		}
		return every, err
	}}
	for i, word := range words {
		k = k.or(word, -time.Duration(i))
	}
	row := setting(name, short, field, k).like(strings.Join(words, "|")+"|"+example, example)
	row.Words = words
	return row
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

var byteKind = kind[int64]{func(n int64) string { return strconv.FormatInt(n, 10) }, ParseBytes}

// byteCount is a setting that is a number of bytes. Zero has a word of its own.
func byteCount(name, short, zero string, field func(*Settings) *int64) *Setting {
	row := setting(name, short, field, byteKind.or(zero, 0))
	row.Words = []string{zero}
	return row
}

// hashBlock is how many bytes a # stands for unless told otherwise.
const hashBlock = 1024

// hashMarks is the setting hash: off, or the bytes that a # stands for.
func hashMarks() *Setting {
	row := setting("hash", "print a # for each block of bytes moved: off, on (1024), or the size of a block",
		func(s *Settings) *int64 { return &s.Hash }, kind[int64]{byteKind.or("off", 0).show, func(text string) (int64, error) {
			if on, ok := OnWords[strings.ToLower(text)]; ok && text != "1" {
				return map[bool]int64{true: hashBlock}[on], nil
			}
			return ParseBytes(text)
		}})
	row.Words = []string{"on", "off"}
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

// mode is a setting of permissions.
func mode(name, short string, suggest []string, field func(*Settings) *fs.FileMode) *Setting {
	octal := kind[fs.FileMode]{
		func(m fs.FileMode) string { return fmt.Sprintf("%03o", m) },
		func(text string) (fs.FileMode, error) {
			n, err := strconv.ParseUint(text, 8, 12)
			if err != nil || n == 0 || n > 0o777 {
				return 0, fmt.Errorf("%.20q is not auto or an octal number from 001 to 777", text)
			}
			return fs.FileMode(n), nil
		},
	}
	return setting(name, short, field, octal.or("auto", 0)).like("auto|"+suggest[1], suggest...)
}
