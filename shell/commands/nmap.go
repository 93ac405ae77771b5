package commands

import (
	"context"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "nmap", Rare: true, Theme: "transfers", Args: "[pattern name]", Short: "rename files as they are moved, by the parts of their names",
	Long: "It applies to transfers without a target name. " +
		"$1 to $9 in the pattern stand for parts of the name, everything else " +
		"for itself; in the new name they stand for what they were, $0 for the whole name, and [$1,text] for $1 or, where that " +
		"is empty, the text. A name that does not fit the pattern stays as it is, and one may end before the pattern does. " +
		"A backslash makes $ [ ] , plain. Without arguments it is switched off.",
	Examples: []command.Example{
		{Line: "nmap $1.$2 $2.$1", Says: "notes.txt becomes txt.notes"},
		{Line: "nmap $1.$2.$3 [$1,$2].[$2,txt]", Says: "notes becomes notes.txt, notes.md.old becomes notes.md"},
	},
	Max: 2, Complete: []completion.Kind{completion.Text}, Foreign: command.Confined, Run: setNameMap,
})

func setNameMap(_ context.Context, c *command.Call) error {
	if len(c.Args) == 1 {
		return c.Usage("the new name is missing")
	}
	c.Shell.Nmap = command.NameMap{Pattern: c.Arg(0), Name: c.Arg(1)}
	tellMap(c, "nmap", len(c.Args) > 0)
	return nil
}

func tellMap(c *command.Call, name string, on bool) {
	if c.Interactive() {
		c.Note("%s is %s", name, settings.OnOff(on))
	}
}

// MapText shows what nmap or ntrans does; "" when it does nothing.
func MapText(n *command.Names, name string) string {
	switch {
	case name == "nmap" && n.Nmap.Pattern != "":
		return n.Nmap.Pattern + " " + n.Nmap.Name
	case name == "ntrans" && len(n.Ntrans.From) > 0:
		return string(n.Ntrans.From) + " " + string(n.Ntrans.To)
	}
	return ""
}

// LocalName is the name that a remote file gets in a local folder when the user has named none: its last part, changed by
// case, ntrans and nmap, and by what the file system does not take. What the server calls a file can never lead out of the
// folder.
func LocalName(sh *command.Shell, dir, remote string) (string, error) {
	name := command.BaseName(remote)
	if sh.Settings.Case && isUpper(name) && utf8.ValidString(name) {
		name = strings.ToLower(name)
	}
	name = sh.Nmap.Apply(sh.Ntrans.Apply(name))
	local := ""
	for part := range strings.SplitSeq(name, "/") {
		if localname.LeadsElsewhere(part) {
			return "", &command.UnsafeNameError{Name: remote}
		}
		part, err := namesIn(sh, filepath.Join(dir, local)).Name(part)
		if err != nil {
			return "", &failure.LocalError{Text: failure.InWords(err)}
		}
		local = filepath.Join(local, part)
	}
	return local, nil
}

// isUpper reports whether a name has capital letters and no others.
func isUpper(name string) bool {
	return strings.ContainsFunc(name, unicode.IsUpper) && !strings.ContainsFunc(name, unicode.IsLower)
}
