package client

// Mode is how data is sent (RFC 959 section 3.4).
type Mode string

// The modes that are used. Block and compressed mode (B, C) have died out.
const (
	Stream  Mode = "S"
	Deflate Mode = "Z" // draft-preston-ftpext-deflate
)

// SetMode chooses how downloads and listings are sent. With Deflate they are compressed where the
// server offers MODE Z (draft-preston-ftpext-deflate) and Options.Inflate is set; MODE is sent with
// the next transfer. Uploads are sent as they are: proftpd hangs on compressed ones, or says 451.
// So are downloads that do not begin at the start of the file: servers disagree about what the
// offset counts.
func (s *Session) SetMode(m Mode) { s.compress, s.mode = m == Deflate, "" }

// downloadMode returns how the next download is sent.
func (s *Session) downloadMode() Mode {
	if s.compress && s.opt.Inflate != nil && s.feat.Offers("MODE", "Z") {
		return Deflate
	}
	return Stream
}
