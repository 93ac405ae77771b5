package commands

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/site"
)

var _ = command.Add(&command.Command{
	Name: "z", Theme: "look around", Args: "[word… | -]", Short: "go to a directory of this server where you were often, or lately", JSON: true,
	Long: "The words are parts of its path in their order, in any case, the last of them in its last name. A directory of that " +
		"name in the present one comes first, then one whose last name is the last word, then what begins with it or has it; " +
		"among these what was visited often and lately. Where two are as likely, and with `z` alone, a terminal shows a choice. " +
		"`cd` at the prompt is what counts as a visit, `cd ..` is none; each server and user has directories of its own. " +
		"`set jump off` remembers nothing more.",
	Examples: []command.Example{
		{Line: "z css", Says: "to the css directory of these days"},
		{Line: "z -l www", Says: "what there is"},
		{Line: "z -x /old/www", Says: "forget it"},
	},
	Max: -1, Flags: zFlags, Complete: []completion.Kind{completion.Visited},
	Wire: command.Sends("CWD", "PWD"), Needs: command.Login, Foreign: command.Refused, Run: jump,
})

func zFlags(fs *pflag.FlagSet) {
	fs.BoolP("list", "l", false, "show the directories that fit, and their scores")
	fs.BoolP("choose", "i", false, "choose among those that fit")
	fs.StringP("forget", "x", "", "forget `DIRECTORY`")
	command.NamesPath(fs, "forget", completion.Visited)
}

// mostTries is how many directories that are gone are tried before z gives up.
const mostTries = 3

func jump(ctx context.Context, c *command.Call) error {
	switch {
	case c.Given("forget"):
		return forgetVisit(c)
	case c.Arg(0) == "-" && len(c.Args) == 1:
		return cd(ctx, c)
	}
	fit, err := visitsLike(c, c.Texts())
	if err != nil {
		return err
	}
	if c.Is("list") || len(c.Args) == 0 && !c.Interactive() {
		return listVisits(c, fit)
	}
	if len(c.Args) == 1 && !c.Is("choose") && isDirHere(c, c.Arg(0)) {
		return visit(ctx, c, c.Arg(0))
	}
	for try := 0; try < mostTries && len(fit) > 0; try++ {
		i, err := whichVisit(ctx, c, fit)
		if i < 0 || err != nil {
			return err
		}
		dir := string(fit[i].Dir)
		if err = visit(ctx, c, dir); !client.IsCode(err, 550) {
			return err
		}
		c.Note("%s is not there any more", dir)
		if _, err := c.Shell.Visits.Forget(c.Shell.Server(), dir); err != nil {
			return err
		}
		fit = slices.Delete(fit, i, i+1)
	}
	return noVisit(c)
}

// visitsLike are the directories that words fit, but for the present one.
func visitsLike(c *command.Call, words []string) ([]site.Visit, error) {
	all, err := c.Shell.Visits.All(c.Shell.Server())
	if err != nil {
		return nil, err
	}
	fit := site.Ranked(all, words, time.Now())
	if !c.Is("list") {
		fit = slices.DeleteFunc(fit, func(one site.Visit) bool { return string(one.Dir) == c.Shell.Dir() })
	}
	return fit, nil
}

// isDirHere reports whether a name is known to be a directory in the present one. Nothing is asked.
func isDirHere(c *command.Call, name string) bool {
	entry, there, known := c.Shell.Remote.Lookup(c.Shell.Dir(), name)
	return known && there && entry.Dir
}

// whichVisit is the directory to go to: the first one, unless somebody can be asked and has to be. -1 is none.
func whichVisit(ctx context.Context, c *command.Call, fit []site.Visit) (int, error) {
	unsure := len(fit) > 1 && site.Close(fit[0], fit[1], c.Texts(), time.Now())
	if !c.Interactive() || len(c.Args) > 0 && !c.Is("choose") && !unsure {
		return 0, nil
	}
	return chooseVisit(ctx, c, fit)
}

// chooseVisit lets the user choose among the first nine.
func chooseVisit(ctx context.Context, c *command.Call, fit []site.Visit) (int, error) {
	keys := "q"
	for i, one := range fit[:min(len(fit), 9)] {
		keys += strconv.Itoa(i + 1)
		c.Note("%d  %s", i+1, string(one.Dir))
	}
	key, err := c.Shell.Console.AskKey(ctx, "which one? [1-"+keys[len(keys)-1:]+", q for none] ", keys)
	if err != nil || key == 'q' {
		return -1, err
	}
	return int(key - '1'), nil
}

// visit goes to a directory, and says where that is.
func visit(ctx context.Context, c *command.Call, dir string) error {
	if err := chdir(ctx, c, dir); err != nil {
		return err
	}
	remember(c)
	if c.JSON() {
		return c.Word("path", c.Shell.Dir())
	}
	c.Note("%s", c.Shell.Dir())
	return nil
}

// remember counts a visit of somebody who typed it. What keeps it from being kept is told, and harms nothing else.
func remember(c *command.Call) {
	sh := c.Shell
	if !sh.Settings.Jump || !c.Interactive() || c.Line.Script != "" || sh.Forked || sh.Options.DryRun || !c.Session().Place().Known() {
		return
	}
	if err := sh.Visits.Add(sh.Server(), sh.Dir(), time.Now()); err != nil {
		sh.Warn("z does not remember this: " + err.Error())
	}
}

func forgetVisit(c *command.Call) error {
	dir := c.Value("forget")
	if not, err := command.WouldRun(c.Shell, "z", "-x", dir); not {
		return err
	}
	had, err := c.Shell.Visits.Forget(c.Shell.Server(), c.Absolute(dir))
	if err == nil && !had {
		err = &failure.LocalError{Text: dir + " is not remembered; `z -l` shows what is"}
	}
	return err
}

// noVisit is the error of words that fit nothing, with what may have been meant.
func noVisit(c *command.Call) error {
	all, err := visitsLike(c, nil)
	if err != nil {
		return err
	}
	if len(c.Args) == 0 {
		return c.Usage("no directory of this server is remembered yet: `cd` at the prompt does that")
	}
	names, dirs := []string{}, map[string]string{}
	for _, one := range all {
		name := path.Base(string(one.Dir))
		if dirs[name] == "" {
			names, dirs[name] = append(names, name), string(one.Dir)
		}
	}
	text := "no remembered directory matches " + strings.Join(c.Texts(), " ")
	near := completion.Nearest(path.Base(c.Args[len(c.Args)-1].Text), names)
	for i, name := range near {
		near[i] = dirs[name]
	}
	if len(near) > 0 {
		text += "; near are " + strings.Join(near, ", ")
	}
	return errors.New(text)
}

// visitObject is a directory as --json shows it.
type visitObject struct {
	Path  string  `json:"path"`
	Score float64 `json:"score"`
	Last  string  `json:"last"`
}

func listVisits(c *command.Call, fit []site.Visit) error {
	now := time.Now()
	return command.Rows(c, render.Table{Right: []bool{true}}, "", fit, func(_ int, one site.Visit) (any, []string) {
		o := visitObject{string(one.Dir), one.Now(now), one.Last.Format(time.RFC3339)}
		return o, []string{fmt.Sprintf("%.1f", o.Score), render.Safe(o.Path), stampText(c, one.Last)}
	})
}
