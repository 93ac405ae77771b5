//go:build unix

package main

import (
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestZ: `cd` at the prompt is remembered, for this server and from one run to the next; z goes there by a piece of the name,
// asks where two are as likely, and forgets what is gone.
func TestZ(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"var/www/css/x": "", "old/www/x": "", "gone/there/x": "", "here/x": ""})
	term, dir := start(t, "FTPSH_PASSWORD="+practice.Password, address(server))
	for _, line := range []string{"cd var/www/css", "cd ..", "cd /gone/there", "cd /old/www", "cd /var/www", "cd /", "rmdir nosuch"} {
		term.see("> ")
		term.enter(line)
	}
	term.see("> ")
	term.enter("bye")
	term.ends(0)
	if err := server.FS().RemoveAll("/gone"); err != nil {
		t.Fatal(err)
	}
	term = startIn(t, dir, "FTPSH_PASSWORD="+practice.Password, address(server))
	for _, step := range [][2]string{
		{"z css", "\n/var/www/css"},
		{"z www", "which one? "},
		{"1", "\n/old/www"},
		{"z va ww", "\n/var/www"},
		{"z -; pwd", "\n/old/www\r"},
		{"z there", "/gone/there is not there any more"},
		{"", "no remembered directory matches there"},
		{"z csx", "no remembered directory matches csx; near are /var/www/css"},
		{"cd /; ls", "here"},
		{"z here", "\n/here"},
		{"cd /; z", "which one? "},
		{"q", "> "},
		{"z -x /var/www; z -l www", "/old/www"},
		{"set jump off; cd /here; z -l h; bye", "bye"},
	} {
		if step[0] != "" {
			term.enter(step[0])
		}
		term.see(step[1])
	}
	term.ends(0)
}
