package practice

import (
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
	words    map[string]string // replies by "VERB ARG CODE" or "VERB CODE"; see reword
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
	for i := range flavours {
		if names = append(names, flavours[i].name); strings.EqualFold(flavours[i].name, name) {
			return &flavours[i], nil
		}
	}
	return nil, fmt.Errorf("server %q is unknown; there are %s", name, strings.Join(names, ", "))
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

// The flavours. What they say and how they behave was seen on the real ones.
var flavours = []flavour{
	{
		name: "vsftpd", short: "terse; no MLSD, dot files are hidden, a listing of nothing is empty",
		greeting: "(vsFTPd 3.0.3)", unknown: "500 Unknown command.",
		unknowns:  "MLSD MLST MFMT CLNT HASH XCRC XMD5 XSHA XSHA1 XSHA256 XSHA512 MD5 LANG HOST REIN",
		features:  []string{"EPRT", "EPSV", "MDTM", "PASV", "REST STREAM", "SIZE", "TVFS"},
		hidesDots: true, emptyLists: true,
		words: map[string]string{
			"USER 331": "331 Please specify the password.", "PASS 230": "230 Login successful.",
			"CWD 250": "250 Directory successfully changed.", "CWD 550": "550 Failed to change directory.",
			"CDUP 250": "250 Directory successfully changed.", "PWD 257": "257 {rest}",
			"TYPE I 200": "200 Switching to Binary mode.", "TYPE A 200": "200 Switching to ASCII mode.",
			"PASV 227": "227 {rest}.", "EPRT 200": "200 EPRT command successful. Consider using EPSV.",
			"PORT 200": "200 PORT command successful. Consider using PASV.",
			"LIST 150": "150 Here comes the directory listing.", "LIST 226": "226 Directory send OK.",
			"RETR 150": "150 Opening {mode} mode data connection for {arg} ({size} bytes).", "RETR 226": "226 Transfer complete.",
			"RETR 550": "550 Failed to open file.", "STOR 150": "150 Ok to send data.", "STOR 226": "226 Transfer complete.",
			"STOR 550": "553 Could not create file.", "DELE 250": "250 Delete operation successful.",
			"DELE 550": "550 Delete operation failed.", "MKD 257": `257 "{path}" created`, "MKD 550": "550 Create directory operation failed.",
			"RMD 250": "250 Remove directory operation successful.", "RMD 550": "550 Remove directory operation failed.",
			"RNFR 350": "350 Ready for RNTO.", "RNFR 550": "550 RNFR command failed.", "RNTO 250": "250 Rename successful.",
			"SIZE 550": "550 Could not get file size.", "MDTM 550": "550 Could not get file modification time.",
			"REST 350": "350 Restart position accepted ({arg}).", "NOOP 200": "200 NOOP ok.", "QUIT 221": "221 Goodbye.",
			"PBSZ 200": "200 PBSZ set to 0.", "PROT P 200": "200 PROT now Private.", "PROT C 200": "200 PROT now Clear.",
			"AUTH 234": "234 Proceed with negotiation.", "STRU 200": "200 Structure set to F.", "MODE 200": "200 Mode set to S.",
			"OPTS UTF8 ON 200": "200 Always in UTF8 mode.",
		},
	},
	{
		name: "proftpd", short: "all that RFC 3659 has, and more; dot files are hidden",
		greeting: "ProFTPD Server (Debian) [127.0.0.1]", unknown: "500 {verb} not understood",
		hidesDots: true, namesItself: true,
		features: []string{
			"CLNT", "EPRT", "EPSV", "HASH CRC32;MD5;SHA-1;SHA-256*;SHA-512;", "HOST", "LANG EN*", "MD5", "MDTM", "MFMT",
			"MLST", "REST STREAM", "SITE SYMLINK", "SIZE", "TVFS", "UTF8", "XCRC", "XMD5", "XSHA", "XSHA1", "XSHA256", "XSHA512",
		},
		words: map[string]string{
			"USER 331": "331 Password required for {user}", "PASS 230": "230 User {user} logged in",
			"CWD 250": "250 CWD command successful", "CWD 550": "550 {arg}: No such file or directory", "CDUP 250": "250 CDUP command successful",
			"PWD 257":    "257 {rest}",
			"TYPE I 200": "200 Type set to I", "TYPE A 200": "200 Type set to A", "PASV 227": "227 {rest}.",
			"LIST 150": "150 Opening ASCII mode data connection for file list", "LIST 226": "226 Transfer complete",
			"LIST 450": "450 {arg}: No such file or directory",
			"RETR 150": "150 Opening {mode} mode data connection for {arg} ({size} bytes)", "RETR 226": "226 Transfer complete",
			"RETR 550": "550 {arg}: No such file or directory", "STOR 150": "150 Opening {mode} mode data connection for {arg}",
			"STOR 226": "226 Transfer complete", "DELE 250": "250 DELE command successful", "DELE 550": "550 {arg}: No such file or directory",
			"MKD 257": `257 "{path}" - Directory successfully created`, "RMD 250": "250 RMD command successful",
			"RNFR 350": "350 File or directory exists, ready for destination name", "RNTO 250": "250 Rename successful",
			"SIZE 550": "550 {arg}: No such file or directory", "MDTM 550": "550 {arg}: No such file or directory",
			"REST 350": "350 Restarting at {arg}. Send STORE or RETRIEVE to initiate transfer", "NOOP 200": "200 NOOP command successful",
			"QUIT 221": "221 Goodbye.", "PBSZ 200": "200 PBSZ 0 successful", "PROT P 200": "200 Protection set to Private",
			"PROT C 200": "200 Protection set to Clear", "AUTH 234": "234 AUTH TLS successful", "OPTS UTF8 ON 200": "200 UTF8 set to on",
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
		words: map[string]string{
			"USER 331": "331 User {arg} OK. Password required", "PASS 230": "230 OK. Current directory is {dir}",
			"PASS 530": "530 Login authentication failed", "CWD 250": "250 OK. Current directory is {dir}",
			"CWD 550":  "550 Can't change directory to {arg}: No such file or directory",
			"CDUP 250": "250 OK. Current directory is {dir}", "PWD 257": `257 "{dir}" is your current location`,
			"TYPE I 200": "200 TYPE is now 8-bit binary", "TYPE A 200": "200 TYPE is now ASCII", "EPSV 229": "229 {rest}",
			"LIST 150": "150 Accepted data connection", "LIST 226": "226-Options: -l \r\n226 all matches shown",
			"RETR 150": "150 Accepted data connection",
			"RETR 226": "226-File successfully transferred\r\n226 0.000 seconds (measured here), 1.00 Mbytes per second",
			"RETR 550": "550 Can't open {arg}: No such file or directory", "STOR 150": "150 Accepted data connection",
			"STOR 226": "226-File successfully transferred\r\n226 0.001 seconds (measured here), 1.00 Mbytes per second",
			"DELE 250": "250 Deleted {arg}", "DELE 550": "550 Could not delete {arg}: No such file or directory",
			"MKD 257": `257 "{arg}" : The directory was successfully created`, "RMD 250": "250 The directory was successfully removed",
			"RNFR 350": "350 RNFR accepted - file exists, ready for destination", "RNTO 250": "250 File successfully renamed or moved",
			"SIZE 550": "550 Can't check for file existence", "MDTM 550": "550 Can't check for file existence",
			"REST 350": "350 Restarting at {arg}", "NOOP 200": "200 Zzz...",
			"QUIT 221": "221-Goodbye. You uploaded 0 and downloaded 0 kbytes.\r\n221 Logout.",
			"PBSZ 200": "200 PBSZ=0", "PROT P 200": "200 Data protection level set to \"private\"",
			"PROT C 200": "200 Data protection level set to \"clear\"", "AUTH 234": "234 AUTH TLS OK.",
			"OPTS UTF8 ON 200": "504 Unknown command",
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
		words: map[string]string{
			"SYST 215": "215 Windows_NT", "USER 331": "331 Password required", "PASS 230": "230 User logged in.",
			"PASS 530": "530 User cannot log in.", "CWD 250": "250 CWD command successful.",
			"CWD 550": "550 The system cannot find the file specified. ", "CDUP 250": "250 CDUP command successful.",
			"PWD 257":    `257 "{dir}" is current directory.`,
			"TYPE I 200": "200 Type set to I.", "TYPE A 200": "200 Type set to A.", "PASV 227": "227 {rest}.",
			"EPRT 200": "200 EPRT command successful.", "LIST 150": "125 Data connection already open; Transfer starting.",
			"LIST 226": "226 Transfer complete.", "LIST 450": "550 The system cannot find the file specified. ",
			"RETR 150": "125 Data connection already open; Transfer starting.", "RETR 226": "226 Transfer complete.",
			"RETR 550": "550 The system cannot find the file specified. ",
			"STOR 150": "125 Data connection already open; Transfer starting.", "STOR 226": "226 Transfer complete.",
			"DELE 250": "250 DELE command successful.", "DELE 550": "550 The system cannot find the file specified. ",
			"MKD 257": `257 "{arg}" directory created.`, "MKD 550": "550 Cannot create a file when that file already exists. ",
			"RMD 250": "250 RMD command successful.", "RMD 550": "550 The directory is not empty. ",
			"RNFR 350": "350 Requested file action pending further information.", "RNTO 250": "250 RNTO command successful.",
			"SIZE 550": "550 The system cannot find the file specified. ", "MDTM 550": "550 The system cannot find the file specified. ",
			"REST 350": "350 Restarting at {arg}.", "NOOP 200": "200 noop command successful.", "QUIT 221": "221 Goodbye.",
			"PBSZ 200": "200 PBSZ command successful.", "PROT P 200": "200 PROT command successful.",
			"PROT C 200": "200 PROT command successful.", "AUTH 234": "234 AUTH command ok. Expecting TLS Negotiation.",
			"OPTS UTF8 ON 200": "200 OPTS UTF8 command successful - UTF8 encoding now ON.",
		},
	},
	{
		name: "zos", short: "a mainframe: data sets and their members, 125 and 250, names in quotes",
		greeting: "FTPD1 IBM FTP CS V2R5 at mvs.example.com, {date}.\nConnection will close if idle for more than 5 minutes.",
		unknown:  "500 unknown command {verb}",
		unknowns: "MLSD MLST MFMT CLNT HASH XCRC XMD5 XSHA XSHA1 XSHA256 XSHA512 MD5 REIN HOST",
		features: []string{"SIZE", "MDTM", "REST STREAM", "UTF8", "LANG EN*", "EPSV", "EPRT"},
		list:     listDatasets, toPath: datasetPath, sample: sampleDatasets,
		words: map[string]string{
			"SYST 215": "215 MVS is the operating system of this server. FTP Server is running on z/OS.",
			"USER 331": "331 Send password please.", "PASS 230": "230 {user} is logged on.  Working directory is {qualifier}.",
			"PASS 530": "530 PASS command failed", "PWD 257": "257 {qualifier} is working directory.",
			"CWD 250": "250 {qualifier} is the working directory name prefix.", "CWD 550": "501 A qualifier in {arg} is not known",
			"CDUP 250": "250 {qualifier} is the working directory name prefix.", "TYPE I 200": "200 Representation type is Image",
			"TYPE A 200": "200 Representation type is Ascii NonPrint", "PASV 227": "227 {rest}.", "PORT 200": "200 Port request OK.",
			"EPRT 200": "200 EPRT request OK", "LIST 150": "125 List started OK", "LIST 226": "250 List completed successfully.",
			"LIST 450": "550 No data sets found.", "RETR 150": "125 Sending data set {dataset} FIXrecfm 80",
			"RETR 226": "250 Transfer completed successfully.", "RETR 550": "550 Data set {dataset} not found",
			"STOR 150": "125 Storing data set {dataset}", "STOR 226": "250 Transfer completed successfully.",
			"DELE 250": "250 {dataset} deleted.", "DELE 550": "550 DELE fails: {dataset} does not exist.",
			"MKD 257": `257 "{dataset}" created.`, "RMD 250": "250 {dataset} deleted.", "RNFR 350": "350 RNFR accepted. Please supply new name for RNTO.",
			"RNTO 250": "250 {dataset} renamed.", "SIZE 550": "550 Data set {dataset} not found", "REST 350": "350 Restarting at {arg}",
			"NOOP 200": "200 OK", "QUIT 221": "221 Quit command received. Goodbye.", "AUTH 234": "234 Security environment established - ready for negotiation",
			"PBSZ 200": "200 Protection buffer size accepted", "PROT P 200": "200 Data connection protection set to private",
			"PROT C 200": "200 Data connection protection set to clear",
		},
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
