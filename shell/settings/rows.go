package settings

import (
	"fmt"
	"io/fs"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/proxy"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/trash"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/render"
)

// A Group is settings of one theme, as `set` shows them.
type Group struct {
	Title    string
	Settings []*Setting
}

// Groups is the table of all settings.
var Groups = []Group{
	{"the prompt and the screen", []*Setting{
		promptSetting("prompt-format", "the prompt: {user} {host} {dir} {state} and more, `help prompt-format`; [ ] leave out what is empty in them",
			func(s *Settings) *string { return &s.PromptFormat }).like("\"{dir}> \""),
		promptSetting("prompt-right", "the same at the right margin", func(s *Settings) *string { return &s.PromptRight }).like("{dir}"),
		word("keys", "the keys of the prompt: those of emacs or of vi", []string{"emacs", "vi"}, func(s *Settings) *string { return &s.Keys }).
			tells(KeyBindings),
		toggle("title", "show user, host and directory in the title of the window", func(s *Settings) *bool { return &s.Title }),
		toggle("verbose", "show the server's words and a line for each transfer", func(s *Settings) *bool { return &s.Verbose }).tells(Observers),
		toggle("prompt", "ask before each file of mget, mput, mdelete (at a terminal)", func(s *Settings) *bool { return &s.Prompt }),
		toggle("progress", "show a line while a transfer runs", func(s *Settings) *bool { return &s.Progress }),
		word("onerror", "what a script does after a failure: stop, continue", []string{"stop", "continue"},
			func(s *Settings) *string { return &s.OnError }),
		word("notify", "tell you when a long job or command has ended: off, bell, osc9 or osc777 (on the desktop)",
			[]string{"off", "bell", "osc9", "osc777"}, func(s *Settings) *string { return &s.Notify }).tells(Observers),
		duration("notify-after", "how long it must have taken", func(s *Settings) *time.Duration { return &s.NotifyAfter }).tells(Observers),
		word("time-style", "how listings show times: ls, iso, full, ago", TimeStyles, func(s *Settings) *string { return &s.TimeStyle }),
		toggle("human", "sizes in listings at a terminal as 80M, as with -h", func(s *Settings) *bool { return &s.Human }),
		word("borders", "the lines of ls --table: "+strings.Join(render.Borders(), ", "), render.Borders(), func(s *Settings) *string { return &s.Borders }),
		toggle("jump", "remember the directories that `cd` goes to at the prompt, for z", func(s *Settings) *bool { return &s.Jump }),
		wholeNumber("history-size", "how many lines the history keeps", 1, 10_000_000, func(s *Settings) *int { return &s.HistorySize }).like("50000", "1000", "10000", "50000").
			tells(HistorySize),
	}},
	{"connections and logins", []*Setting{
		features(),
		toggle("keep-feat", "what a server says that it can do (FEAT) is believed for a week: the next login needs a round trip less, `features` asks again", func(s *Settings) *bool { return &s.KeepFeat }).opening(),
		toggle("last-dir", "a bookmark leads to the directory in which its session ended", func(s *Settings) *bool { return &s.LastDir }),
		text("virtual-host", "which site the next open means (HOST), where a server has several at one address",
			func(s *Settings) *string { return &s.VirtualHost }).like("ftp.example.org").opening(),
		via(),
		word("via-login", "how to tell an FTP proxy which server you want; auto: user@host", loginNames(),
			func(s *Settings) *string { return &s.ViaLogin }).opening(),
		toggle("keyring", "look for passwords in the keyring of the desktop", func(s *Settings) *bool { return &s.Keyring }),
		text("password-command", "a local command that prints the password; it gets FTPSH_HOST, FTPSH_PORT and FTPSH_USER",
			func(s *Settings) *string { return &s.PasswordCommand }).like("\"pass show ftp/$FTPSH_HOST\""),
		durationOr("off", "keepalive", "send NOOP to the server after so much silence: at the prompt, in sleep, in a transfer",
			func(s *Settings) *time.Duration { return &s.KeepAlive }).tells(Sessions),
		frequency("pace", "how many transfers and listings to begin in a time, for servers that ban the hasty: auto (as a server turned out to need, see `limits`), off, or so many", "5/s", []string{"auto", "off"}, func(s *Settings) *time.Duration { return &s.Pace }).tells(Spacing),
		frequency("connect-pace", "how many control connections to a server to make in a time", "6/min", []string{"off"}, func(s *Settings) *time.Duration { return &s.ConnectPace }).tells(Spacing),
	}},
	{"TLS", []*Setting{
		word("tls", "auto (where the server has it), require, implicit (port 990), off", TLSWords,
			func(s *Settings) *string { return &s.TLS }).opening(),
		word("tls-min", "the oldest TLS version to accept, from the next open on; anything below 1.2 is insecure", []string{"1.0", "1.1", "1.2", "1.3"},
			func(s *Settings) *string { return &s.TLSMin }).opening(),
		word("tls-max", "the newest TLS version to offer, from the next open on", []string{"1.0", "1.1", "1.2", "1.3"},
			func(s *Settings) *string { return &s.TLSMax }).opening(),
		tlsCiphers().opening(),
		text("tls-crl",
			"a file of lists of revoked certificates, PEM or DER, that the server's must not be in, from the next open on; empty: none",
			func(s *Settings) *string { return &s.TLSCRL }).like("\"/etc/ssl/revoked.pem\"").opening(),
		word("tls-data", "which certificate a data connection must show: same (that of the control connection), verified (any valid one of the host)",
			[]string{"same", "verified"}, func(s *Settings) *string { return &s.TLSData }).opening(),
		word("tls-end", "how protected data may end: close-notify (as TLS demands), insecure (in any way: anyone in between can cut files and listings short)",
			[]string{"close-notify", "insecure"}, func(s *Settings) *string { return &s.TLSEnd }).tells(Sessions),
	}},
	{"data connections", []*Setting{
		toggle("passive", "the client opens data connections; off: the server does", func(s *Settings) *bool { return &s.Passive }).tells(Sessions),
		setting("active-ports", "the ports for active data connections: any, or a range such as 40001-40100",
			func(s *Settings) *[2]int { return &s.ActivePorts }, kind[[2]int]{
				func(ports [2]int) string { return fmt.Sprintf("%d-%d", ports[0], ports[1]) }, parsePorts,
			}.or("any", [2]int{})).like("any|40001-40100", "any", "40001-40100").tells(Sessions),
		setting("active-address", "the address that the server is told to connect to in active mode: own, or that of a router",
			func(s *Settings) *netip.Addr { return &s.ActiveAddress }, addresses("own").or("own", netip.Addr{})).
			like("own|192.0.2.1", "own").tells(Sessions),
		setting("active-from",
			"who may connect in active mode: peer (the address we talk to), another address of the server as well, or any",
			func(s *Settings) *netip.Addr { return &s.ActiveFrom },
			addresses("peer nor any").or("peer", netip.Addr{}).
				or("any", netip.IPv4Unspecified()).or("any", netip.IPv6Unspecified())).
			like("peer|192.0.2.1", "peer").tells(Sessions),
		word("pasv-address", "where passive data connections go: peer (the server we talk to), server (the host it names, any host)",
			[]string{"peer", "server"}, func(s *Settings) *string { return &s.PasvAddress }).tells(Sessions),
	}},
	{"transfers", []*Setting{
		word("clobber", "what happens to a local file that exists: ask (a script replaces it), on (replaced), off (an error)",
			[]string{"ask", "on", "off"}, func(s *Settings) *string { return &s.Clobber }),
		toggle("compare-sizes", "a transfer is only whole when the sizes agree; off: for a server whose sizes are wrong",
			func(s *Settings) *bool { return &s.CompareSizes }),
		toggle("preserve", "give copies the time of the original", func(s *Settings) *bool { return &s.Preserve }),
		word("backup", "what becomes of a local file that a download replaces: off (it is gone), simple (NAME~), numbered (NAME.~1~)",
			[]string{"off", "simple", "numbered"}, func(s *Settings) *string { return &s.Backup }),
		byteCount("max-size", "a larger file is not downloaded", "off", func(s *Settings) *int64 { return &s.MaxSize }),
		toggle("check-space", "see whether a download fits on the disk before it begins", func(s *Settings) *bool { return &s.CheckSpace }),
		patterns("ascii-names", "files that get, put and their like move as text, as '*.txt *.html'", func(s *Settings) *string { return &s.ASCIINames }).like("*.txt"),
		text("on-file", "a local command for each file that has arrived; FTPSH_LOCAL, FTPSH_REMOTE, FTPSH_BYTES and FTPSH_DIRECTION tell it which",
			func(s *Settings) *string { return &s.OnFile }).like("'echo $FTPSH_LOCAL >> arrived'"),
		setting("parallel", "sessions for many files at once: auto (as many as help and the server allows), or a number",
			func(s *Settings) *int { return &s.Parallel },
			numbers(1, MostParallel, fmt.Sprintf("neither auto nor a number from 1 to %d", MostParallel)).or("auto", 0)).
			like("auto|4", "auto", "1", "4", "8"),
		toggle("compress", "compress downloads and listings where the server offers MODE Z, and uploads to servers that are known to read them", func(s *Settings) *bool { return &s.Compress }).tells(Sessions),
		durationOr("off", "cache", "how long `ls` and `dir` may answer from what they have listed before; `ls --fresh` asks all the same", func(s *Settings) *time.Duration { return &s.Cache }).tells(Funnel),
		wholeNumber("queue-jobs", "how many commands of the queue run at once", 1, 20, func(s *Settings) *int { return &s.QueueJobs }).like("2", "1", "2", "4").
			tells(Queue),
		// a server may invent directories for ever
		count("max-depth", "how many levels of directories are looked into", func(s *Settings) *int { return &s.MaxDepth }).like("64", "16", "64"),
		count("max-directories", "how many directories one command looks into", func(s *Settings) *int { return &s.MaxDirectories }).like("100000", "1000", "100000"),
	}},
	{"what takes too long or fails", []*Setting{
		duration("timeout", "how long to wait for a reply", func(s *Settings) *time.Duration { return &s.Timeout }).tells(Sessions),
		durationOr("timeout", "stall", "how long a data connection may stand still: timeout (as that setting), or a time",
			func(s *Settings) *time.Duration { return &s.Stall }).tells(Sessions),
		word("pipelining", "send commands without waiting for each reply: auto (where the server supports it), or off (one by one)",
			[]string{"auto", "off"}, func(s *Settings) *string { return &s.Pipelining }).tells(Pace),
		durationOr("off", "max-time", "how long a file or a listing may take; a resumed one gets this time again", func(s *Settings) *time.Duration { return &s.Bounds.Time }),
		byteCount("min-rate", "give up on a file that moves fewer bytes per second (but not from server to server)", "off", func(s *Settings) *int64 { return &s.Bounds.Rate }),
		duration("min-rate-time", "how long a transfer may be slower than min-rate", func(s *Settings) *time.Duration { return &s.Bounds.Over }),
		setting("retries", fmt.Sprintf("how often what failed for a while is tried again: auto (a transfer that broke %d times, "+
			"other commands never), or a number for all of them", transfer.DefaultRetry.Most),
			func(s *Settings) *int { return &s.Retries }, numbers(0, math.MaxInt, "neither auto nor a number").or("auto", autoRetries)).
			like("auto|5", "auto", "0", "5"),
		duration("retry-wait", "the pause before it; it doubles each time, up to five minutes",
			func(s *Settings) *time.Duration { return &s.RetryWait }),
		setting("retry-on", "which failures are tried again: codes such as 421, and the words "+strings.Join(retryWords(), ", "),
			func(s *Settings) *string { return &s.RetryOn }, words(func(text string) (string, error) {
				for _, word := range strings.Fields(text) {
					if !slices.Contains(retryWords(), word) && !isReplyCode(word) {
						return "", fmt.Errorf("%q is neither the code of a failure nor one of %s", word, strings.Join(retryWords(), ", "))
					}
				}
				return strings.Join(strings.Fields(text), " "), nil
			})).like("\"connect lost timeout 421\""),
	}},
	{"what is deleted there", []*Setting{
		text("trash", "what becomes of deleted and replaced files of the server: off (they are gone), on (they move to "+trash.Folder+"), or a directory for them",
			func(s *Settings) *string { return &s.Trash }).like("on", "off", "/backup/trash").tells(Funnel),
		setting("trash-keep", "how old a deleted file must be for `trash empty` to delete it for good",
			func(s *Settings) *string { return &s.TrashKeep }, words(func(text string) (string, error) {
				_, err := ReadDuration(text)
				return text, err
			})).like("30d", "7d", "30d", "90d"),
	}},
	{"what is put there", []*Setting{
		toggle("atomic", "uploads are called NAME.part until they are whole, as with put --atomic", func(s *Settings) *bool { return &s.Atomic }),
		toggle("allo", "tell the server how many bytes come before an upload (ALLO), for those that make room for it", func(s *Settings) *bool { return &s.Allo }),
		mode("upload-mode", "the mode of files that are uploaded (SITE CHMOD), in octal; auto: as the server makes them", []string{"auto", "644", "664", "600"},
			func(s *Settings) *fs.FileMode { return &s.UploadMode }),
		mode("upload-dir-mode", "the mode of directories that are made there; auto: as the server makes them", []string{"auto", "755", "775", "700"},
			func(s *Settings) *fs.FileMode { return &s.UploadDirMode }),
	}},
	{"names", []*Setting{
		toggle("glob", "expand * ? [a-z] {a,b}", func(s *Settings) *bool { return &s.Glob }),
		setting("charset", "charset of the server's names: utf-8, latin1, cp1252, shift_jis, gbk, koi8-r, ...",
			func(s *Settings) *string { return &s.Charset }, words(func(text string) (string, error) {
				_, err := FindCharset(text)
				return strings.ToLower(text), err
			})).
			like("latin1", "utf-8", "latin1", "cp1252", "iso-8859-15", "koi8-r", "shift_jis", "euc-jp", "gbk", "big5", "euc-kr").tells(NameCharset),
		word("collisions", "when two files of one command get the same local name: refuse the second, or number it, as `name (2)`", []string{"refuse", "number"},
			func(s *Settings) *string { return &s.Collisions }),
		toggle("bell", "ring the bell after transfers", func(s *Settings) *bool { return &s.Bell }),
		toggle("case", "names in capitals become lower case on the way", func(s *Settings) *bool { return &s.Case }),
		toggle("cr", "drop the CR at line ends of downloaded text", func(s *Settings) *bool { return &s.CR }),
		toggle("edit", "edit lines here; off: the terminal does it", func(s *Settings) *bool { return &s.Edit }).
			tells(Editing),
		toggle("qc", "show control characters in listings as ?", func(s *Settings) *bool { return &s.QC }),
		toggle("runique", "never replace a local file: the next one is called NAME.1", func(s *Settings) *bool { return &s.RUnique }),
		toggle("sunique", "never replace a remote file: the server chooses a name (STOU)", func(s *Settings) *bool { return &s.SUnique }),
		hashMarks(),
		toggle("tick", "show a count of bytes instead of the progress line", func(s *Settings) *bool { return &s.Tick }),
		byteCount("rate-get", "how many bytes per second downloads may use", "unlimited", func(s *Settings) *int64 { return &s.RateGet }).tells(Rates),
		byteCount("rate-put", "how many bytes per second uploads may use", "unlimited", func(s *Settings) *int64 { return &s.RatePut }).tells(Rates),
		byteCount("rcvbuf", "socket buffer for what data connections receive", "system", func(s *Settings) *int64 { return &s.RcvBuf }).tells(Sessions),
		byteCount("sndbuf", "socket buffer for what data connections send", "system", func(s *Settings) *int64 { return &s.SndBuf }).tells(Sessions),
		toggle("epsv4", "use EPSV and EPRT over IPv4; off: PASV and PORT", func(s *Settings) *bool { return &s.EPSV4 }).tells(Sessions),
		toggle("epsv6", "use EPSV and EPRT over IPv6", func(s *Settings) *bool { return &s.EPSV6 }).tells(Sessions),
		toggle("sendport", "tell the server where active data connections go; off: to the port of the control connection",
			func(s *Settings) *bool { return &s.SendPort }).tells(Sessions),
		word("family", "which kind of address the next open uses", []string{"any", "4", "6"}, func(s *Settings) *string { return &s.Family }).opening(),
		text("anonpass", "the password for anonymous logins", func(s *Settings) *string { return &s.AnonPass }).like("me@example.org"),
	}},
	{"seeing and learning", []*Setting{
		number("trace", "show the dialogue: 0 not, 1 commands and replies, 2 connections, TLS, times and remarks too, 3 everything", 3,
			func(s *Settings) *int { return &s.Trace }).tells(Observers),
		toggle("trace-notes", "explain replies in the trace", func(s *Settings) *bool { return &s.TraceNotes }).tells(Observers),
		word("unicode", "draw traces and ladders with lines and arrows: auto (where the terminal has them), on, off",
			[]string{"auto", "on", "off"}, func(s *Settings) *string { return &s.Unicode }).tells(Observers),
		toggle("tls-reuse", "data connections resume the TLS session of the control connection, which many servers demand",
			func(s *Settings) *bool { return &s.TLSReuse }).tells(Sessions),
	}},
}

