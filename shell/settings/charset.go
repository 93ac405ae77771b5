package settings

import (
	"fmt"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// charsetNames are names that the registries of charsets lack.
var charsetNames = map[string]string{"cp932": "shift_jis", "cp936": "gbk", "cp949": "euc-kr", "cp950": "big5", "cp437": "ibm437", "cp850": "ibm850", "cp866": "ibm866"}

// FindCharset looks a charset up; nil stands for UTF-8, which needs none. The
// IANA's names come first: to browsers latin1 is another word for cp1252.
func FindCharset(name string) (encoding.Encoding, error) {
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
