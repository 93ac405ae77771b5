package settings

import "testing"

// TestGuessCharset: names in the charsets that servers of today still have are known by their bytes.
func TestGuessCharset(t *testing.T) {
	for _, c := range []struct {
		charset string
		names   []string
	}{
		{"latin1", []string{"Größe.txt", "Übersicht 2026.pdf", "café", "mañana", "plain"}},
		{"koi8-r", []string{"отчёт.doc", "новая папка", "Письмо.txt"}},
		{"cp1251", []string{"отчет.doc", "новая папка", "Письмо.txt"}},
		{"gbk", []string{"报告.doc", "新建文件夹", "照片"}},
		{"shift_jis", []string{"レポート.txt", "新しいフォルダ", "しゃしん"}},
		{"euc-jp", []string{"レポート.txt", "しゃしん"}},
	} {
		encoding, err := FindCharset(c.charset)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, name := range c.names {
			bytes, err := encoding.NewEncoder().String(name)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, bytes)
		}
		if got := GuessCharset(names); got != c.charset {
			t.Errorf("%s is taken for %q", c.charset, got)
		}
		if got := GuessCharset(c.names); got != "" {
			t.Errorf("UTF-8 is taken for %q", got)
		}
	}
}
