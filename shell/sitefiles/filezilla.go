package sitefiles

import (
	"cmp"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

func isFileZilla(text string) bool { return strings.HasPrefix(strings.TrimSpace(text), "<") }

func fileZillaPlaces(h Home) []string {
	var all []string
	for _, name := range []string{"sitemanager.xml", "recentservers.xml"} {
		all = slices.Concat(all, h.env("XDG_CONFIG_HOME", "filezilla", name), h.in(".config", "filezilla", name), h.in(".filezilla", name), h.env("APPDATA", "FileZilla", name))
	}
	return all
}

type zillaFile struct {
	XMLName xml.Name    `xml:"FileZilla3"`
	Servers zillaFolder `xml:"Servers"`
	Recent  zillaFolder `xml:"RecentServers"`
}

// zillaFolder is a folder; its name is the text in front of what is in it.
type zillaFolder struct {
	Text    string        `xml:",chardata"`
	Folders []zillaFolder `xml:"Folder"`
	Servers []zillaServer `xml:"Server"`
}

type zillaServer struct {
	line      int
	Text      string `xml:",chardata"` // old files have the name here alone
	Host      string
	Port      string
	Protocol  string
	User      string
	Pass      zillaPass
	Logontype string
	PasvMode  string
	Encoding  string `xml:"EncodingType"`
	Custom    string `xml:"CustomEncoding"`
	Name      string
	RemoteDir string
}

type zillaPass struct {
	Encoding string `xml:"encoding,attr"`
	Text     string `xml:",chardata"`
}

// UnmarshalXML takes note of the line.
func (s *zillaServer) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	s.line, _ = d.InputPos()
	type plain zillaServer
	return d.DecodeElement((*plain)(s), &start)
}

func readFileZilla(text string) (Contents, error) {
	if err := checkXML(text); err != nil {
		return Contents{}, err
	}
	var file zillaFile
	d := newXML(text)
	if err := d.Decode(&file); err != nil {
		return Contents{}, inXML(d, err)
	}
	var all Contents
	file.Servers.sites(nil, &all)
	file.Recent.sites(nil, &all)
	return all, nil
}

func newXML(text string) *xml.Decoder {
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(charset string, r io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "UTF-16") { // it was decoded by its byte order mark
			return r, nil
		}
		return nil, fmt.Errorf("the encoding %.40q is not read: save it as UTF-8", charset)
	}
	return d
}

// checkXML refuses what no client writes: a document type, which can define entities, and elements too deep inside of each other.
func checkXML(text string) error {
	d := newXML(text)
	depth := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return inXML(d, err)
		}
		switch token.(type) {
		case xml.Directive:
			return inXML(d, errors.New("a document type has no place here"))
		case xml.StartElement:
			if depth++; depth > mostDepth {
				return inXML(d, fmt.Errorf("elements are more than %d deep", mostDepth))
			}
		case xml.EndElement:
			depth--
		}
	}
}

func inXML(d *xml.Decoder, err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return &At{syntax.Line, errors.New(syntax.Msg)}
	}
	line, _ := d.InputPos()
	return &At{line, err}
}

func (f zillaFolder) sites(above []string, all *Contents) {
	for _, s := range f.Servers {
		all.Sites = append(all.Sites, s.site(above))
	}
	for _, inner := range f.Folders {
		inner.sites(append(slices.Clone(above), strings.TrimSpace(inner.Text)), all)
	}
}

// zillaProtocols are the numbers of what is FTP, as values of the setting tls.
var zillaProtocols = map[string]string{"": "", "0": "", "3": "implicit", "4": "require", "6": ""}

// zillaOthers are the numbers of what is not.
var zillaOthers = map[string]string{"1": "SFTP", "2": "HTTP", "5": "HTTPS", "7": "S3", "8": "Storj", "9": "WebDAV"}

func (s zillaServer) site(above []string) Site {
	name := cmp.Or(strings.TrimSpace(s.Name), strings.TrimSpace(s.Text))
	if name != "" {
		name = strings.Join(append(slices.Clone(above), name), "/")
	}
	site := Site{Name: name, Host: s.Host, Port: s.Port, User: s.User, Line: s.line}
	var isFTP bool
	if site.Security, isFTP = zillaProtocols[s.Protocol]; !isFTP {
		site.Skip = notFTP(cmp.Or(zillaOthers[s.Protocol], fmt.Sprintf("protocol %.10q", s.Protocol)))
	}
	if s.Logontype == "0" {
		site.User = "anonymous"
	}
	site.Dir = zillaDir(s.RemoteDir)
	s.password(&site)
	if s.PasvMode == "MODE_ACTIVE" {
		site.Settings = append(site.Settings, Setting{s.Host, "passive", "off", s.line})
	}
	if s.Encoding == "Custom" {
		site.Settings = append(site.Settings, Setting{s.Host, "charset", s.Custom, s.line})
	}
	return site
}

func (s zillaServer) password(site *Site) {
	switch {
	case s.Pass.Text == "" || s.Logontype == "0":
	case s.Pass.Encoding == "base64":
		plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s.Pass.Text))
		site.Password, site.HasPassword, site.Locked = string(plain), err == nil, err != nil
	case s.Pass.Encoding == "":
		site.Password, site.HasPassword = s.Pass.Text, true
	default: // crypt: by the master password
		site.Locked = true
	}
}

// zillaDir reads a directory: a type of which 1 is Unix, a prefix, then the length of each part and the part:
// "1 0 3 var 3 www" is /var/www. What does not come out even is none.
func zillaDir(text string) string {
	kind, rest, _ := strings.Cut(text, " ")
	prefix, rest, _ := strings.Cut(rest, " ")
	if kind != "1" || prefix != "0" {
		return ""
	}
	dir := ""
	for rest != "" {
		number, after, _ := strings.Cut(rest, " ")
		n, err := strconv.Atoi(number)
		runes := []rune(after)
		if err != nil || n < 1 || n > len(runes) || n < len(runes) && runes[n] != ' ' {
			return ""
		}
		dir += "/" + string(runes[:n])
		rest = strings.TrimPrefix(string(runes[n:]), " ")
	}
	return dir
}
