package docs

// Sessions are what makes a session what it is, on its other connections and with servers that go
// their own way.
var Sessions = []Row{
	{
		ID:    "A1",
		What:  "PWD is unknown, empty, or names no path from the root; then a connection is lost, or another one made.",
		Does:  "The way from the login, CWD by CWD, is kept and taken again, and PWD must say what it said there. A path without a slash in front is no known path where the system is Unix or unknown.",
		Tests: []string{"TestWhatMadeTheSession", "TestOddPaths", "TestStatOfADirectoryWithoutAWayBack", "shell/testdata/place.txt"},
	},
	{
		ID:    "A2",
		What:  "The directory cannot be entered again, or CWD says 250 and leads elsewhere.",
		Does:  "The command fails, whatever it asked: that refusal is never the answer to SIZE, MLST or DELE. So does each further one, until `cd` goes elsewhere.",
		Tests: []string{"TestDirectoryGone", "TestWhatMadeTheSession", "TestListingElsewhere", "TestStatLostAtTheTime"},
	},
	{
		ID:    "A3",
		What:  "SITE, UMASK, OPTS, LANG, CLNT, STRU, ACCT, SMNT, HOST or CCC by hand; then another connection.",
		Does:  "What lasts is sent again there, before anything else, and must be agreed to. What may last (SITE of an unknown word) keeps `mget` and `mirror` on one connection, and a line says so; a job, a copy or a lost connection fails for that reason.",
		Tests: []string{"TestWhatMadeTheSession", "TestLasting", "TestClearControl"},
	},
	{
		ID:    "A4",
		What:  "The server begins in another type than RFC 959 says.",
		Does:  "TYPE goes out once on each connection, before the first file; listings can be read in any type. PROT does so under TLS.",
		Tests: []string{"TestWhatMadeTheSession", "TestTypeIsTold"},
	},
	{
		ID:    "A5",
		What:  "A type that only `quote` can set, such as C 1208, or a mode.",
		Does:  "It stays until `ascii` or `binary`, on all connections, and `type` shows it. Sizes are not compared then.",
		Tests: []string{"TestWhatMadeTheSession", "TestTypeIsTold", "shell/testdata/place.txt"},
	},
	{
		ID:    "A6",
		What:  "A macro init in .netrc, and commands on the command line.",
		Does:  "The macro runs first.",
		Tests: []string{"shell/testdata/init-first.txt"},
	},
	{
		ID:    "A7",
		What:  "`set timeout`, `set stall` or `set pipelining` in a session.",
		Does:  "They hold at once. Of those that cannot (`family`, `via`, `tls` and their kin) a line says that they hold from the next `open` on.",
		Tests: []string{"TestLimitsHoldAtOnce", "shell/testdata/place.txt"},
	},
	{
		ID:    "A8",
		What:  "The server says that there are too many sessions.",
		Does:  "How many it takes is remembered for it and the user, for a day, on disk; it holds against `mirror -P` and `set parallel` too. `limits` shows it, `limits forget` tries again.",
		Tests: []string{"TestLimitIsRemembered", "TestServerLimits", "TestServerLimitsEnd", "TestDamagedServerLimits"},
	},
	{
		ID:    "E2",
		What:  "CCC before any transfer (pure-ftpd wants PBSZ before it).",
		Does:  "PBSZ and PROT go first. A connection that is made again is cleared again, behind its login.",
		Tests: []string{"TestClearControl"},
	},
	{
		ID:    "E3",
		What:  "The server takes one command of a packet and drops the rest, or hangs up.",
		Does:  "Where a command that needs no thought stays unanswered behind one that was answered, for {client.burstPatience} or two of it, it connects again and sends one at a time, on all connections to that server, for 30 days (`limits forget` ends that). `set pipelining off` does so from the start.",
		Tests: []string{"TestOneCommandAPacket", "TestBurstIsCutLater", "TestOneByOne", "TestPaceIsRemembered"},
	},
	{
		ID:    "E4",
		What:  "SIZE and MDTM are answered with 500, always.",
		Does:  "They are not asked again: after the first time where FEAT does not name them, else after the second.",
		Tests: []string{"TestUnknownQuestionsAreRemembered"},
	},
	{
		ID:    "E5",
		What:  "MLSD is announced, and answered with 501 or 504.",
		Does:  "LIST.",
		Tests: []string{"TestMLSDInVain"},
	},
	{
		ID:    "E6",
		What:  "AUTH TLS is refused, and TLS was required.",
		Does:  "It says that TLS was refused, and the server's words.",
		Tests: []string{"shell/testdata/tls-downgrade.txt"},
	},
	{
		ID:    "E8",
		What:  "CWD wants a slash behind the name.",
		Does:  "A refused CWD is tried with one where nothing is known of the server and none has succeeded without; what works is kept, on the way back and on further connections too.",
		Tests: []string{"TestSlashBehindTheName", "TestSlashOnTheWayBack"},
	},
	{
		ID:    "E9",
		What:  "PWD says an empty path.",
		Does:  "`pwd` says unknown; `cd -` and `cd` go back over another connection, if there is no other way.",
		Tests: []string{"shell/testdata/place.txt"},
	},
	{
		ID:    "B16",
		What:  "FEAT, PWD or SYST is answered behind the login with what is no reply.",
		Does:  "It connects again without that question: all of them can be done without.",
		Tests: []string{"TestQuestionsAreOptional"},
	},
}
