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

// clocksOff gives the clocks that are off, the server's or those that concern
// the reader, and a line about each.
func clocksOff(snap authn.Snapshot, concerns func(authn.Site) bool) ([]clockOffJSON, []string) {
	clocks, lines := []clockOffJSON{}, []string(nil)
	for _, l := range snap.Links {
		if l.Skew.Abs() <= noticedSkew || l.Site != authn.SiteServer && !concerns(l.Site) {
			continue
		}
		how := "ahead"
		if l.Skew < 0 {
			how = "behind"
		}
		clocks = append(clocks, clockOffJSON{l.Site, int(l.Skew / time.Second)})
		lines = append(lines, fmt.Sprintf("clock off     %s is %s %s: offauth clock skew %s 0s", l.Site, spanText(l.Skew.Abs()), how, l.Site))
	}
	return clocks, lines
}
