package bigpin_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/tui/bigpin"
)

func TestTheCardLooksAsReviewedAtEveryWidth(t *testing.T) {
	t.Parallel()
	low := masked()
	low.Low, low.Same, low.Left = true, true, 3
	for _, width := range []int{100, 80, 60, 40, 20} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			at := noon.Add(18 * time.Second)
			assertGolden(t, fmt.Sprintf("card_%d.golden", width), strings.Join([]string{
				bigpin.Draw(masked(), at, width, 24, bigpin.Look{}),
				strings.Repeat("=", width),
				bigpin.Draw(low, at, width, 24, bigpin.Look{}),
			}, "\n"))
		})
	}
}

func TestTheCardNeverLeavesTheScreenAndShowsAWholePINOrNone(t *testing.T) {
	t.Parallel()
	const pin = "K7WX9M2GABCDE"
	for _, length := range []int{6, 8, 13} {
		c := card(pin[:length])
		c.Low, c.Same = true, true
		c.Workstation = "A-VERY-LONG-NAME-OF-A-WORKSTATION-THAT-SOMEBODY-CHOSE"
		for width := 1; width <= 130; width += 1 + width/12 {
			for height := 1; height <= 30; height += 1 + height/8 {
				got := bigpin.Draw(c, noon, width, height, bigpin.Look{})
				if lipgloss.Width(got) > width || lipgloss.Height(got) > height {
					t.Fatalf("%d x %d drawn as %d x %d", width, height, lipgloss.Width(got), lipgloss.Height(got))
				}
				text := strings.Join(strings.Fields(got), "")
				whole := strings.Contains(got, "█▄") || strings.Contains(text, pin[:length])
				if !whole && !strings.HasPrefix("makethewindowlarger", text) {
					t.Fatalf("%d x %d: neither the PIN nor the note:\n%s", width, height, got)
				}
			}
		}
	}
}

func TestWithoutASizeNothingIsDrawn(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{0, 0}, {0, 24}, {80, 0}, {-1, -1}} {
		if got := bigpin.Draw(card("K7WX9M2G"), noon, size[0], size[1], bigpin.Look{}); got != "" {
			t.Errorf("%v: %q", size, got)
		}
	}
}

func TestTheWarningIsSaidInWords(t *testing.T) { // H28
	t.Parallel()
	for left, want := range map[int]string{
		3: "Warning: only 3 PINs left.",
		1: "Warning: only 1 PIN left.",
		0: "Warning: this is the last PIN.",
	} {
		c := masked()
		c.Left, c.Low = left, true
		if got := bigpin.Draw(c, noon, 80, 24, bigpin.Look{}); !strings.Contains(got, want) {
			t.Errorf("%d left: no %q in\n%s", left, want, got)
		}
	}
	if got := bigpin.Draw(masked(), noon, 80, 24, bigpin.Look{}); strings.Contains(got, "Warning") {
		t.Errorf("a warning with 24 PINs left:\n%s", got)
	}
}

func TestTheBarEndsWhereTheSetExpiresIfThatComesFirst(t *testing.T) { // H18
	t.Parallel()
	c := masked()
	c.ExpiresAt = noon.Add(20 * time.Second)
	if !c.End().Equal(c.ExpiresAt) {
		t.Errorf("the card ends at %v, want %v", c.End(), c.ExpiresAt)
	}
	if got := bigpin.Draw(c, noon, 80, 24, bigpin.Look{}); !strings.Contains(got, "20 s left") {
		t.Errorf("no 20 s in\n%s", got)
	}
}

func TestANameCannotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	c := masked()
	c.Workstation, c.Phone = "LAP\x1b[2JTOP", "pi\nxel"
	got := bigpin.Draw(c, noon, 80, 24, bigpin.Look{})
	if strings.Contains(got, "\x1b[2J") || !strings.Contains(got, "LAP?[2JTOP") || !strings.Contains(got, "pi?xel") {
		t.Errorf("drawn as %q", got)
	}
}

// Taking the colours off must leave the card as it is drawn without any, so
// nothing is told by colour alone and NO_COLOR loses nothing.
func TestColourIsNeverTheOnlySign(t *testing.T) {
	t.Parallel()
	renderer := lipgloss.NewRenderer(io.Discard)
	renderer.SetColorProfile(0) // termenv.TrueColor
	c := masked()
	c.Low, c.Same, c.Left = true, true, 1
	coloured := bigpin.Draw(c, noon, 80, 24, bigpin.NewLook(renderer))
	if !sgr.MatchString(coloured) {
		t.Error("no colour where there should be")
	}
	if plain := bigpin.Draw(c, noon, 80, 24, bigpin.Look{}); sgr.ReplaceAllString(coloured, "") != plain {
		t.Errorf("the plain card differs:\n%s\n%s", coloured, plain)
	}
}

func TestACardWithTheLeastInItIsDrawn(t *testing.T) {
	t.Parallel()
	c := bigpin.Card{Workstation: "W", PIN: authn.NewSecret("ABCDEF"), ShownAt: noon, HiddenAt: noon.Add(time.Minute)}
	got := bigpin.Draw(c, noon, 80, 24, bigpin.Look{})
	for _, absent := range []string{"phone", "PINs left", "valid"} {
		if strings.Contains(got, absent) {
			t.Errorf("%q in\n%s", absent, got)
		}
	}
}
