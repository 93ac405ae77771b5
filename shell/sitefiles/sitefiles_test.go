package sitefiles

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	zilla = `<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
<FileZilla3 version="3.63.0" platform="*nix">
	<Servers>
		<Folder expanded="1">work
			<Server>
				<Host>ftp.example.org</Host><Port>2121</Port><Protocol>0</Protocol><Type>0</Type>
				<User>deploy</User><Pass encoding="base64">aW52ZW50ZWQ=</Pass>
				<Logontype>1</Logontype><PasvMode>MODE_ACTIVE</PasvMode>
				<EncodingType>Custom</EncodingType><CustomEncoding>ISO-8859-1</CustomEncoding>
				<Bookmark><Name>not this</Name></Bookmark><Name>web</Name>
				<RemoteDir>1 0 3 var 5 w w w</RemoteDir>web</Server>
			<Folder expanded="0">in &amp; out<Server><Host>two.example.org</Host><Protocol>3</Protocol><User>g</User>
				<Pass encoding="crypt" pubkey="x">abc</Pass><Logontype>1</Logontype>safe</Server></Folder>
		</Folder>
		<Server><Host>s.example.org</Host><Protocol>1</Protocol><Name>ssh</Name></Server>
	</Servers>
	<RecentServers><Server><Host>ftp.gnu.org</Host><Protocol>6</Protocol><Logontype>0</Logontype></Server></RecentServers>
</FileZilla3>
`
	winSCP = "[Configuration\\Interface]\r\nx=1\r\n[Sessions\\Default%20Settings]\r\nHostName=no\r\n[Sessions\\work/w%20b]\r\n" +
		"HostName=ftp.example.org\r\nPortNumber=990\r\nUserName=%EF%BB%BFd%C3%A9\r\nFSProtocol=5\r\nFtps=1\r\nRemoteDirectory=%2Fvar%2Fw%20w\r\nFtpPasvMode=0\r\nPassword=A35C\r\n" +
		"[Sessions\\old]\r\nHostName=h\r\n[Sessions\\desk]\r\nIsWorkspace=1\r\n[Sessions\\two]\r\nHostName=h2\r\nFSProtocol=5\r\nFtps=3\r\nPasswordPlain=p%40w\r\n"
	rclone = "# a comment\n[web]\ntype = ftp\nhost = ftp.example.org\nuser = deploy\npass = XyZ\nexplicit_tls = true\ndisable_epsv = true\n\n[s3]\ntype = s3\n"
	lftprc = "# mine\nset net:timeout 20\n  set ftp:passive-mode/old.example.org \"off\"\nset -a\nset cmd:x 'a b'\nalias x set y:z\n"
)

