package sim

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// slack is the largest step back of the host's clock that is ignored: processes
// read it in one order and get the lock in another, and time daemons slew.
const slack = time.Second

// lastYear is the last year that a clock shows. Expiry times of things made in
// it can still be encoded (authn.CheckTime).
const lastYear = 2250

// readable reports whether a clock can show an instant. Clocks start in 1970,
// as after a dead battery.
func readable(t time.Time) bool { return t.Unix() >= 0 && t.Year() <= lastYear }

// siteTime returns the time by a site's clock.
func (p *pass) siteTime(site authn.Site) time.Time { return p.now.Add(p.net.skew(site)) }

// stream returns a site's random streams.
func (p *pass) stream(site authn.Site) func(string) io.Reader {
	return func(purpose string) io.Reader { return p.tape.stream(site, purpose) }
}

// catchUp brings the world to the present: it fires the due timers, each at its
// own instant. A host clock that went back is treated like one that was set
// back (A8).
func (p *pass) catchUp() error {
	if back := p.clock.Latest.Sub(p.now); back > slack {
		if err := p.allClocksWentBack(); err != nil {
			return err
		}
		p.floor = p.now
		p.happened(authn.SiteWorld, authn.EventClockWentBack, string(authn.SiteWorld), "A8",
			map[string]any{"by": back.String()})
	} else if back > 0 {
		p.now = p.clock.Latest
	}
	return p.fireDue(p.now)
}

// fireDue fires the timers that are due up to an instant, the earliest first
// and each at its own instant, and leaves the world's time at until.
func (p *pass) fireDue(until time.Time) error {
	for {
		if p.err != nil {
			return p.err
		}
		t, at, found, err := p.earliest(until)
		if err != nil {
			return err
		}
		if !found {
			p.now, p.floor = until, until
			return nil
		}
		if at.Before(p.floor) {
			at = p.floor
		}
		p.now, p.floor = at, at
		if err := p.stopTimer(timerKey(t)); err != nil {
			return err
		}
		if err := p.fire(t); err != nil {
			return err
		}
		if err := p.pump(); err != nil {
			return err
		}
	}
}

// earliest returns the first due timer and its instant in the world's time.
func (p *pass) earliest(until time.Time) (authn.Timer, time.Time, bool, error) {
	timers, err := p.allTimers()
	var best authn.Timer
	var bestAt time.Time
	found := false
	for _, t := range timers {
		at := t.At.Add(-p.net.skew(t.Site))
		if at.After(until) {
			continue
		}
		if !found || at.Before(bestAt) || at.Equal(bestAt) && t.Order < best.Order {
			best, bestAt, found = t, at, true
		}
	}
	return best, bestAt, found, err
}

// fire passes a timer to its family.
func (p *pass) fire(t authn.Timer) error {
	f, ok := p.world.byTimer[t.Kind]
	if !ok {
		return fmt.Errorf("sim: no such timer: %s", t.Kind)
	}
	return f.Fire(sites{p}, t)
}

// moveTo sets the world's clock: forward, firing the due timers, or back, which
// revives nothing (A8).
func (p acts) moveTo(to time.Time) error {
	if to.Year() < 1971 || to.Year() > 2200 {
		return authn.BadArgument("a world's clock stays within the years 1971 to 2200")
	}
	by := to.Sub(p.now)
	for _, off := range family.ClocksOff(sites(p), slices.Collect(maps.Keys(p.net.Skews))...) {
		if reads := to.Add(off.By); !readable(reads) {
			return &authn.Fault{
				Code:    authn.CodeBadArgument,
				Message: fmt.Sprintf("%s, and would then show the year %d; a clock shows 1970 to %d", off, reads.Year(), lastYear),
				Hints:   []string{off.Repair()},
			}
		}
	}
	if !p.clock.Frozen {
		p.clock.Offset += by
	}
	kind := EventClockAdvanced
	if by >= 0 {
		if err := p.fireDue(to); err != nil {
			return err
		}
	} else {
		kind = EventClockSetBack
		p.now, p.floor = to, to
		if err := p.allClocksWentBack(); err != nil {
			return err
		}
	}
	p.happened(authn.SiteWorld, kind, string(authn.SiteWorld), "A8", map[string]any{"by": by.String()})
	return nil
}

// clockWentBack tells the families that a phone's clock went back. They hide
// and cancel what must not be revived.
func (p *pass) clockWentBack(phone authn.Site) error {
	for _, f := range p.world.families {
		if f.On.ClockBack == nil {
			continue
		}
		if err := f.On.ClockBack(sites{p}, phone); err != nil {
			return err
		}
	}
	return nil
}

// allClocksWentBack calls clockWentBack for all phones.
func (p *pass) allClocksWentBack() error {
	devices, err := p.devices()
	if err != nil {
		return err
	}
	for _, d := range devices {
		if d.Site.Role() != authn.RolePhone {
			continue
		}
		if err := p.clockWentBack(d.Site); err != nil {
			return err
		}
	}
	return nil
}

// freeze stops the clock, or lets it run on from its current time.
func (p acts) freeze(frozen bool) {
	kind := EventClockRuns
	if frozen {
		kind = EventClockFrozen
	} else if p.clock.Frozen {
		p.clock.Offset = p.now.Sub(p.world.cfg.Host().UTC().Round(0))
	}
	p.clock.Frozen, p.clock.Instant = frozen, p.now
	p.happened(authn.SiteWorld, kind, string(authn.SiteWorld), "", nil)
}

// setSkew sets how far a site's clock is ahead of the world's. Timers that are
// due by the site's new time fire when the Action settles.
func (p acts) setSkew(site authn.Site, by time.Duration) error {
	if err := p.siteExists(site); err != nil {
		return err
	}
	if reads := p.now.Add(by); !readable(reads) {
		return authn.BadArgument(fmt.Sprintf("a clock shows 1970 to %d, and this one would show the year %d", lastYear,
			reads.Year()))
	}
	before := p.net.skew(site)
	p.net.setSkew(site, by)
	if by < before && site.Role() == authn.RolePhone {
		if err := p.clockWentBack(site); err != nil {
			return err
		}
	}
	p.happened(authn.SiteWorld, EventClockSkewed, string(site), "A8", map[string]any{"by": by.String()})
	return p.saveNet()
}
