package docs

// Limit is a row of the limits in reliability.md. Its value is that of a
// constant in the code, so that the page cannot say another.
type Limit struct {
	What string // is bounded
	Of   string // the constant: package.name
	Set  string // what changes it; "": nothing
}

// Limits are what bounds time, memory and repetition.
var Limits = []Limit{
	{"connecting, each address", "client.dialTimeout", ""},
	{"a data connection that is not made, before the next way is tried", "client.dataDialTimeout", ""},
	{"the TLS handshake, on each connection", "client.defaultHandshake", ""},
	{"a reply", "client.DefaultTimeout", "`set timeout`"},
	{"the same for what a server must read a whole file for (checksums, copies): so many times as long", "client.slowFactor", ""},
	{"a copy from server to server of which neither says that it is done, beyond the time for a checksum: bytes in a second", "client.fxpSlowest", "`set max-time`"},
	{"data that stands still", "client.defaultStall", "`set timeout`, `set stall`"},
	{"the server's end of the data after an upload under TLS", "client.drainTimeout", ""},
	{"the end of the data when all of it and the last reply are there", "client.lingerFull", ""},
	{"no reply to a transfer, before TLS is tried without it", "client.preliminaryGrace", ""},
	{"replies that are still owed after Ctrl-C, before the connection is made again", "client.settleTimeout", ""},
	{"the answer to QUIT", "client.quitTimeout", ""},
	{"silence on a connection before the system looks after it (TCP keep-alive)", "client.keepAliveIdle", ""},
	{"the time between its looks", "client.keepAliveInterval", ""},
	{"its looks without an answer, before the connection is lost", "client.keepAliveCount", ""},
	{"a file that is slower than `min-rate`", "transfer.DefaultOver", "`set min-rate-time`"},

	{"a line of a reply", "client.maxReplyLine", ""},
	{"a reply", "client.maxReplyBytes", ""},
	{"its lines", "client.maxReplyLines", ""},
	{"preliminary replies to one command", "client.maxMarks", ""},
	{"commands that wait for their answers", "client.defaultDepth", ""},
	{"a line of a proxy", "proxy.maxLine", ""},
	{"all its lines", "proxy.maxHeader", ""},

	{"a line of a listing", "listing.maxLine", ""},
	{"entries of a listing", "listing.MostEntries", ""},
	{"a listing", "listing.MostBytes", ""},
	{"what a download may bring beyond twice its size", "transfer.excess", "`set compare-sizes`"},
	{"directories inside of each other", "transfer.DefaultDepth", "`set max-depth`"},
	{"directories that one command looks into", "transfer.DefaultDirectories", "`set max-directories`"},
	{"directories that Tab remembers", "completion.maxDirs", ""},

	{"tries of a transfer that broke, after the first", "transfer.usualRetries", "`set retries`"},
	{"the wait before them, twice as long each time", "transfer.firstWait", "`set retry-wait`"},
	{"the longest of these waits", "transfer.longestWait", ""},
	{"turns of `mirror --loop`", "commands.mostLoops", ""},
	{"sessions that are opened for many files", "transfer.MostSessions", "`set parallel`"},
	{"sessions that can be asked for", "settings.MostParallel", ""},
	{"the part of a file for which a further session is opened", "transfer.leastPart", ""},
	{"the end of a part that is compared when nobody knows whose it is", "transfer.tailSize", ""},
	{"bytes out of MODE Z before their ratio is looked at", "client.inflateFree", ""},
	{"that ratio", "client.inflateRatio", ""},

	{"a file of another client that `import` reads", "sitefiles.MostBytes", ""},
	{"sites in it", "sitefiles.mostSites", ""},
	{"elements of its XML inside of each other", "sitefiles.mostDepth", ""},

	{"alternatives of a pattern with { }", "syntax.maxAlternatives", ""},
	{"blocks inside of each other", "syntax.maxDepth", ""},
	{"scripts that run each other", "script.deepestSource", ""},
	{"macros that run each other", "command.deepest", ""},
	{"a file of lists of revoked certificates", "command.longestCRL", "`set tls-crl`"},
	{"the directories that z remembers of a server", "site.longestVisits", ""},
	{"their scores together, before all of them age", "site.mostScore", ""},
	{"config.toml, bookmarks.toml or a .netrc", "site.LongConfig", ""},
	{"known_hosts or server_limits", "site.longStateFile", ""},
	{"a queue that was kept", "jobs.longQueue", ""},
	{"lines of the history", "history.UsualLimit", "`set history-size`"},
	{"a line of the history", "history.longestLine", ""},
	{"waiting for another ftpsh that writes the history", "history.lockTime", ""},
	{"waiting for the keyring", "command.keyringPatience", ""},
	{"events that are recorded", "teach.MaxEvents", ""},
	{"their size", "teach.maxSize", ""},
	{"what a transfer by hand brought, kept for `.data`", "command.keptData", ""},
}
