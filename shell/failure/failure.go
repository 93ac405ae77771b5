// Package failure has the errors that a shell makes itself, and says what others mean.
package failure

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/render"
)

// The errors that the shell itself makes.
var (
	ErrNotConnected = errors.New("not connected")
	ErrInterrupted  = errors.New("interrupted")
	ErrNoPassword   = errors.New("no password")
	ErrDowngrade    = errors.New("the server had TLS before and refuses it now")
	ErrNoTLS        = errors.New("TLS is wanted, or was there before")
)

// About names what an error is about. A nil error stays nil.
func About(name string, err error) error {
	if err == nil {
		return nil
	}
	return &NameError{name, err}
}

// SeveralErrors are the failures of a command that went on after them.
type SeveralErrors struct{ Errs []error }

func (e *SeveralErrors) Error() string { return errors.Join(e.Errs...).Error() }

func (e *SeveralErrors) Unwrap() []error { return e.Errs }

// Several makes one error of many.
func Several(errs ...error) error {
	var flat []error
	for _, err := range errs {
		if err != nil {
			flat = append(flat, Each(err)...)
		}
	}
	switch len(flat) {
	case 0:
		return nil
	case 1:
		return flat[0]
	}
	return &SeveralErrors{flat}
}

// Each are the errors that Several made one of. One that is wrapped says more, such as an interruption, and stays whole.
func Each(err error) []error {
	if many, ok := err.(*SeveralErrors); ok { //nolint:errorlint // see above
		return many.Errs
	}
	return []error{err}
}

// Interrupted marks an error as the end of a context that was cancelled.
func Interrupted(ctx context.Context, err error) error {
	if err == nil || context.Cause(ctx) == nil {
		return err
	}
	return &Interruption{Cause: context.Cause(ctx), Err: err}
}

// Interruption is how a command ended whose context was cancelled.
type Interruption struct{ Cause, Err error }

func (e *Interruption) Error() string {
	if errors.Is(e.Err, context.Canceled) || errors.Is(e.Err, os.ErrDeadlineExceeded) { // as transfer.Open ends a read
		return e.Cause.Error()
	}
	return e.Err.Error()
}

func (e *Interruption) Unwrap() []error { return []error{e.Cause, e.Err} }

// ShownError is the failure of a command that runs others: theirs, which has
// been shown where it happened.
type ShownError struct{ error }

func (e *ShownError) Unwrap() error { return e.error }

// UsageError is a line that cannot run as it was typed.
type UsageError struct {
	Usage string // how the command is used; "": not shown
	Text  string
	Hint  string // what can be typed instead, or ""
}

func (e *UsageError) Error() string { return e.Text }

// LocalError is something wrong with a local file that the system did not say.
type LocalError struct{ Text string }

func (e *LocalError) Error() string { return e.Text }

// As returns what an error is, or has in it, of a type.
func As[T error](err error) (found T, is bool) {
	is = errors.As(err, &found)
	return found, is
}

// Is reports whether an error is, or has in it, one of a type.
func Is[T error](err error) bool { return errors.As(err, new(T)) }

// AnyOf reports whether an error is, or has in it, one of two types.
func AnyOf[A, B error](err error) bool { return Is[A](err) || Is[B](err) }

// Refused reports whether the server said no to one of the verbs.
func Refused(err error, to ...string) bool {
	no := client.Refusal(err)
	return no != nil && slices.Contains(to, no.Verb)
}

// NotThere reports whether the server says, with one of its codes for that, that a name does not exist.
func NotThere(err error) bool { return client.IsCode(err, 550, 450, 501, 553) }

// NameError says which name an error is about.
type NameError struct {
	Name string
	err  error
}

func (e *NameError) Error() string { return render.Safe(e.Name) + ": " + e.err.Error() } // on one line

func (e *NameError) Unwrap() error { return e.err }

// InWords is what an error says, without the words of libraries.
func InWords(err error) string {
	text := client.Reason(err)
	if about, is := As[*NameError](err); is { // a file names itself, too
		name := render.Safe(about.Name) + ": "
		text = strings.Replace(text, name+name, name, 1)
	}
	var missing *exec.Error
	var ended *exec.ExitError
	switch {
	case errors.As(err, &missing) && errors.Is(missing.Err, exec.ErrNotFound):
		return strings.Replace(text, missing.Error(), missing.Name+": no such program", 1)
	case errors.As(err, &ended) && ended.Exited():
		return strings.Replace(text, ended.Error(), fmt.Sprintf("it ended with status %d", ended.ExitCode()), 1)
	case errors.As(err, &ended):
		return strings.Replace(text, ended.Error(), "it was ended by a signal", 1)
	}
	return text
}

// Shown marks the failure of a line as told already.
func Shown(err error) error {
	if err == nil {
		return nil
	}
	return &ShownError{err}
}

// Hint is what can be typed instead of a line that cannot run, or "".
func Hint(err error) string {
	if usage, is := As[*UsageError](err); is {
		return usage.Hint
	}
	return ""
}

// DidYouMean is a hint at what is nearly what was typed: each of these, behind the same words.
func DidYouMean(before string, near []string) string {
	return "did you mean `" + before + strings.Join(near, "` or `"+before) + "`?"
}
