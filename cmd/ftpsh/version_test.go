package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"testing"
)

// TestVersion: what --version says of each way to come by the program.
func TestVersion(t *testing.T) {
	t.Parallel()
	vcs := []debug.BuildSetting{
		{Key: "vcs.revision", Value: "70553b2cba1d"}, {Key: "vcs.time", Value: "2026-11-30T04:10:00Z"}, {Key: "vcs.modified", Value: "false"},
	}
	changed := []debug.BuildSetting{vcs[0], vcs[1], {Key: "vcs.modified", Value: "true"}}
	for _, row := range []struct {
		name, main string
		settings   []debug.BuildSetting
		want       string
	}{
		{"go install of a tag", "v0.9.0", nil, "ftpsh 0.9.0\n"},
		{
			"go install of a commit", "v0.9.1-0.20261130041000-70553b2cba1d", nil,
			"ftpsh 0.9.1-0.20261130041000-70553b2cba1d\ncommit 70553b2cba1d\ndate 2026-11-30T04:10:00Z\n",
		},
		{"go build in a clone", "v0.9.0", vcs, "ftpsh 0.9.0\ncommit 70553b2cba1d\ndate 2026-11-30T04:10:00Z\n"},
		{
			"with changes", "v0.9.0+dirty", changed,
			"ftpsh 0.9.0+dirty\ncommit 70553b2cba1d and changes\ndate 2026-11-30T04:10:00Z\n",
		},
		{"go build without a repository", "(devel)", nil, "ftpsh devel\n"},
	} {
		var b build
		b.ask(&debug.BuildInfo{Main: debug.Module{Version: row.main}, Settings: row.settings})
		if got := b.String(); got != row.want {
			t.Errorf("%s: %q, not %q", row.name, got, row.want)
		}
	}
}

// TestVersionOfPackage: what a package is built with goes before what Go found.
func TestVersionOfPackage(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "ftpsh.exe")
	build := exec.Command("go", "build", "-ldflags", "-X main.version=1.2.3 -X main.commit=abc -X main.date=2026-01-31T12:00:00Z", "-o", program, ".")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "--version").Output()
	want := regexp.MustCompile(`^ftpsh 1\.2\.3\ncommit abc\ndate 2026-01-31T12:00:00Z\nbuilt with go1\.\S+ \w+/\w+\n$`)
	if err != nil || !want.Match(out) {
		t.Errorf("%v: %s", err, out)
	}
}
