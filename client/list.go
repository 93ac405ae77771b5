package client

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client/listing"
)

// ListOptions say what a listing should hold. The zero value works.
type ListOptions struct {
	Hidden   bool // dot files too, where the server hides them
	Dangling bool // symbolic links that lead nowhere too, where MLSD leaves them out
	Links    bool // links to directories as links, where MLSD may not say so: for those who delete what is in directories
	AllLinks bool // links to files as links too: for those who take a file for content of its own
	Plain    bool // LIST even where the server has MLSD
	Exact    bool // ask MDTM where LIST tells a time less exactly than to the second
	Fetch    bool // files are fetched next: with Exact that is prepared in the same round trip
	Long     bool // what ls -l shows: where links lead, and the mode and owner of a file that is listed by itself
}

// List lists a directory ("" is the current one), entry by entry as they come:
// MLSD (RFC 3659 section 7) where the server has it, otherwise CWD and a bare
// LIST. LIST is not given a name where that can be helped: servers read options
// and blanks in it, and some say 226 for one that does not exist. When dir is a file, the file is the
// one entry. The error, if any, comes last; without one the listing is whole.
func (s *browser) List(ctx context.Context, dir string, o ListOptions) iter.Seq2[listing.Entry, error] {
	return func(yield func(listing.Entry, error) bool) {
		err := s.list(ctx, dir, o, yield)
		if err != nil && !errors.Is(err, errStopped) {
			yield(listing.Entry{}, err)
		}
	}
}

// errStopped says that the caller wants no more entries.
var errStopped = errors.New("stopped")

func (s *browser) list(ctx context.Context, dir string, o ListOptions, yield func(listing.Entry, error) bool) error {
	facts := !o.Plain && s.feat.Has("MLST") && !s.lacks["MLSD"]
	switch {
	case facts && o.Long && s.quirks.HidesLinks:
		return s.listBoth(ctx, dir, o, yield)
	case facts && (o.Links || o.AllLinks) && !s.quirks.ShowsLinks:
		return s.listUnfollowed(ctx, dir, o, yield)
	case facts && !(o.Dangling && s.quirks.HidesDangling):
		if understood, err := s.listFacts(ctx, dir, o, yield); understood {
			return err
		}
	}
	return s.listPlain(ctx, dir, o, yield)
}

// listFacts lists with MLSD. It reports false where the server does not carry that out.
func (s *browser) listFacts(ctx context.Context, dir string, o ListOptions, yield func(listing.Entry, error) bool) (understood bool, err error) {
	var args []string
	if dir != "" {
		args = []string{wirePath(dir)}
	}
	err = s.listWith(ctx, Transfer{Verb: "MLSD", Args: args}, join(s.at.dir, dir), yield)
	switch {
	case s.markUnsupported("MLSD", err):
		return false, nil
	case IsCode(err, 501, 504): // announced, and not carried out; or this path is what it does not like
		if dir == "" {
			s.without("MLSD")
		}
		return false, nil
	case permanent(err) && dir != "":
		err = s.listFile(ctx, dir, o, err, yield)
	}
	return true, err
}

// listPlain lists with LIST, in the directory itself.
func (s *browser) listPlain(ctx context.Context, dir string, o ListOptions, yield func(listing.Entry, error) bool) error {
	t := Transfer{Verb: "LIST"}
	if o.Hidden && s.quirks.HidesDots {
		t.Args = []string{"-a"}
	}
	here := s.at
	if dir == "" || dir == "." {
		return s.listHere(ctx, t, o, here.dir, here, yield)
	}
	if !here.anchored() { // there would be no way back
		t.Args = append(t.Args, lsPath(dir))
		return s.listHere(ctx, t, o, dir, here, yield)
	}
	if err := s.chdir(ctx, dir, &t); err != nil {
		if permanent(err) {
			return s.listFile(ctx, dir, o, err, yield)
		}
		return err
	}
	err := s.listHere(ctx, t, o, join(here.dir, dir), here, yield)
	if s.at.dir != here.dir || !here.Known() {
		err = cmp.Or(err, s.returnTo(ctx, here))
	}
	return err
}

