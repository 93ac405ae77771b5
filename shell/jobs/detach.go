package jobs

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// detachJobs hands jobs over to another process. What a job has moved stays: a
// transfer goes on where it was.
func detachJobs(sh *command.Shell, on []*job) bool {
	script := ""
	var what []string
	for _, j := range on {
		what = append(what, command.Recorded(j.line, "a command"))
		lines, err := j.script()
		if err != nil {
			sh.Failed(command.Line{}, "detach", failure.About(j.shown(), err))
			return false
		}
		script += lines
	}
	for _, j := range on {
		stopJob(sh, j, errDetached)
		<-j.Done
	}
	log, err := sh.Options.Detach(script+"wait\n", strings.Join(what, "; "), sh.Console.Start)
	if err != nil {
		sh.Failed(command.Line{}, "detach", err)
		return false
	}
	sh.Say("they continue without the terminal and write to " + log + "; `jobs` shows them, `attach` what they say, `kill` ends them")
	return true
}

// script is the lines that carry a job on from where it is, as it was. Where its session cannot be
// made again the job has none, and says so: "not connected".
func (j *job) script() (string, error) {
	var script strings.Builder
	line := func(words ...string) {
		for i, word := range words {
			words[i] = syntax.Quote(word)
		}
		script.WriteString(strings.Join(words, " ") + "\n")
	}
	for _, row := range settings.All() {
		line("set", row.Name, row.Show(&j.from.settings))
	}
	line("set", "onerror", "continue") // with the next job
	if j.session != nil {
		err := j.from.alone
		if err == nil && j.from.login.Account != "" {
			err = &failure.LocalError{Text: "a login with an account is not handed on"}
		}
		if err != nil {
			return "", err
		}
		text, err := json.Marshal(j.from.made)
		if err != nil {
			return "", err
		}
		line("set", "virtual-host", j.from.made.Host)
		script.WriteString("open --made=" + syntax.Quote(string(text)))
		if j.from.insecure {
			script.WriteString(" --insecure")
		}
		script.WriteString(" " + syntax.Quote(loginURL(j.from.address, j.from.login)) + "\n")
	}
	script.WriteString("lcd " + syntax.Quote(j.from.local) + " || close\n")
	return script.String() + j.resuming() + " &\n", nil
}

// resuming is the line of a job, with -c where its command can go on with what is
// there.
func (j *job) resuming() string {
	toks := syntax.Lex(j.line)
	if len(toks) == 0 || toks[0].Op != syntax.Word {
		return j.line
	}
	command, err := j.Sh.Catalog.Find(toks[0].Text)
	if err != nil || command.FlagSet().Lookup("continue") == nil {
		return j.line
	}
	return j.line[:toks[0].End] + " --continue" + j.line[toks[0].End:]
}

// loginURL is the address of a login, with its password.
func loginURL(a site.Address, login client.Login) string {
	where := url.URL{Scheme: a.Scheme(), Host: a.HostPort()}
	if login.User != "" {
		where.User = url.UserPassword(login.User, login.Password)
	}
	return where.String()
}

// A detachedJob is another process that runs the jobs of a shell that has ended. It holds a lock on its
// log as long as it lives; the first line of that says what it does.
type detachedJob struct {
	pid  int
	log  string
	line string
}

// id is how the job is called here: @ and the process.
func (d detachedJob) id() string { return "@" + strconv.Itoa(d.pid) }

// detachedJobs are those that live, the oldest first.
func detachedJobs(sh *command.Shell) (found []detachedJob) {
	if sh.Options.StateDir == "" {
		return nil
	}
	logs, _ := filepath.Glob(filepath.Join(sh.Options.StateDir, "detached-*.log"))
	slices.Sort(logs)
	for _, log := range logs {
		name := strings.TrimSuffix(filepath.Base(log), ".log")
		pid, err := strconv.Atoi(name[strings.LastIndexByte(name, '-')+1:])
		if err == nil && pid > 1 && isLocked(log) {
			found = append(found, detachedJob{pid, log, firstLine(log)})
		}
	}
	return found
}

// isLocked reports whether somebody holds the lock of a file.
func isLocked(name string) bool {
	release, free := command.Hold(name)
	release()
	return !free
}

func firstLine(name string) string {
	file, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer file.Close()
	line, _ := bufio.NewReader(io.LimitReader(file, 1<<10)).ReadString('\n')
	return strings.TrimSpace(line)
}

// findDetached returns the one that a word such as @1234 means.
func findDetached(sh *command.Shell, word string) (detachedJob, error) {
	for _, d := range detachedJobs(sh) {
		if d.id() == word {
			return d, nil
		}
	}
	return detachedJob{}, &failure.UsageError{Text: word + ": no detached job has this number", Hint: "`jobs` lists them"}
}

// isDetached reports whether a word names a detached job.
func isDetached(word string) bool { return strings.HasPrefix(word, "@") }

// listDetached shows them behind the jobs of this shell.
func listDetached(c *command.Call) error {
	for _, d := range detachedJobs(c.Shell) {
		object := jobObject{ID: d.pid, State: "detached", Line: d.line}
		if err := command.Result(c, object, "[%s]  detached  %s", d.id(), render.Safe(d.line)); err != nil {
			return err
		}
	}
	return nil
}

// stop asks the process to end, as a signal from the user's shell does, and waits for it.
func (d detachedJob) stop(ctx context.Context) error {
	process, err := os.FindProcess(d.pid)
	if err == nil {
		err = endProcess(process)
	}
	for err == nil && isLocked(d.log) {
		err = command.Pause(ctx, lookAgain)
	}
	return err
}

// lookAgain is how often is looked whether a detached job has said or done something.
const lookAgain = 50 * time.Millisecond

// attachJob shows what a detached job has said, and what it says until it ends. Ctrl-C leaves it alone.
func attachJob(ctx context.Context, c *command.Call, d detachedJob) error {
	c.Note("%s", d.line)
	file, err := os.Open(d.log)
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewReader(file)
	_, _ = in.ReadString('\n') // the line that was shown
	for last := false; ; {
		line, err := in.ReadString('\n')
		if line != "" {
			if err := c.Print("%s", render.Safe(strings.TrimRight(line, "\r\n"))); err != nil {
				return err
			}
		}
		switch {
		case err == nil:
		case !errors.Is(err, io.EOF):
			return err
		case last:
			return nil
		case !isLocked(d.log):
			last = true // what it said at its end is there now
		default:
			if err := command.Pause(ctx, lookAgain); err != nil {
				c.Note("it continues; `kill %s` ends it", d.id())
				return nil
			}
		}
	}
}
