// Package equivalents has the words of other clients, and what says the same here.
package equivalents

import (
	"slices"
	"strings"
)

// An Equivalent is a word of another client, and what says the same here. The
// shell answers from these rows, help shows them, docs/migration.md is made of
// them.
type Equivalent struct {
	Kind    Kind
	Clients string // who has it, as "lftp ncftp"
	// Word is what is typed there: a command (mrm), an option of one (mirror
	// --only-newer), an option of the program (--ciphers), or a setting
	// (net:timeout).
	Word string
	// Here is what to type here. With Works the word itself does it: a command
	// is replaced by Here, a setting changes the one that is named.
	Here  string
	Works bool
	Says  string // what is to be known beside it
	// values are those that a setting has other words for: theirs, ours.
	values map[string]string
}

// Kind says what a word is.
type Kind int

// The kinds of words.
const (
	OtherCommand Kind = iota
	OtherFlag         // an option of a command
	OtherOption       // an option of the program
	OtherSetting
)

// Clients are the clients that have a page of their own, in the order
// of the documentation.
var Clients = []string{"lftp", "ncftp", "tnftp", "curl", "sftp", "yafc", "FileZilla", "WinSCP", "shell"}

// All returns all rows.
func All() []Equivalent { return slices.Clone(table) }

// Of reports whether a client has the word.
func (e Equivalent) Of(client string) bool { return slices.Contains(strings.Fields(e.Clients), client) }

// Find returns the row of a word, nil where there is none.
func Find(kind Kind, word string) *Equivalent {
	for i := range table {
		if table[i].Kind == kind && table[i].Word == word {
			return &table[i]
		}
	}
	return nil
}

// Line is the line that a command of another client stands for, as if
// it were an alias.
func Line(name string) (line string, is bool) {
	if e := Find(OtherCommand, name); e != nil && e.Works {
		return e.Here, true
	}
	return "", false
}

// Hint is the row as a hint below an error.
func (e *Equivalent) Hint() string {
	text := e.Says
	if e.Here != "" {
		text = strings.TrimSpace("`" + e.Here + "` " + e.Says)
	}
	return text
}

// ValueHere is our word for a value of a setting.
func (e *Equivalent) ValueHere(value string) string {
	if ours, known := e.values[strings.ToLower(value)]; known {
		return ours
	}
	return value
}

var yesNo = map[string]string{"yes": "on", "true": "on", "1": "on", "no": "off", "false": "off", "0": "off"}

var table = slices.Concat(
	ofKind(OtherCommand, otherCommands), ofKind(OtherFlag, otherFlags), ofKind(OtherOption, otherOptions), ofKind(OtherSetting, otherSettings))

func ofKind(kind Kind, rows []Equivalent) []Equivalent {
	for i := range rows {
		rows[i].Kind = kind
	}
	return rows
}

