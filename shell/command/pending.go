package command

import "github.com/ftpsh/ftpsh/client/plan"

// pending are changes that are on their way, and what can be taken back.
type pending struct {
	Changes    changes     // of this command line, and those before
	Planning   *Planning   // of the command at hand; nil: none
	LastPlan   *plan.Plan  // that was made
	Tx         *OpenTx     // changes that wait; nil: none do
	SyncFolder *SyncFolder // what sync has agreed on
}

// fork is what a job gets: its changes wait with the others.
func (p *pending) fork() pending { return pending{Tx: p.Tx, Changes: newChanges()} }
