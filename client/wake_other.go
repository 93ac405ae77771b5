//go:build !linux

package client

import "net"

func wakeAt(*net.TCPConn, int) {}
