package client

import "unicode/utf8"

// Charset leads between text, as people read it, and the bytes of a server that
// does not speak UTF-8. It is declared by the user: FTP has no way to ask.
type Charset struct {
	Encode func(text string) ([]byte, error) // the error says what cannot be written
	Decode func(bytes []byte) string
}

// encode turns text into the server's bytes. What is not text is bytes already:
// a name that could not be decoded.
func (cs *Charset) encode(text string) (string, error) {
	if cs == nil || !utf8.ValidString(text) {
		return text, nil
	}
	b, err := cs.Encode(text)
	return string(b), err
}

// decode turns the server's bytes into text, if the same bytes come back from
// it. A name that would come back as another one stays as it is.
func (cs *Charset) decode(bytes string) string {
	if cs == nil {
		return bytes
	}
	text := cs.Decode([]byte(bytes))
	if back, err := cs.encode(text); err != nil || back != bytes {
		return bytes
	}
	return text
}

// decoded is a reply as text.
func (cs *Charset) decoded(r Reply) Reply {
	if cs == nil {
		return r
	}
	lines := make([]string, len(r.Lines))
	for i, line := range r.Lines {
		lines[i] = cs.decode(line)
	}
	return Reply{r.Code, lines}
}
