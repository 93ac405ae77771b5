package settings

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
)

// charsetNames are names in use that the registry of the IANA lacks, or knows no tables for.
var charsetNames = map[string]string{
	"cp932": "shift_jis", "ms932": "shift_jis", "windows-31j": "shift_jis", "shift-jis": "shift_jis", "sjis": "shift_jis", "x-sjis": "shift_jis",
	"x-euc-jp": "euc-jp",
	"cp936":    "gbk", "gb2312": "gbk", "gb_2312": "gbk", "gb_2312-80": "gbk", "iso-ir-58": "gbk", "csgb2312": "gbk", "csiso58gb231280": "gbk", "chinese": "gbk", "x-gbk": "gbk",
	"cp949": "euc-kr", "windows-949": "euc-kr", "ksc5601": "euc-kr", "ksc_5601": "euc-kr", "ks_c_5601-1987": "euc-kr", "ks_c_5601-1989": "euc-kr", "csksc56011987": "euc-kr", "iso-ir-149": "euc-kr", "korean": "euc-kr",
	"cp950": "big5", "big5-hkscs": "big5", "cn-big5": "big5", "x-x-big5": "big5",
	"koi": "koi8-r", "koi8": "koi8-r", "koi8_r": "koi8-r", "koi8-ru": "koi8-u",
	"tis-620": "windows-874", "iso-8859-11": "windows-874", "dos-874": "windows-874",
	"ascii": "windows-1252", "l9": "iso-8859-15", "csisolatin9": "iso-8859-15", "sun_eu_greek": "iso-8859-7", "visual": "iso-8859-8", "logical": "iso-8859-8-i",
	"x-mac-roman": "macintosh",
}

// spelling is a way to write names that the registry has in another one.
type spelling struct {
	written *regexp.Regexp
	name    string
}

var spellings = sync.OnceValue(func() []spelling {
	return []spelling{
		{regexp.MustCompile(`^iso[-_]?8859[-_]?(\d+)$`), "iso-8859-$1"},
		{regexp.MustCompile(`^(?:x-)?cp(125\d)$`), "windows-$1"},
		{regexp.MustCompile(`^cp(437|850|852|855|858|862|866)$`), "ibm$1"},
	}
})

// FindCharset looks a charset up; nil stands for UTF-8, which needs none. The names are the IANA's: to browsers
// latin1 is another word for cp1252.
func FindCharset(name string) (encoding.Encoding, error) {
	name = strings.ToLower(name)
	switch name {
	case "utf-8", "utf8":
		return nil, nil
	case "x-mac-cyrillic", "x-mac-ukrainian":
		return charmap.MacintoshCyrillic, nil
	}
	for _, s := range spellings() {
		if s.written.MatchString(name) {
			name = s.written.ReplaceAllString(name, s.name)
		}
	}
	if other, ok := charsetNames[name]; ok {
		name = other
	}
	if e, err := ianaindex.IANA.Encoding(name); err == nil && e != nil {
		return e, nil
	}
	return nil, fmt.Errorf("no charset is called %q", name)
}
