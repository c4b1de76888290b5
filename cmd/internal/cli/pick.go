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
func names[T any](things []T, name func(T) string) []string {
	out := make([]string, len(things))
	for i, t := range things {
		out[i] = name(t)
	}
	return out
}

func userName(u authn.UserView) string               { return u.Name }
func phoneName(p authn.PhoneView) string             { return p.Name }
func workstationName(w authn.WorkstationView) string { return w.Name }
func settingKey(s authn.SettingView) string          { return s.Key }

// knownUser gives the user of that name.
func knownUser(snap authn.Snapshot, name string) error {
	all := names(snap.Users, userName)
	switch {
	case slices.Contains(all, name):
		return nil
	case len(all) == 0:
		return missing(codeNoUser, "nobody is in the directory yet", "offauth admin user add "+orName(name, "alice"))
	}
	return noSuch(codeNoSuchUser, "user", name, all, "offauth admin user list")
}

// phone finds the phone that a verb means: the one that is named, or the only
// one that can be meant; else it asks.
func (d *Deps) phone(ctx context.Context, snap authn.Snapshot, w who) (authn.PhoneView, error) {
	if w.user != "" {
		if err := knownUser(snap, w.user); err != nil {
			return authn.PhoneView{}, err
		}
	}
	var phones []authn.PhoneView
	for _, p := range snap.Phones {
		if w.user == "" || p.User == w.user {
			phones = append(phones, p)
		}
	}
	all := names(phones, phoneName)
	if w.phone != "" {
		i := slices.Index(all, w.phone)
		if i < 0 && len(all) > 0 {
			return authn.PhoneView{}, noSuch(codeNoSuchPhone, "phone", w.phone, all, "offauth device status")
		}
		if i >= 0 {
			return phones[i], nil
		}
	}
	switch len(phones) {
	case 0:
		return authn.PhoneView{}, noPhone(snap, w.user)
	case 1:
		return phones[0], nil
	}
	name, err := d.choose(ctx, "phone", "--phone", all)
	if err != nil {
		return authn.PhoneView{}, err
	}
	return phones[slices.Index(all, name)], nil
}

// noPhone names the step that comes before a phone.
func noPhone(snap authn.Snapshot, user string) error {
	if len(snap.Users) == 0 {
		return missing(codeNoUser, "nobody is in the directory yet", "offauth admin user add alice")
	}
	owner := orName(user, snap.Users[0].Name)
	message := "there is no phone yet"
	if user != "" {
		message = user + " has no phone yet"
	}
	return missing(codeNoPhone, message, "offauth device register pixel --user "+owner)
}

// computer finds the workstation that a verb of a phone means: the one that
// is named, else the first-made HYPR workstation that is paired with the
// phone, or is not, as the verb needs it; else the first.
func computer(snap authn.Snapshot, phone authn.PhoneView, name string, paired bool) (string, error) {
	if name != "" {
		return workstation(snap, name)
	}
	var first string
	for _, w := range snap.Workstations {
		if w.Family != authn.FamilyHYPR {
			continue
		}
		known := slices.ContainsFunc(phone.Computers, func(c authn.ComputerView) bool { return c.Workstation == w.Name })
		if known == paired {
			return w.Name, nil
		}
		if first == "" {
			first = w.Name
		}
	}
	if first == "" {
		return "", noWorkstation()
	}
	return first, nil
}

// workstation finds the workstation of that name, or the first-made one.
func workstation(snap authn.Snapshot, name string) (string, error) {
	all := names(snap.Workstations, workstationName)
	switch {
	case len(all) == 0:
		return "", noWorkstation()
	case name == "":
		return all[0], nil
	case !slices.Contains(all, name):
		return "", noSuch(codeNoSuchWorkstation, "workstation", name, all, "offauth workstation list")
	}
	return name, nil
}

func noWorkstation() error {
	return missing(codeNoWorkstation, "there is no workstation yet", "offauth workstation add LAPTOP-7 --family hypr")
}

// viewOf gives the view of a workstation that is known to be there.
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
