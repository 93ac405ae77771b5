package client

import "context"

// Renaming is one of several renames.
type Renaming struct{ From, To string }

// RenameAll renames several files or directories in one packet, so that what lies between the first
// and the last is as short as the server can make it. Each has its own error: one that is refused
// does not keep the others from their turn, since they have left already. Order them so that this
// does no harm: a directory that is not empty is never replaced, a file is.
//
// It is not repeated when the connection is lost: nobody knows then which of them were made.
func (p Pipeline) RenameAll(ctx context.Context, all ...Renaming) []error {
	errs := make([]error, len(all))
	var told []int
	for i, r := range all {
		passed := false
		errs[i] = p.s.change(ctx, Change{Do: Rename, Path: r.From, To: r.To}, func() error {
			passed = true
			return nil
		})
		if passed && errs[i] == nil {
			told = append(told, i)
		}
	}
	err := p.s.do(ctx, false, func(c *Conn) error {
		var commands []command
		for _, i := range told {
			commands = append(commands, p.s.short("RNFR", wirePath(all[i].From)), p.s.short("RNTO", wirePath(all[i].To)))
		}
		xs := c.sendMany(ctx, commands...)
		for n, i := range told {
			_, errs[i] = xs[2*n].Expect(ctx, 3)
			if _, err := xs[2*n+1].Expect(ctx, 2); errs[i] == nil {
				errs[i] = err
			}
		}
		return nil
	})
	for _, i := range told {
		if err != nil && errs[i] == nil {
			errs[i] = err
		}
	}
	return errs
}
