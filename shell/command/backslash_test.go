package command

import "testing"

func TestBackslashPath(t *testing.T) {
	for raw, want := range map[string]bool{
		`dir\file`: true, `..\x`: true, `C:\Users`: true, `\\server\share`: true, `.\.git`: true, `a\ä`: true, `"a b"\c`: true,
		`a\ b`: false, `x\*`: false, `'dir\file'`: false, `"dir\file"`: false, `a\\b`: false, `x\`: false, `it\'s`: false, `a/b`: false,
		`\$x`: false, `'a'\''b'`: false,
	} {
		if got := backslashPath(raw); got != want {
			t.Errorf("%s: got %v", raw, got)
		}
	}
}
