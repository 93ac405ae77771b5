package docs

import (
	"fmt"
	"strings"

	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/equivalents"
	"github.com/ftpsh/ftpsh/shell/script"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// generated stands at the head of every page that is made as a whole.
const generated = "<!-- made from the program's tables; `go run ./docs/generate` writes it again -->\n\n"

// commandsPage describes all commands.
func commandsPage() string {
	var b strings.Builder
	b.WriteString(generated + "# Commands\n\n")
	b.WriteString("A name can be shortened as long as it is clear which one is meant; the classic names of ftp(1) come first. ")
	b.WriteString("`help NAME` shows the same at the prompt. How lines are read is in [scripting.md](scripting.md).\n")
	for _, group := range shell.Catalog() {
		fmt.Fprintf(&b, "\n## %s\n", strings.ToUpper(group.Title[:1])+group.Title[1:])
		for _, c := range group.Commands {
			b.WriteString(commandText(c))
		}
	}
	return b.String()
}

func commandText(c *command.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n### %s\n\n    %s\n\n%s.", code(c.Name), c.Synopsis(), sentence(c.Short))
	if len(c.Aliases) > 0 {
		fmt.Fprintf(&b, " Also: %s.", codes(c.Aliases))
	}
	b.WriteString("\n")
	if c.Long != "" {
		b.WriteString("\n" + paragraphs(c.Long))
	}
	if rows := c.Options(); len(rows) > 0 {
		b.WriteString("\n| option | |\n|---|---|\n")
		for _, row := range rows {
			fmt.Fprintf(&b, "| %s | %s |\n", code(row[0]), cell(row[1]))
		}
	}
	for i, e := range c.Examples {
		if i == 0 {
			b.WriteString("\n| example | |\n|---|---|\n")
		}
		fmt.Fprintf(&b, "| %s | %s |\n", code(e.Line), cell(e.Says))
	}
	if verbs := c.Verbs(); len(verbs) > 0 {
		fmt.Fprintf(&b, "\nOn the wire: %s.\n", strings.Join(verbs, ", "))
	}
	return b.String()
}

// settingsPage describes all settings.
func settingsPage() string {
	var b strings.Builder
	b.WriteString(generated + "# Settings\n\n")
	b.WriteString("`set NAME VALUE` changes one, `set` lists them. In `config.toml` each is a line `NAME = VALUE`; see [scripting.md](scripting.md#start-up).\n\n")
	b.WriteString("| setting | default | values | |\n|---|---|---|---|\n")
	for _, row := range settings.All() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", code(row.Name), codeOrNone(row.Default()), codes(row.Words), cell(row.Short))
	}
	return b.String()
}

// statusTable is the part of scripting.md about exit statuses.
func statusTable() string {
	var b strings.Builder
	b.WriteString("| status | meaning |\n|---|---|\n")
	for _, row := range shell.ExitStatuses() {
		fmt.Fprintf(&b, "| %d | %s |\n", row.Status, row.Says)
	}
	b.WriteString("| 128+n | ended by the signal n: 129 hang-up, 143 SIGTERM |\n")
	return b.String()
}

// conditionTable is the part of scripting.md about if and assert.
func conditionTable() string {
	var b strings.Builder
	b.WriteString("| condition | true when |\n|---|---|\n")
	for _, row := range script.Conditions() {
		fmt.Fprintf(&b, "| %s | %s |\n", code(strings.TrimSpace(row.Name+" "+row.Args)), cell(row.Short))
	}
	return b.String()
}

func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func code(text string) string {
	text = strings.ReplaceAll(text, "|", `\|`)
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}

func codeOrNone(text string) string {
	if text == "" {
		return ""
	}
	return code(text)
}

func codes(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = code(w)
	}
	return strings.Join(quoted, ", ")
}

func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\n", " "), "|", `\|`)
}

// paragraphs makes one of each line.
func paragraphs(text string) string {
	return strings.ReplaceAll(strings.TrimSpace(markdown.Replace(text)), "\n", "\n\n") + "\n"
}

// markdown keeps what stands for itself from meaning something.
var markdown = strings.NewReplacer("*", `\*`, "<", `\<`, "_", `\_`, "[", `\[`, "$", `\$`)

// migrations say about each client what its table does not.
var migrations = map[string]string{
	"lftp": "Commands keep their names: `get`, `mget`, `mirror`, `pget`, `queue`, `jobs`. `mirror` copies what is newer without an option; " +
		"a failure ends a script, as with `cmd:fail-exit`. `open -u USER,PASSWORD -p PORT -e COMMANDS HOST` works as it stands. `import lftp` takes over bookmarks.",
	"ncftp": "`ftpsh ftp://HOST/FILE` does what ncftpget does, `ftpsh -u URL FILE` what ncftpput does, `ftpsh HOST -c ls` what ncftpls does. " +
		"`import ncftp` takes over bookmarks; passwords stay in the keyring or .netrc.",
	"tnftp": "All commands of tnftp, inetutils ftp and netkit ftp are there, and can be shortened as there; [classic.md](classic.md) lists them. " +
		"`rm` deletes files here, it is not short for `rmdir`.",
	"curl": "`ftpsh URL` fetches a file under its own name, `-o NAME` under another, `-u URL FILE` sends one. A failure always has an exit status.",
	"sftp": "The words are nearly the same, with patterns in `mget` and `mput`, and several names in `get`. " +
		"ftpsh speaks FTP, with TLS: servers for sftp are another kind.",
	"yafc":      "Bookmarks are `bookmark`, tags are patterns, `nohup` is `&` or Ctrl-Z.",
	"FileZilla": "The Site Manager is `bookmark`, the queue is `queue`, the message log is `debug` or `ladder`, and Tab shows what a double click would. `import filezilla` takes over the sites.",
	"WinSCP":    "A script needs no `option batch`: nobody is asked. `synchronize` is `mirror`. `import WinSCP.ini` takes over the sites.",
	"shell":     "Words that fingers know from the shell of the system.",
}

func clientTitle(client string) string {
	if client == "shell" {
		return "The shell of the system"
	}
	return client
}

// migrationPage says for each client what its words are here.
func migrationPage() string {
	var b strings.Builder
	b.WriteString(generated + "# Coming from another client\n\n")
	b.WriteString("Most words of other clients work here, or are answered with what to type. `help CLIENT` shows a table at the prompt.\n")
	for _, client := range equivalents.Clients {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| there | here | |\n|---|---|---|\n", clientTitle(client), migrations[client])
		for _, e := range equivalents.All() {
			if !e.Of(client) {
				continue
			}
			here := codeOrNone(e.Here)
			says := e.Says
			if e.Works {
				says = strings.TrimSuffix("works; "+says, "; ")
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", code(e.Word), here, cell(says))
		}
	}
	return b.String()
}

// keyTable lists the keys of the prompt.
func keyTable() string {
	var b strings.Builder
	for _, group := range shell.Keys() {
		if title := group.Title; title != "" {
			b.WriteString("\n" + strings.ToUpper(title[:1]) + title[1:] + ":\n\n")
		}
		b.WriteString("| keys | |\n|---|---|\n")
		for _, row := range group.Rows {
			fmt.Fprintf(&b, "| %s | %s |\n", cell(row[0]), cell(row[1]))
		}
	}
	return b.String()
}
