package practice

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"math/rand/v2"
	"path"
	"time"

	"github.com/spf13/afero"
)

// Sample is a small tree in memory that is worth looking at: sizes from nothing to 5 MiB, names of many scripts, dates from
// 1971 to a minute ago, an empty folder, and /incoming, where anonymous may write if
// [Options] say so.
func Sample() afero.Fs {
	mem := newMemory()
	now := time.Now().Truncate(time.Second)
	for _, f := range sampleFiles(now) {
		_ = mem.MkdirAll(path.Dir(f.name), 0o755)
		_ = afero.WriteFile(mem, f.name, f.data, 0o644)
		_ = mem.Chtimes(f.name, f.when, f.when)
	}
	for _, d := range []struct {
		name string
		when time.Time
	}{
		{Incoming, now.Add(-3 * time.Hour)},
		{"/empty", day(1999, 12, 31)},
		{"/history", day(2014, 3, 20)},
		{"/logs", now.AddDate(0, 0, -1)},
		{"/names", now.AddDate(0, -2, 0)},
		{"/nested", day(2010, 10, 10)},
		{"/sizes", day(2022, 2, 22)},
		{"/", now},
	} {
		_ = mem.MkdirAll(d.name, 0o755)
		_ = mem.Chtimes(d.name, d.when, d.when)
	}
	_ = mem.SymlinkIfPossible("../haiku.txt", "/names/link.txt")
	_ = mem.SymlinkIfPossible("one/two/three", "/nested/shortcut")
	return mem
}

// sampleDatasets is a small tree as a mainframe has it: data sets, and a library with its members.
func sampleDatasets() afero.Fs {
	mem := newMemory()
	when := day(2024, 5, 17)
	for name, text := range map[string]string{
		"/README.TEXT": "Data sets have no folders: the dots in a name are its qualifiers.\n", "/HAIKU.TEXT": string(sampleText("haiku.txt")),
		"/CNTL/COMPILE": "//COMPILE  JOB (ACCT),'COMPILE',CLASS=A\n//STEP1    EXEC IGYWCL\n",
		"/CNTL/BACKUP":  "//BACKUP   JOB (ACCT),'BACKUP',CLASS=A\n//STEP1    EXEC PGM=ADRDSSU\n",
		"/COBOL/HELLO":  "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. HELLO.\n",
	} {
		_ = mem.MkdirAll(path.Dir(name), 0o755)
		_ = afero.WriteFile(mem, name, []byte(text), 0o644)
		_ = mem.Chtimes(name, when, when)
	}
	for _, dir := range []string{"/", "/CNTL", "/COBOL"} {
		_ = mem.Chtimes(dir, when, when)
	}
	return mem
}

type sampleFile struct {
	name string
	when time.Time
	data []byte
}

func sampleFiles(now time.Time) []sampleFile {
	files := []sampleFile{
		{"/README.txt", now.Add(-time.Minute), sampleText("README.txt")},
		{"/haiku.txt", now.AddDate(0, 0, -3), sampleText("haiku.txt")},
		{"/nested/one/two/three/found.txt", day(2010, 10, 10), []byte("You found it. `cd /` brings you back.\n")},
		{"/names/with some spaces.txt", now.AddDate(0, -2, 0), []byte("Quotes help: get \"with some spaces.txt\"\n")},
		{"/names/Grüße aus Köln.txt", now.AddDate(0, -3, 0), []byte("ü is two bytes in UTF-8: c3 bc.\n")},
		{"/names/日本語のファイル.txt", now.AddDate(0, -4, 0), []byte("Each of these letters is two columns wide.\n")},
		{"/names/🚀 launch.txt", now.AddDate(0, -5, 0), []byte("An emoji is four bytes and two columns.\n")},
		{"/names/-starts-with-a-dash.txt", day(2018, 6, 1), []byte("Some servers take such a name for an option.\n")},
		{"/names/it's \"quoted\".txt", day(2016, 2, 29), []byte("PWD doubles the quotes in a path, MLSD does not.\n")},
		{"/names/.hidden", day(2015, 5, 5), []byte("A leading dot hides a file from a plain ls.\n")},
	}
	for name, when := range history {
		files = append(files, sampleFile{"/history/" + name, when, sampleText("history/" + name)})
	}
	files = append(files, sizeFiles()...)
	return append(files, logFiles(now)...)
}

// sizeFiles are the same bytes on every machine, so that SHA256SUMS can be checked.
func sizeFiles() []sampleFile {
	random := rand.NewChaCha8([32]byte([]byte("the same five mebibytes for all!")))
	var files []sampleFile
	sums := ""
	for _, f := range []struct {
		name string
		size int
	}{{"0-empty.bin", 0}, {"1-byte.bin", 1}, {"1-KiB.bin", 1 << 10}, {"64-KiB.bin", 64 << 10}, {"5-MiB.bin", 5 << 20}} {
		data := make([]byte, f.size)
		_, _ = random.Read(data)
		files = append(files, sampleFile{"/sizes/" + f.name, day(2022, 2, 22), data})
		sums += fmt.Sprintf("%x  %s\n", sha256.Sum256(data), f.name)
	}
	return append(files, sampleFile{"/sizes/SHA256SUMS", day(2022, 2, 22), []byte(sums)})
}

// logFiles are for globs: mget logs/*.log
func logFiles(now time.Time) []sampleFile {
	var files []sampleFile
	for i := range 7 {
		when := now.AddDate(0, 0, -1-i)
		text := ""
		for hour := range 24 {
			text += fmt.Sprintf("%s %02d:00 all is well, %d visitors\n", when.Format(time.DateOnly), hour, (hour*7+i*3)%23)
		}
		files = append(files, sampleFile{"/logs/" + when.Format(time.DateOnly) + ".log", when, []byte(text)})
	}
	return files
}

func day(year, month, dom int) time.Time {
	return time.Date(year, time.Month(month), dom, 12, 0, 0, 0, time.UTC)
}

//go:embed sample
var sampleTexts embed.FS

// sampleText is a file of the folder sample.
func sampleText(name string) []byte {
	data, err := sampleTexts.ReadFile("sample/" + name)
	if err != nil {
		panic(err) // it is part of the program
	}
	return data
}

// history is told by the dates of its documents.
var history = map[string]time.Time{
	"1971-rfc114.txt":  day(1971, 4, 16),
	"1972-rfc354.txt":  day(1972, 7, 8),
	"1980-rfc765.txt":  day(1980, 6, 1),
	"1985-rfc959.txt":  day(1985, 10, 1),
	"1994-rfc1579.txt": day(1994, 2, 1),
	"1998-rfc2428.txt": day(1998, 9, 1),
	"2005-rfc4217.txt": day(2005, 10, 1),
	"2007-rfc3659.txt": day(2007, 3, 1),
	"2014-rfc7151.txt": day(2014, 3, 20),
}
