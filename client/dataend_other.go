//go:build !linux

package client

import "net"

// finArrived is not asked on other systems: the order in the picture is then that in which the two were read.
func finArrived(net.Conn) bool { return false }
