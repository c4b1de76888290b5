package hypr

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// blameExpiry adds the wrong clock to the refusal of an expired PIN set. The
// set's days are counted by the world's clock from the instant at which it was
// made; a set that expires earlier does so because of a wrong clock.
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
	made, found, err := originOfSet(s, ws, phone, number)
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

// setOrigin describes the making of a PIN set: the skew of the workstation's
// clock at that time, and the end of the set's days by the world's clock.
type setOrigin struct {
	off  time.Duration
	ends time.Time
}

// originOfSet finds the event that records the making of a set.
func originOfSet(s family.Sites, ws authn.Site, phone string, number int64) (m setOrigin, found bool, err error) {
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
		m = setOrigin{ends: e.At.Add(time.Duration(days) * authn.Day)}
		m.off, found = expires.Sub(m.ends), true
	}
	return m, found, err
}
