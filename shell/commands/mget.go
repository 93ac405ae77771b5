package commands

import (
	"context"
	"path"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "mget", Theme: "download", Plans: true, Between: &command.Between{Many: true}, Args: "pattern…", Short: "download several files", JSON: true,
	Long: "The patterns are matched here. At a terminal you are asked about each file unless `prompt` is off; a script is not " +
		"asked. Without -r directories are skipped. Names that a server lists are only ever names in the local directory.",
	Examples: []command.Example{{Line: "mget *.txt", Says: "all texts"}, {Line: "mget -c disk*.iso", Says: "resume several"}, {Line: "mget --marker '%s.done' *.csv", Says: "those that are complete"}, {Line: "mget -O /var/spool *.csv", Says: "into another directory"}},
	Min:      1, Max: -1, Ask: []string{"remote-files"}, Flags: mgetFlags,
	Complete: []completion.Kind{completion.RemotePath},
	Wire:     downloadVerbs, Needs: command.Login, Reach: command.EachWord, Detach: true, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return mget(ctx, c, c.Is("continue")) },
})

// mgetFlags are the options of mget.
func mgetFlags(fs *pflag.FlagSet) {
	flags(getFlags, treesFlag, segmentsFlag, intoFlag)(fs)
	fs.String("settled", "", "leave files alone that change within `TIME`, since they may still be being written")
	fs.String("marker", "", "take a file only when `NAME` stands beside it, as %s.done; %s is the name of the file")
}

// readMarker reads --marker.
func readMarker(c *command.Call) (transfer.Marker, error) {
	if !c.Given("marker") {
		return "", nil
	}
	m, err := transfer.ReadMarker(c.Value("marker"))
	if err != nil {
		return "", c.Usage("--marker: %s", err)
	}
	return m, nil
}

// completed are the names of files that nobody still writes, as far as --settled and --marker can tell.
func completed(ctx context.Context, c *command.Call, names []command.RemoteName) ([]command.RemoteName, error) {
	marker, err := readMarker(c)
	if err != nil || !c.Given("marker", "settled") {
		return names, err
	}
	if c.Is("recursive") {
		return nil, &failure.UsageError{Usage: c.Command.Synopsis(), Text: "--marker and --settled do not go with -r", Hint: "`mirror` has them for directories"}
	}
	if err := waitSettled(ctx, c); err != nil {
		return nil, err
	}
	beside := map[string]map[string]bool{} // by directory
	now := map[string]listing.Entry{}
	var taken []command.RemoteName
	for _, name := range names {
		dir := path.Dir(name.Path)
		if beside[dir] == nil {
			entries, err := c.List(ctx, dir, true)
			if err != nil {
				return nil, failure.About(dir, err)
			}
			beside[dir] = map[string]bool{}
			for _, e := range entries {
				beside[dir][e.Name], now[path.Join(dir, e.Name)] = true, e
			}
		}
		e, there := now[path.Clean(name.Path)]
		settled := !c.Given("settled") || there && name.Entry != nil && name.Entry.Size == e.Size && name.Entry.Time.Equal(e.Time)
		if settled && marker.Takes(path.Base(name.Path), beside[dir]) {
			taken = append(taken, name)
		}
	}
	if left := len(names) - len(taken); left > 0 {
		c.Note("%s left out: not known to be complete", command.Plural(left, "name", "names"))
	}
	return taken, nil
}