// sample are files of each client with what they hold.
var samples = []struct {
	name, text, client string
	want               Contents
}{
	{"filezilla", zilla, "FileZilla", Contents{Sites: []Site{
		{Name: "ssh", Host: "s.example.org", Line: 15, Skip: "not FTP: SFTP"},
		{
			Name: "work/web", Host: "ftp.example.org", Port: "2121", User: "deploy", Dir: "/var/w w w", Password: "invented", HasPassword: true, Line: 5,
			Settings: []Setting{{"ftp.example.org", "passive", "off", 5}, {"ftp.example.org", "charset", "ISO-8859-1", 5}},
		},
		{Name: "work/in---out/safe", Host: "two.example.org", User: "g", Security: "implicit", Locked: true, Line: 12},
		{Name: "ftp-gnu-org", Unnamed: true, Host: "ftp.gnu.org", User: "anonymous", Line: 17},
	}}},
	{"winscp", winSCP, "WinSCP", Contents{Sites: []Site{
		{
			Name: "work/w-b", Host: "ftp.example.org", Port: "990", User: "dé", Security: "implicit", Dir: "/var/w w", Locked: true, Line: 5,
			Settings: []Setting{{"ftp.example.org", "passive", "off", 5}},
		},
		{Name: "old", Host: "h", Line: 14, Skip: "not FTP: SFTP"},
		{Name: "two", Host: "h2", Security: "require", Password: "p@w", HasPassword: true, Line: 18},
	}}},
	{"rclone", rclone, "rclone", Contents{Sites: []Site{
		{Name: "web", Host: "ftp.example.org", User: "deploy", Security: "require", Locked: true, Line: 2, Settings: []Setting{{"ftp.example.org", "epsv4", "off", 2}}},
		{Name: "s3", Line: 10, Skip: "not FTP: s3"},
	}}},
	{"rc of lftp", lftprc, "lftp", Contents{Settings: []Setting{
		{"", "net:timeout", "20", 2}, {"old.example.org", "ftp:passive-mode", "off", 3}, {"", "cmd:x", "a b", 5},
	}}},
	{"lftp, odd lines", "a\tftp://h/\nb\tnothing\nc\tftp://h:port/\nd\thftp://h/\n-.:x\tftp://h/%zz\n", "lftp", Contents{Sites: []Site{
		{Name: "a", Host: "h", Line: 1},
		{Name: "b", Line: 2, Skip: "line 2 has no URL"},
		{Name: "c", Line: 3, Skip: "line 3 has no URL"},
		{Name: "d", Line: 4, Skip: "not FTP: hftp"},
		{Name: "x", Line: 5, Skip: "line 5 has no URL"},
	}}},
	{"ncftp, odd lines", "NcFTP bookmark-file version: 8\nNumber of bookmarks: ??\na,b\n,h\\,x,u,plain,,,I,0\nz,h,u,*encoded*!,,,I,7\nl,a\rb,u,,,,I,0", "ncftp", Contents{Sites: []Site{
		{Name: "a", Line: 3, Skip: "line 3 has 2 fields"},
		{Name: "h,x", Unnamed: true, Host: "h,x", User: "u", Password: "plain", HasPassword: true, Line: 4},
		{Name: "z", Host: "h", Port: "7", User: "u", Locked: true, Line: 5},
		{Name: "l", Host: "a\rb", User: "u", Line: 6, Skip: "it holds a line break"},
	}}},
}

// TestRead: what each client has written is understood, also in the encodings of Windows.
func TestRead(t *testing.T) {
	for _, row := range samples {
		for encoding, raw := range map[string][]byte{"": []byte(row.text), "UTF-8 with mark": []byte("\ufeff" + row.text), "UTF-16": inUTF16(row.text)} {
			got, format, err := Read("f", raw, Formats)
			if err != nil || format == nil || format.Client != row.client || !reflect.DeepEqual(got, row.want) {
				t.Errorf("%s %s: %v\n got %+v\nwant %+v", row.name, encoding, err, got, row.want)
			}
		}
	}
}

func inUTF16(text string) []byte {
	raw := []byte("\xfe\xff")
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = binary.BigEndian.AppendUint16(raw, unit)
	}
	return raw
}

// TestReadBad: a file that cannot be read is an error with its name, and the line where there is one; nothing of it is taken.
func TestReadBad(t *testing.T) {
	deep := strings.Repeat("<Folder>", mostDepth+1)
	for text, want := range map[string]string{
		"hello\n":                          "f: no sites of a client that is known",
		"a\x00b":                           "f: no text: it has NUL bytes",
		"\xfe\xffa":                        "f: UTF-16 that ends inside a character",
		"NcFTP bookmark-file version: 3\n": `f:1: version "3" of the file is not known`,
		"# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\nx": "f: rclone has encrypted it; `!rclone config show > FILE` writes one that can be read",
		"<FileZilla3>\n<Servers>\n</FileZilla3>":                         "f:3: element <Servers> closed by </FileZilla3>",
		"<FileZilla3>":                                                   "f:1: unexpected EOF",
		"<a/>":                                                           "f:1: expected element type <FileZilla3> but have <a>",
		"<FileZilla3>\n" + deep:                                          "f:2: elements are more than 64 deep",
		"<!DOCTYPE x [\n<!ENTITY a \"b\">]>\n":                           "f:2: a document type has no place here",
		"<FileZilla3><Servers>&a;</Servers></FileZilla3>":                "f:1: invalid character entity &a;",
		"<?xml version=\"1.0\" encoding=\"KOI8-R\"?><FileZilla3/>":       `f:1: xml: opening charset "KOI8-R": the encoding "KOI8-R" is not read: save it as UTF-8`,
		strings.Repeat("n\tftp://h/\n", mostSites+1):                     fmt.Sprintf("f: %d sites, more than %d", mostSites+1, mostSites),
	} {
		if got, _, err := Read("f", []byte(text), Formats); err == nil || err.Error() != want || len(got.Sites) > 0 {
			t.Errorf("%.40q: got %v, want %s", text, err, want)
		}
	}
	if got, format, err := Read("f", []byte(" \n"), Formats); err != nil || format != nil || len(got.Sites) > 0 {
		t.Errorf("an empty file: %v, %v", got, err)
	}
}

