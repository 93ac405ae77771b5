package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// Failed shows a failure: what failed, the words of the side that refused, and what
// can be tried.
func (sh *Shell) Failed(line Line, command string, err error) {
	if errors.As(err, new(*failure.ShownError)) || isBrokenOutput(err) || errors.Is(err, ErrAway) || errors.As(err, new(Ended)) {
		return
	}
	where := ""
	if line.Script != "" {
		where = fmt.Sprintf("%s:%d", line.Script, line.Number)
	}
	if all := failure.Each(err); len(all) > 1 {
		for _, err := range all {
			sh.Failed(line, command, err)
		}
		return
	}
	sh.Log.failure(line, command, sh.Masked(failure.InWords(err)), Status(err))
	if sh.JSON {
		object := failureObject(where, command, err, sh.hintsFor(err))
		object.Error = sh.Masked(object.Error)
		_ = render.JSON(sh.Console.Err(), object)
		return
	}
	words := strings.TrimPrefix(failure.InWords(err), command+": ") // a setting may have the name of its command
	f := render.Failure{What: command, Words: sh.Masked(words), Hints: sh.hintsFor(err)}
	if where != "" {
		f.What = strings.TrimSuffix(where+": "+command, ": ")
	}
	if usage, is := failure.As[*failure.UsageError](err); is && usage.Usage != "" {
		f.Words += "\nusage: " + usage.Usage
	}
	if bad, is := failure.As[*client.CertificateError](err); is && !sh.Interactive() { // at a terminal it was shown with the question
		for _, row := range CertificateRows(bad.Chain[0]) {
			f.Words += fmt.Sprintf("\n%-8s %s", strings.TrimSpace(row[0]), row[1])
		}
	}
	_, _ = fmt.Fprintln(sh.Console.Err(), f.Text(sh.Console.ColorErr(), sh.Console.ErrWidth()))
}

// Masked hides the secrets of the session, and the passwords of URLs, from what is shown.
func (c *Connections) Masked(text string) string {
	text = history.MaskURLs(text)
	if c.Session == nil {
		return text
	}
	return c.Session.Conn().Mask(text)
}

// shownFailure is an error as --json shows it.
type shownFailure struct {
	Error   string   `json:"error"`
	Command string   `json:"command,omitempty"`
	Where   string   `json:"where,omitempty"`
	Status  int      `json:"status"`
	Code    int      `json:"code,omitempty"` // of the server's reply
	Hints   []string `json:"hints,omitempty"`
}

func failureObject(where, command string, err error, hints []string) shownFailure {
	f := shownFailure{Error: failure.InWords(err), Command: command, Where: where, Status: Status(err), Hints: hints}
	if no, is := failure.As[*client.Error](err); is {
		f.Code = no.Reply.Code
	}
	return f
}

// KeptError is why a session could not be opened while another goes on.
type KeptError struct {
	Err     error
	Words   string // without the secrets of the session that failed
	With    string // who and where one still is
	Dropped bool   // something was typed ahead
}

func (e *KeptError) Error() string { return e.Words }

func (e *KeptError) Unwrap() error { return e.Err }

// keptHints are what can be tried after an error while the old session goes on.
func keptHints(e *KeptError) []string {
	goesOn := "the session with " + e.With + " continues; `close` ends it"
	if e.Dropped {
		goesOn += "; what you typed ahead was not run"
	}
	if errors.Is(e, failure.ErrInterrupted) {
		return []string{goesOn}
	}
	hints := slices.DeleteFunc((*Shell)(nil).hintsFor(e.Err), func(hint string) bool {
		return strings.HasPrefix(hint, "`user ") // which would go to the old server
	})
	return append(hints, goesOn)
}
