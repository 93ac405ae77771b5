package command

// Causes are the rows of the table of hints.
func Causes() (all []string) {
	for _, row := range hints {
		all = append(all, row.cause)
	}
	return all
}
