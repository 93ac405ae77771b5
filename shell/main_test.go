package shell

import (
	"os"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

func TestMain(m *testing.M) { os.Exit(daemon.ManyAtOnce{M: m}.Run()) }
