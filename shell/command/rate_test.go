package command

import (
	"testing"

	"golang.org/x/time/rate"

	"github.com/ftpsh/ftpsh/client/transfer"
)

// TestRateSteps: the signals change the limits that there are, by their steps,
// and never down to nothing.
func TestRateSteps(t *testing.T) {
	sh := &Shell{Connections: Connections{limits: newLimits()}}
	sh.Settings.RateGet = 3000
	useRates(sh)
	sh.limits.get.Step.Store(1000)
	for _, row := range []struct {
		way  int64
		want rate.Limit
	}{{1, 4000}, {-1, 3000}, {-1, 2000}, {-1, 1000}, {-1, 1000}} {
		if sh.limits.stepped(row.way); sh.limits.get.Limit() != row.want {
			t.Errorf("the limit is %v, want %v", sh.limits.get.Limit(), row.want)
		}
	}
	if sh.Limiter(transfer.Upload) != nil {
		t.Error("uploads are limited")
	}
	if sh.Limiter(transfer.Download) == nil {
		t.Error("downloads are not limited")
	}
}
