package bigpin_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/offauth/offauth/tui/bigpin"
)

func TestBarRunsDownAndSaysTheSeconds(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name        string
		left, total time.Duration
		width       int
		want        string
	}{
		{"full", time.Minute, time.Minute, 21, "██████████  60 s left"},
		{"half", 30 * time.Second, time.Minute, 21, "█████░░░░░  30 s left"},
		{"half a cell", 33 * time.Second, time.Minute, 21, "█████▌░░░░  33 s left"},
		{"the number keeps its place", 9 * time.Second, time.Minute, 21, "█▌░░░░░░░░   9 s left"},
		{"what is begun counts", time.Millisecond, time.Minute, 21, "▌░░░░░░░░░   1 s left"},
		{"nothing", 0, time.Minute, 21, "░░░░░░░░░░   0 s left"},
		{"past the end", -time.Hour, time.Minute, 21, "░░░░░░░░░░   0 s left"},
		{"beyond the whole", 2 * time.Minute, time.Minute, 22, "██████████  120 s left"},
		{"of nothing", time.Second, 0, 20, "░░░░░░░░░░  1 s left"},
		{"fewer words", 30 * time.Second, time.Minute, 16, "█████░░░░░  30 s"},
		{"words alone", 30 * time.Second, time.Minute, 11, "30 s left"},
		{"number alone", 30 * time.Second, time.Minute, 5, "30 s"},
		{"number and unit", 30 * time.Second, time.Minute, 3, "30s"},
		{"no half of a number", 30 * time.Second, time.Minute, 2, ""},
		{"no width", 30 * time.Second, time.Minute, 0, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got := bigpin.Bar(row.left, row.total, row.width); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

func TestBarNeverGrowsWhileTimeRunsAndFillsItsWidth(t *testing.T) {
	t.Parallel()
	last := 1 << 30
	for left := time.Minute; left >= 0; left -= 100 * time.Millisecond {
		bar := bigpin.Bar(left, time.Minute, 60)
		if got := lipgloss.Width(bar); got != 60 {
			t.Fatalf("%v left: %d wide", left, got)
		}
		halves := 2*strings.Count(bar, "█") + strings.Count(bar, "▌")
		if halves > last || (halves == 0) != (left == 0) {
			t.Fatalf("%v left: %d half cells after %d", left, halves, last)
		}
		last = halves
	}
}