// listHere lists the current directory, of the path dir, with LIST. With Exact the entries wait
// until MDTM has been asked about them, many at once; with the last of those the
// session may go back to the directory from which it came.
func (s *browser) listHere(ctx context.Context, t Transfer, o ListOptions, dir string, from Place, yield func(listing.Entry, error) bool) error {
	if !o.Exact || s.lacks["MDTM"] {
		return s.listWith(ctx, t, dir, yield)
	}
	var blocks [][]listing.Entry // there may be very many: each is let go of when it is through
	leaf := true
	err := s.listWith(ctx, t, dir, func(e listing.Entry, _ error) bool {
		last := len(blocks) - 1
		if last < 0 || len(blocks[last]) == cap(blocks[last]) {
			blocks = append(blocks, make([]listing.Entry, 0, exactBlock))
			last++
		}
		blocks[last] = append(blocks[last], e)
		leaf = leaf && (e.Type != listing.Dir || e.Name == "." || e.Name == "..")
		return true
	})
	for i, block := range blocks {
		if err == nil {
			var next *Transfer
			if o.Fetch && leaf && i == len(blocks)-1 {
				next = &Transfer{Verb: "RETR"}
			}
			err = s.exactTimes(ctx, block, from, next)
		}
		for _, e := range block {
			if !yield(e, nil) {
				return errStopped
			}
		}
		blocks[i] = nil
	}
	return err
}

// exactBlock is how many entries wait for their times together.
const exactBlock = 500

// permanent reports whether err is a refusal that may mean that the name is not
// there (5yz). A listing that broke off, 426 or 451, is none of these.
func permanent(err error) bool {
	var no *Error
	return errors.As(err, &no) && no.Reply.Class() == 5
}

// listBoth lists with MLSD, and takes what LIST alone tells from there: that an entry is a link,
// where it leads, and links that lead nowhere. A server that refuses LIST is left at that.
func (s *browser) listBoth(ctx context.Context, dir string, o ListOptions, yield func(listing.Entry, error) bool) error {
	links, err := s.linksIn(ctx, dir, o)
	if err != nil {
		return err
	}
	var itself *listing.Entry // dir is a file: LIST is asked about it when this transfer is over
	first := true
	o.Long, o.Links, o.AllLinks = false, false, false
	err = s.list(ctx, dir, o, func(e listing.Entry, err error) bool {
		if link, is := links[e.Name]; is && err == nil {
			delete(links, e.Name)
			e = asLink(e, link)
		}
		first = first && err == nil
		if first && dir != "" && e.Name == dir {
			itself, first = &e, false
			return true
		}
		if first = false; itself != nil { // no, it is a directory with an entry of its own name
			held := *itself
			if itself = nil; !yield(held, nil) {
				return false
			}
		}
		return yield(e, err)
	})
	if itself != nil && err == nil {
		yield(s.listed(ctx, *itself), nil)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(links)) {
		if err != nil || !yield(links[name], nil) {
			break
		}
	}
	return err
}

// linksIn are the symbolic links of a directory, as LIST shows them; none where it is refused.
func (s *browser) linksIn(ctx context.Context, dir string, o ListOptions) (map[string]listing.Entry, error) {
	links := map[string]listing.Entry{}
	err := s.list(ctx, dir, ListOptions{Hidden: o.Hidden, Plain: true}, func(e listing.Entry, _ error) bool {
		if e.Type == listing.Link {
			links[e.Name] = e
		}
		return true
	})
	return links, unlessRefused(err)
}

