package command

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// Manual is what the user arranges line by line, with quote or raw: what was
// said, and at most one data connection.
type Manual struct {
	Talk        *teach.Dialogue
	Channel     *client.Channel  // connected, or waiting for the server
	Waiting     *client.Exchange // a transfer command whose data connection is not made yet
	WaitingLine string
	Manual      bool   // data connections are the user's business
	Upload      string // the file that the next STOR sends

	Data []byte // what came last, its beginning at least
	Size int64  // of all of it
}

// keptData is how much of what came by hand is kept to be looked at.
const keptData = 16 << 20

// Forget drops what was arranged: a command has arranged its own.
func (h *Manual) Forget() {
	if h == nil {
		return
	}
	h.Talk.Offer, h.Talk.Ours = "", false
	h.Drop()
}

// Drop closes what was arranged.
func (h *Manual) Drop() {
	if h.Channel != nil {
		h.Channel.Close()
		h.Channel = nil
	}
}

// Ready reports whether a transfer command finds a data connection, or where to
// make one.
func (h *Manual) Ready() bool {
	return h.Channel != nil || h.Talk.Ours || h.Talk.Offer != "" && !h.Manual
}

// Open reports whether what was arranged by hand waits for what comes next:
// a NOOP would come between.
func (h *Manual) Open() bool {
	return h != nil && (h.Channel != nil || h.Waiting != nil || h.Talk.Open())
}

// ListensOn reports whether the data connection waits on a port.
func (h *Manual) ListensOn(port int) bool {
	return h.Channel != nil && slices.ContainsFunc(h.Channel.Requests(), func(line string) bool {
		addr, ok := teach.OwnAddress(line)
		return ok && addr.Port == port
	})
}

// IsUpload reports whether a line sends a file.
func IsUpload(line string) bool {
	return slices.Contains([]string{"STOR", "APPE", "STOU"}, teach.Verb(line))
}

// Source is the file that the line uploads, if it does.
func (h *Manual) Source(ctx context.Context, here transfer.Folder, line string) (*os.File, error) {
	name := h.Upload
	if name == "" || !IsUpload(line) {
		return os.Open(os.DevNull)
	}
	h.Upload = ""
	return here.Open(ctx, name, os.O_RDONLY, 0)
}

// Write keeps the beginning of what arrives.
func (h *Manual) Write(p []byte) (int, error) {
	h.Size += int64(len(p))
	h.Data = append(h.Data, p[:min(len(p), keptData-len(h.Data))]...)
	return len(p), nil
}

// Summary is a data connection in a line.
func (h *Manual) Summary(ch *client.Channel, d *client.Data, upload bool, err error) string {
	end := ""
	if err != nil && !failure.Is[*client.Error](err) {
		end = ", ! " + err.Error()
	}
	enc := ""
	if h.Talk.Protect {
		enc = "="
	}
	if upload {
		return fmt.Sprintf("%s %s> %d bytes, closed by us%s", ch.Name(), enc, d.Transferred(), end)
	}
	hint := ""
	if h.Size > 0 {
		hint = "    (.data to see, .data save FILE to keep)"
	}
	return fmt.Sprintf("%s <%s %d bytes, closed by the server%s%s", ch.Name(), enc, d.Transferred(), end, hint)
}
