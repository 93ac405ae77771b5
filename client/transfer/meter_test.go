package transfer

import (
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
)

// The speed of a copy that is only looked at now and then is that up to the last look, and not
// nothing between two looks.
func TestMeterBetweenLooks(t *testing.T) {
	asked := make(chan bool, 1000)
	_, to := server(t, content(20_000), practice.Options{Tap: practice.Tap{Command: func(_ int, line string) (string, string) {
		if line == "SIZE data" {
			asked <- true
		}
		return line, ""
	}}})
	m := &Meter{}
	if _, looked := m.Pace(); looked {
		t.Error("nobody has looked")
	}
	look := &lookout{meter: m, from: 5000, size: 40_000, period: time.Millisecond}
	look.over(t.Context(), to, "data")
	<-asked
	<-asked // so that the first answer was heard
	look.end()
	pace, looked := m.Pace()
	if m.Moved() != 15_000 || m.Done() != 20_000 || m.Total() != 40_000 || !looked || pace <= 0 {
		t.Errorf("%d moved, %d of %d are there, %f in a second (%v)", m.Moved(), m.Done(), m.Total(), pace, looked)
	}
	if again, _ := m.Pace(); again != pace {
		t.Errorf("%f, and then %f, in a second", pace, again)
	}
	seen := sight{begun: time.Unix(0, 0)}
	if seen.see(10_000, time.Unix(2, 0)); seen.pace() != 5000 {
		t.Errorf("10,000 bytes in two seconds are %f in one", seen.pace())
	}
}

// A caller that asks while a transfer begins again hears of the one try or the other,
// never of a mixture.
func TestMeterOfTwoTries(t *testing.T) {
	m := &Meter{}
	m.start(0, 100, func() int64 { return 60 })
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		for range 100_000 {
			if done := m.Done(); done != 60 {
				t.Errorf("%d bytes are there", done)
				return
			}
		}
	}()
	for tries := 0; ; tries++ {
		select {
		case <-asked:
			return
		default:
		}
		if tries%2 == 0 {
			m.start(60, 100, func() int64 { return 0 })
		} else {
			m.start(0, 100, func() int64 { return 60 })
		}
	}
}
