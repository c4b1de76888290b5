package cli

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
)

// clockOffJSON is a site's clock that is off by so much that people notice.
type clockOffJSON struct {
	Site        authn.Site `json:"site"`
	SkewSeconds int        `json:"skew_seconds"`
}

// noticedSkew is how far a clock may be off without a word.
const noticedSkew = time.Minute

// clocksOff returns the clocks that are off, the server's or those that concern
// the reader, and a line about each.
func clocksOff(snap authn.Snapshot, concerns func(authn.Site) bool) ([]clockOffJSON, []string) {
	clocks, lines := []clockOffJSON{}, []string(nil)
	for _, l := range snap.ClocksOff {
		if l.By.Abs() <= noticedSkew || l.Site != authn.SiteServer && !concerns(l.Site) {
			continue
		}
		clocks = append(clocks, clockOffJSON{l.Site, int(l.By / time.Second)})
		lines = append(lines, fmt.Sprintf("clock off     %s is %s: %s", l.Site, skewText(l.By), l.Repair()))
	}
	return clocks, lines
}
