package onespan

import (
	"fmt"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// View shows the Digipass on the phone, or nil.
func (p Phone) View() (*authn.DigipassView, error) {
	d, _, there, err := p.digipass()
	if err != nil || !there {
		return nil, err
	}
	return &authn.DigipassView{Serial: d.Serial, Type: string(d.Type), Digits: d.Digits,
		Step: time.Duration(d.StepSeconds) * time.Second}, nil
}

// View fills in what a workstation shows and keeps, of one user or of all.
// Times are on its own clock.
func (w Workstation) View(v *authn.WorkstationView, user string) error {
	desk, err := w.desk()
	if err != nil {
		return err
	}
	v.Locked, v.User, v.Mode = !desk.Unlocked, desk.User, desk.Mode
	self, _, err := w.self()
	if err != nil {
		return err
	}
	v.NoTray = self.NoTray
	names, err := w.Shelf.Names(dataRecords)
	if err != nil {
		return err
	}
	c, err := w.policy()
	if err != nil {
		return err
	}
	v.Offline = wanted(c.PasswordOffline, c.PINRequired)
	for _, name := range names {
		of := strings.TrimPrefix(name, dataRecords)
		if user != "" && user != of {
			continue
		}
		d, _, _, err := w.data(of)
		if err != nil {
			return err
		}
		v.Data = append(v.Data, d.view(of, w.Env.Now(), c))
	}
	return nil
}

// view shows data at an instant.
func (d dataRecord) view(user string, now time.Time, c clientSettings) authn.DataView {
	v := authn.DataView{
		User: user, Present: d.present(), Serial: d.Serial, Type: string(d.Type), Number: d.Number, Expired: d.Expired,
		Locked:   d.Locked,
		Failures: d.Failures, Allowed: c.MaxFailures, Incomplete: d.Incoming != nil,
	}
	if d.Number == 0 {
		v.Serial = ""
		return v
	}
	v.IssuedAt = d.Issued
	left := d.remaining(now, c)
	v.ExpiresAt, v.DueAt, v.Left, v.Expiring = left.expires, left.due, left.uses, left.soon
	switch d.Type {
	case EventBased:
		v.Of, v.Due = int(d.To-d.From), true // O11
	default:
		v.Expired = v.Expired || !now.Before(d.expires())
		v.Days, v.Due = max(left.days, 0), v.Expired || !now.Before(d.due())
		if v.Expired {
			v.Days = 0
		}
	}
	v.Present = v.Present && !v.Expired
	return v
}

// View shows what the server has of a user, or nil. Times are on its own
// clock.
func (s Server) View(name string) (*authn.OneSpanUserView, error) {
	var u user
	var secret userSecret
	there, err := s.Shelf.Load(users+name, &u, &secret)
	if err != nil || !there {
		return nil, err
	}
	v := &authn.OneSpanUserView{
		Failures: u.Failures, Locked: u.Locked, HasPassword: secret.Password != "", HasPIN: secret.PINLen > 0,
		PINForced: u.Forced,
	}
	if u.Offline != nil {
		v.Offline = fmt.Sprint(*u.Offline)
	}
	set, err := s.Settings()
	if err != nil {
		return nil, err
	}
	v.Allowed = set.LockThreshold
	if v.Withheld.Reason, v.Withheld.Commands, err = s.Withheld(name); err != nil {
		return nil, err
	}
	for _, serial := range u.Serials {
		a, _, _, err := s.authenticator(serial)
		if err != nil {
			return nil, err
		}
		av := authn.AuthenticatorView{Serial: serial, Phone: a.Phone, Type: string(a.Type),
			Drift: time.Duration(a.Drift) * time.Duration(a.StepSeconds) * time.Second}
		if a.Type == EventBased {
			av.Counter = a.Next
		}
		v.Authenticators = append(v.Authenticators, av)
	}
	v.Data, err = s.records(name)
	return v, err
}

// records shows the server's records of a user's offline data.
func (s Server) records(name string) ([]authn.ServerDataView, error) {
	names, err := s.Shelf.Names(issuedRecords + name + "/")
	if err != nil {
		return nil, err
	}
	var views []authn.ServerDataView
	for _, record := range names {
		var o issuedData
		if _, err := s.Shelf.Load(record, &o, nil); err != nil {
			return nil, err
		}
		workstation, serial, _ := strings.Cut(strings.TrimPrefix(record, issuedRecords+name+"/"), "/")
		v := authn.ServerDataView{Workstation: workstation, Serial: serial, Type: string(o.Type), Number: o.Number,
			IssuedAt: o.Issued, Locked: o.Locked}
		if o.Type == TimeBased {
			v.ExpiresAt = o.Issued.Add(time.Duration(o.Days) * day)
		} else {
			v.From, v.To = uint64(o.From), uint64(o.To)
		}
		views = append(views, v)
	}
	return views, nil
}

// Forget prevents that codes from before the world's files were copied back are
// accepted again (A14): a time-based authenticator loses all steps up to now; the
// counter of an event-based one is not known, so it is unassigned.
func (s Server) Forget(name, reason string, rule authn.RuleID) error {
	u, _, err := s.user(name)
	if err != nil {
		return err
	}
	for _, serial := range u.Serials {
		a, seed, _, err := s.authenticator(serial)
		if err != nil {
			return err
		}
		if a.Type == EventBased {
			err = s.unassign(a.Phone, reason, rule)
		} else {
			a.Next = max(a.Next, stepOf(s.Env.Now(), a.StepSeconds)+uint64(max(a.Drift, 0))+1)
			if err = s.saveAuthenticator(serial, a, seed); err == nil {
				err = s.regenerate(name, serial)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
