package main

import (
	"cmp"
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

// Version, commit and date are set by -ldflags -X where a package is built from: an archive of the source has no
// repository to ask.
var version, commit, date string

// build is where a program comes from; what is not known is empty.
type build struct{ version, commit, date, system string }

func thisBuild() build {
	b := build{version: version, commit: commit, date: date}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.ask(info)
	}
	b.version = cmp.Or(b.version, "(unknown version)")
	b.system = runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	return b
}

// pseudo is the version that Go makes up for a commit without a tag: it ends with the time and the commit.
var pseudo = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[-.](\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)-([0-9a-f]{12})(\+dirty)?$`)
})

// ask fills in what the Go command has noted: the repository, or for `go install` the version of the module.
func (b *build) ask(info *debug.BuildInfo) {
	noted := map[string]string{}
	for _, s := range info.Settings {
		noted[s.Key] = s.Value
	}
	if noted["vcs.revision"] == "" {
		if m := pseudo().FindStringSubmatch(info.Main.Version); m != nil {
			noted["vcs.revision"] = m[7]
			noted["vcs.time"] = fmt.Sprintf("%s-%s-%sT%s:%s:%sZ", m[1], m[2], m[3], m[4], m[5], m[6])
		}
	}
	if noted["vcs.modified"] == "true" {
		noted["vcs.revision"] += " and changes"
	}
	b.version = cmp.Or(b.version, strings.TrimPrefix(strings.Trim(info.Main.Version, "()"), "v"))
	b.commit = cmp.Or(b.commit, noted["vcs.revision"])
	b.date = cmp.Or(b.date, noted["vcs.time"])
}

// String is what --version prints: the first line is for scripts.
func (b build) String() string {
	var text strings.Builder
	for _, row := range [][2]string{{"ftpsh", b.version}, {"commit", b.commit}, {"date", b.date}, {"built with", b.system}} {
		if row[1] != "" {
			text.WriteString(row[0] + " " + row[1] + "\n")
		}
	}
	return text.String()
}
