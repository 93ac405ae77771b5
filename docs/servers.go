package docs

// Servers are promises about what servers do their own way, and about the listings they print.
var Servers = []Row{
	{
		ID:    "E1",
		What:  "A copy between two servers under TLS 1.3: a server that sends the file as the TLS client leaves session tickets unread, and its close cuts the file (426).",
		Does:  "The server that stores is the TLS client, where it knows SSCN. A copy that fails leaves no cut or empty file on the target, and an older file as it was: what is to replace it arrives beside it. Of a new file an interrupted copy stays, for `fxp -c`.",
		Tests: []string{"TestServerToServer", "TestServerToServerWholeOrNothing", "TestBetweenServersLeavesNothing", "TestBetweenServersReplaces", "TestBetweenServersInterrupted", "TestBetweenServersOntoItself"},
	},
	{
		ID:    "E7",
		What:  "A listing has whole paths (`/dir/name`, `./name`), or MLSD a slash behind directories.",
		Does:  "They are names of the directory that was listed. Another path leads elsewhere, and is skipped.",
		Tests: []string{"TestListedPaths"},
	},
	{
		ID:    "E10",
		What:  "`mget *` meets links to directories, and links that lead nowhere.",
		Does:  "The first are left out, or entered with -r; the second are named and skipped. CWD decides, since no listing says where a link ends.",
		Tests: []string{"TestMgetOfLinks"},
	},
	{
		ID:    "E11",
		What:  "z/OS: `put f 'PROD.NEW'`, where the quotes are a part of the name.",
		Does:  "When SYST says MVS, a word in single quotes is sent with them, as ftp(1) does; double quotes are taken off.",
		Tests: []string{"shell/testdata/mvs.txt"},
	},
	{
		ID:    "E12",
		What:  "A .netrc has `default` before the machine.",
		Does:  "The machine counts, whatever the order.",
		Tests: []string{"TestFindNetrc"},
	},
	{
		ID:    "E13",
		What:  "`ls -l` of one file, or `ls -ld`, where the server tells of it by size and time alone.",
		Does:  "Mode, owner and links come from LIST of it, or from the listing of the directory above. `unix.mode=0o644` (pyftpdlib) is read.",
		Tests: []string{"TestLongListOnServers"},
	},
	{
		ID:    "E14",
		What:  "MLSD describes links as what they lead to, and leaves out those that lead nowhere (proftpd, pure-ftpd, pyftpdlib).",
		Does:  "`ls -l` and `mirror --links copy` ask LIST beside it, so that the target is known and dangling links are shown.",
		Tests: []string{"TestLongListOnServers", "TestLinkCommandsOnServers"},
	},
	{
		ID:    "E15",
		What:  "In active mode the server does not get through to this computer.",
		Does:  "The error says which server was told to connect to which address, and what it said; the hint is `passive on`.",
		Tests: []string{"TestActiveUnreached"},
	},
	{
		ID:    "L1",
		What:  "A line looks like an entry of some format, but the listing is of another, or of none.",
		Does:  "A format other than that of ls needs two entries, or a header and one, or nothing else in the listing; those that any text resembles must explain every line. Else the lines are shown as they came.",
		Tests: []string{"TestUnknownListingsStayRaw", "TestProof", "TestRawAfterProof"},
	},
	{
		ID:    "L2",
		What:  "Lines of a listing are not understood.",
		Does:  "The listing is not complete: `mirror --delete` deletes nothing for it, `rm -r` leaves the directory, `find`, `du` and `tree` end with status 1, `mget` says so.",
		Tests: []string{"shell/testdata/listing-raw.txt"},
	},
	{
		ID:    "L3",
		What:  "Odd forms: VMS protection on its own line and sizes of asterisks, attributes of DOS in a mode, a link count that touches the mode, `ls -lis`, names of four digits, hours that are none, `00:34AM`, NetWare years of two digits.",
		Does:  "They mean what their servers mean, or stay as they came.",
		Tests: []string{"TestOddForms", "TestCorpus"},
	},
	{
		ID:    "L4",
		What:  "LIST is answered with a recursive listing.",
		Does:  "What is in other directories is never taken for files of this one.",
		Tests: []string{"TestRecursiveListing", "TestRecursiveDirs"},
	},
}