var otherCommands = []Equivalent{
	{Clients: "lftp", Word: "cls", Here: "ls", Works: true},
	{Clients: "lftp", Word: "rels", Here: "ls --fresh", Works: true},
	{Clients: "lftp", Word: "recls", Here: "ls --fresh", Works: true},
	{Clients: "lftp", Word: "renlist", Here: "nlist", Works: true},
	{Clients: "lftp", Word: "mrm", Here: "rm", Works: true, Says: "takes patterns, too"},
	{Clients: "lftp", Word: "get1", Here: "get", Works: true},
	{Clients: "lftp sftp", Word: "reput", Here: "put -c", Works: true},
	{Clients: "lftp shell", Word: ".", Here: "source", Works: true},
	{Clients: "lftp", Word: "eval", Here: "source", Says: "runs the commands of a file; `repeat 1 'LINE'` those of a text"},
	{Clients: "ncftp", Word: "bgget", Here: "queue get", Works: true},
	{Clients: "ncftp", Word: "bgput", Here: "queue put", Works: true},
	{Clients: "ncftp", Word: "bgstart", Here: "queue start", Works: true},
	{Clients: "ncftp", Word: "bookmarks", Here: "bookmark", Works: true},
	{Clients: "ncftp", Word: "hosts", Here: "bookmark", Works: true},
	{Clients: "ncftp", Word: "show", Here: "set", Works: true},
	{Clients: "ncftp", Word: "prefs", Here: "set", Works: true},
	{Clients: "ncftp", Word: "lrename", Here: "lmv", Works: true},
	{Clients: "ncftp sftp", Word: "symlink", Here: "ln -s", Works: true},
	{Clients: "sftp yafc", Word: "literal", Here: "quote", Works: true},
	{Clients: "shell", Word: "logout", Here: "bye", Works: true},
	{Clients: "shell", Word: "man", Here: "help", Works: true},
	{Clients: "shell", Word: "which", Here: "usage", Works: true},
	{Clients: "ncftp shell", Word: "ll", Here: "ls -l", Works: true},
	{Clients: "shell", Word: "la", Here: "ls -a", Works: true},
	{Clients: "yafc", Word: "nop", Here: "noop", Works: true},
	{Clients: "yafc", Word: "reopen", Here: "noop", Says: "reconnects when the connection is gone"},
	{Clients: "shell", Word: "vi", Here: "edit", Works: true},
	{Clients: "shell", Word: "vim", Here: "edit", Works: true},
	{Clients: "shell", Word: "nano", Here: "edit", Works: true},
	{Clients: "WinSCP", Word: "call", Here: "quote", Works: true},

	{Clients: "shell", Word: "chdir", Here: "cd", Works: true},
	{Clients: "shell", Word: "copy", Here: "cp", Works: true},
	{Clients: "shell", Word: "md", Here: "mkdir", Works: true},
	{Clients: "shell", Word: "rd", Here: "rmdir", Works: true},
	{Clients: "shell", Word: "ldir", Here: "lls -l", Works: true},
	{Clients: "shell", Word: "connect", Here: "open", Works: true},
	{Clients: "shell", Word: "download", Here: "get", Works: true},
	{Clients: "shell", Word: "fetch", Here: "get", Works: true},
	{Clients: "shell", Word: "upload", Here: "put", Works: true},

	{Clients: "lftp ncftp", Word: "version", Says: "`ftpsh --version` on the command line shows it"},
	{Clients: "shell", Word: "whoami", Here: "status", Says: "shows the server and the user"},
	{Clients: "shell", Word: "date", Here: "!date", Says: "is the time here; `modtime FILE` shows that of a file"},
	{Clients: "shell", Word: "rsync", Here: "mirror -R LOCAL REMOTE", Says: "sends a tree, `mirror REMOTE LOCAL` fetches one"},
	{Clients: "shell", Word: "lcat", Here: "!cat FILE"},
	{Clients: "shell", Word: "lcp", Here: "!cp FILE COPY"},
	{Clients: "shell", Word: "ledit", Here: "!vi FILE"},
	{Clients: "shell", Word: "ltouch", Here: "!touch FILE"},
	{Clients: "shell", Word: "clear", Here: "! clear", Works: true, Says: "so does Ctrl-L"},
	{Clients: "ncftp", Word: "lookup", Here: "!host NAME", Says: "asks for an address"},
	{Clients: "ncftp", Word: "lchmod", Here: "!chmod MODE FILE", Says: "is for files of this computer"},
	{Clients: "ncftp", Word: "showall", Here: "help -a"},
	{Clients: "lftp", Word: "command", Here: "'ls'", Says: "in quotes is the command itself, not its alias"},
	{Clients: "lftp", Word: "module", Says: "everything is built in"},
	{Clients: "lftp", Word: "scache", Here: "session", Says: "lists the open sessions"},
	{Clients: "lftp yafc", Word: "slot", Here: "session NAME", Says: "`open --as NAME` opens one beside the present session"},
	{Clients: "lftp", Word: "suspend", Says: "Ctrl-Z sends a transfer to the background; `jobs` lists it"},
	{Clients: "lftp", Word: "bzcat", Here: "zcat FILE"},
	{Clients: "lftp", Word: "zmore", Here: "cat FILE | zmore"},
	{Clients: "lftp", Word: "bzmore", Here: "cat FILE | bzmore"},
	{Clients: "lftp", Word: "torrent", Says: "only FTP is spoken here"},
	{Clients: "lftp", Word: "lftp", Here: "open HOST"},
	{Clients: "sftp shell", Word: "chown", Here: "site chown USER FILE", Says: "where the server has it (`site help`)"},
	{Clients: "sftp shell", Word: "chgrp", Here: "site chgrp GROUP FILE", Says: "where the server has it (`site help`)"},
	{Clients: "sftp", Word: "lumask", Says: "the umask is that of the shell that started ftpsh"},
	{Clients: "shell", Word: "wc", Here: "cat FILE | wc"},
	{Clients: "shell", Word: "pushd", Here: "cd DIR", Says: "and `cd -` comes back"},
	{Clients: "shell", Word: "popd", Here: "cd -"},
	{Clients: "shell", Word: "export", Here: "let NAME VALUE"},
	{Clients: "shell", Word: "wget", Here: "open URL", Says: "then `get FILE`; `ftpsh URL` on the command line fetches it"},
	{Clients: "shell curl", Word: "curl", Here: "open URL", Says: "then `get FILE`; `ftpsh URL` on the command line fetches it"},
	{Clients: "shell", Word: "ssh", Here: "open HOST", Says: "speaks FTP; `!ssh HOST` is the other one"},
	{Clients: "shell", Word: "sftp", Here: "open HOST", Says: "speaks FTP; `!sftp HOST` is the other one"},
	{Clients: "shell", Word: "scp", Here: "get FILE", Says: "or `put FILE`"},
	{Clients: "WinSCP", Word: "option", Here: "set", Says: "lists the settings; a script is never asked anything"},
	{Clients: "WinSCP", Word: "synchronize", Here: "mirror REMOTE LOCAL", Says: "for synchronize local, `mirror -R LOCAL REMOTE` for remote, `sync LOCAL REMOTE` for both"},
	{Clients: "WinSCP", Word: "keepuptodate", Here: "mirror -R --watch LOCAL REMOTE"},
	{Clients: "WinSCP", Word: "checksum", Here: "verify REMOTE LOCAL", Says: "compares the contents"},
	{Clients: "yafc", Word: "nohup", Here: "COMMAND &", Says: "runs beside; `help fg` says more"},
	{Clients: "FileZilla", Word: "queue view", Here: "queue"},
	{Clients: "FileZilla", Word: "site manager", Here: "bookmark", Says: "lists the sites, `bookmark add NAME` keeps one"},
	{Clients: "FileZilla", Word: "synchronized browsing", Here: "cd DIR; lcd DIR"},
	{Clients: "FileZilla", Word: "message log", Here: "debug", Says: "shows the dialogue, `ladder` draws it"},
}

