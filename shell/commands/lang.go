package commands

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "lang", Theme: "the protocol", Args: "[language|default]", Short: "show or choose the language of the server's words (LANG)",
	Long:     "Alone it shows which languages the server offers; the present one has a star. A choice is kept when a connection must be made again.",
	Examples: []command.Example{{Line: "lang fr", Says: "French, where the server speaks it"}, {Line: "lang default", Says: "as it was"}},
	Values:   [][]string{{"default", "en", "de", "fr", "es", "ja", "zh"}},
	Max:      1, Complete: []completion.Kind{completion.Text}, Wire: command.Sends("LANG"), Needs: command.Connection, Foreign: command.Confined, Run: lang,
})

// lang asks for a language, or says which there are (RFC 2640 section 4).
func lang(ctx context.Context, c *command.Call) error {
	line := "LANG " + c.Arg(0)
	switch c.Arg(0) {
	case "":
		return languages(c)
	case "default":
		line = "LANG"
	}
	r, err := c.Session().Quote(ctx, line)
	if err != nil {
		return err
	}
	return command.Reply(c, "LANG", r)
}

// languages prints those of the answer to FEAT.
func languages(c *command.Call) error {
	features := c.Session().Features()
	if !features.Has("LANG") {
		return &failure.LocalError{Text: "the server offers no choice of languages"}
	}
	for _, language := range strings.FieldsFunc(features["LANG"], func(r rune) bool { return r == ';' || r == ' ' || r == '\n' }) {
		if err := printRawLine(c, language); err != nil {
			return err
		}
	}
	return nil
}
