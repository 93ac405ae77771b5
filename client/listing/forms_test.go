package listing

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// brief is an entry in a few words, to compare with.
func brief(e Entry) string {
	if e.Type == Unparsed {
		return "raw " + e.Raw
	}
	s := fmt.Sprintf("%v %s %d", e.Type, e.Name, e.Size)
	if !e.Time.IsZero() {
		s += e.Time.Format(" 2006-01-02T15:04")
	}
	if e.HasMode {
		s += " " + octal(e.Mode)
	}
	return s
}

// briefs reads a listing; the names of its formats come first.
func briefs(text string, o Options) (got []string) {
	o.Now = june
	o.Detected = func(f Format) { got = append(got, "format "+f.String()) }
	for e, err := range Read(strings.NewReader(text), o) {
		if err != nil {
			return append(got, "error "+err.Error())
		}
		got = append(got, brief(e))
	}
	return got
}

// raw is how lines are given that are not understood.
func raw(text string) (want []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) != "" {
			want = append(want, "raw "+line)
		}
	}
	return want
}

// What no format understands as a whole stays as it came: an odd line that looks like an
// entry of some format is no proof, and never a wrong entry.
func TestUnknownListingsStayRaw(t *testing.T) {
	for name, text := range map[string]string{
		"a mode of seven letters":   "drwxr-x   2       10     4096 Dec 10 14:32 pollq\n-rw-r--   1       10      512 Dec 10 14:32 file",
		"a type, a count, a name":   " w    158  stm       90-05-19 12:00 foo\n r     12  stm       90-05-20 12:00 bar",
		"names and sizes":           "README 763\nfoo 12\nbar 13",
		"aligned names and sizes":   "README      763\nfoo          12\nbar           -",
		"names, sizes, words":       "README      763  the first\nfoo          12  the second",
		"one name and size":         "README 763",
		"a text about a directory":  "\nSales:\nnothing here",
		"words after a blank":       " README\n foo",
		"a text about a tape":       "Written to Tape yesterday\nit was rainy",
		"a text with a sign":        "charset=utf-8; all of it\nWelcome here",
		"a text with a tab":         "+1\tfor this server\nWelcome here",
		"one row of DOS in a text":  "Backups made:\n05-06-24  07:08AM  1 a\nthat was all",
		"one row of OS/2 in a text": "Backups made:\n149473      A    11-17-98   16:07  POPUPLOG.OS2\nthat was all",
		"one VxWorks row in a text": "Backups made:\n2048    Feb-28-1998  05:23:30   name\nthat was all",
		"dls out of line":           "pub/                  =  Public area\nREADME 763  a file\n",
		"dls that breaks off":       "pub/                  =  Public area\nREADME              763  a file\n?\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got, want := briefs(text, Options{}), raw(text); !slices.Equal(got, want) {
				t.Errorf("got %q\nwant %q", got, want)
			}
		})
	}
}

// A long listing is not of a format that only its first lines fit.
func TestRawAfterProof(t *testing.T) {
	row, odd := "pub%03d/               =  Public area\n", "Sales 12 rows\n"
	var text strings.Builder
	for i := range patience {
		fmt.Fprintf(&text, row, i)
	}
	got := briefs(text.String()+odd, Options{})
	if len(got) != patience+2 || got[0] != "format dls" || got[1] != "dir pub000 -1" || got[patience+1] != "raw Sales 12 rows" {
		t.Errorf("got %q", got)
	}
}

// Forms of which two rows, or a header and a row, or all there is are proof.
func TestProof(t *testing.T) {
	row := "05-13-24  07:08AM  1 a\n"
	for name, test := range map[string]struct{ text, want string }{
		"two rows":           {"Hello\n" + row + row, "raw Hello,file a 1,file a 1"},
		"nothing else":       {row, "file a 1"},
		"a header and a row": {" Directory of C:\\\nHello\n" + row + "Bye", "raw Hello,file a 1,raw Bye"},
		"one of several":     {"Hello\n" + row + "Bye", "raw Hello,raw 05-13-24  07:08AM  1 a,raw Bye"},
		"one row of ls":      {"Hello\n-rw-r--r-- 1 u g 1 Jan 12 10:33 a\nBye", "raw Hello,file a 1,raw Bye"},
	} {
		t.Run(name, func(t *testing.T) {
			entries := func(yield func(string) bool) {
				for e := range Read(strings.NewReader(test.text), Options{Now: june}) {
					if e.Type != Unparsed {
						e = Entry{Name: e.Name, Type: e.Type, Size: e.Size}
					}
					if !yield(brief(e)) {
						return
					}
				}
			}
			got := slices.Collect(entries)
			if strings.Join(got, ",") != test.want {
				t.Errorf("got %q, want %q", strings.Join(got, ","), test.want)
			}
		})
	}
}

