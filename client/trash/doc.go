// Package trash keeps what changes on a server would destroy, in a folder of that server, and takes
// changes back.
//
// A Group is what one command changed. Its Hear is the funnel of a session: it moves away what is
// about to be deleted or replaced, and notes what is made. Undo takes a group back, from the last
// step to the first, as far as the files are as the group has left them.
package trash