// TestReadFilesOfPrograms: what lftp 4.9.2 and ncftp 3.2.6 have written.
func TestReadFilesOfPrograms(t *testing.T) {
	for name, want := range map[string][]Site{
		"lftp-4.9.2-bookmarks": {
			{Name: "plain", Host: "ftp.example.org", Line: 1},
			{Name: "pw", Host: "h.example.org", User: "u", Password: "p@w", HasPassword: true, Dir: "a b", Line: 2},
			{Name: "s", Line: 3, Skip: "not FTP: sftp"},
			{Name: "sec", Host: "two.example.org", User: "g", Security: "implicit", Line: 4},
			{Name: "web", Host: "ftp.example.org", Port: "2121", User: "deploy", Password: "in vented", HasPassword: true, Dir: "var/www", Line: 5},
		},
		"ncftp-3.2.6-bookmarks": {
			{Name: "web", Host: "127.0.0.1", Port: "25600", User: "alice", Line: 3},
			{Name: "pw", Host: "127.0.0.1", Port: "25600", User: "alice", Password: "s3cret pass", HasPassword: true, Dir: "a, b/c", Line: 4},
		},
	} {
		raw, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := Read("f", raw, Formats); err != nil || !reflect.DeepEqual(got.Sites, want) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", name, err, got.Sites, want)
		}
	}
}

// TestPlaces: files are looked for where the environment says, and nowhere if there is no home.
func TestPlaces(t *testing.T) {
	env := map[string]string{"APPDATA": "/app", "NCFTPDIR": "/nc"}
	home := Home{"/home/a", func(name string) string { return env[name] }}
	for client, want := range map[string]string{
		"filezilla": "/app/FileZilla/sitemanager.xml", "NCFTP": "/nc/bookmarks", "lftp": "/home/a/.local/share/lftp/bookmarks",
		"WinSCP": "/app/WinSCP.ini", "rclone": "/home/a/.config/rclone/rclone.conf",
	} {
		var found bool
		for _, name := range Find(Formats, client).Places(home) {
			found = found || filepath.ToSlash(name) == want
		}
		if !found {
			t.Errorf("%s: %s is not looked at", client, want)
		}
	}
	for _, f := range Formats {
		if names := f.Places(Home{"", func(string) string { return "" }}); len(names) > 0 {
			t.Errorf("%s without a home: %q", f.Client, names)
		}
	}
}

// FuzzRead: whatever is in a file, it is read or named; a site that comes of it has a name without anything that means
// something to the shell, and no line break anywhere.
func FuzzRead(f *testing.F) {
	for _, row := range samples {
		f.Add([]byte(row.text))
	}
	f.Add(inUTF16(winSCP))
	f.Fuzz(func(t *testing.T, raw []byte) {
		all, _, err := Read("f", raw, Formats)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") || len(all.Sites) > 0 {
				t.Errorf("not named, or taken: %v", err)
			}
			return
		}
		for _, s := range all.Sites {
			if s.Skip != "" {
				continue
			}
			if !utf8.ValidString(s.Name) || strings.ContainsAny(s.Name, ":@. \t\r\n\"'*?") || strings.HasPrefix(s.Name, "-") || utf8.RuneCountInString(s.Name) > longName {
				t.Errorf("the name %q", s.Name)
			}
			if s.Host == "" || strings.ContainsAny(s.Host+s.User+s.Dir+s.Port+s.Password, "\r\n\x00") {
				t.Errorf("%+v", s)
			}
		}
	})
}
