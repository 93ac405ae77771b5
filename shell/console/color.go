package console

import (
	"os"
	"runtime"

	"github.com/fatih/color"

	"github.com/ftpsh/ftpsh/shell/render"
)

// What the user did not type is dim: suggestions, notes, control characters. What a search found is
// underlined; what is chosen in a menu is reversed.
var (
	dim        = render.NewColour(color.FgHiBlack).Start()
	underlined = render.Underline.Start()
	reverse    = render.NewColour(color.ReverseVideo).Start()
)

// wantsColor decides about one stream: what the user asked for, then NO_COLOR (no-color.org), FORCE_COLOR and
// CLICOLOR_FORCE, then whether it is a terminal that knows colours.
func wantsColor(asked string, tty bool) bool {
	switch asked {
	case "always":
		return true
	case "never":
		return false
	}
	switch {
	case os.Getenv("NO_COLOR") != "":
		return false
	case isSet("FORCE_COLOR"), isSet("CLICOLOR_FORCE"):
		return true
	case isDumb(), os.Getenv("CLICOLOR") == "0", os.Getenv("FORCE_COLOR") == "0":
		return false
	}
	return tty
}

// isDumb says whether the terminal obeys no escape sequence. Windows names no terminals.
func isDumb() bool {
	name := os.Getenv("TERM")
	return name == "dumb" || name == "" && runtime.GOOS != "windows"
}

func isSet(variable string) bool {
	value := os.Getenv(variable)
	return value != "" && value != "0"
}
