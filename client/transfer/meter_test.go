package transfer

import "testing"

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