// table is all of them.
var table = func() (all []*Setting) {
	for _, group := range Groups {
		all = append(all, group.Settings...)
	}
	return all
}()

// parsePorts reads a range of ports, or a single one.
func parsePorts(text string) (ports [2]int, err error) {
	first, last, found := strings.Cut(text, "-")
	if !found {
		last = first
	}
	low, err1 := strconv.ParseUint(first, 10, 16)
	high, err2 := strconv.ParseUint(last, 10, 16)
	if err1 != nil || err2 != nil || low == 0 || high < low {
		return ports, fmt.Errorf("%q is neither any nor a range of ports such as 40001-40100", text)
	}
	return [2]int{int(low), int(high)}, nil
}

// addresses are IP addresses; what else a text could be is said where it is none of them.
func addresses(what string) kind[netip.Addr] {
	return kind[netip.Addr]{netip.Addr.String, func(text string) (netip.Addr, error) {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			err = fmt.Errorf("%q is neither %s nor an address", text, what)
		}
		return addr, err
	}}
}

// TLSWords are the values of tls.
var TLSWords = []string{"auto", "require", "implicit", "off"}

// MostParallel is the largest value of the setting parallel.
const MostParallel = 64

// usualPrompt is the prompt until it is set.
const usualPrompt = "[{user}@]{host}[:{dir}][ {state}]> "

