package learn

import (
	"context"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var _ = command.Add(&command.Command{
	Name: "explain", Theme: "learn", Args: "[command|code|word|last]", Short: "explain a protocol command, a reply code, a term, or what just happened",
	Long: "Nothing is sent for it. `explain last` reads what the last command did on the wire and says what most likely went wrong and " +
		"what to try. Alone it lists what it can explain.",
	Examples: []command.Example{
		{Line: "explain PASV", Says: "a command: replies, pitfalls, which servers know it"},
		{Line: "explain 550", Says: "a code: what it means and what to try"},
		{Line: "explain last", Says: "the last command"},
		{Line: "explain passive", Says: "a term"},
	},
	Max: -1, Complete: []completion.Kind{completion.Topic}, JSON: true, Foreign: command.Refused, Run: explain,
})

func explain(_ context.Context, c *command.Call) error {
	topic := strings.Join(c.Texts(), " ")
	switch strings.ToLower(topic) {
	case "":
		return command.Prose(c, strings.Join(teach.Overview(), "\n"))
	case "last":
		return explainLast(c)
	}
	found, ok := teach.Explain(topic, ExplainContext(c.Shell))
	if !ok {
		found, ok = explainOurs(c.Shell, topic)
	}
	if !ok {
		return unknownTopic(c.Shell, topic)
	}
	if c.JSON() {
		return c.Object(found.Record)
	}
	return command.Prose(c, strings.Join(found.Lines, "\n"))
}

// explainLast reads what the last command did, or the one before when that did
// nothing on the wire.
func explainLast(c *command.Call) error {
	o, err := operation(&c.Shell.Learning, 1)
	if err != nil {
		return err
	}
	reading := teach.ReadOperation(o, c.Shell.Recorder.Events(0), ExplainContext(c.Shell).Features)
	if c.JSON() {
		return c.Object(reading)
	}
	return command.Prose(c, strings.Join(reading.Lines(), "\n"))
}

// explainOurs explains what is not of the protocol but of ftpsh: a command, by what it sends, or a setting.
func explainOurs(sh *command.Shell, topic string) (teach.Explanation, bool) {
	name := strings.ReplaceAll(strings.ToLower(topic), " ", "-")
	if command := sh.Catalog.Exact(name); command != nil {
		labels := [][2]string{{"Usage", command.Synopsis()}}
		if len(command.Wire) > 0 {
			labels = append(labels, [2]string{"Sends", strings.Join(command.Wire, " ")})
		}
		labels = append(labels, [2]string{"See also", "`help " + command.Name + "`"})
		text := strings.ToUpper(command.Short[:1]) + command.Short[1:] + "."
		record := map[string]any{"command": command.Name, "short": command.Short, "usage": command.Synopsis(), "sends": command.Wire}
		return teach.Explanation{Lines: teach.PageOf(command.Name+", a command of ftpsh", text, labels), Record: record}, true
	}
	row, err := settings.Exact(name)
	if err != nil {
		return teach.Explanation{}, false
	}
	text := strings.ToUpper(row.Short[:1]) + row.Short[1:] + "."
	labels := [][2]string{{"Usage", "set " + row.Name + " " + row.Example()}, {"See also", "`help " + row.Name + "`"}}
	record := map[string]any{"setting": row.Name, "short": row.Short, "values": row.Words}
	return teach.Explanation{Lines: teach.PageOf(row.Name+", a setting of ftpsh", text, labels), Record: record}, true
}

// unknownTopic suggests what is spelled alike, or has one of the words.
func unknownTopic(sh *command.Shell, topic string) error {
	err := &failure.UsageError{Text: topic + ": nothing is known about it", Hint: "`explain` lists the topics"}
	all := teach.Topics()
	for command := range sh.Catalog.Commands() {
		all = append(all, command.Name)
	}
	for _, row := range settings.All() {
		all = append(all, row.Name)
	}
	near := completion.Nearest(strings.ToUpper(topic), all)
	if len(near) == 0 {
		near = completion.Nearest(strings.ToLower(topic), all)
	}
	for _, word := range strings.FieldsFunc(topic, func(r rune) bool { return r == ' ' || r == '-' }) {
		if len(near) == 0 && len(word) > 3 {
			if _, known := teach.Explain(word, teach.Here{}); known {
				near = []string{strings.ToLower(word)}
			}
		}
	}
	slices.Sort(near) // a word may be a command, a setting and one of the trade
	if near = slices.Compact(near); len(near) > 0 {
		err.Hint = failure.DidYouMean("explain ", near)
	}
	return err
}

// ExplainContext is what the session adds to explanations.
func ExplainContext(sh *command.Shell) teach.Here {
	h := teach.Here{Events: sh.Recorder.All(), Knows: func(line string) bool { return KnowsLine(sh, line) }}
	if sh.Session != nil {
		h.Server, h.Features = sh.Session.Server().Quirks().Server, sh.Session.Features()
	}
	return h
}

// KnowsLine reports whether a line can be typed here: there is the command, and it
// has the options.
func KnowsLine(sh *command.Shell, line string) bool {
	words := strings.Fields(line)
	command := sh.Catalog.Exact(words[0])
	if command == nil {
		return false
	}
	for _, word := range words[1:] {
		if command.DashArgs != nil && command.DashArgs(word) {
			continue
		}
		if strings.HasPrefix(word, "-") && (!command.TakesFlags() || command.FlagSet().Parse([]string{word}) != nil) {
			return false
		}
	}
	return true
}

// TopicCandidates are the topics of explain: first what this session has seen.
func TopicCandidates(l *command.Learning) []completion.Candidate {
	seen := []string{"last"}
	for _, e := range slices.Backward(l.Recorder.Events(0)) {
		for _, word := range []string{e.Code, e.Verb} {
			if word != "" && !slices.Contains(seen, word) {
				seen = append(seen, word)
			}
		}
	}
	for _, topic := range teach.Topics() {
		if !slices.Contains(seen, topic) {
			seen = append(seen, topic)
		}
	}
	return command.PlainCandidates(seen)
}
