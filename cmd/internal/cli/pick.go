package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/offauth/offauth/authn"
)

func userName(u authn.UserView) string               { return u.Name }
func workstationName(w authn.WorkstationView) string { return w.Name }
func phoneName(p authn.PhoneView) string             { return p.Name }
func rosterPhone(p authn.RosterPhone) string         { return p.Name }
func rosterStation(w authn.RosterWorkstation) string { return w.Name }

// knownUser returns a user's name as it was first written, or says that there is
// no such user.
func knownUser(users []string, name string) (string, error) {
	if i := indexName(users, name); i >= 0 {
		return users[i], nil
	}
	if len(users) == 0 {
		return "", missing(CodeNoUser, "nobody is in the directory yet", "offauth admin user add "+cmp.Or(name, "alice"))
	}
	return "", noSuch(CodeNoSuchUser, "user", name, users, "offauth admin user list")
}

// knows is knownUser in the world; nobody is meant by no name.
func (w *World) knows(ctx context.Context, user string) (string, error) {
	if user == "" {
		return "", nil
	}
	r, err := w.Roster(ctx)
	if err != nil {
		return "", err
	}
	return knownUser(r.Users, user)
}

// phonesOf returns a user's phones, or everybody's.
func phonesOf(r authn.Roster, user string) []authn.RosterPhone {
	return slices.DeleteFunc(slices.Clone(r.Phones), func(p authn.RosterPhone) bool { return user != "" && !authn.SameName(p.User, user) })
}

// inUse leaves out the phones that were replaced: they are meant only when
// they are named.
func inUse(phones []authn.RosterPhone) []authn.RosterPhone {
	return slices.DeleteFunc(slices.Clone(phones), func(p authn.RosterPhone) bool { return p.ReplacedBy != "" })
}

// phone finds the phone that a verb means: the one that is named, or the only
// one that can be meant; else it asks. Where it cannot, its hint names the best.
func (d *Deps) phone(ctx context.Context, r authn.Roster, w who, best string) (authn.RosterPhone, error) {
	if w.user != "" {
		if _, err := knownUser(r.Users, w.user); err != nil {
			return authn.RosterPhone{}, err
		}
	}
	theirs := phonesOf(r, w.user)
	if w.phone != "" && len(theirs) > 0 {
		return phoneNamed(theirs, w.phone)
	}
	live := inUse(theirs)
	switch len(live) {
	case 0:
		return authn.RosterPhone{}, noPhone(r, w.user)
	case 1:
		return live[0], nil
	}
	name, err := d.choose(ctx, "phone", "--phone", names(live, rosterPhone), best)
	if err != nil {
		return authn.RosterPhone{}, err
	}
	return phoneNamed(live, name)
}

// phoneNamed finds a phone by its name.
func phoneNamed(phones []authn.RosterPhone, name string) (authn.RosterPhone, error) {
	all := names(phones, rosterPhone)
	i := indexName(all, name)
	if i < 0 {
		return authn.RosterPhone{}, noSuch(CodeNoSuchPhone, "phone", name, all, "offauth device status")
	}
	return phones[i], nil
}

// noPhone names the step that comes before a phone.
func noPhone(r authn.Roster, user string) error {
	if len(r.Users) == 0 {
		return missing(CodeNoUser, "nobody is in the directory yet", "offauth admin user add alice")
	}
	owner := cmp.Or(user, r.Users[0])
	message := "there is no phone yet"
	if user != "" {
		message = user + " has no phone yet"
	}
	return missing(CodeNoPhone, message, registerPhone(names(r.Phones, rosterPhone), owner))
}

// registerPhone is the command that gives a user a phone, by a name that is
// not among those that are taken.
func registerPhone(taken []string, user string) string {
	name := "pixel"
	for n := 2; indexName(taken, name) >= 0; n++ {
		name = fmt.Sprintf("pixel-%d", n)
	}
	return "offauth device register " + name + " --user " + user
}

// workstation finds the workstation of that name, or the first-made one.
func workstation(r authn.Roster, name string) (string, error) {
	all := names(r.Workstations, rosterStation)
	switch {
	case len(all) == 0:
		return "", noWorkstation()
	case name == "":
		return all[0], nil
	}
	i := indexName(all, name)
	if i < 0 {
		return "", noSuch(CodeNoSuchWorkstation, "workstation", name, all, "offauth workstation list")
	}
	return all[i], nil
}

func noWorkstation() error {
	return missing(CodeNoWorkstation, "there is no workstation yet", "offauth workstation add LAPTOP-7 --family hypr")
}

// viewOf returns the view of a workstation that is known to be there.
func viewOf(snap authn.Snapshot, name string) authn.WorkstationView {
	i := slices.Index(names(snap.Workstations, workstationName), name)
	return snap.Workstations[i]
}

// iconOf is a phone's icon of a workstation, or nil.
func iconOf(phone authn.PhoneView, ws string) *authn.ComputerView {
	i := slices.IndexFunc(phone.Computers, func(c authn.ComputerView) bool { return authn.SameName(c.Workstation, ws) })
	if i < 0 {
		return nil
	}
	return &phone.Computers[i]
}

// anyPhone finds the phone that a verb means.
func (d *Deps) anyPhone(ctx context.Context, w *World, which who) (string, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return "", err
	}
	phone, err := d.phone(ctx, r, which, "")
	if err == nil {
		d.meanPhone(r, phone)
	}
	return phone.Name, err
}

// owner finds the user that a verb means: who is named, or the only one.
func (d *Deps) owner(ctx context.Context, all []string, name string) (string, error) {
	switch {
	case name != "" || len(all) == 0:
		return knownUser(all, name)
	case len(all) == 1:
		return all[0], nil
	}
	return d.choose(ctx, "user", "--user", all, "")
}

// rosterPhone finds the phone that a verb means, and gives the roster too.
func (d *Deps) rosterPhone(ctx context.Context, w *World, which who) (authn.Roster, string, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return r, "", err
	}
	phone, err := d.phone(ctx, r, which, "")
	if err == nil {
		d.meanPhone(r, phone)
	}
	return r, phone.Name, err
}

// station returns the view of a workstation that is known to be there.
func (w *World) station(ctx context.Context, name string) (authn.WorkstationView, authn.Snapshot, error) {
	snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.SiteServer, authn.Workstation(name)}})
	if err != nil {
		return authn.WorkstationView{}, snap, err
	}
	return viewOf(snap, name), snap, nil
}
