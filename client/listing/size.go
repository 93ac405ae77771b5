package listing

import (
	"math"
	"strconv"
	"strings"
)

// parseSize reads a size as listings show it: digits, perhaps in groups of three
// ("1,234,567"), or with a suffix in powers of 1024 ("33.5k"), which makes it
// approximate. Negative and too large numbers are sizes too, but unknown ones (-1):
// they come from servers whose counter overflowed.
func parseSize(s string) (size int64, approx, ok bool) {
	digits := strings.TrimPrefix(s, "-")
	if isAllDigits(digits) {
		return decimal(s), false, true
	}
	n := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' })
	if n < 0 {
		plain, ok := ungroup(s)
		return decimal(plain), false, ok
	}
	power, ok := sizeSuffix(s[n:])
	if !ok {
		return 0, false, false
	}
	value, err := strconv.ParseFloat(strings.Replace(s[:n], ",", ".", 1), 64)
	if err != nil || n == 0 {
		return 0, false, false
	}
	if value *= math.Pow(1024, float64(power)); value >= math.MaxInt64 {
		return -1, true, true
	}
	return int64(value), power > 0, true
}

// decimal is the number that digits show, or -1 if it is negative, too large or no number.
func decimal(digits string) int64 {
	n := int64(0)
	for i := range len(digits) {
		digit := int64(digits[i]) - '0'
		if digit < 0 || digit > 9 || n > (math.MaxInt64-digit)/10 {
			return -1
		}
		n = n*10 + digit
	}
	if digits == "" {
		return -1
	}
	return n
}

// ungroup drops the separators of thousands.
func ungroup(s string) (string, bool) {
	sep := strings.IndexAny(s, ".,")
	if sep < 1 || sep > 3 {
		return "", false
	}
	groups := strings.Split(s, s[sep:sep+1])
	for _, g := range groups[1:] {
		if len(g) != 3 || !isAllDigits(g) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// sizeSuffix gives the power of 1024 of "B", "k", "MB", "GiB".
func sizeSuffix(s string) (power int, ok bool) {
	switch unit := strings.ToUpper(s); {
	case unit == "B":
		return 0, true
	case len(unit) == 1, unit[1:] == "B", unit[1:] == "IB":
		power = strings.IndexByte("KMGTPE", unit[0]) + 1
	}
	return power, power > 0
}
