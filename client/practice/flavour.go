package practice

import (
	"cmp"
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/spf13/afero"
)

// flavour is how a server looks: the words and habits of a real one, on the files and the faults of this one.
type flavour struct {
	name, short string

	greeting string            // lines, without codes
	words    map[string]string // replies by "VERB ARG CODE" or "VERB CODE"; see readWords and reword
	unknown  string            // the reply to a command that is not known
	unknowns string            // commands that are not known, though this server knows them

	features   []string // FEAT; nil: what this server can do
	featFrame  [2]string
	tlsFeature []string // with TLS, further lines; nil: AUTH TLS, PBSZ, PROT

	list        func(b *strings.Builder, where string, items []item) // LIST; nil: as ls -l
	hidesDots   bool                                                 // LIST shows dot files with -a only
	namesItself bool                                                 // MLSD has the directory and its parent
	emptyLists  bool                                                 // LIST of what does not exist is empty, and 226
	toPath      func(arg string) string                              // how a name is meant; nil: as it stands
	sample      func() afero.Fs                                      // files that suit it; nil: [Sample]
}

// FlavourInfo is what a user sees of a flavour.
type FlavourInfo struct{ Name, Short string }

// Flavours lists the servers that [Options.Like] can name.
func Flavours() []FlavourInfo {
	list := make([]FlavourInfo, len(flavours))
	for i, f := range flavours {
		list[i] = FlavourInfo{f.name, f.short}
	}
	return list
}

// findFlavour returns the row of a name; "" is this server as it is.
func findFlavour(name string) (*flavour, error) {
	if name == "" {
		return &flavour{}, nil
	}
	var names []string
	for _, f := range flavours {
		if names = append(names, f.name); strings.EqualFold(f.name, name) {
			return &f, f.readWords()
		}
	}
	return nil, fmt.Errorf("server %q is unknown; there are %s", name, strings.Join(names, ", "))
}

//go:embed like
var likes embed.FS

// readWords reads the replies of the flavour: a line for each, "VERB CODE: WORDS" or "VERB ARG CODE: WORDS", with the
// escapes of a [Script].
func (f *flavour) readWords() error {
	text, err := likes.ReadFile("like/" + f.name + ".txt")
	f.words = map[string]string{}
	for line := range strings.Lines(string(text)) {
		reply, words, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		said, wrong := unescape(words)
		f.words[reply], err = said, cmp.Or(err, wrong)
	}
	return err
}

// SampleLike is [Sample] for a flavour, with names that such a system has.
func SampleLike(name string) afero.Fs {
	if f, err := findFlavour(name); err == nil && f.sample != nil {
		return f.sample()
	}
	return Sample()
}

// lacks says whether the flavour does not know a command.
func (f *flavour) lacks(verb string) bool {
	return slices.Contains(strings.Fields(f.unknowns), verb)
}

// class is the row of words that a command shares with others.
func (c *command) class() string {
	switch c.verb {
	case "NLST", "MLSD":
		return "LIST"
	case "APPE":
		return "STOR"
	}
	return c.verb
}

// reword says a reply in the flavour's words. In these {arg} is the argument, {path} the absolute path, {dir} the
// working directory, {user} the user, {size} the size of the file, {mode} Binary or ASCII, {rest} what the reply said
// behind its code, and {date} now.
func (s *session) reword(c *command, r reply) reply {
	look := s.srv.look
	if r.code == 500 && look.unknown != "" && strings.HasPrefix(r.text, "500 Unknown command") {
		return parseReply(strings.ReplaceAll(look.unknown, "{verb}", printable(c.verb)) + "\r\n")
	}
	words, ok := look.words[fmt.Sprintf("%s %s %d", c.class(), strings.ToUpper(c.arg), r.code)]
	if !ok {
		words, ok = look.words[fmt.Sprintf("%s %d", c.class(), r.code)]
	}
	if !ok {
		return r
	}
	return parseReply(s.fill(words, c, r) + "\r\n")
}

func (s *session) fill(words string, c *command, r reply) string {
	if !strings.Contains(words, "{") {
		return words
	}
	where := absolute(s.directory(), c.arg)
	mode, size := "ASCII", int64(0)
	if s.image {
		mode = "BINARY"
	}
	if info, err := s.srv.fs.Stat(where); err == nil {
		size = info.Size()
	}
	rest := strings.TrimSuffix(r.text, "\r\n")
	return strings.NewReplacer("{arg}", printable(c.arg), "{path}", printable(where), "{dir}", s.directory(), "{dataset}", dataset(where),
		"{qualifier}", dataset(s.directory()), "{user}", printable(s.login.user), "{size}", fmt.Sprint(size), "{mode}", mode,
		"{rest}", rest[min(4, len(rest)):], "{date}", time.Now().Format("15:04:05 on 2006-01-02"), "{clock}", time.Now().Format("15:04"),
	).Replace(words)
}

// directory is the working directory; / before the login.
func (s *session) directory() string {
	if s.cwd == nil {
		return "/"
	}
	return s.cwd()
}

