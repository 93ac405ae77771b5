package race

import "testing"

func report(b *testing.B, w work, results map[string]*figures) {
	for _, p := range peers {
		if f := results[p.name]; len(f.seconds) > 0 {
			b.Logf("%-10s %.2f s, cpu %.2f, %d MiB %v", p.name, median(f.seconds), median(f.cpu), f.peak>>10, len(f.seconds))
		}
	}
}
