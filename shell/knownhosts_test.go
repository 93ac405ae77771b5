package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestKnownHosts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	k := openKnownHosts(dir)
	if k.hadTLS("h:21") || k.pin("h:21") != "" {
		t.Error("knows a host from nothing")
	}
	for addr, pin := range map[string]string{"h:21": "", "[::1]:2121": "abcd"} {
		if err := k.remember(addr, pin); err != nil {
			t.Fatal(err)
		}
	}
	again := openKnownHosts(dir)
	if !again.hadTLS("h:21") || again.pin("h:21") != "" || again.pin("[::1]:2121") != "abcd" {
		t.Errorf("got %v", again.seen)
	}
	if got := fmt.Sprint(again.hosts()); got != "[::1 h]" {
		t.Errorf("hosts: %s", got)
	}
	info, err := os.Stat(filepath.Join(dir, knownFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// Two shells remember at the same time: neither loses what the other wrote.
func TestKnownHostsOfTwoShells(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for shell := range 2 {
		k := openKnownHosts(dir)
		all.Go(func() {
			for i := range 20 {
				if err := k.remember(fmt.Sprintf("h%d-%d:21", shell, i), ""); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := len(openKnownHosts(dir).seen); got != 40 {
		t.Errorf("%d hosts, want 40", got)
	}
}

// Where nothing can be written the memory lasts as long as the program.
func TestKnownHostsWithoutAFile(t *testing.T) {
	k := openKnownHosts("")
	if err := k.remember("h:21", ""); err != nil || !k.hadTLS("h:21") {
		t.Errorf("%v", err)
	}
}
