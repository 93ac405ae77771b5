package daemon

import "testing"

func TestParseStat(t *testing.T) {
	rows := []struct {
		name, text string
		want       procStat
		ok         bool
	}{
		{"plain", "12 (sh) S 1 13 11 0 -1", procStat{pid: 12, parent: 1, session: 11}, true},
		{"anything in the name", "12 (a) R 9 (b) Z 1 13 11 0", procStat{pid: 12, parent: 1, session: 11, ended: true}, true},
		{"cut short", "12 (sh) S 1", procStat{}, false},
		{"empty", "", procStat{}, false},
	}
	for _, row := range rows {
		if got, ok := parseStat([]byte(row.text)); got != row.want || ok != row.ok {
			t.Errorf("%s: %+v %v, want %+v", row.name, got, ok, row.want)
		}
	}
}
