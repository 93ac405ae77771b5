package docs

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// release is the newest version in the changelog, and its day.
var release = regexp.MustCompile(`(?m)^## (\d+\.\d+\.\d+), (\d{4}-\d\d-\d\d)$`)

// manual is the man page, given what `ftpsh --help` prints, the page about
// scripts, and the changelog.
func manual(help, scripts, changes string) string {
	var b strings.Builder
	b.WriteString(".\\\" made from the program's tables; `go run ./docs/generate` writes it again\n")
	newest := release.FindStringSubmatch(changes)
	fmt.Fprintf(&b, ".TH FTPSH 1 %q \"ftpsh %s\"\n", newest[2], newest[1])
	b.WriteString(".SH NAME\nftpsh \\- an interactive FTP shell\n")
	synopsis, text, options := splitHelp(help)
	b.WriteString(".SH SYNOPSIS\n.nf\n")
	for _, line := range synopsis {
		b.WriteString(roff(line) + "\n")
	}
	b.WriteString(".fi\n.SH DESCRIPTION\n" + roff(text) + "\n.SH OPTIONS\n")
	terms(&b, 'B', options)
	_, language, _ := strings.Cut(scripts, "## The language\n")
	language, _, _ = strings.Cut(language, "\n## ")
	b.WriteString(".SH LANGUAGE\n" + fromMarkdown(language))
	for _, group := range shell.Catalog() {
		fmt.Fprintf(&b, ".SH %s\n", roff("COMMANDS: "+strings.ToUpper(group.Title)))
		for _, c := range group.Commands {
			b.WriteString(manualCommand(c))
		}
	}
	manualSettings(&b)
	manualKeys(&b)
	b.WriteString(".SH EXAMPLES\n")
	terms(&b, 'B', examples)
	manualStatuses(&b)
	b.WriteString(".SH ENVIRONMENT\n")
	terms(&b, 'B', environment)
	b.WriteString(".SH FILES\n")
	terms(&b, 'I', files)
	b.WriteString(".SH SEE ALSO\n.BR ftp (1),\n.BR netrc (5)\n")
	return narrow(b.String())
}

// terms are words in a font of their own, bold or italic, and what is said about each.
func terms(b *strings.Builder, font rune, rows [][2]string) {
	for _, row := range rows {
		fmt.Fprintf(b, ".TP\n.%c %s\n%s\n", font, roff(row[0]), roff(row[1]))
	}
}

func manualSettings(b *strings.Builder) {
	b.WriteString(".SH SETTINGS\n")
	for _, row := range settings.All() {
		fmt.Fprintf(b, ".TP\n.B %s\n%s", roff(row.Name), roff(sentence(row.Short)))
		if d := row.Default(); d != "" {
			fmt.Fprintf(b, " (%s)", roff(d))
		}
		b.WriteString(".\n")
	}
}

func manualKeys(b *strings.Builder) {
	b.WriteString(".SH KEYS\n")
	for _, group := range shell.Keys() {
		if group.Title != "" {
			fmt.Fprintf(b, ".SS %s\n", roff(sentence(group.Title)))
		}
		terms(b, 'B', group.Rows)
	}
}

func manualStatuses(b *strings.Builder) {
	b.WriteString(".SH EXIT STATUS\n")
	for _, row := range shell.ExitStatuses() {
		fmt.Fprintf(b, ".TP\n.B %d\n%s\n", row.Status, roff(row.Says))
	}
}

// pageWidth is how long a line of the source may be: `mandoc -T lint` complains about longer ones.
const pageWidth = 80

