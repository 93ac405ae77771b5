package shell

import (
	"fmt"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"

	"github.com/ftpsh/ftpsh/client"
)

// charsetSettings are about the names of servers that do not speak UTF-8.
var charsetSettings = []*Setting{
	{
		Name: "charset", Usage: "latin1", Suggest: []string{"utf-8", "latin1", "cp1252", "iso-8859-15", "koi8-r", "shift_jis", "euc-jp", "gbk", "big5", "euc-kr"}, Short: "charset of the server's names: utf-8, latin1, cp1252, shift_jis, gbk, koi8-r, ...",
		show: func(s *Settings) string { return s.Charset },
		parse: func(s *Settings, text string) error {
			if _, err := findCharset(text); err != nil {
				return err
			}
			s.Charset = strings.ToLower(text)
			return nil
		},
		apply: func(sh *Shell) {
			if sh.session != nil {
				sh.session.SetCharset(sh.charset())
				sh.remote.Forget("/")
			}
		},
	},
}

// charsetNames are names that the registries of charsets lack.
var charsetNames = map[string]string{"cp932": "shift_jis", "cp936": "gbk", "cp949": "euc-kr", "cp950": "big5", "cp437": "ibm437", "cp850": "ibm850", "cp866": "ibm866"}

// findCharset looks a charset up; nil stands for UTF-8, which needs none. The
// IANA's names come first: to browsers latin1 is another word for cp1252.
func findCharset(name string) (encoding.Encoding, error) {
	name = strings.ToLower(name)
	if name == "utf-8" || name == "utf8" {
		return nil, nil
	}
	if other, ok := charsetNames[name]; ok {
		name = other
	}
	if e, err := ianaindex.IANA.Encoding(name); err == nil && e != nil {
		return e, nil
	}
	if e, err := htmlindex.Get(name); err == nil {
		return e, nil
	}
	return nil, fmt.Errorf("no charset is called %q", name)
}

// charset is what the setting says, for a session.
func (sh *Shell) charset() *client.Charset {
	e, err := findCharset(sh.Settings.Charset)
	if e == nil || err != nil {
		return nil
	}
	return &client.Charset{
		Encode: func(text string) ([]byte, error) {
			b, err := e.NewEncoder().Bytes([]byte(text))
			if err != nil {
				return nil, fmt.Errorf("%q cannot be written in %s", text, sh.Settings.Charset)
			}
			return b, nil
		},
		Decode: func(b []byte) string {
			text, err := e.NewDecoder().Bytes(b)
			if err != nil {
				return string(b)
			}
			return string(text)
		},
	}
}
