package sitefiles

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

const winSCPSession = `Sessions\`

func isWinSCP(text string) bool { return strings.Contains(text, "["+winSCPSession) }

func winSCPPlaces(h Home) []string {
	return slices.Concat(h.env("APPDATA", "WinSCP.ini"), h.in("WinSCP.ini"))
}

// winSCPProtocols are the numbers of the protocols that are not FTP. Where there is none it is SFTP.
var winSCPProtocols = map[string]string{"": "SFTP", "0": "SCP", "1": "SFTP", "2": "SFTP", "6": "WebDAV", "7": "S3"}

var winSCPSecurity = map[string]string{"1": "implicit", "2": "require", "3": "require"}

func readWinSCP(text string) (Contents, error) {
	var all Contents
	for _, sec := range sections(text) {
		name, is := strings.CutPrefix(sec.name, winSCPSession)
		if is && sec.keys["IsWorkspace"] != "1" && name != "Default%20Settings" {
			all.Sites = append(all.Sites, winSCPSite(sec, winSCPText(name)))
		}
	}
	return all, nil
}

func winSCPSite(sec section, name string) Site {
	s := Site{
		Name: name, Line: sec.line, Host: winSCPText(sec.keys["HostName"]), Port: sec.keys["PortNumber"], User: winSCPText(sec.keys["UserName"]),
		Security: winSCPSecurity[sec.keys["Ftps"]], Dir: winSCPText(sec.keys["RemoteDirectory"]),
	}
	if protocol := sec.keys["FSProtocol"]; protocol != "5" {
		s.Skip = notFTP(cmp.Or(winSCPProtocols[protocol], fmt.Sprintf("protocol %.10q", protocol)))
	}
	if plain := sec.keys["PasswordPlain"]; plain != "" {
		s.Password, s.HasPassword = winSCPText(plain), true
	} else {
		s.Locked = sec.keys["Password"] != ""
	}
	if sec.keys["FtpPasvMode"] == "0" {
		s.Settings = append(s.Settings, Setting{s.Host, "passive", "off", sec.line})
	}
	return s
}

// winSCPText undoes the escapes of a name or a value. One that is not plain ASCII has a byte order mark in front.
func winSCPText(text string) string {
	plain, err := url.PathUnescape(text)
	if err != nil {
		return text
	}
	return strings.TrimPrefix(plain, "\ufeff")
}
