package docs

// Proof is what makes a transfer a success, and how the proof is read.
var Proof = []Row{
	{
		ID:    "B1",
		What:  "A symbolic link: MLST or the listing gives the size of the link (proftpd says type=file, pure-ftpd type=OS.unix=slink).",
		Does:  "`get`, `mget`, `cat`, `reget` and `mirror` fetch what it leads to, at once. SIZE in type I speaks of the file that RETR sends; it is asked where the sizes differ.",
		Tests: []string{"TestLinksOnServers", "TestLinkCommandsOnServers", "TestVerdictOfADownload/a link by MLST", "TestVerdictOfADownload/a link by MLST, cut"},
	},
	{
		ID:    "B2",
		What:  "A log grows while it is fetched.",
		Does:  "Size and time are asked for again. Grown is whole, and a line says so.",
		Tests: []string{"TestGrowingFile", "TestVerdicts"},
	},
	{
		ID:    "B3",
		What:  "SIZE counts in 16 or 32 bits, says 0 or -1, or is always too small or too large.",
		Does:  "More bytes than the server names, with a clean end and 226, are whole, and a line says which number is wrong. Too few are fetched once more, with `set retries` too. What is too short in the same way twice is not fetched a third time. `set compare-sizes off` (also for a host in the configuration) leaves sizes alone; servers known for it need no setting.",
		Tests: []string{"TestVerdicts", "TestVerdictOfADownload", "TestVerdictIsFinal", "TestSizesThatLie", "shell/testdata/retry.txt"},
	},
	{
		ID:    "B4",
		What:  "Active mode: the server connects from another address, or not at all, and says 226.",
		Does:  "An error for RETR and STOR. A listing is only empty where the server never spoke of a connection (no 150) and nobody was turned away. The stranger is named; `set active-from ADDRESS` lets him in.",
		Tests: []string{"TestNobodyConnected", "TestStrangerIsNamed", "TestActiveFrom"},
	},
	{
		ID:    "B5",
		What:  "A listing has more than {listing.MostEntries} entries, or is larger than {listing.MostBytes}.",
		Does:  "Incomplete, in every command; `mirror --delete` deletes nothing.",
		Tests: []string{"TestListingCutHere"},
	},
	{
		ID:    "B6",
		What:  "A part of at most {transfer.tailSize}.",
		Does:  "It is not resumed, in either direction: all of the file is moved.",
		Tests: []string{"TestPartOfSomethingElse", "TestResumedUpload"},
	},
	{
		ID:    "B7",
		What:  "The file changes at the same size between a break and the next try, or while it is fetched in parts.",
		Does:  "What was asked before is asked again: size, time, and the last {transfer.tailSize} of what is there. A file that changed is fetched from its beginning.",
		Tests: []string{"TestChangedBetweenTries", "TestSegmentsOfAnotherFile", "TestSoak"},
	},
	{
		ID:    "B8",
		What:  "A part holds something else than its note says.",
		Does:  "Its last {transfer.tailSize} are always fetched once more and compared.",
		Tests: []string{"TestPartOfSomethingElse"},
	},
	{
		ID:    "B9",
		What:  "LIST of an empty directory: 226 at once, and the listener is closed.",
		Does:  "Empty, in the clear. Under TLS somebody may have cut it, and after a 150 something was to come: an error.",
		Tests: []string{"TestListenerClosedAtOnce", "TestListenerClosedBeforeWeCame", "TestEmptyDirectory"},
	},
	{
		ID:    "B10",
		What:  "All bytes and the 226 are there, and the data connection is never closed.",
		Does:  "It ends {client.lingerFull} later, also where the kernel copies.",
		Tests: []string{"TestDataConnectionNeverClosedIntoAFile", "TestDataConnectionNeverClosed"},
	},
	{
		ID:    "B11",
		What:  "A download is cut with 426 or 451, or was stopped since it grew too large.",
		Does:  "Incomplete: exit status 8.",
		Tests: []string{"TestBroken", "TestBound", "TestFirstLineOfFailures/the data connection is cut"},
	},
	{
		ID:    "B12",
		What:  "SIZE is refused after an upload; or what was added to a file is not all there.",
		Does:  "A line says that nothing was checked. Where the server does not know SIZE at all, it is believed. An `append` is compared with what the file had before.",
		Tests: []string{"TestUploadsOfNoSize", "TestAppendIsProved", "TestBetweenServersAppendIsProved"},
	},
	{
		ID:    "B13",
		What:  "A TLS server never sends close_notify.",
		Does:  "Files whose size is right are whole, with a line. Listings, and files of no size, are not: `set tls-end insecure` takes them from such a server, and says what that costs.",
		Tests: []string{"TestVerdicts", "TestInsecureEnd", "shell/testdata/tls-end.txt"},
	},
	{
		ID:    "B14",
		What:  "The server sends far more than it said.",
		Does:  "Stopped at twice the size and {transfer.excess} more; no second try.",
		Tests: []string{"TestBound", "TestVerdictIsFinal/endless"},
	},
	{
		ID:    "B15",
		What:  "The check of an upload's end, or a comparison, is reset.",
		Does:  "A data connection that broke, tried again as any other.",
		Tests: []string{"TestCheckOfAnUploadIsReset"},
	},
	{
		ID:    "B16",
		What:  "SYST is answered with nonsense.",
		Does:  "The login continues without it.",
		Tests: []string{"TestLoginWithoutSyst"},
	},
	{
		ID:    "B17",
		What:  "`restart 2000`, and the file is shorter.",
		Does:  "Refused before anything is sent, in both directions.",
		Tests: []string{"TestOffsetBehindTheEnd"},
	},
}