// Odd forms of known formats.
func TestOddForms(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"vms": {"Directory DISK:[X]\n\n" +
			"X.TXT;1   2/8   18-APR-2000 10:40:39  [GROUP,OWNER]\n          (RWED,RWED,RE,)\n" +
			"BIG.DAT;3   ******   18-APR-2000 10:40:39  [GROUP,OWNER]  (RWED,RWED,RE,)\n" +
			"LONG.DAT;3\n     ******/****   18-APR-2000 10:40:39  [GROUP,OWNER]\n     (RWED,RWED,RE,)\n" +
			"BARE.DAT;1   2   18-APR-2000 10:40:39\n" +
			"LAST.DAT;1   2   18-APR-2000 10:40:39\n\nTotal of 1 file, 2 blocks.\n", []string{
			"format vms", "file X.TXT 1024 2000-04-18T10:40 0750", "file BIG.DAT -1 2000-04-18T10:40 0750",
			"file LONG.DAT -1 2000-04-18T10:40 0750", "file BARE.DAT 1024 2000-04-18T10:40", "file LAST.DAT 1024 2000-04-18T10:40",
		}},
		"vms, grand total": {"A.B;1   2/8   18-APR-2000 10:40:39  (,RWED,,)\nGrand total of 1 directory, 1 file.\n", []string{
			"format vms", "file A.B 1024 2000-04-18T10:40 0700",
		}},
		"vms, a bracket that is not a protection": {"A.B;1   2/8   18-APR-2000 10:40:39\n  (see below)\nC.D;1   2/8   18-APR-2000 10:40:39\n", []string{
			"format vms", "file A.B 1024 2000-04-18T10:40", "raw   (see below)", "file C.D 1024 2000-04-18T10:40",
		}},
		"attributes of DOS": {"-rwx---A--   1 u g 1 Jan 12 10:33 a\n-wa-------   1 u g 1 Jan 12 10:33 b\ndrwx--AS--   1 u g 1 Jan 12 10:33 c\n", []string{
			"format unix", "file a 1 2024-01-12T10:33", "file b 1 2024-01-12T10:33", "dir c 1 2024-01-12T10:33",
		}},
		"link count touches the mode": {"drwxr-xr-x439 u g 1 Jan 12 10:33 a\n", []string{"format unix", "dir a 1 2024-01-12T10:33 0755"}},
		"inode and blocks":            {"total 4\n 1234    4 -rw-r--r-- 1 u g 5 Jan 12 10:33 a\n", []string{"format unix", "file a 5 2024-01-12T10:33 0644"}},
		"a unit of five": {"Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname\nWYOSPT 3390F 2003/05/21  1  200  FB      80  8053  PS  A.B\n" +
			"WYOSPT SYSDA **NONE**    1  200  FB      80  8053  PO  C.D\n", []string{"format mvs", "file A.B -1", "dir C.D -1"}},
		"names of four digits": {"-rw-r--r-- 1 u g 5 2024-05-06 1234\n-rw-r--r-- 1 u g 5 2024-05-06 10:33 1234\n" +
			"-rw-r--r-- 1 u g 5 2026 api  1 1999\n-rw-r--r-- 1 u g 5 2003 3月 20 1234\n", []string{
			"format unix",
			"file 1234 5 2024-05-06T00:00 0644", "file 1234 5 2024-05-06T10:33 0644", "file 1999 5 2026-04-01T00:00 0644", "file 1234 5 2003-03-20T00:00 0644",
		}},
		"hours that are none": {"-rw-r--r-- 1 u g 5 Jan 12 10:33 a\n-rw-r--r-- 1 u g 5 Jan 12 ab:11 b\n-rw-r--r-- 1 u g 2020 Jan 12 23:ab c\n" +
			"-rw-r--r-- 1 u g 5 12 Jan ab:11 d\n", []string{
			"format unix", "file a 5 2024-01-12T10:33 0644", "raw -rw-r--r-- 1 u g 5 Jan 12 ab:11 b",
			"raw -rw-r--r-- 1 u g 2020 Jan 12 23:ab c", "raw -rw-r--r-- 1 u g 5 12 Jan ab:11 d",
		}},
		"hour zero": {"05-13-24  00:34AM       1 a\n05-13-24  00:34PM       1 b\n", []string{
			"format dos", "file a 1 2024-05-13T00:34", "file b 1 2024-05-13T12:34",
		}},
		"hours of DOS that are none": {"05-13-24  ab:11       1 a\n05-13-24  23:ab       1 b\n05-13-24  13:34PM     1 c\n", raw(
			"05-13-24  ab:11       1 a\n05-13-24  23:ab       1 b\n05-13-24  13:34PM     1 c\n")},
		"netware, two digits": {"d [R----F--] supervisor            512       Jan 16 98    login\n- [R----F--] supervisor            12       01-16-98 10:33    x\n", []string{
			"format netware", "dir login 512 1998-01-16T00:00", "file x 12 1998-01-16T10:33",
		}},
		"a total in German": {"insgesamt 12\n", nil},
		"a recursive listing": {"/data:\ntotal 8\ndrwxr-xr-x 2 u g 1 Jan 12 10:33 sub\n\n/data/sub:\ntotal 4\n-rw-r--r-- 1 u g 1 Jan 12 10:33 a\n", []string{
			"format unix", "dir sub 1 2024-01-12T10:33 0755", "file a 1 2024-01-12T10:33 0644",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := briefs(test.text, Options{}); !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// The directory that was asked for has no name in its entries, whatever its header says.
func TestRecursiveDirs(t *testing.T) {
	rows := "-rw-r--r-- 1 u g 1 Jan 12 10:33 a\n"
	for name, test := range map[string]struct{ text, want string }{
		"no header first": {rows + "\nsub:\n" + rows, ",sub"},
		"whole paths":     {"/data:\n" + rows + "\n/data/sub:\n" + rows + "\n/data/sub/x:\n" + rows, ",sub,sub/x"},
		"dots":            {".:\n" + rows + "\n./sub:\n" + rows, ",sub"},
		"the root":        {"/:\n" + rows + "\n/sub:\n" + rows, ",sub"},
	} {
		t.Run(name, func(t *testing.T) {
			var dirs []string
			for e := range Read(strings.NewReader(test.text), Options{Now: june}) {
				dirs = append(dirs, e.Dir)
			}
			if got := strings.Join(dirs, ","); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