// The flavours. What they say, in the folder like, and how they behave was seen on the real ones.
var flavours = []flavour{
	{
		name: "vsftpd", short: "terse; no MLSD, dot files are hidden, a listing of nothing is empty",
		greeting: "(vsFTPd 3.0.3)", unknown: "500 Unknown command.",
		unknowns:  "MLSD MLST MFMT CLNT HASH XCRC XMD5 XSHA XSHA1 XSHA256 XSHA512 MD5 LANG HOST REIN",
		features:  []string{"EPRT", "EPSV", "MDTM", "PASV", "REST STREAM", "SIZE", "TVFS"},
		hidesDots: true, emptyLists: true,
	},
	{
		name: "proftpd", short: "all that RFC 3659 has, and more; dot files are hidden",
		greeting: "ProFTPD Server (Debian) [127.0.0.1]", unknown: "500 {verb} not understood",
		hidesDots: true, namesItself: true,
		features: []string{
			"CLNT", "EPRT", "EPSV", "HASH CRC32;MD5;SHA-1;SHA-256*;SHA-512;", "HOST", "LANG EN*", "MD5", "MDTM", "MFMT",
			"MLST", "REST STREAM", "SITE SYMLINK", "SIZE", "TVFS", "UTF8", "XCRC", "XMD5", "XSHA", "XSHA1", "XSHA256", "XSHA512",
		},
	},
	{
		name: "pure-ftpd", short: "replies of many lines, the directory itself in MLSD, a listing of nothing is empty",
		greeting: "--------- Welcome to Pure-FTPd [privsep] [TLS] ----------\nYou are user number 1 of 50 allowed.\n" +
			"Local time is now {clock}. Server port: 21.\nThis is a private system - No anonymous login\n" +
			"IPv6 connections are also welcome on this server.\nYou will be disconnected after 15 minutes of inactivity.",
		unknown: "500 Unknown command", unknowns: "CLNT HASH XCRC XMD5 XSHA XSHA1 XSHA256 XSHA512 MD5 LANG HOST REIN STAT",
		hidesDots: true, namesItself: true, emptyLists: true,
		featFrame: [2]string{"211-Extensions supported:", "211 End."},
		features: []string{
			"UTF8", "EPRT", "IDLE", "MDTM", "SIZE", "MFMT", "REST STREAM", "MLST", "MLSD", "TVFS", "ESTA", "PASV", "EPSV",
			"ESTP",
		},
	},
	{
		name: "iis", short: "Windows: LIST as DIR writes it, 125 instead of 150, no MLSD",
		greeting: "Microsoft FTP Service", unknown: "500 '{verb}': command not understood.",
		unknowns:   "MLSD MLST MFMT CLNT HASH XCRC XMD5 XSHA XSHA1 XSHA256 XSHA512 MD5 REIN",
		featFrame:  [2]string{"211-Extended features supported:", "211 END"},
		features:   []string{"LANG EN*", "UTF8", "HOST", "SIZE", "MDTM", "REST STREAM"},
		tlsFeature: []string{"AUTH TLS;TLS-C;SSL;TLS-P;", "PBSZ", "PROT C;P;"},
		list:       listDOS,
	},
	{
		name: "zos", short: "a mainframe: data sets and their members, 125 and 250, names in quotes",
		greeting: "FTPD1 IBM FTP CS V2R5 at mvs.example.com, {date}.\nConnection will close if idle for more than 5 minutes.",
		unknown:  "500 unknown command {verb}",
		unknowns: "MLSD MLST MFMT CLNT HASH XCRC XMD5 XSHA XSHA1 XSHA256 XSHA512 MD5 REIN HOST",
		features: []string{"SIZE", "MDTM", "REST STREAM", "UTF8", "LANG EN*", "EPSV", "EPRT"},
		list:     listDatasets, toPath: datasetPath, sample: sampleDatasets,
	},
}

// listDOS is LIST of IIS: the DIR command of DOS, with two digits for the year.
func listDOS(b *strings.Builder, _ string, items []item) {
	for _, it := range items {
		size := fmt.Sprintf("%20d", it.Size())
		if it.IsDir() {
			size = fmt.Sprintf("%-20s", "      <DIR>")
		}
		fmt.Fprintf(b, "%s %s %s\r\n", it.ModTime().Format("01-02-06  03:04PM"), size, it.name)
	}
}

// qualifier is the first part of the names of all data sets: those of the user.
const qualifier = "LEARNER"

// listDatasets is LIST of z/OS: the catalogue, or the members of a library.
func listDatasets(b *strings.Builder, where string, items []item) {
	if where != "/" {
		b.WriteString(" Name     VV.MM   Created       Changed      Size  Init   Mod   Id\r\n")
		for _, it := range items {
			day, lines := it.ModTime().Format("2006/01/02"), it.Size()/80+1
			fmt.Fprintf(b, "%-9s 01.00 %s %s %s %5d %5d     0 %s\r\n", it.name, day, day, it.ModTime().Format("15:04"), lines, lines, qualifier)
		}
		return
	}
	b.WriteString("Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname\r\n")
	for _, it := range items {
		kind := "PS"
		if it.IsDir() {
			kind = "PO"
		}
		fmt.Fprintf(b, "WRK001 3390   %s  1 %4d  FB      80 27920  %s  %s\r\n", it.ModTime().Format("2006/01/02"), it.Size()/56664+1, kind, it.name)
	}
}

// dataset is the name of a path: /CNTL/COMPILE is 'LEARNER.CNTL(COMPILE)', and / is 'LEARNER.'.
func dataset(where string) string {
	library, member := path.Split(strings.TrimPrefix(where, "/"))
	if library == "" {
		return "'" + qualifier + "." + member + "'"
	}
	return "'" + qualifier + "." + strings.TrimSuffix(library, "/") + "(" + member + ")'"
}

// datasetPath is the path of a name: one in quotes is whole, capitals or not are the same.
func datasetPath(arg string) string {
	name := strings.ToUpper(arg)
	if whole, quoted := strings.CutPrefix(name, "'"); quoted {
		name = "/" + strings.TrimPrefix(strings.TrimPrefix(strings.TrimSuffix(whole, "'"), qualifier), ".")
	}
	if library, member, ok := strings.Cut(strings.TrimSuffix(name, ")"), "("); ok {
		name = path.Join(library, member)
	}
	return name
}
