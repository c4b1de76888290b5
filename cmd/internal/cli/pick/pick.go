package pick

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
)

// UserName returns a user's name, for app.NamesOf.
func UserName(u authn.UserView) string { return u.Name }

// WorkstationName returns a workstation's name, for app.NamesOf.
func WorkstationName(w authn.WorkstationView) string { return w.Name }

func phoneName(p authn.PhoneView) string { return p.Name }

// RosterPhone returns a phone's name, for app.NamesOf.
func RosterPhone(p authn.RosterPhone) string { return p.Name }

// RosterStation returns a workstation's name, for app.NamesOf.
func RosterStation(w authn.RosterWorkstation) string { return w.Name }

// KnownUser returns a user's name in its original spelling, or an error if
// there is no such user.
func KnownUser(users []string, name string) (string, error) {
	if i := app.IndexName(users, name); i >= 0 {
		return users[i], nil
	}
	if len(users) == 0 {
		return "", app.Missing(app.CodeNoUser, "nobody is in the directory yet",
			"offauth admin user add "+cmp.Or(name, "alice"))
	}
	return "", app.NoSuch(app.CodeNoSuchUser, "user", name, users, "offauth admin user list")
}

// Knows is KnownUser in a world; the name "" stays "".
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

// PhonesOf returns a user's phones, or all phones without a user.
func PhonesOf(r authn.Roster, user string) []authn.RosterPhone {
	return slices.DeleteFunc(slices.Clone(r.Phones),
		func(p authn.RosterPhone) bool { return user != "" && !authn.SameName(p.User, user) })
}

// InUse returns the phones that were not replaced. A replaced phone must be
// named.
func InUse(phones []authn.RosterPhone) []authn.RosterPhone {
	return slices.DeleteFunc(slices.Clone(phones), func(p authn.RosterPhone) bool { return p.ReplacedBy != "" })
}

// OnePhone returns the phone that a verb means: the named one, or the only
// candidate; else it asks. If it cannot ask, its hint names best.
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
	name, err := d.Choose(ctx, "phone", "say which with --phone", app.NamesOf(live, RosterPhone), best)
	if err != nil {
		return authn.RosterPhone{}, err
	}
	return PhoneNamed(live, name)
}

// PhoneNamed returns the phone with that name.
func PhoneNamed(phones []authn.RosterPhone, name string) (authn.RosterPhone, error) {
	all := app.NamesOf(phones, RosterPhone)
	i := app.IndexName(all, name)
	if i < 0 {
		return authn.RosterPhone{}, app.NoSuch(app.CodeNoSuchPhone, "phone", name, all, "offauth device status")
	}
	return phones[i], nil
}

// NoPhone returns the error of a missing phone, with the step that adds one.
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

// registerPhone returns the command that gives a user a phone with an unused
// name.
func registerPhone(taken []string, user string) string {
	name := "pixel"
	for n := 2; app.IndexName(taken, name) >= 0; n++ {
		name = fmt.Sprintf("pixel-%d", n)
	}
	return "offauth device register " + name + " --user " + user
}

// Workstation returns the workstation with that name, or the oldest one.
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

// NoWorkstation returns the fault of a world without workstations.
func NoWorkstation() error {
	return app.Missing(app.CodeNoWorkstation, "there is no workstation yet",
		"offauth workstation add LAPTOP-7 --family hypr")
}

// ViewOf returns the view of an existing workstation.
func ViewOf(snap authn.Snapshot, name string) authn.WorkstationView {
	i := slices.Index(app.NamesOf(snap.Workstations, WorkstationName), name)
	return snap.Workstations[i]
}

// IconOf returns a phone's icon of a workstation, or nil.
func IconOf(phone authn.PhoneView, ws string) *authn.ComputerView {
	i := slices.IndexFunc(phone.Computers, func(c authn.ComputerView) bool { return authn.SameName(c.Workstation, ws) })
	if i < 0 {
		return nil
	}
	return &phone.Computers[i]
}

// AnyPhone returns the phone that a verb means.
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

// Owner returns the user that a verb means: the named one, or the only one;
// else it asks. The hint says how to name one, see Deps.Choose.
func Owner(ctx context.Context, d *app.Deps, all []string, name, hint string) (string, error) {
	switch {
	case name != "" || len(all) == 0:
		return KnownUser(all, name)
	case len(all) == 1:
		return all[0], nil
	}
	return d.Choose(ctx, "user", hint, all, "")
}