// Deletions are what is deleted, and what is not.
var Deletions = []Row{
	{
		ID:    "C1",
		What:  "`mirror --delete` to a server that stores names by another spelling, or a copy that changes meanwhile.",
		Does:  "Each directory is listed again before anything goes from it. What differs from the plan stays and is named. A name that the server spells in its own way (case, composed letters, blanks and dots at the ends) is the copy's name of that file, and nothing extra; where a name that was just written is not listed at all, nothing goes.",
		Tests: []string{"TestMirrorDeletesNothingItWrote", "TestMirrorSpelledAlike", "TestMirrorDeletesOnlyWhatItSaw", "TestMirrorDeletesNothingUnlisted", "TestMirrorKeepsWhatHoldsTheExcluded"},
	},
	{
		ID:    "C2",
		What:  "`mirror --remove-source` while the original is written to.",
		Does:  "Size and time are compared immediately before it is deleted, here or there (here when its directory is done, see C6); what has changed stays, with exit status 8.",
		Tests: []string{"TestRemoveSourceLooksAgain"},
	},
	{
		ID:    "C3",
		What:  "`mirror -n`, as users of lftp type it.",
		Does:  "--only-newer: what is newer in the copy is left alone. The plan is `--dry-run`.",
		Tests: []string{"TestMirrorOnlyNewer"},
	},
	{
		ID:    "C4",
		What:  "`mirror nosuch`.",
		Does:  "The error alone; no directory is left, and nothing is said to be done.",
		Tests: []string{"TestMirrorMakesNoEmptyDirectories/not there", "shell/testdata/mirror.txt"},
	},
	{
		ID:    "C5",
		What:  "Filters leave nothing to go into a directory.",
		Does:  "It is not made, unless it is empty in the original, too; `--empty-dirs` makes it.",
		Tests: []string{"TestMirrorMakesNoEmptyDirectories"},
	},
	{
		ID:    "C6",
		What:  "Two names that the server takes for one (case, composed letters, blanks and dots at the ends, signs, length) in `mirror -R`, `mput`, `--remove-source`.",
		Does:  "Originals go when all of a directory is there and it was listed again: only if each name that was stored is in that listing. Without --remove-source the directory is listed where two names are alike, and a name that is not there is an error.",
		Tests: []string{"TestNamesThatBecomeOne", "TestUploadsThatBecomeOne"},
	},
}
