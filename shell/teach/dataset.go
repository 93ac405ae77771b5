package teach

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"sync"
)

// packed is what data/*.json and lessons/*.json hold, a quarter of their size: they were a fiftieth of the program.
// `go run ./docs/generate` makes it again.
//
//go:embed packed.zip
var packed []byte

// files are those in packed.
var files = sync.OnceValue(func() fs.FS {
	all, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		panic(err) // a test reads it
	}
	return all
})

// VerbFacts is what is known about one command of the protocol.
type VerbFacts struct {
	Name     string `json:"name"` // "RETR", "SITE CHMOD"
	FullName string `json:"full_name"`
	Syntax   string `json:"syntax"`
	Args     []struct {
		Name   string `json:"name"`
		Values string `json:"values"`
	} `json:"args,omitempty"`
	Kind   string `json:"kind"`   // access, parameter or service (RFC 959)
	Status string `json:"status"` // standard, historic, draft or vendor
	Login  string `json:"login"`  // when it may be sent: before, after, either
	IANA   *struct {
		Feature     string `json:"feat_code"`
		Type        string `json:"type"`
		Conformance string `json:"conformance"` // m(andatory), o(ptional), h(istoric)
	} `json:"iana,omitempty"` // its row in the registry of RFC 5797
	FeatLine    string `json:"feat_line,omitempty"`
	Refs        []Ref  `json:"refs"`
	DataChannel *struct {
		Direction string `json:"direction"`
		Carries   string `json:"carries"`
		Setup     string `json:"setup"`
	} `json:"data_channel,omitempty"`
	Replies []struct {
		Code   string `json:"code"`
		Stage  string `json:"stage"`
		Source string `json:"source"`
	} `json:"replies,omitempty"`
	Summary  string   `json:"summary"`
	Explain  string   `json:"explain"`
	Security string   `json:"security,omitempty"`
	Pitfalls []string `json:"pitfalls,omitempty"`
	Example  *struct {
		Client string   `json:"client"`
		Server []string `json:"server"`
	} `json:"example,omitempty"`
	SeeAlso  []string           `json:"see_also,omitempty"`
	Shell    []string           `json:"shell,omitempty"`
	Support  map[string]Support `json:"support,omitempty"` // by server and version
	Verified string             `json:"verified"`
	Note     string             `json:"verified_note,omitempty"`
}

// Ref is a place in a document.
type Ref struct {
	Doc     string `json:"doc"`
	Section string `json:"section,omitempty"`
}

func (r Ref) String() string {
	if r.Section == "" {
		return r.Doc
	}
	return r.Doc + " " + r.Section
}

// Support is how a server took a command when it was tried.
type Support struct {
	Codes     []string `json:"codes"`
	Supported string   `json:"supported"` // yes, ignored, refused, no, untested
}

// Code is what is known about one reply code.
type Code struct {
	Code     string   `json:"code"`
	Title    string   `json:"title"`
	Meaning  string   `json:"meaning"`
	Standard bool     `json:"standard"`
	Sources  []Ref    `json:"sources"`
	Causes   []string `json:"causes,omitempty"`
	Next     []string `json:"next,omitempty"` // what to try, best first
	Retry    string   `json:"retry"`
	Notes    []string `json:"notes,omitempty"`
	Commands []string `json:"commands,omitempty"` // that it can answer
	Verified string   `json:"verified"`
}

// Document is an RFC or a draft.
type Document struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Year        int      `json:"year"`
	Status      string   `json:"status"`
	Role        string   `json:"role"`
	Adds        string   `json:"adds"`
	Updates     []string `json:"updates,omitempty"`
	UpdatedBy   []string `json:"updated_by,omitempty"`
	Obsoletes   []string `json:"obsoletes,omitempty"`
	ObsoletedBy []string `json:"obsoleted_by,omitempty"`
	Commands    []string `json:"commands,omitempty"`
	ReadOrder   int      `json:"read_order,omitempty"`
}

// Term is a word of the trade.
type Term struct {
	Word  string   `json:"word"`
	Also  []string `json:"also,omitempty"` // other words for it
	Title string   `json:"title"`
	Text  string   `json:"text"`
	Lines []string `json:"lines,omitempty"` // how it looks on the wire
	See   []string `json:"see,omitempty"`
}

// Verbs, Codes, Documents and Terms are all that is known, Problems all that a doctor can find, and Readings what rules
// say, by the name that they have there; read at the first use.
var (
	Verbs     = sync.OnceValue(func() []VerbFacts { return load[VerbFacts]("commands") })
	Codes     = sync.OnceValue(func() []Code { return load[Code]("replies") })
	Documents = sync.OnceValue(func() []Document { return load[Document]("rfcs") })
	Terms     = sync.OnceValue(func() []Term { return load[Term]("terms") })
	Problems  = sync.OnceValue(func() []Problem { return load[Problem]("problems") })
	Readings  = sync.OnceValue(func() []Reading { return load[Reading]("readings") })
)

// load reads a file that is part of the program.
func load[T any](name string) []T {
	text, err := fs.ReadFile(files(), "data/"+name+".json")
	var rows []T
	if err == nil {
		err = json.Unmarshal(text, &rows)
	}
	if err != nil {
		panic(fmt.Sprintf("data/%s.json: %s", name, err)) // the tests read them all
	}
	return rows
}

// digit is what the first or second digit of a code says.
type digit struct{ name, meaning, do string }

// firstDigits and secondDigits are RFC 959 section 4.2.1, and 6yz RFC 2228.
var (
	firstDigits = map[string]digit{
		"1": {"begun", "The server has begun; another reply follows before the next command may be sent.", "wait"},
		"2": {"success", "Done. The next command may be sent.", "go on"},
		"3": {"more needed", "Accepted so far; the next command of the sequence must follow.", "send the next step"},
		"4": {"failed for now", "Not done, but the same command may work later without changes.", "try again later"},
		"5": {"failed", "Not done; repeating the same command will not help.", "change something first"},
		"6": {"wrapped", "The real reply is inside, protected.", "unwrap"},
	}
	secondDigits = map[string]digit{
		"0": {"syntax", "About the form of the command, or commands outside the other groups.", ""},
		"1": {"information", "Status and help.", ""},
		"2": {"connections", "About the control or the data connection.", ""},
		"3": {"login and security", "Names, passwords, accounts, protection.", ""},
		"4": {"not assigned", "Not defined by RFC 959.", ""},
		"5": {"files", "About files and directories.", ""},
	}
)
