package show

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

// ClockJSON is the world's clock in JSON; the offset is null while it is frozen.
type ClockJSON struct {
	Now           app.Stamp `json:"now"`
	Frozen        bool      `json:"frozen"`
	OffsetSeconds *float64  `json:"offset_seconds"`
}

// ClockReport words the clock.
func ClockReport(d *app.Deps, w *app.World, snap authn.Snapshot) app.Report {
	now := snap.Now.UTC().Format(time.RFC3339)
	j := ClockJSON{Now: app.Stamp(snap.Now), Frozen: snap.Clock.Frozen}
	line := now + ", frozen"
	if !snap.Clock.Frozen {
		offset := snap.Clock.Offset.Seconds()
		j.OffsetSeconds = &offset
		line = now + ", running" + offsetText(snap.Clock.Offset)
	}
	return app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}, Result: j, Lines: []string{line}, Bare: []string{now}}
}

func offsetText(by time.Duration) string {
	switch {
	case by >= time.Second:
		return ", " + app.SpanText(by) + " ahead of the host"
	case by <= -time.Second:
		return ", " + app.SpanText(-by) + " behind the host"
	}
	return " with the host"
}

// SkewText says how far a site's clock is off the world's.
func SkewText(by time.Duration) string {
	switch {
	case by > 0:
		return app.SpanText(by) + " ahead"
	case by < 0:
		return app.SpanText(-by) + " behind"
	}
	return "right"
}

// ClockOffJSON is a site's clock that is off by so much that people notice.
type ClockOffJSON struct {
	Site        authn.Site `json:"site"`
	SkewSeconds int        `json:"skew_seconds"`
}

// noticedSkew is how far a clock may be off without a word.
const noticedSkew = time.Minute

// ClocksOff returns the clocks that are off, the server's or those that concern
// the reader, and a line about each.
func ClocksOff(snap authn.Snapshot, concerns func(authn.Site) bool) ([]ClockOffJSON, []string) {
	clocks, lines := []ClockOffJSON{}, []string(nil)
	for _, l := range snap.ClocksOff {
		if l.By.Abs() <= noticedSkew || l.Site != authn.SiteServer && !concerns(l.Site) {
			continue
		}
		clocks = append(clocks, ClockOffJSON{l.Site, int(l.By / time.Second)})
		lines = append(lines, fmt.Sprintf("clock off     %s is %s: %s", l.Site, SkewText(l.By), l.Repair()))
	}
	return clocks, lines
}
