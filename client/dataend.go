package client

import (
	"runtime"
	"time"
)

// letDataEnd lets the end of a download be told before the reply that came behind it, as on the wire. Both wake up a
// goroutine, and vsftpd sends both in one go, on a busy machine with its 150: the goroutine that reads the replies would often
// be the first. It waits only when the end of the data has arrived, and not for one that leaves it unread.
func (x *Exchange) letDataEnd() {
	d := x.data.Load()
	if d == nil || d.upload || x.preliminaries == 0 || closed(d.told) {
		return
	}
	runtime.Gosched() // is nearly always enough
	patience := time.After(longestRead)
	for _, event := range []<-chan struct{}{d.attended, d.told} {
		if closed(d.told) || closed(d.attended) && !finArrived(d.raw) {
			return
		}
		select {
		case <-event:
		case <-patience:
			return
		}
	}
}

// longestRead is the time in which what the kernel has of the data is read, on a busy machine too.
const longestRead = 200 * time.Millisecond
