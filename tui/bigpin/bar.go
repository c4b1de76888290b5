package bigpin

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// The bar uses characters that old consoles have. The two differ in shape, not only in
// colour.
const (
	barFull  = "█"
	barHalf  = "▌"
	barEmpty = "░"
	// minTrack is the shortest useful bar; below it only the seconds are drawn.
	minTrack = 6
)

// Bar returns the time left as a shrinking bar with the seconds beside it, so that it
// can be read without colour or shape. It is never wider than width. Fractions are
// rounded up: 0.1 s left is "1 s" and the smallest bar.
func Bar(left, total time.Duration, width int) string {
	full, rest, text := barParts(left, total, width)
	if full+rest == "" {
		return text
	}
	return full + rest + "  " + text
}

// barParts returns the bar's two halves and its words apart, so that each can
// have its own colour.
func barParts(left, total time.Duration, width int) (full, rest, text string) {
	left = max(left, 0)
	number := padLeft(seconds(left), len(seconds(total)))
	text = number + " s left"
	if width < minTrack+2+len(text) {
		text = number + " s"
	}
	track := width - 2 - len(text)
	if track < minTrack {
		return "", "", secondsAlone(left, width)
	}
	halves := 0
	if total > 0 {
		share := min(float64(left)/float64(total), 1)
		halves = int(math.Ceil(share * float64(2*track)))
	}
	full = strings.Repeat(barFull, halves/2) + strings.Repeat(barHalf, halves%2)
	return full, strings.Repeat(barEmpty, track-halves/2-halves%2), text
}

// secondsAlone returns the seconds without a bar, or "" if they do not fit:
// a truncated number would be wrong.
func secondsAlone(left time.Duration, width int) string {
	for _, text := range []string{seconds(left) + " s left", seconds(left) + " s", seconds(left) + "s"} {
		if len(text) <= width {
			return text
		}
	}
	return ""
}

func seconds(d time.Duration) string {
	return strconv.FormatFloat(math.Ceil(max(d, 0).Seconds()), 'f', 0, 64)
}

// padLeft keeps the number's place, so that the bar does not jump when 10
// becomes 9.
func padLeft(text string, width int) string {
	return strings.Repeat(" ", max(width-len(text), 0)) + text
}
