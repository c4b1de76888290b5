package cli

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
)

type clockJSON struct {
	Now           stamp    `json:"now"`
	Frozen        bool     `json:"frozen"`
	OffsetSeconds *float64 `json:"offset_seconds"`
}

// clockReport words the clock.
func (d *Deps) clockReport(w *World, snap authn.Snapshot) report {
	now := snap.Now.UTC().Format(time.RFC3339)
	j := clockJSON{Now: stamp(snap.Now), Frozen: snap.Clock.Frozen}
	line := now + ", frozen"
	if !snap.Clock.Frozen {
		offset := snap.Clock.Offset.Seconds()
		j.OffsetSeconds = &offset
		line = now + ", running" + offsetText(snap.Clock.Offset)
	}
	return report{world: w.Name, outcome: authn.Outcome{At: snap.Now}, result: j, lines: []string{line}, bare: []string{now}}
}

func offsetText(by time.Duration) string {
	switch {
	case by >= time.Second:
		return ", " + spanText(by) + " ahead of the host"
	case by <= -time.Second:
		return ", " + spanText(-by) + " behind the host"
	}
	return " with the host"
}

// skewText says how far a site's clock is off the world's.
func skewText(by time.Duration) string {
	switch {
	case by > 0:
		return spanText(by) + " ahead"
	case by < 0:
		return spanText(-by) + " behind"
	}
	return "right"
}

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
