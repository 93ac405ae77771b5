package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// secretWord is a password that each way to write it down changes.
const secretWord = `s3"cr%t w<rd&1`

// secretSource is a way by which a secret comes to the program. $PW stands for it, $URLPW as in a URL, $ADDR for the server.
type secretSource struct {
	name     string
	env      []string
	args     []string
	files    map[string]string // of the user: they may hold it
	stdin    string            // before the script
	script   string
	uncommon bool // it is not the password of the login
}

var secretSources = []secretSource{
	{name: "FTPSH_PASSWORD", env: []string{"FTPSH_PASSWORD=$PW"}, args: []string{"alice@$ADDR"}},
	{name: "--password-stdin", args: []string{"--password-stdin", "-f", "lines", "alice@$ADDR"}, stdin: "$PW\n"},
	{name: "a URL in a script", script: "open ftp://alice:$URLPW@$ADDR/\n"},
	{name: "a URL with a directory that is not there", script: "open ftp://alice:$URLPW@$ADDR/nosuch/\nopen ftp://alice:$URLPW@$ADDR/\n"},
	{name: "URLs that are none", script: "open ftp://alice:$URLPW@$ADDR:99999/\nopen ftp://alice:$URLPW@[::1/\nget ftp://alice:$URLPW@127.0.0.1:1/x\nopen ftp://alice:$URLPW@$ADDR/\n"},
	{name: "a URL to fetch", script: "get -o copy ftp://alice:$URLPW@$ADDR/a.txt\nget ftp://alice:$URLPW@$ADDR/nosuch\nopen ftp://alice:$URLPW@$ADDR/\n"},
	{name: "user", script: "open -n $ADDR\nuser alice '$PW'\n", args: []string{}},
	{name: "quote PASS", script: "open -n $ADDR\nquote USER alice\nquote 'PASS $PW'\nopen ftp://alice:$URLPW@$ADDR/\n"},
	{name: "netrc", files: map[string]string{".netrc": "machine 127.0.0.1 login alice password \"$NETRC\"\n"}, args: []string{"$ADDR"}},
	{name: "another netrc", files: map[string]string{"other": "machine 127.0.0.1 login alice password \"$NETRC\"\n"}, args: []string{"-N", "other", "$ADDR"}},
	{name: "password-command", files: map[string]string{"keys": "$PW\n"}, script: "set password-command 'cat keys'\nopen alice@$ADDR\n"},
	{name: "ACCT", uncommon: true, env: []string{"FTPSH_PASSWORD=" + practice.Password}, args: []string{"bob@$ADDR"}, script: "quote 'ACCT $PW'\nquote acct '$PW'\n"},
	{
		name: "SITE", uncommon: true, env: []string{"FTPSH_PASSWORD=" + practice.Password}, args: []string{"bob@$ADDR"},
		script: "site PSWD old '$PW'\nsite cpwd '$PW'\nquote 'SITE PASSWD $PW'\nsite SETPASS '$PW'\nquote 'site   password $PW'\n",
	},
	{
		name: "a proxy", uncommon: true, env: []string{"FTPSH_PASSWORD=" + practice.Password}, args: []string{"bob@$ADDR"},
		script: "set proxy http://carol:$URLPW@127.0.0.1:1\nset\nset proxy\nstatus\nopen bob@$ADDR\nset proxy socks5://carol:$URLPW@127.0.0.1:1\nopen bob@$ADDR\nset proxy ''\nopen bob@$ADDR\n",
	},
	{name: "a proxy in the environment", uncommon: true, env: []string{"FTPSH_PASSWORD=" + practice.Password, "ftp_proxy=http://carol:$URLPW@127.0.0.1:1"}, args: []string{"bob@$ADDR"}},
}

// sinks are lines that show, keep or pass on what they can. LOOKED counts the programs that were looked at.
const sinks = `
!echo LOOKED; env; tr '\0' '\n' < /proc/$PPID/environ; tr '\0' '\n' < /proc/$PPID/cmdline
ls | sh -c 'cat; echo LOOKED; env; tr "\0" "\n" < /proc/$PPID/environ; tr "\0" "\n" < /proc/$PPID/cmdline'
record on kept.ftpsh
ls -l
pwd
quote NOOP
quote 'STAT nosuch'
get nosuch
get a.txt
get a.txt copy &
wait
queue get a.txt copy2
queue
jobs
mirror . tree
set
status
alias
echo $?
bookmark add here
bookmark
history
explain last
record off
trace
ladder
why
trace save t.jsonl
trace save t.html
trace save t.pcapng
trace save t.txt
user alice wrong
close
reopen
`

