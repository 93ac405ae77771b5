package shell

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
)

// TestApplyAlone: what another shell carries out is left to it.
func TestApplyAlone(t *testing.T) {
	o := newOwner(t)
	name := filepath.ToSlash(filepath.Join(o.home, "p"))
	if err := o.uses(t, "open $URL; plan -o "+name+" mkdir new"); err != nil {
		t.Fatalf("%v\n%s", err, &o.out)
	}
	release, free := command.Hold(name)
	if !free {
		t.Fatal("nobody else has it")
	}
	err := o.uses(t, "open $URL; apply "+name)
	if command.Status(err) != 7 || !strings.Contains(o.out.String(), "another ftpsh carries it out") {
		t.Errorf("%v\n%s", err, &o.out)
	}
	release()
	if err := o.uses(t, "open $URL; apply "+name+"; rmdir new"); err != nil {
		t.Errorf("%v\n%s", err, &o.out)
	}
	if left, _ := os.ReadDir(o.home); len(left) != 4 { // login, state, the plan and what was done
		t.Errorf("left %v", left)
	}
}
