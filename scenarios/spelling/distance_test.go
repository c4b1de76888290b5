package spelling_test

import (
	"testing"

	"github.com/offauth/offauth/scenarios/spelling"
)

func TestDistanceCountsSlips(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"pixel", "pixel", 0}, {"pixle", "pixel", 1}, {"pxel", "pixel", 1},
		{"pixxel", "pixel", 1}, {"pikel", "pixel", 1}, {"ca", "abc", 3}, {"kitten", "sitting", 3}, {"über", "uber", 1},
	} {
		if got := spelling.Distance(row.a, row.b); got != row.want {
			t.Errorf("%q to %q: %d, want %d", row.a, row.b, got, row.want)
		}
		if spelling.Distance(row.a, row.b) != spelling.Distance(row.b, row.a) {
			t.Errorf("%q and %q: not the same both ways", row.a, row.b)
		}
	}
}