// forms are the ways in which a secret may be written.
func forms(secret string) map[string]string {
	quoted, _ := json.Marshal(secret)
	all := map[string]string{
		"as it is": secret, "in a URL": url.PathEscape(secret), "in a query": url.QueryEscape(secret), "user info": url.UserPassword("x", secret).String()[2:],
		"quoted": strings.Trim(strconv.Quote(secret), `"`), "JSON": strings.Trim(string(quoted), `"`), "HTML": html.EscapeString(secret),
		"base64": base64.StdEncoding.EncodeToString([]byte(secret)), "hex": hex.EncodeToString([]byte(secret)), "the middle": secret[4 : len(secret)-3],
	}
	for _, user := range []string{"alice", "bob", "carol"} {
		all["basic "+user] = base64.StdEncoding.EncodeToString([]byte(user + ":" + secret))
	}
	return all
}

// TestSecretsOfAllSources: by whatever way a secret came, and however it is asked for, it is in no output, file, argument
// list or environment. The server repeats it wherever it can.
func TestSecretsOfAllSources(t *testing.T) {
	t.Parallel()
	for _, source := range secretSources {
		for _, mode := range [][]string{{"-v"}, {"-ddd"}, {"--json"}} {
			t.Run(source.name+" "+mode[0], func(t *testing.T) {
				t.Parallel()
				echo := practice.Tap{Reply: func(_ int, verb, reply string) string {
					if verb == "USER" || verb == practice.Greeting {
						return reply
					}
					return strings.Replace(reply, "\r\n", " ("+secretWord+")\r\n", 1)
				}}
				if source.uncommon {
					echo = practice.Tap{}
				}
				server := serves(t, practice.Options{Users: map[string]string{"alice": secretWord, "bob": practice.Password}, Tap: echo}, map[string]string{"a.txt": "a\n"})
				searchSecret(t, source, mode, server)
			})
		}
	}
}

func searchSecret(t *testing.T, source secretSource, mode []string, server *practice.Server) {
	fill := strings.NewReplacer("$PW", secretWord, "$URLPW", strings.ReplaceAll(url.QueryEscape(secretWord), "+", "%20"), "$ADDR", server.Addr(),
		"$NETRC", strings.ReplaceAll(secretWord, `"`, `\"`)).Replace
	cmd, errs := batch(t, server)
	dir := cmd.Dir
	var args []string
	for _, arg := range append(append([]string{"--tls", "off", "-k", "--log", "session.log"}, mode...), source.args...) {
		args = append(args, fill(arg))
	}
	cmd.Args = append(cmd.Args[:1], args...)
	cmd.Env = append(withoutPassword(os.Environ()), "XDG_STATE_HOME="+dir, "HOME="+dir, "SHELL=/bin/sh")
	for _, variable := range source.env {
		cmd.Env = append(cmd.Env, fill(variable))
	}
	mine := map[string]bool{}
	for name, text := range source.files {
		mine[name] = true
		localFile(name, fill(text))(t, server, dir)
	}
	cmd.Stdin = strings.NewReader(fill(source.stdin + source.script + sinks))
	if source.stdin != "" {
		mine["lines"] = true
		localFile("lines", sinks)(t, server, dir)
	}
	var out bytes.Buffer
	cmd.Stdout = &out
	cmd.Run()
	if strings.Count(out.String(), "LOOKED") < 2 {
		t.Fatalf("the program was not looked at\n%s\n%s", &out, errs)
	}
	places := map[string][]byte{"standard output": out.Bytes(), "standard error": errs.Bytes()}
	filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, name); err == nil && d.Type().IsRegular() && !mine[rel] {
			places[rel], _ = os.ReadFile(name)
		}
		return nil
	})
	if len(places) < 8 {
		t.Errorf("only %d places were looked at: %s", len(places), errs)
	}
	for where, text := range places {
		for form, secret := range forms(secretWord) {
			if at := bytes.Index(text, []byte(secret)); at >= 0 {
				t.Errorf("%s shows it (%s): …%q…", where, form, text[max(0, at-100):min(len(text), at+40)])
			}
		}
	}
}

func withoutPassword(env []string) (rest []string) {
	for _, variable := range env {
		if !strings.HasPrefix(variable, "FTPSH_PASSWORD=") {
			rest = append(rest, variable)
		}
	}
	return rest
}
