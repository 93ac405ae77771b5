package jobs

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
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
