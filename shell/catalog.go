package shell

import (
	"slices"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/jobs"
	"github.com/ftpsh/ftpsh/shell/learn"
	"github.com/ftpsh/ftpsh/shell/prompt"
	"github.com/ftpsh/ftpsh/shell/script"
)

// Catalog is all commands. Commands reach it through their Shell: a reference
// from one of them would be an initialisation cycle.
func Catalog() command.Groups {
	return command.Groups{
		{Title: "connect", Commands: slices.Concat(commands.OpenCommands, commands.SessionCommands, commands.BookmarkCommands, commands.PasswordCommands, commands.GateCommands, commands.WayCommands, commands.ProxyCommands, commands.FxpCommands, commands.SecureCommands, commands.LimitCommands)},
		{Title: "look around", Commands: slices.Concat(commands.LsCommands, commands.TreeCommands, commands.FindCommands, commands.DuCommands, commands.MlsdCommands, commands.CdCommands, script.WatchCommands, commands.SizeCommands, commands.StatCommands, commands.VerifyCommands, commands.DiffCommands, commands.ManifestCommands)},
		{Title: "download", Commands: slices.Concat(commands.GetCommands, commands.NewerCommands, commands.FgetCommands, commands.CatCommands, commands.ZcatCommands, commands.UnzipCommands, commands.GrepCommands, commands.HeadCommands, commands.PageCommands)},
		{Title: "upload", Commands: commands.PutCommands},
		{Title: "whole trees", Commands: slices.Concat(commands.MirrorCommands, commands.SyncCommands, commands.PlanCommands, commands.DeployCommands, commands.TxCommands)},
		{Title: "change files", Commands: slices.Concat(commands.RmCommands, commands.MvCommands, commands.EditCommands, commands.TouchCommands, commands.MkdirCommands, commands.ChmodCommands, commands.TrashCommands)},
		{Title: "this computer", Commands: slices.Concat(commands.LcdCommands, commands.LrmCommands)},
		{Title: "transfers", Commands: slices.Concat(commands.ModeCommands, commands.FormCommands, commands.CompressCommands, commands.ToggleCommands, commands.RateCommands, commands.ActiveCommands, commands.NmapCommands, commands.RestartCommands)},
		{Title: "the protocol", Commands: slices.Concat(learn.QuoteCommands, learn.RawCommands, commands.RhelpCommands)},
		{Title: "learn", Commands: slices.Concat(learn.TraceCommands, learn.LadderCommands, learn.ExplainCommands, learn.StepCommands, learn.DoctorCommands, learn.PracticeCommands, learn.LessonCommands, learn.RecordCommands)},
		{Title: "the shell", Commands: slices.Concat(setCommands, statusCommands, helpCommands, usageCommands, script.MacroCommands, prompt.HistoryCommands)},
		{Title: "jobs", Commands: slices.Concat(jobs.JobCommands, jobs.QueueCommands)},
		{Title: "scripts", Commands: slices.Concat(script.BlockCommands, script.AssertCommands, script.VariableCommands, script.AliasCommands, script.SourceCommands, script.RepeatCommands)},
	}
}