// RosterAndPhone returns the roster and the phone that a verb means.
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

// Station returns the view of an existing workstation.
func Station(ctx context.Context, w *app.World, name string) (authn.WorkstationView, authn.Snapshot, error) {
	snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.SiteServer, authn.Workstation(name)}})
	if err != nil {
		return authn.WorkstationView{}, snap, err
	}
	return ViewOf(snap, name), snap, nil
}

// MeanPhone records the phone that a verb picked, so that the commands in its
// hints select the same one.
func MeanPhone(d *app.Deps, r authn.Roster, phone authn.RosterPhone) {
	if len(r.Users) > 1 {
		d.Whom.User = phone.User
	}
	if len(InUse(r.Phones)) > 1 || phone.ReplacedBy != "" {
		d.Whom.Phone = phone.Name
	}
}

// MeanUser records the user at a workstation, and the phone that this user
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

// MeanSubject records the phone in a provider's refusal.
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

// SiteOf returns a site by its id, or by its bare name if only one site has it.
// near adds the Bluetooth links.
func SiteOf(r authn.Roster, text string, near bool) (authn.Site, error) {
	ids := Sites(r)
	var bare []authn.Site
	for _, id := range ids {
		if authn.SameName(id.Name(), text) {
			bare = append(bare, id)
		}
	}
	var links []authn.Site
	if near {
		links = Bluetooth(r)
	}
	for _, all := range [][]authn.Site{ids, links} {
		if i := app.IndexName(all, text); i >= 0 {
			return all[i], nil
		}
	}
	switch {
	case len(bare) == 1:
		return bare[0], nil
	case strings.HasPrefix(text, "bluetooth"):
		ids = links // whoever writes so means one of those
	}
	return "", app.NoSuch(app.CodeNoSuchSite, "site", text, app.NamesOf(ids, SiteID), "offauth link show")
}

// SiteID returns the text of a site.
func SiteID(s authn.Site) string { return string(s) }

// Sites returns the ids of all sites that have an uplink and a clock.
func Sites(r authn.Roster) []authn.Site {
	ids := []authn.Site{authn.SiteServer}
	for _, p := range r.Phones {
		ids = append(ids, authn.Phone(p.Name))
	}
	for _, ws := range r.Workstations {
		ids = append(ids, authn.Workstation(ws.Name))
	}
	for _, name := range r.Providers {
		ids = append(ids, authn.Provider(name))
	}
	return ids
}

// Bluetooth returns the links between phones and workstations with Bluetooth.
func Bluetooth(r authn.Roster) []authn.Site {
	var links []authn.Site
	for _, p := range r.Phones {
		for _, ws := range r.Workstations {
			if ws.Family == authn.FamilyHYPR {
				links = append(links, authn.Bluetooth(p.Name, ws.Name))
			}
		}
	}
	return links
}

// OlderDemo is the hint for a demo that was made before providers existed;
// offauth does not change such a demo.
const OlderDemo = "offauth world delete demo"

// Act applies an Action. A refusal in a demo of an older version, whose phone
// is not activated, gets the hint to make a new demo.
func Act(ctx context.Context, w *app.World, r authn.Roster, a authn.Action) (authn.Outcome, error) {
	out, err := w.Act(ctx, a)
	if refused, ok := authn.AsRefusal(err); ok && refused.Code == encap.CodeNotActivated && w.Name == app.DemoWorld &&
		len(r.Providers) == 0 {
		refused.Hints = append(slices.Clone(refused.Hints), OlderDemo)
	}
	return out, err
}

// MethodStrings returns methods as strings, for JSON.
func MethodStrings(methods []encap.Method) []string {
	return app.NamesOf(methods, func(m encap.Method) string { return string(m) })
}

// Provider returns the provider with that name, or the oldest one.
func Provider(w *app.World, r authn.Roster, name string) (string, error) {
	switch {
	case len(r.Providers) == 0:
		f := app.Missing(app.CodeNoProvider, "there is no service provider yet", "offauth provider add "+cmp.Or(name, "bank"))
		if w.Name == app.DemoWorld {
			f.Hints = append(f.Hints, OlderDemo)
		}
		return "", f
	case name == "":
		return r.Providers[0], nil
	}
	i := app.IndexName(r.Providers, name)
	if i < 0 {
		return "", app.NoSuch(app.CodeNoSuchProvider, "provider", name, r.Providers, "offauth provider sessions")
	}
	return r.Providers[i], nil
}