func promptSetting(name, short string, field func(*Settings) *string) *Setting {
	row := setting(name, short, field, words(func(format string) (string, error) {
		_, err := Fill(format, func(name string) (string, bool) { return "", isField(name) })
		return format, err
	}))
	row.Long = promptHelp()
	return row
}

// features is the setting that corrects FEAT.
func features() *Setting {
	return setting("feat",
		"what a server can do other than it says, from the next open on: -MLSD is not used, +MFMT and '+HASH=SHA-256' are taken for granted",
		func(s *Settings) *string { return &s.Feat }, words(func(text string) (string, error) {
			words := strings.Fields(text)
			for i, word := range words {
				name, parameter, has := strings.Cut(word, "=")
				if len(name) < 2 || name[0] != '+' && name[0] != '-' {
					return "", fmt.Errorf("%q is neither -NAME nor +NAME", word)
				}
				if words[i] = strings.ToUpper(name); has {
					words[i] += "=" + parameter
				}
			}
			return strings.Join(words, " "), nil
		})).like("-MLST").opening()
}

// TimeStyles are the values of time-style.
var TimeStyles = []string{"ls", "iso", "full", "ago"}

func via() *Setting {
	row := setting("via", "proxy for the next open: auto (as ftp_proxy and no_proxy say), off, or a URL "+
		"(socks4:, socks4a:, socks5:, http:, https:, ftp:; http+get: for files by URL alone)",
		func(s *Settings) *string { return &s.Via }, kind[string]{history.HidePassword, func(text string) (string, error) {
			_, err := proxy.Parse(text)
			return text, err
		}}.or("auto", "auto").or("off", "off")).like("auto|off|socks5://HOST:1080").opening()
	row.Words = []string{"auto", "off"}
	return row
}

func loginNames() []string {
	names := []string{"auto"}
	for _, l := range proxy.Logins() {
		names = append(names, l.Name)
		names = append(names, l.Aliases...)
	}
	return slices.Clip(names)
}
