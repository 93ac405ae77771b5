package site

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

const (
	// FeaturesFile is the file of what servers said that they can do.
	FeaturesFile = "server_features"
	// mostFeatures is how many servers it has at most; those that end first go.
	mostFeatures = 500
	// keptFeatures is how long that is believed: a server may get another program, or other settings.
	keptFeatures = 7 * 24 * time.Hour
)

// ServerFeatures remembers what servers said to FEAT and SYST. The file has a line for each: "HOST:PORT UNTIL GREETING SYST
// FEATURE…", where GREETING is the SHA-256 of the greeting that goes with it and all behind it is escaped as in a URL. A damaged line
// is an error: what it said would be asked again for ever without a word.
type ServerFeatures struct {
	stateFile[string, KeptFeatures]
}

// KeptFeatures is what one server said.
type KeptFeatures struct {
	Until    time.Time
	Greeting string // its SHA-256
	Syst     string
	Features client.Features
}

// OpenFeatures is for the file in dir, which is read when it is asked for; "" means none.
func OpenFeatures(dir string) *ServerFeatures {
	f := &ServerFeatures{stateFile[string, KeptFeatures]{
		parse: ParseFeatures, unless: "what it said would be asked again", most: mostFeatures,
	}}
	f.at(dir, FeaturesFile)
	return f
}

// ParseFeatures reads a line.
func ParseFeatures(text string) (addr string, kept KeptFeatures, err error) {
	words := strings.Fields(text)
	if len(words) < 4 {
		return "", kept, errors.New("a line is HOST:PORT UNTIL GREETING SYST FEATURE…")
	}
	if _, port, err := net.SplitHostPort(words[0]); err != nil || port == "" {
		return "", kept, fmt.Errorf("%.100q is not HOST:PORT", words[0])
	}
	until, err := time.Parse(time.RFC3339, words[1])
	if err != nil {
		return "", kept, fmt.Errorf("%.100q is not a time such as 2030-01-31T12:00:00Z", words[1])
	}
	if sum, err := hex.DecodeString(words[2]); err != nil || len(sum) != sha256.Size {
		return "", kept, fmt.Errorf("%.100q is not the SHA-256 of a greeting", words[2])
	}
	kept = KeptFeatures{Until: until, Greeting: words[2], Features: client.Features{}}
	if kept.Syst, err = url.QueryUnescape(strings.TrimPrefix(words[3], "-")); err != nil {
		return "", kept, err
	}
	for _, word := range words[4:] {
		text, err := url.QueryUnescape(word)
		if err != nil {
			return "", kept, err
		}
		name, parameter, _ := strings.Cut(text, " ")
		kept.Features[name] = parameter
	}
	return words[0], kept, nil
}

func (k KeptFeatures) until() time.Time { return k.Until }

// Line is what the file has of a server.
func (k KeptFeatures) Line(addr string) string {
	words := []string{addr, k.Until.UTC().Format(time.RFC3339), k.Greeting, "-" + url.QueryEscape(k.Syst)}
	for _, name := range slices.Sorted(maps.Keys(k.Features)) {
		words = append(words, url.QueryEscape(strings.TrimSpace(name+" "+k.Features[name])))
	}
	return strings.Join(words, " ")
}

// Get returns what a server said after that greeting; nil where that is not known.
func (f *ServerFeatures) Get(addr, greeting string) (client.Features, string) {
	kept, known := f.get(addr)
	if !known || kept.Greeting != sumOf(greeting) || !time.Now().Before(kept.Until) {
		return nil, ""
	}
	return kept.Features, kept.Syst
}

// Keep remembers what a server says. One that says very much is not worth it.
func (f *ServerFeatures) Keep(addr, greeting string, features client.Features, syst string) error {
	kept := KeptFeatures{time.Now().Add(keptFeatures), sumOf(greeting), syst, features}
	if f.path == "" || len(kept.Line(addr)) > longStateLine {
		return nil
	}
	return f.change(func(rows map[string]KeptFeatures) { rows[addr] = kept })
}

func sumOf(greeting string) string {
	sum := sha256.Sum256([]byte(greeting))
	return hex.EncodeToString(sum[:])
}
