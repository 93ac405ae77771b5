package shell

import (
	"strings"
	"sync"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
)

// funnelSamples are more lines that change something, each in another way.
var funnelSamples = map[string]string{
	"quote": "quote DELE b.txt; quote RNFR a.txt; quote RNTO z.txt; quote MKD made; quote SITE CHMOD 600 z.txt",
	"raw":   "raw MKD made", "site": "site CHMOD 600 a.txt", "chmod": "chmod 600 a.txt; chmod -R 755 sub", "rm": "rm b.txt; rm -r sub",
	"put": "put --atomic up.txt; put -r . tree; put \"|echo x\" new", "mirror": "mirror -R --delete --chmod . sub; mirror --remove-source . here",
	"mkdir": "mkdir -p new/er/est", "touch": "touch -d 2020-01-01 a.txt", "foreach": "foreach f in *.txt; rm $f; end", "mv": "mv a.txt z.txt",
	"queue": "queue rm a.txt; wait", "bg": "bg rm a.txt; wait", "if": "if exists a.txt; rm a.txt; end", "repeat": "repeat 1 rm a.txt",
	"source": "source script", "edit": "edit a.txt", "rhelp": "rhelp", "mput": "mput *.txt", "ln": "ln a.txt l.txt", "fget": "fget names",
}

// TestFunnelOfEveryCommand: whatever command a change of the server's files comes from, the funnel
// has heard of it, by its path, before its line left.
func TestFunnelOfEveryCommand(t *testing.T) {
	var mu sync.Mutex
	told := map[string]bool{}
	hears := func(c client.Change) {
		mu.Lock()
		defer mu.Unlock()
		told[strings.TrimPrefix(c.Path, "./")], told[strings.TrimPrefix(c.To, "./")] = true, true
	}
	changes := 0
	everyCommandAlso(t, command.Options{Hears: hears}, funnelSamples, func(t *testing.T, c *command.Command, _ *practice.Server, sent []string, _ string) {
		mu.Lock()
		defer mu.Unlock()
		for _, line := range sent {
			change, is := client.ChangeOf(line)
			if !is {
				continue
			}
			changes++
			path := change.Path
			if change.To != "" {
				path = change.To
			}
			if strings.Contains(path, ".ftpsh-") { // what a listener does itself, with what it was told
				continue
			}
			if !told[strings.TrimPrefix(path, "./")] && !told[strings.TrimPrefix(path, "/")] {
				t.Errorf("%s was sent, and the funnel had not heard of %q", line, path)
			}
		}
		clear(told)
	})
	if changes < 60 {
		t.Errorf("only %d changes were made: the samples do not reach what they are for", changes)
	}
}
