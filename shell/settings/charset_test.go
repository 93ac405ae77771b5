package settings

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/htmlindex"
)

// TestNamesOfCharsets: what browsers and iconv call a charset is understood, and is the same one.
func TestNamesOfCharsets(t *testing.T) {
	t.Parallel()
	for _, name := range strings.Fields(`
		866 cp866 latin2 l2 iso8859-2 iso88592 iso_8859-2 iso8859-5 cyrillic greek hebrew iso8859-10 iso8859-13 iso8859-15 iso885915 l9
		koi koi8 koi8_r koi8-ru koi8-u macintosh x-mac-roman x-mac-cyrillic dos-874 tis-620 iso8859-11 cp1250 x-cp1251 cp1252 ascii cp1258
		gb2312 gbk gb18030 chinese x-gbk big5 big5-hkscs cn-big5 euc-jp x-euc-jp iso-2022-jp sjis shift_jis ms932 windows-31j
		euc-kr korean ksc5601 windows-949 utf-16le utf-16be`) {
		want, err := htmlindex.Get(name)
		if err != nil {
			t.Fatal(name, err)
		}
		if got, err := FindCharset(name); err != nil || got != want {
			t.Errorf("%s is %v (%v), want %v", name, got, err, want)
		}
	}
	for name, want := range map[string]string{
		"latin1": "ISO 8859-1", "ISO8859-1": "ISO 8859-1", "iso88599": "ISO 8859-9", "cp437": "IBM Code Page 437", "CP850": "IBM Code Page 850", "cp932": "Shift JIS", "cp949": "EUC-KR",
	} {
		if got, err := FindCharset(name); err != nil || got.(interface{ String() string }).String() != want {
			t.Errorf("%s is %v (%v), want %s", name, got, err, want)
		}
	}
	if e, err := FindCharset("UTF8"); e != nil || err != nil {
		t.Error("UTF-8 needs no table:", e, err)
	}
	if e, err := FindCharset("klingon"); err == nil {
		t.Error("klingon is", e)
	}
}