var otherFlags = []Equivalent{
	{Clients: "lftp", Word: "mget -d", Here: "mget -r PATTERN", Says: "makes the directories as well"},
	{Clients: "lftp", Word: "mput -d", Here: "mput -r PATTERN", Says: "makes the directories as well"},
	{Clients: "lftp", Word: "get -P", Here: "get --segments N FILE"},
	{Clients: "sftp", Word: "get -p", Says: "the time is kept; `set preserve off` changes that"},
	{Clients: "sftp", Word: "put -p", Says: "the time is kept; `set preserve off` changes that"},
	{Clients: "lftp", Word: "mirror --newer-than", Here: "mirror --newer 7d"},
	{Clients: "lftp", Word: "mirror --older-than", Here: "mirror --older 7d"},
	{Clients: "lftp", Word: "mirror --exclude-glob", Here: "mirror --exclude PATTERN"},
	{Clients: "lftp", Word: "mirror --include-glob", Here: "mirror --include PATTERN"},
	{Clients: "lftp", Word: "mirror --no-empty-dirs", Here: "mirror --include '*'", Says: "makes only directories that a file goes into"},
	{Clients: "lftp", Word: "mirror --use-pget-n", Here: "mirror --segments N"},
	{Clients: "lftp", Word: "mirror --Remove-source-files", Here: "mirror --remove-source"},
	{Clients: "lftp", Word: "mirror --ignore-time", Here: "mirror --compare size"},
	{Clients: "lftp", Word: "mirror --dereference", Here: "mirror --links follow"},
	{Clients: "lftp", Word: "mirror --no-symlinks", Here: "mirror --links skip"},
	{Clients: "lftp", Word: "mirror --no-perms", Says: "permissions are left alone without --chmod"},
	{Clients: "lftp", Word: "mirror --size-range", Here: "mirror --size +1m --size -1g"},
	{Clients: "lftp", Word: "mirror --delete-first", Here: "mirror --delete", Says: "deletes at the end, when all else has worked"},
	{Clients: "lftp", Word: "mirror -v", Here: "verbose on"},
}

