package shell

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
)

// TestMkdirAtOnce: several clients make the same directories at once, and each of them finds them there.
func TestMkdirAtOnce(t *testing.T) {
	server, err := practice.Start(practice.Options{TLS: practice.NoTLS})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			sh, err := New(command.Options{Console: console.Options{In: strings.NewReader("")}})
			if err != nil {
				t.Error(err)
				return
			}
			defer Close(sh)
			lines := []string{"open ftp://" + practice.User + ":s3cret%20pass@" + server.Addr() + "/"}
			for i := range 30 {
				lines = append(lines, fmt.Sprintf("mkdir -p %d/a/b/c", i))
			}
			for _, line := range lines {
				if err := sh.Do(command.Line{Text: line}); err != nil {
					t.Errorf("%s: %v", line, err)
				}
			}
		})
	}
	all.Wait()
}
