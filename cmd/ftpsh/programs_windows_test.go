package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// addPrograms gives a script the programs below: each is a batch file that calls this test.
func addPrograms(env *testscript.Env) {
	dir := filepath.Join(env.WorkDir, ".bin")
	check(os.MkdirAll(dir, 0o777))
	self, err := os.Executable()
	check(err)
	for name := range unixPrograms {
		check(os.WriteFile(filepath.Join(dir, name+".bat"), fmt.Appendf(nil, "@\"%s\" %s %s %%*\r\n", self, asUnix, name), 0o777))
	}
	env.Setenv("PATH", dir+string(os.PathListSeparator)+env.Getenv("PATH"))
}

// asUnix is the first argument of a test that is one of them.
const asUnix = "-unix"

func init() {
	if len(os.Args) > 2 && os.Args[1] == asUnix {
		os.Args = os.Args[2:]
		unixPrograms[os.Args[0]]()
		os.Exit(0)
	}
}

// unixPrograms are those that scripts call behind ! and | and Windows lacks, with what the scripts need of them.
var unixPrograms = map[string]func(){
	"cat": func() { os.Stdout.Write(input(os.Args[1:])) },
	"cp":  func() { check(os.WriteFile(os.Args[2], input(os.Args[1:2]), 0o666)) },
	"gzip": func() { // -k NAME
		file, err := os.Create(os.Args[2] + ".gz")
		check(err)
		packed := gzip.NewWriter(file)
		packed.Write(input(os.Args[2:]))
		check(packed.Close())
		check(file.Close())
	},
	"head": func() {
		n, err := strconv.Atoi(os.Args[1][1:])
		check(err)
		for i, line := range lines() {
			if i < n {
				os.Stdout.WriteString(line)
			}
		}
	},
	"sort": func() {
		all := lines()
		slices.Sort(all)
		if len(os.Args) > 1 && os.Args[1] == "-r" {
			slices.Reverse(all)
		}
		os.Stdout.WriteString(strings.Join(all, ""))
	},
	"touch": func() {
		for _, name := range os.Args[1:] {
			check(os.WriteFile(name, nil, 0o666))
		}
	},
	"tr": func() {
		text := input(nil)
		if os.Args[1] == "a-z" {
			text = bytes.ToUpper(text)
		}
		os.Stdout.Write(bytes.ReplaceAll(text, []byte(os.Args[1]), []byte(os.Args[2])))
	},
	"true": func() {},
	"wc":   func() { fmt.Println(len(lines())) },
}

// input is what files hold, or standard input.
func input(names []string) (all []byte) {
	if len(names) == 0 {
		all, err := io.ReadAll(os.Stdin)
		check(err)
		return all
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		check(err)
		all = append(all, text...)
	}
	return all
}

func lines() (all []string) {
	r := bufio.NewReader(os.Stdin)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return all
		}
		all = append(all, line)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
