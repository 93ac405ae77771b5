package site

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/proxy"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Address is where to connect, as whom, and where to go then.
type Address struct {
	Host, Port  string // Port "" is the usual one
	User        string
	Password    string
	HasPassword bool
	Security    string // a value of the setting tls; "" leaves it to the setting
	Path        string // a directory to enter; "" stays where the server puts us
	Type        client.Type

	File    bool   // Path does not end with a slash: it can be a file
	Listing bool   // ;type=d: the names in Path are wanted
	Pattern string // Path as a pattern, if it is one: %2A is no star

	Bookmark string // the name under which it was kept
}

// ParseAddress understands `host`, `host port`, `user@host`, `user:pw@host:port`
// and URLs with the schemes ftp, ftps (TLS from the first byte) and ftpes (TLS
// demanded). Path follows RFC 1738: relative to the login directory, absolute
// when it begins with %2F.
func ParseAddress(words ...string) (Address, error) {
	if len(words) == 0 || len(words) > 2 || words[0] == "" {
		return Address{}, &failure.UsageError{Text: "no host given", Hint: "`open HOST [PORT]` or `open ftp://USER@HOST/DIR`"}
	}
	text := words[0]
	if len(words) == 1 {
		text = ClassicURL(text)
	}
	if !strings.Contains(text, "://") {
		text = "ftp://" + escapeUser(text)
	}
	a, err := parseURL(text)
	if err == nil && len(words) == 2 {
		a.Port = words[1]
	}
	if err == nil {
		err = a.Check()
	}
	if err != nil {
		return Address{}, &failure.UsageError{Text: fmt.Sprintf("%s: %s", history.HidePassword(words[0]), err)}
	}
	return a, nil
}

// escapeUser makes `user:p@ss/word@host` a part of a URL: the last @ counts.
func escapeUser(text string) string {
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return text
	}
	user, password, has := strings.Cut(text[:at], ":")
	info := url.User(user)
	if has {
		info = url.UserPassword(user, password)
	}
	return info.String() + "@" + text[at+1:]
}

var schemes = map[string]string{"ftp": "", "ftps": "implicit", "ftpes": "require"}

func parseURL(text string) (Address, error) {
	u, err := proxy.ParseURL(text)
	if errors.Is(err, proxy.ErrHost) {
		return Address{}, err
	}
	if err != nil { // its words may hold a piece of a password
		return Address{}, errors.New("no URL; in a password, @ is %40, / is %2F and : is %3A")
	}
	security, known := schemes[u.Scheme]
	switch {
	case u.Scheme == "sftp":
		return Address{}, errors.New("sftp:// is SSH, not FTP; with TLS it is ftps:// or ftpes://")
	case !known:
		return Address{}, fmt.Errorf("%s:// is not ftp://, ftps:// or ftpes://", u.Scheme)
	}
	a := Address{Host: u.Hostname(), Port: u.Port(), Security: security, User: u.User.Username()}
	a.Password, a.HasPassword = u.User.Password()
	path := u.EscapedPath()
	if u.RawQuery != "" || u.ForceQuery {
		path += "?" + u.RawQuery // a question mark has no meaning in ftp URLs
	}
	path, typ, _ := strings.Cut(path, ";type=")
	switch strings.ToLower(typ) {
	case "a":
		a.Type = client.ASCII
	case "i":
		a.Type = client.Binary
	case "d":
		a.Listing = true
	}
	a.File = strings.Trim(path, "/") != "" && !strings.HasSuffix(path, "/")
	a.Pattern = URLPattern(strings.TrimPrefix(path, "/"))
	a.Path, err = url.PathUnescape(strings.TrimPrefix(path, "/"))
	if len(a.Path) > 1 {
		a.Path = strings.TrimSuffix(a.Path, "/")
	}
	return a, err
}

// URLPattern is the path of a URL as a pattern, or "" when it is none.
func URLPattern(escaped string) string {
	var b strings.Builder
	for i := 0; i < len(escaped); i++ {
		if c, err := url.PathUnescape(escaped[i:min(i+3, len(escaped))]); escaped[i] == '%' && err == nil {
			b.WriteString(syntax.Escape(c))
			i += 2
			continue
		}
		b.WriteByte(escaped[i])
	}
	if pattern := b.String(); syntax.HasMeta(pattern) {
		return pattern
	}
	return ""
}

// ClassicURL makes a URL of the form host:path of ftp(1). What follows the
// colon is a path unless it can be a port.
func ClassicURL(word string) string {
	at := strings.LastIndexByte(word, '@') + 1
	host, path, has := strings.Cut(word[at:], ":")
	if end := strings.Index(word[at:], "]:"); end > 0 && word[at] == '[' { // an IPv6 address
		host, path, has = word[at:at+end+1], word[at+end+2:], true
	}
	if _, err := strconv.Atoi(path); strings.Contains(word, "://") || !has || path == "" || err == nil || strings.Contains(path, ":") || strings.Contains(host, "/") {
		return word
	}
	escaped := (&url.URL{Path: path}).EscapedPath()
	if strings.HasPrefix(escaped, "/") {
		escaped = "%2F" + escaped[1:]
	}
	return "ftp://" + escapeUser(word[:at]+host) + "/" + strings.TrimPrefix(escaped, "./")
}

// Check refuses what must never reach a server: a line break in a user name
// would be a second command.
func (a Address) Check() error {
	for _, text := range []string{a.Host, a.User, a.Password, a.Path} {
		if strings.ContainsAny(text, "\r\n\x00") {
			return fmt.Errorf("it holds a line break or NUL")
		}
	}
	if a.Host == "" {
		return fmt.Errorf("it names no host")
	}
	if n, err := strconv.Atoi(a.Port); a.Port != "" && (err != nil || n < 1 || n > 65535) {
		return fmt.Errorf("%q is not a port", history.HidePassword(a.Port))
	}
	return nil
}

// URL writes the address, without its password.
func (a Address) URL() string {
	u := url.URL{Scheme: a.Scheme(), Host: a.HostPort()}
	if a.User != "" {
		u.User = url.User(a.User)
	}
	path := (&url.URL{Path: a.Path}).EscapedPath()
	if strings.HasPrefix(path, "/") {
		path = "%2F" + path[1:]
	}
	return u.String() + "/" + strings.ReplaceAll(path, ";", "%3B")
}

// Scheme is that of the URL.
func (a Address) Scheme() string {
	for scheme, security := range schemes {
		if security == a.Security && security != "" {
			return scheme
		}
	}
	return "ftp"
}

// HostPort is the host, and the port when one was named, as a URL has them.
func (a Address) HostPort() string {
	return strings.TrimSuffix(net.JoinHostPort(a.Host, a.Port), ":")
}

// PortNumber is the port to connect to: the one of the address, else usual, else that of the protocol.
func (a Address) PortNumber(security, usual string) string {
	switch {
	case a.Port != "":
		return a.Port
	case usual != "":
		return usual
	case security == "implicit":
		return "990"
	}
	return "21"
}

// IsAnonymous reports whether a user name stands for everybody.
func IsAnonymous(user string) bool { return slices.Contains([]string{"", "anonymous", "ftp"}, user) }
