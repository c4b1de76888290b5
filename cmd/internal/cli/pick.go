package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// noSuch is the fault of a name that nothing has, with those that are near,
// or all of them where they are few.
func noSuch(code authn.Code, what, name string, names []string, list string) *authn.Fault {
	f := &authn.Fault{Code: code, Message: fmt.Sprintf("there is no %s %q", what, name)}
	for _, near := range nearest(name, names) {
		f.Hints = append(f.Hints, "did you mean "+near+"?")
	}
	if len(names) > 0 && len(names) <= 8 {
		f.Message += "; there is " + strings.Join(names, ", ")
	}
	f.Hints = append(f.Hints, list)
	return f
}

// missing is the fault of a step that a newcomer has skipped, with the
// command that does it.
func missing(code authn.Code, message, step string) *authn.Fault {
	return &authn.Fault{Code: code, Message: message, Hints: []string{step}}
}

// names collects the names of things.
func names[T any, N ~string](things []T, name func(T) N) []N {
	out := make([]N, len(things))
	for i, t := range things {
		out[i] = name(t)
	}
	return out
}

func userName(u authn.UserView) string               { return u.Name }
func workstationName(w authn.WorkstationView) string { return w.Name }
func phoneName(p authn.PhoneView) string             { return p.Name }
func settingKey(s authn.SettingView) string          { return s.Key }
func rosterPhone(p authn.RosterPhone) string         { return p.Name }
func rosterStation(w authn.RosterWorkstation) string { return w.Name }

// indexName finds a name in whatever case it is typed, or gives -1 (A16). The
// one that is written so comes first: a world that was made before A16 may have
// two that differ by case alone.
func indexName[N ~string](names []N, name string) int {
	if i := slices.Index(names, N(name)); i >= 0 {
		return i
	}
	return slices.IndexFunc(names, func(n N) bool { return authn.SameName(string(n), name) })
}

// knownUser returns a user's name as it was first written, or says that there is
// no such user.
func knownUser(users []string, name string) (string, error) {
	if i := indexName(users, name); i >= 0 {
		return users[i], nil
	}
	if len(users) == 0 {
		return "", missing(CodeNoUser, "nobody is in the directory yet", "offauth admin user add "+orName(name, "alice"))
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
	owner := orName(user, r.Users[0])
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

func orName(name, other string) string {
	if name != "" {
		return name
	}
	return other
}
