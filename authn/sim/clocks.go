package sim

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// blameClocks adds to a refusal that came from comparing the clocks of some
// sites which of them are off the world's, and by how much, and puts the
// commands that set them right first. It leaves a refusal alone where all
// those clocks agree.
func (p *pass) blameClocks(r *authn.Refusal, sites ...authn.Site) {
	differ := false
	var off, hints []string
	for _, site := range sites {
		skew := p.net.skew(site)
		differ = differ || skew != p.net.skew(sites[0])
		if skew != 0 {
			off = append(off, clockText(site, skew))
			hints = append(hints, "offauth clock skew "+string(site)+" 0s")
		}
	}
	if !differ {
		return
	}
	if r.Fields == nil {
		r.Fields = map[string]any{}
	}
	r.Fields["clocks"] = strings.Join(off, ", ")
	r.Message += "; " + strings.Join(off, ", ")
	r.Hints = append(hints, r.Hints...)
}

// clockText says how far a site's clock is off the world's.
func clockText(site authn.Site, skew time.Duration) string {
	whose := "the server's"
	if site.Name() != "" {
		whose = site.Name() + "'s"
	}
	way := "ahead"
	if skew < 0 {
		way = "behind"
	}
	return whose + " clock is " + authn.SpanText(skew.Abs()) + " " + way
}
