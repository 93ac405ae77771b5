package client

import (
	"flag"
	"testing"

	"go.uber.org/goleak"
)

// Most tests wait for servers, so that more of them run at once than there are processors.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.parallel").Value.String() == flag.Lookup("test.parallel").DefValue {
		flag.Set("test.parallel", "8")
	}
	goleak.VerifyTestMain(m)
}
