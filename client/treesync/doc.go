// Package treesync keeps a tree here and a tree on a server the same, whichever of the two was
// changed. It remembers the last state that both agreed on, and compares each side with its own past
// only: the clocks of the two never meet.
package treesync
