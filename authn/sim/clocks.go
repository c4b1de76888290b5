package sim

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// blameClocks adds to a refusal that came from comparing the clocks of some
// sites which of them are off the world's, and by how much, and puts the
// commands that set them right first. It leaves a refusal alone where all
// those clocks agree.
func (p *pass) blameClocks(r *authn.Refusal, sites ...authn.Site) {
	if !slices.ContainsFunc(sites, func(site authn.Site) bool { return p.net.skew(site) != p.net.skew(sites[0]) }) {
		return
	}
	var off, hints []string
	for _, clock := range p.clocksOff(sites...) {
		off, hints = append(off, clock.String()), append(hints, clock.Repair())
	}
	if r.Fields == nil {
		r.Fields = map[string]any{}
	}
	r.Fields["clocks"] = strings.Join(off, ", ")
	r.Message += "; " + strings.Join(off, ", ")
	r.Hints = append(hints, r.Hints...)
}

// clocksOff tells which of these sites have a clock that is off the world's,
// in the order of their names.
func (p *pass) clocksOff(sites ...authn.Site) []authn.ClockOff {
	var off []authn.ClockOff
	for _, site := range slices.Sorted(slices.Values(sites)) {
		if by := p.net.skew(site); by != 0 {
			off = append(off, authn.ClockOff{Site: site, By: by})
		}
	}
	return off
}