// narrow breaks long lines at blanks. Text is filled anyway; a request, and a line that stands as it is, continue behind
// a backslash.
func narrow(page string) string {
	var b strings.Builder
	asIs := false
	for line := range strings.Lines(page) {
		asIs = asIs && line != ".fi\n" || line == ".nf\n"
		end := ""
		if asIs || strings.HasPrefix(line, ".") {
			end = ` \`
		}
		for len(line) > pageWidth+1 {
			at := strings.LastIndex(line[:pageWidth-1], " ")
			if at <= 0 {
				break
			}
			b.WriteString(line[:at] + end + "\n")
			if line = line[at+1:]; line[0] == '.' || line[0] == '\'' {
				line = `\&` + line
			}
		}
		b.WriteString(line)
	}
	return b.String()
}

// environment are the variables that ftpsh looks at.
var environment = [][2]string{
	{"FTPSH_PASSWORD", "the password, when the URL has none"},
	{"FTPSH_TRACE", "a level from 1 to 3: show the dialogue"},
	{"NETRC", "the file to read in place of ~/.netrc"},
	{"EDITOR, PAGER, SHELL", "the programs that edit, page and |, ! use"},
	{"NO_COLOR, CLICOLOR_FORCE, TERM, COLUMNS, LS_COLORS", "how the screen is used"},
	{"ALL_PROXY, FTP_PROXY, NO_PROXY", "the proxy, and the hosts that need none"},
	{"XDG_CONFIG_HOME, XDG_STATE_HOME", "where the files below are"},
}

// examples are command lines to begin with.
var examples = [][2]string{
	{"ftpsh --demo", "try it on a practice server in this process"},
	{"ftpsh alice@ftp.example.org", "connect, and type commands"},
	{"ftpsh ftp://ftp.example.org/pub/notes.txt", "fetch a file and leave"},
	{"ftpsh -u ftp://alice@ftp.example.org/incoming/ report.pdf", "send a file and leave"},
	{"ftpsh -V -c 'mirror -R site /var/www' ftp.example.org", "a job for cron that says nothing when all is well"},
	{"ftpsh -f nightly.ftp ftp.example.org -- 2026-01-31", "a script with an argument"},
}

// files are those that ftpsh reads and writes by itself.
var files = [][2]string{
	{"~/.config/ftpsh/config.toml", "settings, aliases, and settings for hosts"},
	{"~/.config/ftpsh/bookmarks.toml", "names for servers"},
	{"~/.local/state/ftpsh/history", "the lines typed, without secrets"},
	{"~/.local/state/ftpsh/known_hosts", "servers that had TLS, and certificates that were accepted"},
	{"~/.netrc", "users, passwords and macros for hosts"},
}

func manualCommand(c *command.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TP\n.B %s\n%s.", roff(c.Synopsis()), roff(sentence(c.Short)))
	if len(c.Aliases) > 0 {
		fmt.Fprintf(&b, " Also: %s.", roff(strings.Join(c.Aliases, ", ")))
	}
	b.WriteString("\n")
	for line := range strings.SplitSeq(c.Long, "\n") {
		if line != "" {
			b.WriteString(".IP\n" + roff(line) + "\n")
		}
	}
	if rows := c.Options(); len(rows) > 0 {
		b.WriteString(".RS\n")
		terms(&b, 'B', rows)
		b.WriteString(".RE\n")
	}
	return b.String()
}

// fromMarkdown writes a section of a page for the manual: paragraphs, tables of
// two columns, headings and indented lines. Examples that run are left out.
func fromMarkdown(text string) string {
	var b strings.Builder
	text = block.ReplaceAllString(text, "")
	between, heading := false, true // the first paragraph stands below the title of its section
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		cells := twoColumns.FindStringSubmatch(line)
		switch {
		case line == "":
			between = !heading
			continue
		case strings.HasPrefix(line, "<!--"), strings.HasPrefix(line, "|--"), line == "| | |", strings.HasPrefix(line, "| condition"):
		case strings.HasPrefix(line, "### "):
			b.WriteString(".SS " + roff(line[4:]) + "\n")
			between, heading = false, true
			continue
		case cells != nil:
			terms(&b, 'B', [][2]string{{plain(cells[1]), plain(cells[2])}})
		case strings.HasPrefix(line, "    "):
			b.WriteString(".nf\n" + roff(line) + "\n.fi\n")
		case between:
			b.WriteString(".PP\n" + roff(plain(line)) + "\n")
		default:
			b.WriteString(roff(plain(line)) + "\n")
		}
		between, heading = false, false
	}
	return b.String()
}

var twoColumns = regexp.MustCompile(`^\| (.*[^\\]) \| (.*) \|$`)

// plain takes the marks of Markdown out of a line.
func plain(line string) string {
	return strings.NewReplacer("`", "", `\|`, "|").Replace(link.ReplaceAllString(line, "$1"))
}

var link = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`)

// option is one line of --help: how it is typed, and what it does.
var option = regexp.MustCompile(`^  +(-\S.*?)(?:   +(\S.*))?$`)

// splitHelp takes what --help prints apart.
func splitHelp(help string) (synopsis []string, text string, options [][2]string) {
	head, tail, _ := strings.Cut(help, "options:\n")
	usage, about, _ := strings.Cut(head, "\n\n")
	for line := range strings.SplitSeq(usage, "\n") {
		synopsis = append(synopsis, strings.TrimPrefix(strings.TrimPrefix(line, "usage: "), "       "))
	}
	for line := range strings.SplitSeq(tail, "\n") {
		if m := option.FindStringSubmatch(line); m != nil {
			options = append(options, [2]string{m[1], m[2]})
		}
	}
	return synopsis, strings.TrimSpace(about), options
}

// roff writes text so that nothing in it is a request.
func roff(text string) string {
	text = roffEscapes.Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

var roffEscapes = strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", "...", "“", `"`, "”", `"`, "→", "->")
