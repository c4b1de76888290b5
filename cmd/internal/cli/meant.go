package cli

import (
	"context"
	"slices"

	"github.com/offauth/offauth/authn"
)

// meanPhone remembers whom a verb of a phone turned out to mean, so that the
// commands in its hints mean the same where the world has several.
func (d *Deps) meanPhone(r authn.Roster, phone authn.RosterPhone) {
	if len(r.Users) > 1 {
		d.meant.user = phone.User
	}
	if len(inUse(r.Phones)) > 1 || phone.ReplacedBy != "" {
		d.meant.phone = phone.Name
	}
}

// meanUser remembers who types at a workstation, and the phone that this user
// takes there: the only one, else the first that has something to type.
func (d *Deps) meanUser(ctx context.Context, w *World, r authn.Roster, user, ws string) error {
	if len(r.Users) > 1 {
		d.meant.user = user
	}
	theirs := inUse(phonesOf(r, user))
	if len(theirs) == 0 || len(inUse(r.Phones)) == 1 {
		return nil
	}
	d.meant.phone = theirs[0].Name
	if len(theirs) == 1 {
		return nil
	}
	snap, err := w.Snapshot(ctx, authn.Scope{User: user})
	if err != nil {
		return err
	}
	for _, fit := range []func(authn.PhoneView) bool{
		func(p authn.PhoneView) bool {
			icon := iconOf(p, ws)
			return icon != nil && icon.Set != nil && icon.Set.Left > 0
		},
		func(p authn.PhoneView) bool { return iconOf(p, ws) != nil || p.Digipass != nil },
	} {
		i := slices.IndexFunc(snap.Phones, func(p authn.PhoneView) bool {
			return p.ReplacedBy == "" && authn.SameName(p.User, user) && fit(p)
		})
		if i >= 0 {
			d.meant.phone = snap.Phones[i].Name
			return nil
		}
	}
	return nil
}

// meanSubject remembers the phone that a refusal of a provider's is about.
func (d *Deps) meanSubject(r authn.Roster, err error) {
	refused, ok := authn.AsRefusal(err)
	if !ok {
		return
	}
	for _, phone := range r.Phones {
		if phone.Name == refused.Subject {
			d.meanPhone(r, phone)
		}
	}
}
