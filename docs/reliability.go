package docs

// Row is one promise of reliability.md: what happens to ftpsh, and what it does then.
type Row struct {
	ID    string
	What  string   // what happens
	Does  string   // what ftpsh does
	Tests []string // what shows it: TestName, TestName/case, or a script of shell/testdata
	Peers string   // what other clients did in the same case, where it was measured
}
