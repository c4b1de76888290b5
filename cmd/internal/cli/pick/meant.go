package pick

import (
	"context"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

// MeanPhone remembers whom a verb of a phone turned out to mean, so that the
// commands in its hints mean the same where the world has several.
func MeanPhone(d *app.Deps, r authn.Roster, phone authn.RosterPhone) {
	if len(r.Users) > 1 {
		d.Whom.User = phone.User
	}
	if len(InUse(r.Phones)) > 1 || phone.ReplacedBy != "" {
		d.Whom.Phone = phone.Name
	}
}

// MeanUser remembers who types at a workstation, and the phone that this user
// takes there: the only one, else the first that has something to type.
func MeanUser(ctx context.Context, d *app.Deps, w *app.World, r authn.Roster, user, ws string) error {
	if len(r.Users) > 1 {
		d.Whom.User = user
	}
	theirs := InUse(PhonesOf(r, user))
	if len(theirs) == 0 || len(InUse(r.Phones)) == 1 {
		return nil
	}
	d.Whom.Phone = theirs[0].Name
	if len(theirs) == 1 {
		return nil
	}
	snap, err := w.Snapshot(ctx, authn.Scope{User: user})
	if err != nil {
		return err
	}
	for _, fit := range []func(authn.PhoneView) bool{
		func(p authn.PhoneView) bool {
			icon := IconOf(p, ws)
			return icon != nil && icon.Set != nil && icon.Set.Left > 0
		},
		func(p authn.PhoneView) bool { return IconOf(p, ws) != nil || p.Digipass != nil },
	} {
		i := slices.IndexFunc(snap.Phones, func(p authn.PhoneView) bool {
			return p.ReplacedBy == "" && authn.SameName(p.User, user) && fit(p)
		})
		if i >= 0 {
			d.Whom.Phone = snap.Phones[i].Name
			return nil
		}
	}
	return nil
}

// MeanSubject remembers the phone that a refusal of a provider's is about.
func MeanSubject(d *app.Deps, r authn.Roster, err error) {
	refused, ok := authn.AsRefusal(err)
	if !ok {
		return
	}
	for _, phone := range r.Phones {
		if phone.Name == refused.Subject {
			MeanPhone(d, r, phone)
		}
	}
}
