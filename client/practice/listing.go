package practice

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"net"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/spf13/afero"
)

// The owner of all files, as listings name it.
const (
	fileOwner = "ftp"
	fileGroup = "ftp"
)

// item is an entry of a listing.
type item struct {
	fs.FileInfo        // of a link, what it leads to
	target      string // of a link
	name        string
}

// items are the entries of a directory, or the one file, as this user sees them.
func (s *session) items(where string) ([]item, error) {
	t := s.tree()
	info, err := t.Stat(where)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []item{t.item(where, info)}, nil
	}
	entries, err := t.ReadDir(where)
	items := make([]item, 0, len(entries))
	for _, e := range entries {
		items = append(items, t.item(path.Join(where, e.Name()), e))
	}
	return items, err
}

func (t *tree) item(where string, info fs.FileInfo) item {
	it := item{FileInfo: info, name: path.Base(where)}
	if links, ok := t.Fs.(afero.Symlinker); ok {
		if own, _, err := links.LstatIfPossible(where); err == nil && own.Mode()&fs.ModeSymlink != 0 {
			it.target, _ = links.ReadlinkIfPossible(where)
		}
	}
	return it
}

// listing is the text of LIST and MLSD. The library's own has neither modes nor links, and looks like no other server's.
func (s *session) listing(c *command) (string, error) {
	arg, all := listArg(c.arg)
	if c.verb == "MLSD" {
		arg, all = c.arg, true
	}
	where := absolute(s.cwd(), arg)
	items, err := s.items(where)
	if err != nil {
		return "", err
	}
	look := s.srv.look
	if look.hidesDots && !all {
		items = slices.DeleteFunc(items, func(it item) bool { return strings.HasPrefix(it.name, ".") })
	}
	var b strings.Builder
	switch {
	case c.verb == "MLSD":
		if look.namesItself {
			s.writeSelf(&b, where)
		}
		for _, it := range items {
			b.WriteString(s.facts(it) + " " + it.name + "\r\n")
		}
	case look.list != nil:
		look.list(&b, where, items)
	default:
		for _, it := range items {
			b.WriteString(unixLine(it, fileOwner, fileGroup) + "\r\n")
		}
	}
	return b.String(), nil
}

// writeSelf writes the directory and its parent (RFC 3659, 7.5.1.1).
func (s *session) writeSelf(b *strings.Builder, where string) {
	for _, self := range []struct{ kind, name, where string }{{"cdir", ".", where}, {"pdir", "..", path.Dir(where)}} {
		if info, err := s.tree().Stat(self.where); err == nil && info.IsDir() {
			facts := strings.Replace(s.facts(item{FileInfo: info, name: self.name}), "type=dir;", "type="+self.kind+";", 1)
			b.WriteString(facts + " " + self.name + "\r\n")
		}
	}
}

// listArg takes the options off the argument of LIST, which no RFC knows and every server reads.
func listArg(arg string) (name string, all bool) {
	for strings.HasPrefix(arg, "-") {
		option, rest, _ := strings.Cut(arg, " ")
		if strings.Trim(option, "-alLR1") != "" {
			break
		}
		all = all || strings.Contains(option, "a")
		arg = strings.TrimLeft(rest, " ")
	}
	return arg, all
}

// halfYear is when ls(1) shows the year in place of the time.
const halfYear = 182 * 24 * time.Hour

// unixLine is a line of ls -l. The columns stand where dosLine looks for them.
func unixLine(it item, owner, group string) string {
	form := "Jan _2 15:04"
	if age := time.Since(it.ModTime()); age > halfYear || age < -24*time.Hour {
		form = "Jan _2  2006"
	}
	mode, name, size := it.Mode().String(), it.name, it.Size()
	if it.target != "" {
		mode, name, size = "lrwxrwxrwx", name+" -> "+it.target, int64(len(it.target))
	}
	return fmt.Sprintf("%s 1 %s %s %12d %s %s", mode, owner, group, size, it.ModTime().Format(form), name)
}

// factNames are what MLST can tell, in the order of the facts.
var factNames = []string{"type", "size", "modify", "perm", "unix.mode", "unix.owner", "unix.group"}

// facts describe an item (RFC 3659, 7.5): those that OPTS MLST chose.
func (s *session) facts(it item) string {
	values := map[string]string{
		"type": "file", "modify": it.ModTime().UTC().Format("20060102150405"), "perm": s.perm(it),
		"unix.mode": fmt.Sprintf("%04o", it.Mode().Perm()), "unix.owner": fileOwner, "unix.group": fileGroup,
	}
	switch {
	case it.target != "":
		values["type"], values["unix.mode"] = "OS.unix=slink:"+it.target, "0777"
		values["size"] = fmt.Sprint(len(it.target))
	case it.IsDir():
		values["type"] = "dir"
	}
	if !it.IsDir() && it.target == "" {
		values["size"] = fmt.Sprint(it.Size())
	}
	var b strings.Builder
	for _, name := range factNames {
		if value, ok := values[name]; ok && !s.silent[name] {
			b.WriteString(name + "=" + value + ";")
		}
	}
	return b.String()
}

// perm is what this user may do (RFC 3659, 7.5.5).
func (s *session) perm(it item) string {
	writable := s.tree().mayWrite(path.Join(s.cwd(), it.name)) == nil
	switch {
	case it.IsDir() && writable:
		return "cdeflmp"
	case it.IsDir():
		return "el"
	case writable:
		return "adfrw"
	}
	return "r"
}

// mlst is MLST (RFC 3659, 7): the facts about one name.
func mlst(s *session, c *command) string {
	if !s.login.done {
		return ""
	}
	where := absolute(s.cwd(), c.arg)
	info, err := s.tree().Stat(where)
	if err != nil {
		return ""
	}
	return "250-File details\r\n " + s.facts(s.tree().item(where, info)) + " " + printable(cmp.Or(c.arg, where)) + "\r\n250 End\r\n"
}

// opts is OPTS MLST (RFC 3659, 7.9); the library knows the others.
func opts(s *session, c *command) string {
	option, chosen, _ := strings.Cut(c.arg, " ")
	if !strings.EqualFold(option, "MLST") || s.srv.hides("MLST") || s.srv.look.lacks("MLST") {
		return ""
	}
	s.silent = map[string]bool{}
	answer := "200 MLST OPTS "
	for _, name := range factNames {
		wanted := slices.ContainsFunc(strings.Split(chosen, ";"), func(f string) bool { return strings.EqualFold(f, name) })
		if s.silent[name] = !wanted; wanted {
			answer += name + ";"
		}
	}
	return strings.TrimRight(answer, " ")
}

// mlstFeature names the facts in FEAT; a star marks those that are on (RFC 3659, 7.8).
func (c *choices) mlstFeature() string {
	feature := "MLST "
	for _, name := range factNames {
		feature += name
		if !c.silent[name] {
			feature += "*"
		}
		feature += ";"
	}
	return feature
}

// listed is the data connection of a listing: it sends the tap's text in the place of the library's, whole with the
// first byte of that.
type listed struct {
	net.Conn
	text string
	sent bool
}

func (l *listed) Write(b []byte) (int, error) {
	if !l.sent {
		l.sent = true
		if _, err := io.WriteString(l.Conn, l.text); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}