// listUnfollowed lists with MLSD. Some servers describe there what a link leads to, so that it looks like a directory; who
// deletes what is in it deletes what is elsewhere. Where there are directories, LIST tells which of them are links; with
// AllLinks also which files are.
func (s *browser) listUnfollowed(ctx context.Context, dir string, o ListOptions, yield func(listing.Entry, error) bool) error {
	var entries []listing.Entry
	var errs []error
	doubtful, all := false, o.AllLinks
	o.Links, o.AllLinks = false, false
	mayLead := func(e listing.Entry) bool {
		return e.Type == listing.Dir && e.Special == 0 || all && e.Type == listing.File
	}
	err := s.list(ctx, dir, o, func(e listing.Entry, err error) bool {
		entries, errs = append(entries, e), append(errs, err)
		doubtful = doubtful || err == nil && mayLead(e)
		return true
	})
	if err != nil {
		return err
	}
	var links map[string]listing.Entry
	if doubtful {
		if links, err = s.linksIn(ctx, dir, o); err != nil {
			return err
		}
	}
	for i, e := range entries {
		if link, is := links[e.Name]; is && errs[i] == nil && mayLead(e) {
			e = asLink(e, link)
		}
		if !yield(e, errs[i]) {
			return errStopped
		}
	}
	return nil
}

// asLink is an entry of MLSD, which may describe what the link leads to, as LIST shows it. The time
// stays: MLSD has it to the second.
func asLink(e, link listing.Entry) listing.Entry {
	e.Type, e.Target, e.Size = listing.Link, link.Target, link.Size
	e.Mode, e.HasMode, e.Links = link.Mode, link.HasMode, link.Links
	e.Owner, e.Group = cmp.Or(link.Owner, e.Owner), cmp.Or(link.Group, e.Group)
	return e
}

// listFile yields the one entry of a path that is not a directory. refusal is what
// the server said to the attempt to list it.
func (s *browser) listFile(ctx context.Context, name string, o ListOptions, refusal error, yield func(listing.Entry, error) bool) error {
	e, err := s.Stat(ctx, name)
	if refused(err) || IsMalformed(err) || err == nil && e.Type == listing.Dir {
		return refusal
	}
	if err == nil && o.Long {
		e = s.listed(ctx, e)
	}
	if err == nil && !yield(e, nil) {
		return errStopped
	}
	return err
}

// listed adds to an entry what LIST tells: servers without MLST name size and time alone, and MLST
// describes what a link leads to. Some take a blank in the path for the end of it, or a pattern for
// what it stands for, and some follow a link: then the directory is listed.
func (s *browser) listed(ctx context.Context, e listing.Entry) listing.Entry {
	if e.HasMode && e.Owner != "" && !s.quirks.HidesLinks {
		return e
	}
	one, found := lineOf(e, func(yield func(listing.Entry, error) bool) error {
		return s.listWith(ctx, Transfer{Verb: "LIST", Args: []string{lsPath(e.Name)}}, s.at.dir, yield)
	})
	if !found || e.Type == listing.Link && one.Type != listing.Link {
		above := path.Dir(e.Name)
		one, found = lineOf(e, func(yield func(listing.Entry, error) bool) error {
			return s.list(ctx, above, ListOptions{Hidden: true, Plain: true}, yield)
		})
	}
	switch {
	case !found:
		return e
	case one.Type == listing.Link:
		return asLink(e, one)
	}
	if !e.HasMode {
		e.Mode, e.HasMode = one.Mode, one.HasMode
	}
	e.Owner, e.Group = cmp.Or(e.Owner, one.Owner), cmp.Or(e.Group, one.Group)
	e.Links = max(e.Links, one.Links)
	return e
}

// lineOf finds an entry in a listing that may be about other names too.
func lineOf(e listing.Entry, list func(func(listing.Entry, error) bool) error) (one listing.Entry, found bool) {
	err := list(func(line listing.Entry, _ error) bool {
		if line.Type != listing.Unparsed && line.Type != listing.Dir && path.Base(line.Name) == path.Base(e.Name) {
			one, found = line, true
		}
		return true
	})
	return one, found && err == nil
}

