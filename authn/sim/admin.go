package sim

import (
	"context"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// unlockUser ends a user's lock-outs, and says which workstations have heard
// of it (H27).
func (p *pass) unlockUser(a authn.UnlockUser) (authn.UnlockUserResult, error) {
	r := authn.UnlockUserResult{User: a.Name}
	if err := p.userExists(a.Name); err != nil {
		return r, err
	}
	told, err := p.server().UnlockUser(a.Name)
	if err != nil {
		return r, err
	}
	if err := p.encapServer().UnlockUser(a.Name); err != nil {
		return r, err
	}
	if err := p.onespanServer().UnlockUser(a.Name); err != nil {
		return r, err
	}
	r.Reached, r.Waiting, err = p.heard(told)
	return r, err
}

// heard delivers what is under way and tells the workstations that have done
// what they were told from those that have not.
func (p *pass) heard(told []string) (reached, waiting []string, err error) {
	if err := p.pump(); err != nil {
		return nil, nil, err
	}
	for _, ws := range told {
		waits, err := p.server().Waiting(ws)
		if err != nil {
			return nil, nil, err
		}
		if waits {
			waiting = append(waiting, ws)
		} else {
			reached = append(reached, ws)
		}
	}
	return reached, waiting, nil
}

// replaceDevice registers a new phone for the user of a lost one, and revokes
// the lost one.
func (p *pass) replaceDevice(a authn.ReplaceDevice) (authn.ReplaceResult, error) {
	r := authn.ReplaceResult{Old: a.Old, New: a.New}
	old, err := p.device(a.Old)
	if err != nil {
		return r, err
	}
	if old.ReplacedBy != "" {
		return r, badArgument("phone " + quote(a.Old) + " was replaced by " + old.ReplacedBy + " already")
	}
	r.User = old.User
	if a.Platform == "" {
		a.Platform = old.Platform
	}
	err = p.registerDevice(authn.RegisterDevice{Name: a.New, User: old.User, Platform: a.Platform, Version: a.Version})
	if err != nil {
		return r, err
	}
	old.ReplacedBy = a.New
	if err := p.save(authn.Phone(a.Old), recordDevice, old, nil); err != nil {
		return r, err
	}
	told, err := p.server().Revoke(a.Old)
	if err != nil {
		return r, err
	}
	if err := p.encapServer().Revoke(a.Old); err != nil {
		return r, err
	}
	if err := p.onespanServer().Revoke(a.Old); err != nil {
		return r, err
	}
	r.Dead, r.Waiting, err = p.heard(told)
	return r, err
}

// Audit returns the audit trail as the server has it, oldest first, in HYPR's
// envelope (H39). The query's Site and Kind are not looked at.
func (w *World) Audit(ctx context.Context, q authn.EventQuery) ([]hypr.Envelope, error) {
	last := q.Last
	q.Site, q.Kind, q.Last = authn.SiteServer, "", 0
	events, err := w.Events(ctx, q)
	if err != nil {
		return nil, err
	}
	var settings hypr.Settings
	err = w.read(ctx, func(p *pass) error {
		settings, err = p.server().Settings()
		return err
	})
	if err != nil {
		return nil, err
	}
	trail := []hypr.Envelope{}
	for _, e := range events {
		if v, ok := hypr.Trail(e); ok {
			v.RPAppID = settings.RPApplication
			trail = append(trail, v)
		}
	}
	if last > 0 && len(trail) > last {
		trail = trail[len(trail)-last:]
	}
	return trail, nil
}
