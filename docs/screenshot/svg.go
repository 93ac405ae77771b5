//go:build unix

package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// The picture: a dark window, 16 px for a row and 8.4 px for a column.
const (
	rowHeight   = 18
	columnWidth = 8.4
	margin      = 18
	background  = "#1b1f27"
	foreground  = "#d4d7dd"
)

// palette are the 16 colours of a terminal on the dark background, readable at small sizes.
var palette = [16]string{
	"#5c6370", "#f07178", "#a6cc70", "#e6b450", "#6cb6ff", "#d2a6ff", "#5ccfe6", "#d4d7dd",
	"#8a919e", "#ff8f96", "#bae67e", "#ffd580", "#8ccbff", "#e1c2ff", "#95e6f2", "#ffffff",
}

// style is how a run of characters looks.
type style struct {
	color                     string
	bold, dim, under, reverse bool
}

// sgr is one sequence of attributes, the only sequence that a captured screen has.
var sgr = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// draw makes a picture of the rows of a screen. Each run of one style has its column and its width,
// so that columns stay columns in any font.
func draw(rows []string, width int) string {
	var b strings.Builder
	w, h := float64(width)*columnWidth+2*margin, len(rows)*rowHeight+2*margin
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %d\" width=\"%.0f\" height=\"%d\" "+
		"font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\" font-size=\"14\">\n", w, h, w, h)
	fmt.Fprintf(&b, "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"%s\"/>\n", background)
	var now style
	for i, row := range rows {
		fmt.Fprintf(&b, "<text y=\"%d\" xml:space=\"preserve\">", margin+i*rowHeight+14)
		column := 0
		for row != "" {
			text := row
			at := sgr.FindStringSubmatchIndex(row)
			if at != nil {
				text = row[:at[0]]
			}
			if text != "" {
				columns := displaywidth.String(text)
				b.WriteString(now.span(text, column, columns))
				column += columns
			}
			if at == nil {
				break
			}
			now.apply(row[at[2]:at[3]])
			row = row[at[1]:]
		}
		b.WriteString("</text>\n")
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// apply changes the style as SGR says (ECMA-48 8.3.117).
func (s *style) apply(parameters string) {
	codes := strings.Split(parameters, ";")
	for i := 0; i < len(codes); i++ {
		n, _ := strconv.Atoi(codes[i])
		switch {
		case n == 0:
			*s = style{}
		case n == 1:
			s.bold = true
		case n == 2:
			s.dim = true
		case n == 4:
			s.under = true
		case n == 7:
			s.reverse = true
		case n >= 30 && n <= 37:
			s.color = palette[n-30]
		case n >= 90 && n <= 97:
			s.color = palette[n-90+8]
		case n == 39:
			s.color = ""
		case n == 38 && i+2 < len(codes) && codes[i+1] == "5":
			c, _ := strconv.Atoi(codes[i+2])
			s.color = palette[c%16]
			i += 2
		}
	}
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (s style) span(text string, column, columns int) string {
	color := s.color
	if color == "" {
		color = foreground
	}
	attributes := fmt.Sprintf("x=\"%.1f\" textLength=\"%.1f\" fill=\"%s\"",
		margin+float64(column)*columnWidth, float64(columns)*columnWidth, color)
	if s.bold {
		attributes += ` font-weight="bold"`
	}
	if s.dim {
		attributes += ` opacity="0.65"`
	}
	if s.under {
		attributes += ` text-decoration="underline"`
	}
	return "<tspan " + attributes + ">" + escaper.Replace(text) + "</tspan>"
}
