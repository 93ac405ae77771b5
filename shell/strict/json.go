// Package strict reads JSON that somebody may have damaged, or written with intent: nothing in it is passed over, and an
// error says on which line it is, in words.
package strict

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// JSON reads a text of one value. With an error comes its line.
func JSON(text []byte, into any) (line int, err error) {
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(into); err != nil {
		at, err := explain(err, text)
		return lineAt(text, at), err
	}
	at := in.InputOffset()
	if rest := bytes.TrimLeft(text[at:], " \t\r\n"); len(rest) > 0 {
		return lineAt(text, int64(len(text)-len(rest))), errors.New("something follows the end")
	}
	return 0, nil
}

func lineAt(text []byte, at int64) int {
	return 1 + bytes.Count(text[:min(max(at, 0), int64(len(text)))], []byte("\n"))
}

// explain is an error of encoding/json in words, and where it is.
func explain(err error, text []byte) (at int64, _ error) {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	field, unknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	switch {
	case errors.As(err, &wrong):
		return wrong.Offset, fmt.Errorf("%s: %.40s cannot be here", cmp.Or(wrong.Field, "the whole"), wrong.Value)
	case errors.As(err, &syntax):
		return syntax.Offset - 1, fmt.Errorf("no JSON: %.80s", syntax.Error())
	case errors.Is(err, io.EOF):
		return int64(len(text)), errors.New("it is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return int64(len(text)), errors.New("the end is missing")
	case unknown:
		return int64(bytes.Index(text, []byte(field))), fmt.Errorf("%.80s is unknown", field)
	}
	return 0, err
}
