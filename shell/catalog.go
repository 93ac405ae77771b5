package shell

import (
	"github.com/ftpsh/ftpsh/shell/command"
	// Each of these packages adds its commands to the catalog.
	_ "github.com/ftpsh/ftpsh/shell/commands"
	_ "github.com/ftpsh/ftpsh/shell/jobs"
	_ "github.com/ftpsh/ftpsh/shell/learn"
	_ "github.com/ftpsh/ftpsh/shell/prompt"
	_ "github.com/ftpsh/ftpsh/shell/script"
)

// Catalog is all commands.
func Catalog() command.Groups { return command.Catalog() }
