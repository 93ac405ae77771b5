package commands

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/unpack"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "unzip", Theme: "download", Args: "-l|-p remote [member…]", Short: "look into a zip archive on the server", JSON: true,
	Long: "-l lists what is in it, -p shows members, or sends them to a file or a program. Only the directory of the archive and the " +
		"members come over the line: the server must begin in the middle of files (REST).",
	Examples: []command.Example{{Line: "unzip -l site.zip", Says: "what is in it"}, {Line: "unzip -p site.zip css/a.css > a.css", Says: "one member"}},
	Min:      1, Max: -1, Ask: []string{"remote-file"},
	Flags: func(fs *pflag.FlagSet) {
		fs.BoolP("list", "l", false, "list the members")
		fs.BoolP("pipe", "p", false, "show members; patterns stand for several")
		fs.BoolP("force", "f", false, "show binary data too")
		fs.String("max-out", "1G", "at most `SIZE` comes out of a member")
	},
	Complete: []completion.Kind{completion.RemotePath, completion.Text}, Wire: getVerbs, Needs: command.Login, Reach: command.WholeLine, Foreign: command.Confined, Run: unzip,
})

// zipMember is a member as --json shows it.
type zipMember struct {
	Name     string  `json:"name"`
	Size     uint64  `json:"size"`
	Packed   uint64  `json:"packed"`
	Modified *string `json:"modified"`
}

// errNoZip says what is wrong with an archive.
var errNoZip = errors.New("not a zip archive, or a damaged one")

func unzip(ctx context.Context, c *command.Call) error {
	if c.Is("list") == c.Is("pipe") {
		return c.Usage("-l lists, -p shows members; `get` fetches the archive")
	}
	most, err := settings.ParseBytes(c.Value("max-out"))
	if err != nil {
		return c.Usage("--max-out: %s", err)
	}
	s, name := c.Session(), c.Arg(0)
	defer inBytes(s)()
	size, err := s.Size(ctx, name)
	if err != nil {
		return failure.About(name, err)
	}
	in := transfer.NewReaderAt(ctx, s, name, size)
	defer in.Close()
	archive, err := zip.NewReader(in, size)
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) {
		err = errNoZip
	}
	if err != nil {
		return failure.About(name, err)
	}
	members, err := membersOf(archive, c.Args[1:])
	if err != nil {
		return failure.About(name, err)
	}
	if c.Is("list") {
		return listMembers(c, members)
	}
	for _, f := range members {
		if err := showMember(c, f, most); err != nil {
			return failure.About(f.Name, err)
		}
	}
	return nil
}

// membersOf are the members that words stand for; all without a word.
func membersOf(archive *zip.Reader, words []syntax.Token) ([]*zip.File, error) {
	if len(words) == 0 {
		return archive.File, nil
	}
	var members []*zip.File
	for _, word := range words {
		pattern := word.Pattern
		n := len(members)
		for _, f := range archive.File {
			if f.Name == word.Text || pattern != "" && syntax.Match(pattern, f.Name) {
				members = append(members, f)
			}
		}
		if len(members) == n {
			return nil, command.NoMatch(word.Text)
		}
	}
	return slices.Compact(members), nil
}

func listMembers(c *command.Call, members []*zip.File) error {
	t := render.Table{Right: []bool{true, true}, Width: c.Shell.Console.Width()}
	return command.Rows(c, t, "", members, func(_ int, f *zip.File) (any, []string) {
		when := ""
		if !f.Modified.IsZero() {
			when = f.Modified.Format(time.DateTime)
		}
		o := zipMember{f.Name, f.UncompressedSize64, f.CompressedSize64, render.Stamp(f.Modified)}
		return o, []string{strconv.FormatUint(o.Size, 10), strconv.FormatUint(o.Packed, 10), when, c.Shown(f.Name)}
	})
}

// showMember unpacks a member. What it says of its own size is not believed.
func showMember(c *command.Call, f *zip.File, most int64) error {
	in, err := f.Open()
	if err != nil {
		return errNoZip
	}
	defer in.Close()
	return show(c, c.Is("force"), func(out io.Writer) error {
		n, err := io.Copy(out, io.LimitReader(in, most+1))
		switch {
		case n > most:
			return &unpack.BombError{In: int64(min(f.CompressedSize64, 1<<62)), Out: n}
		case errors.Is(err, zip.ErrChecksum), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, zip.ErrFormat):
			return &unpack.CutError{Err: err}
		}
		return err
	})
}