// listWith lists the directory of the path dir with LIST or MLSD. What a recursive listing
// says about other directories is not understood: nobody asked for it.
func (s *browser) listWith(ctx context.Context, t Transfer, dir string, yield func(listing.Entry, error) bool) error {
	typ, format := ASCII, listing.Detect
	if t.Verb == "MLSD" {
		typ, format = Binary, listing.MLSx
	}
	d, err := s.transfer(ctx, typ, t)
	if t.Verb == "LIST" && isEmpty(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer d.Abort() // does nothing after Close
	cs := s.opt.Charset
	var failed error
	understood, cut := false, false
	for e, err := range listing.Read(d, listing.Options{Format: format, Syst: s.syst, Now: timeNow()}) {
		if failed = err; err != nil {
			break
		}
		cut = e.NoEnd && e.Type == listing.Unparsed && understood
		understood = understood || e.Type != listing.Unparsed
		if e.Dir != "" {
			e = listing.Entry{Type: listing.Unparsed, Size: -1, Raw: e.Raw}
		}
		e.Name, e.Target = within(dir, cs.decode(e.Name)), cs.decode(e.Target)
		if e.Special == listing.Member && !yield(e, nil) {
			return errStopped
		}
	}
	if err := d.CloseAfter(failed); err != nil {
		return d.cutListing(err)
	}
	said := strings.ToLower(d.Reply().Text())
	if strings.Contains(said, "truncated") || strings.Contains(said, "failed to open") { // pure-ftpd, after 2,000 names; vsftpd
		return &IncompleteError{Got: d.Transferred(), Want: -1, Listing: true, Reason: "listing cut by the server: " + d.Reply().Text()}
	}
	if cut {
		return &IncompleteError{Got: d.Transferred(), Want: -1, Listing: true, Reason: "listing cut in the middle of a line"}
	}
	return nil
}

// cutListing says that a listing was not read to its end, whatever kept us from it.
func (d *passed) cutListing(err error) error {
	if errors.Is(err, listing.ErrTooLong) || errors.Is(err, bufio.ErrTooLong) {
		return &IncompleteError{Got: d.bytes.Load(), Want: -1, Listing: true, Reason: "listing cut here", Err: err}
	}
	return err
}

// isEmpty reports whether a refusal is how some servers list an empty directory.
func isEmpty(err error) bool {
	return IsCode(err, 450, 550) && strings.Contains(strings.ToLower(err.Error()), "no files")
}

// Lines returns what the server sends in answer to a command that lists (NLST, LIST: RFC 959
// section 4.1.3; MLSD: RFC 3659 section 7), line by line as it is; arg may be empty. Bytes are
// bounded as in all listings. When ctx ends the transfer is aborted.
func (m Manual) Lines(ctx context.Context, verb, arg string) ([]string, error) {
	return m.s.lines(ctx, verb, arg)
}

func (s *browser) lines(ctx context.Context, verb, arg string) ([]string, error) {
	t := Transfer{Verb: verb}
	if arg != "" {
		t.Args = []string{lsPath(arg)}
	}
	d, err := s.transfer(ctx, ASCII, t)
	if isEmpty(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer d.Abort()
	var lines []string
	d.Bound(listing.MostBytes)
	err = eachLine(d, func(line string) error {
		if len(lines) == listing.MostEntries {
			return listing.ErrTooLong
		}
		lines = append(lines, s.opt.Charset.decode(line))
		return nil
	})
	return lines, d.cutListing(d.CloseAfter(err))
}

// Names lists the bare names that match pattern, or all of the current
// directory when it is empty (NLST, RFC 959 section 4.1.3). Servers differ in what they do with
// directories and wildcards.
func (s *browser) Names(ctx context.Context, pattern string) ([]string, error) {
	return s.lines(ctx, "NLST", pattern)
}
