// Package tx lets changes of a server wait until all of them can be made at once.
//
// While a Tx is open it is the funnel of its sessions: an upload goes into a folder of its own, and
// what would be deleted, renamed or made is noted. Commit then renames. What stood there moves into
// that folder too, so that each step has a way back. A Journal here has every step before it is
// taken: whatever breaks, Recover looks at both names of a rename and knows how far it came.
package tx