var otherOptions = []Equivalent{
	{Clients: "curl", Word: "-Q", Here: "ftpsh HOST -c 'quote COMMAND'"},
	{Clients: "curl", Word: "--quote", Here: "ftpsh HOST -c 'quote COMMAND'"},
	{Clients: "curl", Word: "-C", Here: "-R", Says: "resumes"},
	{Clients: "curl", Word: "--continue-at", Here: "-R", Says: "resumes"},
	{Clients: "curl", Word: "-O", Works: true, Here: "ftpsh URL", Says: "keeps the name of the file"},
	{Clients: "curl", Word: "--remote-name", Works: true, Here: "ftpsh URL", Says: "keeps the name of the file"},
	{Clients: "curl", Word: "--user", Works: true, Here: "--user NAME", Says: "logs in as that user; FTPSH_PASSWORD and --password-stdin hold the password"},
	{Clients: "curl", Word: "--connect-timeout", Works: true, Here: "--connect-timeout 30s", Says: "is `set timeout 30s`"},
	{Clients: "curl", Word: "--max-time", Works: true, Here: "--max-time 10m", Says: "is `set max-time 10m`, for each file"},
	{Clients: "curl", Word: "--create-dirs", Works: true, Here: "--create-dirs"},
	{Clients: "curl", Word: "--ftp-create-dirs", Works: true, Here: "--create-dirs"},
	{Clients: "curl", Word: "--limit-rate", Works: true, Here: "-T all,RATE"},
	{Clients: "curl", Word: "--ssl-reqd", Works: true, Here: "--tls=require"},
	{Clients: "curl", Word: "--ftp-ssl-reqd", Here: "--tls=require"},
	{Clients: "curl", Word: "--ssl", Here: "--tls=auto", Says: "which is the default"},
	{Clients: "curl", Word: "--netrc-file", Works: true, Here: "-N FILE"},
	{Clients: "curl", Word: "--netrc", Says: "~/.netrc is read without an option"},
	{Clients: "curl", Word: "--crlfile", Here: "--set tls-crl=FILE"},
	{Clients: "curl", Word: "--ciphers", Here: "--set tls-ciphers=LIST", Says: "names those below TLS 1.3"},
	{Clients: "curl", Word: "--cacert", Here: "--ca FILE"},
	{Clients: "curl", Word: "--pinnedpubkey", Here: "--pin SHA256", Says: "takes the fingerprint of the certificate"},
	{Clients: "curl", Word: "--list-only", Here: "ftpsh HOST -c nlist"},
	{Clients: "curl", Word: "--upload-file", Here: "ftpsh -u URL FILE"},
	{Clients: "curl", Word: "--ftp-port", Here: "-A", Says: "lets the server connect to us"},
	{Clients: "curl", Word: "--ftp-pasv", Here: "-p", Says: "which is the default"},
	{Clients: "curl", Word: "--disable-epsv", Here: "--set epsv4=off"},
	{Clients: "curl", Word: "--disable-eprt", Here: "--set epsv4=off"},
	{Clients: "curl", Word: "--ftp-skip-pasv-ip", Says: "the address in a PASV reply is never trusted"},
	{Clients: "curl", Word: "--ftp-account", Here: "ftpsh -n HOST -c 'user NAME PASSWORD ACCOUNT'"},
	{Clients: "curl", Word: "--silent", Here: "-V"},
	{Clients: "curl", Word: "--fail", Says: "a failure always has an exit status; `help -a` and the manual list them"},
	{Clients: "curl", Word: "--output-dir", Here: "-o DIRECTORY"},
	{Clients: "curl", Word: "--range", Here: "ftpsh HOST -c 'cat --range 0-1023 FILE'"},
	{Clients: "curl", Word: "--interface", Here: "-s ADDRESS"},
	{Clients: "curl", Word: "--proxy", Here: "--set via=URL"},
	{Clients: "curl", Word: "--parallel", Says: "several URLs of one server share a connection; `mget` and `mirror` use several"},
	{Clients: "lftp", Word: "--norc", Here: "--no-config"},
	{Clients: "lftp", Word: "--password", Here: "--password-stdin", Says: "or FTPSH_PASSWORD in the environment"},
	{Clients: "lftp", Word: "--env-password", Says: "FTPSH_PASSWORD is read without an option"},
	{Clients: "sftp", Word: "-b", Here: "-f SCRIPT"},
	{Clients: "WinSCP", Word: "--command", Works: true, Here: "-c COMMANDS"},
}

