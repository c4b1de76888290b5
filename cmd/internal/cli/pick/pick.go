package pick

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

// UserName is for app.NamesOf.
func UserName(u authn.UserView) string { return u.Name }

// WorkstationName is for app.NamesOf.
func WorkstationName(w authn.WorkstationView) string { return w.Name }

func phoneName(p authn.PhoneView) string { return p.Name }

// RosterPhone is for app.NamesOf.
func RosterPhone(p authn.RosterPhone) string { return p.Name }

// RosterStation is for app.NamesOf.
func RosterStation(w authn.RosterWorkstation) string { return w.Name }

// KnownUser returns a user's name as it was first written, or says that there is
// no such user.
func KnownUser(users []string, name string) (string, error) {
	if i := app.IndexName(users, name); i >= 0 {
		return users[i], nil
	}
	if len(users) == 0 {
		return "", app.Missing(app.CodeNoUser, "nobody is in the directory yet", "offauth admin user add "+cmp.Or(name, "alice"))
	}
	return "", app.NoSuch(app.CodeNoSuchUser, "user", name, users, "offauth admin user list")
}

// Knows is knownUser in the world; nobody is meant by no name.
func Knows(ctx context.Context, w *app.World, user string) (string, error) {
	if user == "" {
		return "", nil
	}
	r, err := w.Roster(ctx)
	if err != nil {
		return "", err
	}
	return KnownUser(r.Users, user)
}

// PhonesOf returns a user's phones, or everybody's.
func PhonesOf(r authn.Roster, user string) []authn.RosterPhone {
	return slices.DeleteFunc(slices.Clone(r.Phones), func(p authn.RosterPhone) bool { return user != "" && !authn.SameName(p.User, user) })
}

// InUse leaves out the phones that were replaced: they are meant only when
// they are named.
func InUse(phones []authn.RosterPhone) []authn.RosterPhone {
	return slices.DeleteFunc(slices.Clone(phones), func(p authn.RosterPhone) bool { return p.ReplacedBy != "" })
}

// OnePhone finds the phone that a verb means: the one that is named, or the only
// one that can be meant; else it asks. Where it cannot, its hint names the best.
func OnePhone(ctx context.Context, d *app.Deps, r authn.Roster, w app.Who, best string) (authn.RosterPhone, error) {
	if w.User != "" {
		if _, err := KnownUser(r.Users, w.User); err != nil {
			return authn.RosterPhone{}, err
		}
	}
	theirs := PhonesOf(r, w.User)
	if w.Phone != "" && len(theirs) > 0 {
		return PhoneNamed(theirs, w.Phone)
	}
	live := InUse(theirs)
	switch len(live) {
	case 0:
		return authn.RosterPhone{}, NoPhone(r, w.User)
	case 1:
		return live[0], nil
	}
	name, err := d.Choose(ctx, "phone", "--phone", app.NamesOf(live, RosterPhone), best)
	if err != nil {
		return authn.RosterPhone{}, err
	}
	return PhoneNamed(live, name)
}

// PhoneNamed finds a phone by its name.
func PhoneNamed(phones []authn.RosterPhone, name string) (authn.RosterPhone, error) {
	all := app.NamesOf(phones, RosterPhone)
	i := app.IndexName(all, name)
	if i < 0 {
		return authn.RosterPhone{}, app.NoSuch(app.CodeNoSuchPhone, "phone", name, all, "offauth device status")
	}
	return phones[i], nil
}

// NoPhone names the step that comes before a phone.
func NoPhone(r authn.Roster, user string) error {
	if len(r.Users) == 0 {
		return app.Missing(app.CodeNoUser, "nobody is in the directory yet", "offauth admin user add alice")
	}
	owner := cmp.Or(user, r.Users[0])
	message := "there is no phone yet"
	if user != "" {
		message = user + " has no phone yet"
	}
	return app.Missing(app.CodeNoPhone, message, registerPhone(app.NamesOf(r.Phones, RosterPhone), owner))
}

// registerPhone is the command that gives a user a phone, by a name that is
// not among those that are taken.
func registerPhone(taken []string, user string) string {
	name := "pixel"
	for n := 2; app.IndexName(taken, name) >= 0; n++ {
		name = fmt.Sprintf("pixel-%d", n)
	}
	return "offauth device register " + name + " --user " + user
}

// Workstation finds the workstation of that name, or the first-made one.
func Workstation(r authn.Roster, name string) (string, error) {
	all := app.NamesOf(r.Workstations, RosterStation)
	switch {
	case len(all) == 0:
		return "", NoWorkstation()
	case name == "":
		return all[0], nil
	}
	i := app.IndexName(all, name)
	if i < 0 {
		return "", app.NoSuch(app.CodeNoSuchWorkstation, "workstation", name, all, "offauth workstation list")
	}
	return all[i], nil
}

// NoWorkstation is the fault of a world without a workstation.
func NoWorkstation() error {
	return app.Missing(app.CodeNoWorkstation, "there is no workstation yet", "offauth workstation add LAPTOP-7 --family hypr")
}

// ViewOf returns the view of a workstation that is known to be there.
func ViewOf(snap authn.Snapshot, name string) authn.WorkstationView {
	i := slices.Index(app.NamesOf(snap.Workstations, WorkstationName), name)
	return snap.Workstations[i]
}

// IconOf is a phone's icon of a workstation, or nil.
func IconOf(phone authn.PhoneView, ws string) *authn.ComputerView {
	i := slices.IndexFunc(phone.Computers, func(c authn.ComputerView) bool { return authn.SameName(c.Workstation, ws) })
	if i < 0 {
		return nil
	}
	return &phone.Computers[i]
}

// AnyPhone finds the phone that a verb means.
func AnyPhone(ctx context.Context, d *app.Deps, w *app.World, which app.Who) (string, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return "", err
	}
	phone, err := OnePhone(ctx, d, r, which, "")
	if err == nil {
		MeanPhone(d, r, phone)
	}
	return phone.Name, err
}

// Owner finds the user that a verb means: who is named, or the only one.
func Owner(ctx context.Context, d *app.Deps, all []string, name string) (string, error) {
	switch {
	case name != "" || len(all) == 0:
		return KnownUser(all, name)
	case len(all) == 1:
		return all[0], nil
	}
	return d.Choose(ctx, "user", "--user", all, "")
}

// RosterAndPhone finds the phone that a verb means, and gives the roster too.
func RosterAndPhone(ctx context.Context, d *app.Deps, w *app.World, which app.Who) (authn.Roster, string, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return r, "", err
	}
	phone, err := OnePhone(ctx, d, r, which, "")
	if err == nil {
		MeanPhone(d, r, phone)
	}
	return r, phone.Name, err
}

// Station returns the view of a workstation that is known to be there.
func Station(ctx context.Context, w *app.World, name string) (authn.WorkstationView, authn.Snapshot, error) {
	snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.SiteServer, authn.Workstation(name)}})
	if err != nil {
		return authn.WorkstationView{}, snap, err
	}
	return ViewOf(snap, name), snap, nil
}
