package client

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(daemon.ManyAtOnce{M: m}) }
