package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/shell/site"
)

// completionScripts are for the shells that --completion knows.
var completionScripts = map[string]func([]option) string{
	"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion, "powershell": powershellCompletion,
}

// optionWords are the values of options that have a few.
var optionWords = map[string][]string{
	"tls": {"auto", "require", "implicit", "off"}, "color": {"auto", "always", "never"}, "trace": {"1", "2", "3"},
	"completion": slices.Sorted(maps.Keys(completionScripts)),
}

// option is one of the command line, as a shell completes it.
type option struct {
	long, short, says string
	takes             bool // a value
	files             bool // which is a file
	words             []string
}

func completedOptions() []option {
	var all []option
	flagSet(&options{}).VisitAll(func(f *pflag.Flag) {
		arg, says := pflag.UnquoteUsage(f)
		all = append(all, option{
			long: f.Name, short: f.Shorthand, says: says, takes: f.NoOptDefVal == "",
			files: arg == "FILE" || arg == "SCRIPT", words: optionWords[f.Name],
		})
	})
	return append(all, option{long: "serve", says: "serve a directory", takes: true, files: true})
}

// completion prints the script for a shell; "hosts" prints what can be connected
// to, for these scripts.
func completion(what string) error {
	if what == "hosts" {
		for _, host := range append(site.BookmarkNames(bookmarkFile()), site.OpenKnownHosts(stateDir()).Hosts()...) {
			fmt.Println(host)
		}
		return nil
	}
	script, known := completionScripts[what]
	if !known {
		return fmt.Errorf("--completion: %q is not one of %s", what, strings.Join(optionWords["completion"], ", "))
	}
	fmt.Print(script(completedOptions()))
	return nil
}

// spellings are an option as it is typed.
func (o option) spellings() []string {
	all := []string{"--" + o.long}
	if o.short != "" {
		all = append(all, "-"+o.short)
	}
	return all
}

func bashCompletion(all []option) string {
	var b strings.Builder
	b.WriteString(`# bash completion of ftpsh: in ~/.bashrc, source <(ftpsh --completion bash)
_ftpsh() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	if [[ $cur == = ]]; then # bash takes --option=value for three words
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	fi
	COMPREPLY=()
	case $prev in
`)
	var words []string
	for _, o := range all {
		words = append(words, "--"+o.long)
		pattern := strings.Join(o.spellings(), "|")
		switch {
		case o.files:
			fmt.Fprintf(&b, "\t%s) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n", pattern)
		case o.words != nil && o.takes:
			fmt.Fprintf(&b, "\t%s) mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\"); return ;;\n", pattern, strings.Join(o.words, " "))
		case o.takes:
			fmt.Fprintf(&b, "\t%s) return ;;\n", pattern)
		}
	}
	fmt.Fprintf(&b, `	esac
	case $cur in
	-*) mapfile -t COMPREPLY < <(compgen -W '%s' -- "$cur") ;;
	*) mapfile -t COMPREPLY < <(compgen -W "$(ftpsh --completion hosts 2>/dev/null)" -- "$cur" || compgen -f -- "$cur") ;;
	esac
}
complete -F _ftpsh ftpsh
`, strings.Join(words, " "))
	return b.String()
}

func zshCompletion(all []option) string {
	quote := strings.NewReplacer("'", `'\''`, "[", `\[`, "]", `\]`, ":", `\:`)
	var b strings.Builder
	b.WriteString("#compdef ftpsh\n# zsh completion of ftpsh: in ~/.zshrc, after compinit, source <(ftpsh --completion zsh)\n_ftpsh_hosts() {\n" +
		"\tcompadd -- ${(f)\"$(ftpsh --completion hosts 2>/dev/null)\"} || _files\n}\n_ftpsh() {\n\t_arguments -s \\\n")
	for _, o := range all {
		action := ""
		switch {
		case o.files:
			action = ":file:_files"
		case o.words != nil && o.takes:
			action = ":value:(" + strings.Join(o.words, " ") + ")"
		case o.takes:
			action = ":value: "
		}
		for _, name := range o.spellings() {
			if action != "" { // the value may be the next word, or follow = or the letter
				name += map[bool]string{true: "=", false: "+"}[strings.HasPrefix(name, "--")]
			}
			fmt.Fprintf(&b, "\t\t'%s[%s]%s' \\\n", name, quote.Replace(o.says), action)
		}
	}
	b.WriteString("\t\t'*:host:_ftpsh_hosts'\n}\n" + `if [[ ${funcstack[1]} == _ftpsh ]]; then # a file _ftpsh in $fpath
	_ftpsh "$@"
else
	compdef _ftpsh ftpsh
fi
`)
	return b.String()
}

func fishCompletion(all []option) string {
	quote := strings.NewReplacer(`\`, `\\`, "'", `\'`)
	var b strings.Builder
	b.WriteString("# fish completion of ftpsh: ftpsh --completion fish > ~/.config/fish/completions/ftpsh.fish\n" +
		"complete -c ftpsh -f -a '(ftpsh --completion hosts 2>/dev/null)'\n")
	for _, o := range all {
		line := "complete -c ftpsh -l " + o.long
		if o.short != "" {
			line += " -s " + o.short
		}
		switch {
		case o.files:
			line += " -r -F"
		case o.words != nil && o.takes:
			line += " -x -a '" + strings.Join(o.words, " ") + "'"
		case o.takes:
			line += " -x"
		}
		b.WriteString(line + " -d '" + quote.Replace(o.says) + "'\n")
	}
	return b.String()
}

// powershellCompletion says of an option that takes another value nothing: PowerShell offers files then.
func powershellCompletion(all []option) string {
	quoted := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	var options, values strings.Builder
	for _, o := range all {
		for _, name := range o.spellings() {
			fmt.Fprintf(&options, "\t\t[System.Management.Automation.CompletionResult]::new('%s', '%s', 'ParameterName', %s)\n", name, name, quoted(o.says))
			switch {
			case o.words != nil && o.takes:
				fmt.Fprintf(&values, "\t\t'%s' { '%s' }\n", name, strings.Join(o.words, "', '"))
			case o.takes:
				fmt.Fprintf(&values, "\t\t'%s' { return }\n", name)
			}
		}
	}
	return `# PowerShell completion of ftpsh: in $PROFILE, ftpsh --completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ftpsh -ScriptBlock {
	param($word, $ast, $position)
	$before = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position })
	$option, $head = "$($before[-1])", ''
	if ($word -cmatch '^(--[a-z-]+)=') {
		$option, $head = $Matches[1], $Matches[0]
	}
	$values = switch -CaseSensitive ($option) {
` + values.String() + `	}
	if ($values) {
		$found = $values | ForEach-Object { "$head$_" }
	} elseif ($word -like '-*') {
		$options = @(
` + options.String() + `		)
		return $options | Where-Object { $_.CompletionText.StartsWith($word, 'Ordinal') }
	} else {
		$found = ftpsh --completion hosts 2>$null
	}
	$found | Where-Object { $_.StartsWith($word, 'Ordinal') } | ForEach-Object {
		[System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
	}
}
`
}
