package treesync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/listing"
)

// sumThere is that of one there: as the server says, else it is fetched.
func (o *Options) sumThere(ctx context.Context, name string) (string, error) {
	if h, err := o.Session.Hash(ctx, o.there(name), client.SHA256); err == nil {
		return hex.EncodeToString(h.Sum), nil
	}
	sum := sha256.New()
	if _, err := o.Session.Get(ctx, sum, o.there(name)); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// sideThere is one of the server.
func sideThere(e listing.Entry) Side {
	switch {
	case e.Type == listing.Dir:
		return Side{Type: dir}
	case e.Type == listing.File && (e.Size < 0 || e.SizeApprox):
		return Side{Type: file, Size: -1}
	case e.Type == listing.File:
		return Side{Type: file, Size: e.Size, Time: e.Time.UTC(), Precision: e.Precision, ID: e.Unique}
	}
	return Side{}
}

// forget removes a name of the meantime there.
func (o *Options) forget(ctx context.Context, name string) {
	_ = o.Session.Aside(func() error { return o.Session.Remove(ctx, o.there(name)) })
}

// mkdirThere makes a directory there, unless somebody else has made it meanwhile.
func (o *Options) mkdirThere(ctx context.Context, name string) error {
	_, err := o.Session.Mkdir(ctx, o.there(name))
	if client.Refusal(err) == nil {
		return err
	}
	if is, failed := o.Session.IsDir(ctx, o.there(name)); failed == nil && is {
		return nil
	}
	return err
}

// ask looks at paths there as they are now. A server without MLST may say nothing of a name that
// is not there, so that the directories are listed.
func (o *Options) ask(ctx context.Context, names []string) (map[string]Side, error) {
	if o.Session.Features().Has("MLST") {
		return o.stat(ctx, names, facts.Missing)
	}
	found, full := make(map[string]Side, len(names)), o.allThere(names)
	all, err := facts.Look(ctx, o.Session, full)
	for i, name := range names {
		if err == nil {
			found[name] = sideOfFacts(all[full[i]])
		}
	}
	return found, err
}

// askFiles looks at files there that exist.
func (o *Options) askFiles(ctx context.Context, names []string) (map[string]Side, error) {
	return o.stat(ctx, names, func(err error) bool { return client.Refusal(err) != nil })
}

// stat looks at paths there; those with an error that says nothing else are not in the result.
func (o *Options) stat(ctx context.Context, names []string, absent func(error) bool) (map[string]Side, error) {
	found, i := make(map[string]Side, len(names)), 0
	for e, err := range o.Session.StatEach(ctx, o.allThere(names)...) {
		if err != nil && !absent(err) {
			return nil, err
		}
		if err == nil {
			found[names[i]] = sideThere(e)
		}
		i++
	}
	return found, nil
}

func (o *Options) allThere(names []string) []string {
	full := make([]string, len(names))
	for i, name := range names {
		full[i] = o.there(name)
	}
	return full
}

// sideOfFacts is a side as facts tell it.
func sideOfFacts(f *facts.Facts) Side {
	switch {
	case f.IsDir():
		return Side{Type: dir}
	case f.Type != listing.File.String():
		return Side{}
	case f.Time.IsZero():
		return Side{Type: file, Size: f.Size}
	}
	return Side{Type: file, Size: f.Size, Time: f.Time.UTC(), Precision: listing.Second, ID: f.Unique}
}
