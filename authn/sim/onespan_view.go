package sim

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// shiftAll moves instants from a site's time to the world's; zero ones stay.
func (p *pass) shiftAll(by time.Duration, at ...*time.Time) {
	for _, t := range at {
		if !t.IsZero() {
			*t = t.Add(by)
		}
	}
}

// viewOneSpanWorkstation shows a workstation of the family. When data was made,
// until when it is good and when it is due the server told, by its clock. Where
// the workstation's is another, it ends the data earlier or later.
func (p *pass) viewOneSpanWorkstation(v *authn.WorkstationView, user string) error {
	set, err := p.onespanServer().Settings()
	if err != nil {
		return err
	}
	v.Online = set.Credentials()
	err = p.onespanWorkstation(v.Name).View(v, user)
	for i := range v.Data {
		d := &v.Data[i]
		p.shiftAll(-p.net.skew(authn.SiteServer), &d.IssuedAt, &d.DueAt, &d.ExpiresAt)
		if d.Present && !d.DueAt.IsZero() {
			d.Due = !p.now.Before(d.DueAt)
		}
		if err == nil {
			d.Pardoned, err = p.onespanServer().Pardoned(d.User, p.onespanWorkstation(v.Name))
		}
		if err == nil {
			d.Withheld.Reason, d.Withheld.Commands, err = p.onespanServer().Withheld(d.User)
		}
	}
	return err
}

// viewOneSpanUser shows what the server has of a user, in the world's time.
func (p *pass) viewOneSpanUser(name string) (*authn.OneSpanUserView, error) {
	v, err := p.onespanServer().View(name)
	if v == nil {
		return nil, err
	}
	for i := range v.Data {
		p.shiftAll(-p.net.skew(authn.SiteServer), &v.Data[i].IssuedAt, &v.Data[i].ExpiresAt)
	}
	return v, err
}
