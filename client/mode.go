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
// the next transfer. Uploads are compressed for those servers alone of which Quirks says that they read
// it: proftpd hangs on compressed ones, or says 451. What does not begin at the start of the file is sent
// as it is: servers disagree about what the offset counts.
func (c *choices) SetMode(m Mode) { c.compress, c.mode = m == Deflate, "" }

// downloadMode returns how the next download is sent.
func (s *agreement) downloadMode() Mode {
	if s.compress && s.opt.Inflate != nil && s.feat.Offers("MODE", "Z") {
		return Deflate
	}
	return Stream
}

// uploadMode returns how the next upload is sent. What is compressed can only be compared by its size.
func (s *agreement) uploadMode() Mode {
	if s.quirks.InflatesUploads && s.opt.Deflate != nil && !s.plainUploads && s.feat.Has("SIZE") && s.downloadMode() == Deflate {
		return Deflate
	}
	return Stream
}

// KeepUploadsPlain sends no more uploads in MODE Z (draft-preston-ftpext-deflate) to the server: it has stored one that
// was not the file.
func (v Server) KeepUploadsPlain() { v.s.plainUploads = true }
