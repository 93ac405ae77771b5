package commands

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/sitefiles"
)

// importing is what comes from other clients, and where it goes.
type importing struct {
	known    map[string]string // the bookmarks as they are
	all      map[string]string // those that come
	sites    []incoming
	settings []incomingSetting

	prefix             string
	replace, passwords bool
}

// incoming is a site with its place among the bookmarks.
type incoming struct {
	incomingObject
	keep   string // under which name its password goes into the keyring; "": it does not
	secret string
}

// incomingSetting is a setting of another client.
type incomingSetting struct {
	sitefiles.Setting
	from, file string
}

// take finds a place for all that a file holds.
func (in *importing) take(f importFile) {
	for _, s := range f.Sites {
		one := incoming{incomingObject: incomingObject{Name: s.Name, From: f.client, File: f.name}}
		in.place(s, &one)
		in.sites = append(in.sites, one)
		if one.Does == "skip" || one.Does == "known" {
			continue
		}
		for _, set := range s.Settings {
			in.settings = append(in.settings, incomingSetting{set, f.client, f.name})
		}
	}
	for _, set := range f.Settings {
		in.settings = append(in.settings, incomingSetting{set, f.client, f.name})
	}
}

// place says what becomes of a site.
func (in *importing) place(s sitefiles.Site, one *incoming) {
	a, reason := addressOf(s)
	if reason != "" {
		one.Does, one.Reason = "skip", reason
		return
	}
	one.URL = a.URL()
	if in.prefix != "" {
		one.Name = in.prefix + "/" + one.Name
	}
	in.name(s, one)
	switch {
	case s.Locked:
		one.Password, one.Reason = "stays", "its password is one for "+one.From+" alone"
	case s.HasPassword && s.Password != "" && !site.IsAnonymous(a.User):
		one.Password = "stays"
		in.password(s, a, one)
	}
}

// addressOf is where a site leads, or why it leads nowhere.
func addressOf(s sitefiles.Site) (a site.Address, reason string) {
	if s.Skip != "" {
		return a, s.Skip
	}
	where := site.Address{Host: s.Host, Port: s.Port, User: s.User, Security: s.Security, Path: s.Dir}
	if s.Port == map[bool]string{false: "21", true: "990"}[s.Security == "implicit"] { // the usual one
		where.Port = ""
	}
	if err := where.Check(); err != nil {
		return a, err.Error()
	}
	a, err := site.ParseAddress(where.URL())
	if err != nil || a.Host != s.Host || a.User != s.User {
		return a, fmt.Sprintf("%.100q is not a host", s.Host)
	}
	return a, ""
}

// name finds a name that is free, or already leads there. A site that has only the name of its host is known under any name.
func (in *importing) name(s sitefiles.Site, one *incoming) {
	if s.Unnamed {
		for _, all := range []map[string]string{in.known, in.all} {
			for _, name := range slices.Sorted(maps.Keys(all)) {
				if all[name] == one.URL {
					one.Name, one.Does = name, "known"
					return
				}
			}
		}
	}
	wanted := one.Name
	for n := 2; ; n++ {
		was, known := in.known[one.Name]
		comes, coming := in.all[one.Name]
		switch {
		case coming && comes == one.URL, !coming && known && was == one.URL:
			one.Does = "known"
			return
		case coming:
		case !known:
			one.Does = "add"
		case in.replace:
			one.Does = "replace"
		}
		if one.Does != "" {
			in.all[one.Name] = one.URL
			return
		}
		one.Name = wanted + "-" + strconv.Itoa(n)
	}
}

// password says whether a password that can be read goes into the keyring. One that is there already stays.
func (in *importing) password(s sitefiles.Site, a site.Address, one *incoming) {
	if !in.passwords {
		return
	}
	keep := command.KeyringName(a.User, a)
	if a.User == "" {
		one.Reason = "its password is of no user"
		return
	}
	if was, found := command.FromKeyring(keep); found && (was == s.Password || !in.replace) {
		return
	}
	one.Password, one.keep, one.secret = "keyring", keep, s.Password
}

// says is the row in words.
func (one *incoming) says() string {
	var words []string
	switch one.Does {
	case "skip":
		return "skipped: " + one.Reason
	case "known":
		words = append(words, "is there")
	case "replace":
		words = append(words, "replaces the one that is there")
	}
	if one.Reason != "" {
		words = append(words, one.Reason)
	}
	if one.keep != "" {
		words = append(words, "with its password")
	}
	return strings.Join(words, "; ")
}

// importCount is how many sites there are for what is done with them, and passwords for where they go.
type importCount map[string]int

func (in *importing) count() importCount {
	n := importCount{}
	for _, one := range in.sites {
		n[one.Does]++
		if one.Password == "keyring" || one.Does != "known" {
			n[one.Password]++
		}
	}
	return n
}

func (n importCount) String() string {
	text := fmt.Sprintf("%d to add", n["add"])
	for _, part := range [][2]string{{"replace", "to replace"}, {"known", "there already"}, {"skip", "skipped"}} {
		if n[part[0]] > 0 {
			text += fmt.Sprintf(", %d %s", n[part[0]], part[1])
		}
	}
	if stay := n["stays"]; stay > 0 {
		text += "; " + command.Plural(stay, "password stays", "passwords stay") + " behind (--passwords puts those that can be read into the keyring)"
	}
	return text
}
