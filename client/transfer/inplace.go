package transfer

import (
	"context"

	"github.com/ftpsh/ftpsh/client"
)

// Lack is something that a server was found not to do. Some rename nothing (rclone#7271), others
// nothing onto a name that is taken (IIS, FileZilla Server, Apache FtpServer).
type Lack string

// The lacks.
const (
	Renames  Lack = "rename"
	Replaces Lack = "replace"
)

// goesInPlace reports whether an upload goes under its own name at once, since the server is known
// to refuse the rename.
func (t *Task) goesInPlace(ctx context.Context, s *client.Session) (bool, error) {
	if !t.OrInPlace || t.Lacks != Replaces {
		return t.OrInPlace && t.Lacks == Renames, nil
	}
	_, err := s.Stat(ctx, t.Remote)
	if isRefusal(err) {
		return false, nil
	}
	return err == nil, err
}

// inPlace sends an upload once more under its own name, to a server that has refused to give it that.
// When that is refused too the part stays, and the first refusal is the error.
func (t *Task) inPlace(ctx context.Context, s *client.Session, r *Result, refusal error) error {
	lacks := Replaces
	if _, err := s.Stat(ctx, t.Remote); isRefusal(err) {
		lacks = Renames
	}
	again := *t
	again.part, again.Resume, again.Offset = "", false, 0
	sent, err := carry(ctx, s, again, &Meter{})
	if err == nil && proves(again, sent) {
		err = prove(ctx, s, again, &sent)
	}
	if err != nil {
		return refusal
	}
	_ = s.Remove(ctx, t.part)
	*r = sent
	r.Lacks = lacks
	r.Note = map[Lack]string{
		Renames:  "the server renames nothing, so it was sent under its own name",
		Replaces: "the server renames nothing onto a name that is taken, so it was sent under its own name",
	}[lacks]
	return nil
}

// isThere reports whether an upload is left out, since the server has a file of that size by now.
func (t *Task) isThere(ctx context.Context, s *client.Session) (r Result, there bool, err error) {
	if !t.Check || t.Op != Upload || t.In != nil || !s.Type().Counts() {
		return r, false, nil
	}
	size, err := s.Size(ctx, t.Remote)
	if isRefusal(err) || client.IsMalformed(err) {
		return r, false, nil
	}
	info, failed := t.Here.Stat(t.Local)
	if err != nil || failed != nil || !info.Mode().IsRegular() || info.Size() != size {
		return r, false, err
	}
	return t.leftOut(size, "the server has a file of this size: not sent"), true, nil
}

func (t *Task) leftOut(size int64, why string) Result {
	return Result{Remote: t.Remote, Local: t.Local, Size: size, Note: why, LeftOut: true}
}
