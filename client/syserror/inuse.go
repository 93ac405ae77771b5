package syserror

import "time"

const (
	inUseTime  = time.Second / 2 // nobody who means no harm holds a file for longer
	inUseRetry = 4 * time.Millisecond
)

// InUse reports whether a file cannot be changed while another program has it open. Only Windows says so, and it says the
// same (access denied) when it is not allowed at all.
func InUse(err error) bool { return is(err, inUse) }

// WhileInUse renames or removes a file, again and again for half a second as long as it is in use: on Windows virus scanners and
// indexers open each new file for a moment.
func WhileInUse(change func() error) error {
	err := change()
	for end := time.Now().Add(inUseTime); InUse(err) && time.Now().Before(end); err = change() {
		time.Sleep(inUseRetry)
	}
	return err
}
