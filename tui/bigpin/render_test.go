package bigpin_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"github.com/offauth/offauth/tui/bigpin"
)

func TestEverySymbolHasAGlyphOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[[bigpin.Rows]string]rune{}
	for _, symbol := range symbols + "01" + string(bigpin.Dot) {
		glyph, known := bigpin.Glyph(symbol)
		if !known {
			t.Errorf("%q has no glyph", symbol)
			continue
		}
		if other, taken := seen[glyph]; taken {
			t.Errorf("%q looks like %q", symbol, other)
		}
		seen[glyph] = symbol
		for _, row := range glyph {
			if lipgloss.Width(row) != lipgloss.Width(glyph[0]) || strings.Trim(row, " █▀▄") != "" {
				t.Errorf("%q has a crooked row %q", symbol, row)
			}
		}
	}
}

// Pairs that eyes mistake for each other must differ in more than one cell:
// one cell is lost to a speck on the screen.
func TestPairsThatAreMistakenDifferInSeveralCells(t *testing.T) {
	t.Parallel()
	for _, pair := range []string{"8B", "5S", "2Z", "UV", "6G", "VY", "KX", "HN", "MW", "PR", "CG", "DQ", "0D", "0Q", "08",
		"EF", "17", "27", "7Z", "69", "38", "89"} {
		a, _ := bigpin.Glyph(rune(pair[0]))
		b, _ := bigpin.Glyph(rune(pair[1]))
		if n := differences(a, b); n < 3 {
			t.Errorf("%q differ in %d cells", pair, n)
		}
	}
}

func differences(a, b [bigpin.Rows]string) int {
	n := 0
	for r := range a {
		x, y := []rune(a[r]), []rune(b[r])
		for i := range max(len(x), len(y)) {
			if i >= len(x) || i >= len(y) || x[i] != y[i] {
				n++
			}
		}
	}
	return n
}

func TestGlyphsLookAsReviewed(t *testing.T) {
	t.Parallel()
	var sheet []string
	for _, row := range []string{"23456789", "ABCDEFGH", "JKMNPQRS", "TUVWXYZ", "01" + string(bigpin.Dot)} {
		sheet = append(sheet, bigpin.Render(row, 200), "")
	}
	assertGolden(t, "glyphs.golden", strings.Join(sheet, "\n"))
}

func TestRenderGivesWayToTheWidth(t *testing.T) {
	t.Parallel()
	const pin = "ABCD2345" // a fake; in glyphs 65 cells on one line, 30 on two
	for _, row := range []struct {
		width int
		want  string
	}{
		{17, "A B C D   2 3 4 5"},
		{16, "ABCD 2345"},
		{9, "ABCD 2345"},
		{8, "ABCD\n2345"},
		{4, "ABCD\n2345"},
		{3, "ABC\nD23\n45"},
		{1, "A\nB\nC\nD\n2\n3\n4\n5"},
		{0, ""},
		{-1, ""},
	} {
		if got := bigpin.Render(pin, row.width); got != row.want {
			t.Errorf("width %d: %q, want %q", row.width, got, row.want)
		}
	}
	for width, height := range map[int]int{200: 5, 66: 5, 65: 11, 31: 11, 30: 1} {
		if got := lipgloss.Height(bigpin.Render(pin, width)); got != height {
			t.Errorf("width %d: %d rows, want %d", width, got, height)
		}
	}
}

func TestRenderNeverExceedsTheWidthAndDropsNoSymbol(t *testing.T) {
	t.Parallel()
	for length := 1; length <= 13; length++ { // to rule H2's longest
		pin := strings.Repeat("MW8K", 4)[:length]
		for width := 1; width <= 130; width++ {
			got := bigpin.Render(pin, width)
			if lipgloss.Width(got) > width {
				t.Fatalf("%s at width %d is %d wide", pin, width, lipgloss.Width(got))
			}
			if !strings.Contains(got, "█") && strings.Join(strings.Fields(got), "") != pin {
				t.Fatalf("%s at width %d reads %q", pin, width, got)
			}
		}
	}
}

func TestAPINWithAnUnknownSymbolStaysText(t *testing.T) {
	t.Parallel()
	if got, want := bigpin.Render("ab-d1", 100), "a b - d   1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
