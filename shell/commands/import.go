package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/zalando/go-keyring"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/sitefiles"
)

var _ = command.Add(&command.Command{
	Name: "import", Theme: "connect", Args: "[client | file]", Short: "make bookmarks of the sites that another client knows", JSON: true,
	Long: "It reads the files of FileZilla, lftp, ncftp, WinSCP and rclone where these keep them, or those of one of them, or a file; " +
		"`import netrc` makes bookmarks of the machines in .netrc. It shows what comes and what stays, and asks; a script needs -y. " +
		"What is there already is not taken twice; a name that leads elsewhere gets a number. Passwords stay where they are: " +
		"--passwords puts those that can be read into the keyring. Settings of a client are shown as lines of config.toml.",
	Examples: []command.Example{
		{Line: "import -n", Says: "what there is"},
		{Line: "import lftp --as old", Says: "as old/NAME"},
		{Line: "import --passwords ~/sitemanager.xml", Says: "with the passwords"},
	},
	Max: 1, Flags: importFlags, Values: [][]string{{"filezilla", "lftp", "ncftp", "netrc", "rclone", "winscp"}}, Complete: []completion.Kind{completion.LocalPath},
	Foreign: command.Refused, Run: importSites,
})

func importFlags(fs *pflag.FlagSet) {
	fs.BoolP("dry-run", "n", false, "show what would come, and change nothing")
	fs.BoolP("yes", "y", false, "without a question")
	fs.String("as", "", "put `NAME`/ in front of the names")
	fs.Bool("replace", false, "let a bookmark of the same name lead where the other client goes")
	fs.Bool("passwords", false, "put passwords that can be read into the keyring")
}

func importSites(ctx context.Context, c *command.Call) error {
	if strings.ContainsAny(c.Value("as"), ":@.") {
		return c.Usage("--as %q: a bookmark has none of : @ .", c.Value("as"))
	}
	files, wrong := importFiles(c)
	known, err := site.ReadBookmarks(c.Shell.Options.Bookmarks)
	if err != nil {
		return err
	}
	in := importing{known: known, all: map[string]string{}, prefix: c.Value("as"), replace: c.Is("replace"), passwords: c.Is("passwords")}
	for _, f := range files {
		in.take(f)
	}
	if err := showImport(c, &in, len(files)); err != nil {
		return err
	}
	if err := takeIn(ctx, c, &in); err != nil {
		return failure.Several(wrong, err)
	}
	return wrong
}

// importFile is a file of another client.
type importFile struct {
	name, client string
	sitefiles.Contents
}

// importFiles reads the files that the call means.
func importFiles(c *command.Call) (files []importFile, err error) {
	formats := append(slices.Clone(sitefiles.Formats), netrcFormat(c.Shell))
	names, asked := []string{}, c.Arg(0)
	one := sitefiles.Find(formats, asked)
	switch {
	case one != nil:
		names = one.Places(sitefiles.UserHome())
	case asked != "":
		names = []string{c.Shell.Folder().Name(LocalPath(c.Args[0]))}
	default:
		for _, f := range sitefiles.Formats { // .netrc is read as it is
			names = append(names, f.Places(sitefiles.UserHome())...)
		}
	}
	var errs []error
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			continue
		}
		seen[name] = true
		text, err := private.Read(name, sitefiles.MostBytes)
		if errors.Is(err, fs.ErrNotExist) && (one != nil || asked == "") {
			continue
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all, format, err := sitefiles.Read(name, text, formats)
		if err != nil {
			errs = append(errs, err)
		} else if format != nil {
			files = append(files, importFile{name, format.Client, all})
		}
	}
	if one != nil && len(files) == 0 && len(errs) == 0 {
		errs = append(errs, &failure.LocalError{Text: "no sites of " + one.Client + " are where it keeps them; `import FILE` reads others"})
	}
	return files, failure.Several(errs...)
}

// netrcFormat is that of .netrc, which ftpsh reads itself.
func netrcFormat(sh *command.Shell) sitefiles.Format {
	return sitefiles.Format{
		Client: "netrc",
		Is: func(text string) bool {
			entries, _ := site.ParseNetrc(text)
			return slices.ContainsFunc(entries, func(e site.Netrc) bool { return e.Host != "" })
		},
		Read: func(text string) (all sitefiles.Contents, err error) {
			entries, err := site.ParseNetrc(text)
			for _, e := range entries {
				if e.Host != "" {
					all.Sites = append(all.Sites, sitefiles.Site{Host: e.Host, User: e.Login, Password: e.Password, HasPassword: e.HasPassword})
				}
			}
			return all, err
		},
		Places: func(sitefiles.Home) []string { return []string{sh.Options.Netrc} },
	}
}

// incomingObject is a site, or a setting, as --json shows it.
type incomingObject struct {
	Name     string `json:"name,omitempty"`
	URL      string `json:"url,omitempty"`
	From     string `json:"from"`
	File     string `json:"file"`
	Does     string `json:"does"` // add, replace, known, skip; set
	Reason   string `json:"reason,omitempty"`
	Password string `json:"password,omitempty"` // keyring, stays
	Setting  string `json:"setting,omitempty"`
	Value    string `json:"value,omitempty"`
	Host     string `json:"host,omitempty"`
}

func showImport(c *command.Call, in *importing, files int) error {
	if files == 0 {
		return nil
	}
	if c.JSON() {
		for _, one := range in.sites {
			if err := c.Object(one.incomingObject); err != nil {
				return err
			}
		}
		return showSettings(c, in.settings)
	}
	t := render.Table{Header: []string{"name", "address", "from", ""}}
	for _, one := range in.sites {
		t.Rows = append(t.Rows, []string{render.Safe(one.Name), render.Safe(one.URL), one.From, render.Safe(one.says())})
	}
	if err := c.Table(t); err != nil {
		return err
	}
	return showSettings(c, in.settings)
}

// takeIn asks, and writes the bookmarks and the passwords.
func takeIn(ctx context.Context, c *command.Call, in *importing) error {
	n := in.count()
	c.Note("%s", n)
	what := []string{}
	if fresh := n["add"] + n["replace"]; fresh > 0 {
		what = append(what, "take over "+command.Plural(fresh, "bookmark", "bookmarks"))
	}
	if keyring := n["keyring"]; keyring > 0 {
		what = append(what, "put "+command.Plural(keyring, "password", "passwords")+" into the keyring")
	}
	switch {
	case len(what) == 0, isDry(c):
		return nil
	case c.Is("yes"):
	case !c.Interactive():
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: "nobody can be asked", Hint: "`import -y` takes them, `import -n` shows them"}
	case !c.Confirm(ctx, strings.Join(what, " and ")+"?"):
		return nil
	}
	err := changeBookmarks(c, func(all map[string]string) error {
		for _, one := range in.sites {
			if one.Does == "add" || one.Does == "replace" {
				all[one.Name] = one.URL
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return keepPasswords(in)
}

func keepPasswords(in *importing) error {
	for _, one := range in.sites {
		if one.keep == "" {
			continue
		}
		if err := keyring.Set(command.KeyringService, one.keep, one.secret); err != nil {
			return fmt.Errorf("the bookmarks are there, the password of %s is not: the keyring: %w", one.keep, err)
		}
	}
	return nil
}
