package syserror

import "syscall"

// The names are those of winerror.h. Package syscall made up numbers for the names of Unix; its own
// functions return some of them.
var (
	reset      = []syscall.Errno{syscall.WSAECONNRESET, syscall.WSAECONNABORTED, 10058 /* WSAESHUTDOWN */, syscall.ECONNRESET, syscall.EPIPE}
	refused    = []syscall.Errno{10061 /* WSAECONNREFUSED */, syscall.ECONNREFUSED}
	timedOut   = []syscall.Errno{10060 /* WSAETIMEDOUT */, syscall.ETIMEDOUT}
	notOurs    = []syscall.Errno{10049 /* WSAEADDRNOTAVAIL */, syscall.EADDRNOTAVAIL}
	pipeClosed = []syscall.Errno{syscall.ERROR_BROKEN_PIPE, 232 /* ERROR_NO_DATA */, syscall.EPIPE}
	inUse      = []syscall.Errno{syscall.ERROR_ACCESS_DENIED, 32 /* ERROR_SHARING_VIOLATION */}
	diskFull   = []syscall.Errno{39 /* ERROR_HANDLE_DISK_FULL */, 112 /* ERROR_DISK_FULL */, 1295 /* ERROR_DISK_QUOTA_EXCEEDED */, syscall.ENOSPC, syscall.EDQUOT}
)