var otherSettings = []Equivalent{
	{Clients: "lftp", Word: "net:timeout", Here: "timeout", Works: true},
	{Clients: "lftp", Word: "net:max-retries", Here: "retries", Works: true},
	{Clients: "lftp", Word: "net:reconnect-interval-base", Here: "retry-wait", Works: true},
	{Clients: "lftp", Word: "net:socket-buffer", Here: "rcvbuf", Works: true},
	{Clients: "lftp", Word: "net:limit-rate", Here: "rate all N"},
	{Clients: "lftp", Word: "net:limit-total-rate", Here: "rate all N"},
	{Clients: "lftp", Word: "net:connection-limit", Here: "parallel", Works: true},
	{Clients: "lftp", Word: "net:idle", Here: "set keepalive 2m", Says: "keeps a connection open"},
	{Clients: "lftp", Word: "dns:order", Here: "set family 4"},
	{Clients: "lftp", Word: "ftp:passive-mode", Here: "passive", Works: true, values: yesNo},
	{Clients: "lftp", Word: "ftp:ssl-force", Here: "tls", Works: true, values: map[string]string{"yes": "require", "true": "require", "on": "require", "1": "require", "no": "auto", "false": "auto", "off": "auto", "0": "auto"}},
	{Clients: "lftp", Word: "ftp:ssl-allow", Here: "tls", Works: true, values: map[string]string{"yes": "auto", "true": "auto", "on": "auto", "1": "auto", "no": "off", "false": "off", "0": "off"}},
	{Clients: "lftp", Word: "ftp:ssl-protect-data", Here: "prot private", Says: "is the default under TLS, `prot clear` the other one"},
	{Clients: "lftp", Word: "ftp:charset", Here: "charset", Works: true},
	{Clients: "lftp", Word: "ftp:proxy", Here: "via", Works: true},
	{Clients: "lftp", Word: "ftp:prefer-epsv", Here: "epsv4", Works: true, values: yesNo},
	{Clients: "lftp", Word: "ftp:port-range", Here: "active-ports 40001-40100", Says: "is a command here"},
	{Clients: "lftp", Word: "ftp:use-mode-z", Here: "compress", Works: true, values: yesNo},
	{Clients: "lftp", Word: "ftp:anon-pass", Here: "anonpass", Works: true},
	{Clients: "lftp", Word: "ftp:nop-interval", Here: "keepalive", Works: true},
	{Clients: "lftp", Word: "ftp:use-site-utime", Says: "the ways to set a time are tried one after the other"},
	{Clients: "lftp", Word: "ftp:use-feat", Says: "FEAT is asked once; a server without it is no trouble"},
	{Clients: "lftp", Word: "ftp:list-options", Here: "ls -a"},
	{Clients: "lftp", Word: "ssl:verify-certificate", Here: "open --insecure HOST", Says: "takes any certificate; at a terminal ftpsh asks once"},
	{Clients: "lftp", Word: "ssl:check-hostname", Here: "ftpsh --tls-name NAME", Says: "names the one it must have"},
	{Clients: "lftp", Word: "ssl:crl-file", Here: "tls-crl", Works: true},
	{Clients: "lftp", Word: "ssl:ca-file", Here: "ftpsh --ca FILE"},
	{Clients: "lftp", Word: "ssl:cert-file", Here: "ftpsh --cert FILE"},
	{Clients: "lftp", Word: "ssl:key-file", Here: "ftpsh --key FILE"},
	{Clients: "lftp", Word: "xfer:clobber", Here: "clobber", Works: true, values: yesNo},
	{Clients: "lftp", Word: "xfer:log", Here: "ftpsh --log FILE"},
	{Clients: "lftp", Word: "cmd:fail-exit", Here: "onerror", Works: true, values: map[string]string{"yes": "stop", "true": "stop", "on": "stop", "1": "stop", "no": "continue", "false": "continue", "off": "continue", "0": "continue"}},
	{Clients: "lftp", Word: "cmd:parallel", Here: "parallel", Works: true},
	{Clients: "lftp", Word: "cmd:queue-parallel", Here: "queue-jobs", Works: true},
	{Clients: "lftp", Word: "cmd:prompt", Here: "set prompt-format TEXT"},
	{Clients: "lftp", Word: "cmd:interactive", Says: "you are asked at a terminal and nowhere else"},
	{Clients: "lftp", Word: "color:use-color", Here: "ftpsh --color always"},
	{Clients: "lftp", Word: "mirror:parallel-transfer-count", Here: "parallel", Works: true},
	{Clients: "lftp", Word: "mirror:use-pget-n", Here: "mirror --segments N"},
	{Clients: "lftp", Word: "pget:default-n", Here: "pget -n N FILE"},
	{Clients: "lftp", Word: "bmk:save-passwords", Here: "password save", Says: "keeps one in the keyring"},
	{Clients: "ncftp", Word: "auto-resume", Here: "get -c FILE"},
	{Clients: "ncftp", Word: "confirm-close", Here: "bookmark add NAME", Says: "keeps the place"},
	{Clients: "ncftp", Word: "so-bufsize", Here: "rcvbuf", Works: true},
	{Clients: "ncftp", Word: "redial-delay", Here: "retry-wait", Works: true},
	{Clients: "ncftp", Word: "anon-password", Here: "anonpass", Works: true},
	{Clients: "ncftp", Word: "show-status-in-xterm-titlebar", Here: "title", Works: true, values: yesNo},
	{Clients: "ncftp", Word: "progress-meter", Here: "progress", Works: true},
	{Clients: "tnftp", Word: "ftp_proxy", Here: "set via URL"},
	{Clients: "tnftp", Word: "http_proxy", Here: "set via http://HOST:PORT"},
	{Clients: "tnftp", Word: "https_proxy", Here: "set via http://HOST:PORT"},
	{Clients: "tnftp", Word: "no_proxy", Here: "set via off", Says: "or no_proxy in the environment"},
	{Clients: "tnftp ncftp", Word: "pager", Says: "PAGER in the environment names it"},
	{Clients: "tnftp", Word: "rprompt", Here: "prompt-right", Works: true},
}
