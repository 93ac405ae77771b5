package commands

import (
	"net"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/treesync"
)

// syncHead says which pair of trees is meant.
func syncHead(s *client.Session, local, remote string) treesync.Head {
	h := treesync.Head{Local: jsonl.Name(local), Remote: jsonl.Name(remote)}
	h.Host, h.Port, _ = net.SplitHostPort(s.Options().Addr)
	h.User, _ = s.LoggedIn()
	return h
}
