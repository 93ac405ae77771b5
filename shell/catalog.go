package shell

import (
	"iter"
	"slices"
)

// Groups are commands by theme.
type Groups []Group

// Catalog is all commands. Commands reach it through their Shell: a reference
// from one of them would be an initialisation cycle.
func Catalog() Groups {
	return Groups{
		{"connect", slices.Concat(openCommands, sessionCommands, bookmarkCommands, passwordCommands, gateCommands, wayCommands, proxyCommands, fxpCommands, secureCommands, limitCommands)},
		{"look around", slices.Concat(lsCommands, treeCommands, findCommands, duCommands, mlsdCommands, cdCommands, watchCommands, sizeCommands, statCommands, verifyCommands, manifestCommands)},
		{"download", slices.Concat(getCommands, newerCommands, fgetCommands, catCommands, headCommands, pageCommands)},
		{"upload", putCommands},
		{"whole trees", slices.Concat(mirrorCommands, syncCommands, planCommands, deployCommands, txCommands)},
		{"change files", slices.Concat(rmCommands, mvCommands, editCommands, touchCommands, mkdirCommands, chmodCommands, trashCommands)},
		{"this computer", slices.Concat(lcdCommands, lrmCommands)},
		{"transfers", slices.Concat(modeCommands, formCommands, compressCommands, toggleCommands, rateCommands, activeCommands, nmapCommands, restartCommands)},
		{"the protocol", slices.Concat(quoteCommands, rawCommands, rhelpCommands)},
		{"learn", slices.Concat(traceCommands, ladderCommands, explainCommands, stepCommands, doctorCommands, practiceCommands, lessonCommands, recordCommands)},
		{"the shell", slices.Concat(setCommands, statusCommands, helpCommands, usageCommands, macroCommands, historyCommands)},
		{"jobs", slices.Concat(jobCommands, queueCommands)},
		{"scripts", slices.Concat(blockCommands, assertCommands, variableCommands, aliasCommands, sourceCommands, repeatCommands)},
	}
}

// Commands goes through all commands.
func (g Groups) Commands() iter.Seq[*Command] {
	return func(yield func(*Command) bool) {
		for _, group := range g {
			for _, c := range group.Commands {
				if !yield(c) {
					return
				}
			}
		}
	}
}
