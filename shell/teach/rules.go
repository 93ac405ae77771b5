package teach

// rules read failed operations; more certain ones stand first.
var rules = []rule{
	{"dns", lookupFailed},
	{"refused", controlRefused},
	{"unreachable", controlUnreachable},
	{"tls-verify", certificateRefused},
	{"tls-injected", textBeforeTLS},
	{"not-ftp", otherProtocol},
	{"tls-plain", plainAnswer},
	{"tls", handshakeFailed},
	{"data-address", passiveElsewhere},
	{"data-refused", dataRefused},
	{"data-timeout", dataTimedOut},
	{"data-not-arranged", notArranged},
	{"data-reuse", reuseWanted},
	{"data-tls", dataHandshakeFailed},
	{"active-blocked", activeBlocked},
	{"tls-required", tlsRequired},
	{"login", loginRefused},
	{"idle", thrownOut},
	{"busy", tooMany},
	{"rest-ascii", restInASCII},
	{"size-ascii", sizeInASCII},
	{"quota", noRoom},
	{"cut", cutOff}, // before unsigned: what is cut has no end mark either
	{"unsigned", unsignedEnd},
	{"short", shorterThanSaid},
	{"stored-less", storedLess},
	{"stalled", stalled},
	{"broken", brokenData},
	{"step", outOfStep},
	{"silent", silentServer},
	{"no-such-name", noSuchName},
	{"denied", denied},
	{"unknown-command", unknownCommand},
	{"data-none", noDataConnection},
	{"lost", lostConnection},
	{"interrupted", interrupted},
	{"code", byCode},
}

// mishaps are the rules about what can happen on the way to success: ftpsh knew
// another way, or tried again.
var mishaps = []func(*reader) *Reading{passiveElsewhere, dataRefused, dataTimedOut, cutOff, unsignedEnd, brokenData}
