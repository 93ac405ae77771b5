package shell

import (
	"net/url"
	"strings"

	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Detach runs a script in a process that goes on when this one and the terminal
// are gone. It returns where that process writes what it has to say. The script
// may hold passwords.
type Detach func(script string) (log string, err error)

// detach hands jobs over to another process. What a job has moved stays: a
// transfer goes on where it was.
func (sh *Shell) detach(on []*job) bool {
	script := ""
	for _, j := range on {
		sh.stop(j, errDetached)
		<-j.done
		script += j.script()
	}
	log, err := sh.opt.Detach(script + "wait\n")
	if err != nil {
		sh.failed(Line{}, "detach", err)
		return false
	}
	sh.Say("they continue without the terminal and write to " + log)
	return true
}

// script is the lines that carry a job on from where it is, as it was.
func (j *job) script() string {
	var script strings.Builder
	line := func(words ...string) {
		for i, word := range words {
			words[i] = syntax.Quote(word)
		}
		script.WriteString(strings.Join(words, " ") + "\n")
	}
	line("lcd", j.sh.localDir)
	for _, row := range settings {
		line("set", row.Name, row.show(&j.sh.Settings))
	}
	line("set", "onerror", "continue") // with the next job
	if s := j.sh.session; s != nil {
		open := []string{"open", j.sh.url()}
		if s.Options().TLS.InsecureSkipVerify {
			open = append(open, "--insecure")
		}
		line(open...)
		line("type", typeNames[s.Type()])
		if dir := s.Dir(); dir != "" {
			line("cd", dir)
		}
	}
	return script.String() + j.resuming() + " &\n"
}

// resuming is the line of a job, with -c where its command can go on with what is
// there.
func (j *job) resuming() string {
	toks := syntax.Lex(j.line)
	if len(toks) == 0 || toks[0].Op != syntax.Word {
		return j.line
	}
	command, err := j.sh.catalog.Find(toks[0].Text)
	if err != nil || command.flagSet().Lookup("continue") == nil {
		return j.line
	}
	return j.line[:toks[0].End] + " --continue" + j.line[toks[0].End:]
}

// url is the address of the session, with its password.
func (sh *Shell) url() string {
	a := sh.address
	scheme := "ftp"
	switch a.Security {
	case "implicit":
		scheme = "ftps"
	case "require":
		scheme = "ftpes"
	}
	where := url.URL{Scheme: scheme, Host: a.hostPort()}
	login := sh.session.Identity()
	if login.User != "" {
		where.User = url.UserPassword(login.User, login.Password)
	}
	return where.String()
}
