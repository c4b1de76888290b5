package hypr

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// blameExpiry adds to a refusal that a PIN set has expired whose clock made it
// so: the set's days are counted from the instant at which it was made, by the
// world's clock, and what is expired before their end is so by a wrong clock.
func blameExpiry(s family.Sites, r *authn.Refusal) error {
	if r.Code != CodePINExpired || r.Rule != "H33" {
		return nil
	}
	ws := r.Site
	if r.Site.Role() == authn.RolePhone {
		ws = authn.Workstation(r.Subject)
	}
	phone, _ := r.Fields["phone"].(string)
	number, _ := r.Fields["number"].(int64)
	made, found, err := setMade(s, ws, phone, number)
	if err != nil || !found || !s.Now().Before(made.ends) {
		return err
	}
	ahead, late := s.Skew(r.Site) > 0, made.off < 0
	switch now := s.Skew(ws); {
	case late && made.off == now && ahead:
		family.BlameClocks(s, r, authn.SiteWorld, ws, r.Site)
	case late && made.off == now:
		family.BlameClocks(s, r, authn.SiteWorld, ws)
	case ahead:
		family.BlameClocks(s, r, authn.SiteWorld, r.Site)
	case late:
		r.Message += fmt.Sprintf("; %s's clock was %s behind when the set was made", ws.Name(), authn.SpanText(-made.off))
	}
	return nil
}

// making is how a PIN set was made: how far the workstation's clock was off,
// and when its days are over by the world's clock.
type making struct {
	off  time.Duration
	ends time.Time
}

// setMade finds the event of a set's making.
func setMade(s family.Sites, ws authn.Site, phone string, number int64) (m making, found bool, err error) {
	events, err := s.Events(authn.EventQuery{Site: ws, Kind: EventPINsIssued})
	for _, e := range events {
		if e.Fields["phone"] != phone || e.Fields["number"] != number {
			continue
		}
		days, _ := e.Fields["days"].(int64)
		text, _ := e.Fields["expires_at"].(string)
		expires, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return m, false, err
		}
		m = making{ends: e.At.Add(time.Duration(days) * authn.Day)}
		m.off, found = expires.Sub(m.ends), true
	}
	return m, found, err
}
