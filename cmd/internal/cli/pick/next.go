package pick

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
)

// Concerned is what a command was about: its next step is about the same.
type Concerned struct {
	User, Phone, Workstation string
	Family                   authn.FamilyName
}

// Made prints a step of making a world, and the next one.
func Made(ctx context.Context, d *app.Deps, w *app.World, about Concerned, out authn.Outcome, result any,
	lines ...string) error {
	snap, err := w.Snapshot(ctx, authn.Scope{})
	if err != nil {
		return err
	}
	return d.Print(app.Report{World: w.Name, Outcome: out, Result: result, Lines: lines, Next: NextStep(snap, about)})
}

// NextStep returns the next command towards a first offline login, for what the
// last command was about.
func NextStep(snap authn.Snapshot, about Concerned) string {
	if i := app.IndexName(app.NamesOf(snap.Workstations, WorkstationName), about.Workstation); i >= 0 {
		about.Family = snap.Workstations[i].Family
	}
	switch {
	case about.Family == authn.FamilyEncap:
		return NextEncap(snap, "", "")
	case about.Family == authn.FamilyOneSpan && len(snap.Users) > 0:
		return nextOneSpanStep(snap)
	case len(snap.Users) == 0:
		return "offauth admin user add alice"
	case len(snap.Workstations) == 0 && isEncap(snap):
		return NextEncap(snap, "", "")
	case len(snap.Workstations) == 0:
		return "offauth workstation add LAPTOP-7 --family hypr"
	case !slices.ContainsFunc(snap.Workstations,
		func(w authn.WorkstationView) bool { return w.Family == authn.FamilyHYPR }):
		return nextOneSpanStep(snap)
	case !offlineEnabled(snap):
		return "offauth admin policy set hypr.offline.enabled=true"
	}
	return nextHYPRStep(snap, about)
}

// isEncap reports whether a world without workstations is one of Encap: it has
// a provider, an activated phone, or an offline method that is allowed.
func isEncap(snap authn.Snapshot) bool {
	return len(snap.Providers) > 0 ||
		slices.ContainsFunc(snap.Phones, func(p authn.PhoneView) bool { return p.Encap != nil }) ||
		slices.ContainsFunc(snap.Policy, func(s authn.SettingView) bool {
			return s.Key == encap.KeyOfflineMethods && s.Value != s.Default
		})
}

// offlineEnabled reports whether the policy enables offline logins.
func offlineEnabled(snap authn.Snapshot) bool {
	for _, s := range snap.Policy {
		if s.Key == hypr.KeyOffline {
			return s.Value == "true"
		}
	}
	return false
}

// How close an icon is to an offline login, the closest last.
const (
	farOff  = iota // there will be no PINs: a roaming user, or an old version (H38, H43)
	needTap        // an online login brings PINs
	hasPINs
)

// nextHYPRStep is NextStep in a world with workstations of HYPR, for the phone
// and workstation of the last command, if any.
func nextHYPRStep(snap authn.Snapshot, about Concerned) string {
	phones := slices.DeleteFunc(slices.Clone(snap.Phones), func(p authn.PhoneView) bool {
		return p.ReplacedBy != "" || about.Phone != "" && !authn.SameName(p.Name, about.Phone) || about.User != "" &&
			!authn.SameName(p.User, about.User)
	})
	if len(phones) == 0 {
		return registerPhone(app.NamesOf(snap.Phones, phoneName), cmp.Or(about.User, snap.Users[0].Name))
	}
	flag := func(p authn.PhoneView) string {
		if len(snap.Phones) > 1 {
			return " --phone " + p.Name
		}
		return ""
	}
	phone, icon, best := authn.PhoneView{}, authn.ComputerView{}, -1
	for _, p := range slices.Backward(phones) {
		for _, c := range slices.Backward(p.Computers) {
			if about.Workstation != "" && !authn.SameName(c.Workstation, about.Workstation) {
				continue
			}
			if n := nearness(snap, p, c); n > best {
				phone, icon, best = p, c, n
			}
		}
		if best < 0 && about.Workstation == "" {
			return "offauth device pair" + flag(p) // the newest phone has no icon yet
		}
	}
	switch {
	case best < 0:
		return "offauth device pair " + about.Workstation + flag(phones[len(phones)-1])
	case best == farOff:
		return ""
	case best == needTap:
		return "offauth device tap " + icon.Workstation + flag(phone)
	case !ViewOf(snap, icon.Workstation).Locked:
		return "offauth workstation lock " + icon.Workstation
	}
	return "offauth device unlock " + icon.Workstation + flag(phone)
}

// nearness returns how close an icon is to an offline login.
func nearness(snap authn.Snapshot, p authn.PhoneView, c authn.ComputerView) int {
	user := snap.Users[app.IndexName(app.NamesOf(snap.Users, UserName), p.User)]
	switch {
	case c.Set != nil && !c.Set.Expired && c.Set.Left > 0:
		return hasPINs
	case user.Roaming || c.NoOfflineMode == string(hypr.CodeRoamingUser) ||
		c.NoOfflineMode == string(hypr.CodeVersionTooOld):
		return farOff
	}
	return needTap
}

// encapWorld is what determines the next step towards a first one-time
// password: the policy, the provider, and one phone.
type encapWorld struct {
	snap                 authn.Snapshot
	phone                authn.PhoneView
	has                  []encap.Method // that the phone has
	allowed, authorising []encap.Method
	// flag selects the phone if there are several.
	flag string
}

// NextEncap returns the next command towards a first one-time password, for one
// phone or the most advanced one; granted is the method of its latest online
// authentication, or "".
func NextEncap(snap authn.Snapshot, phone string, granted encap.Method) string {
	set := map[authn.SettingKey]string{}
	for _, s := range snap.Policy {
		set[s.Key] = s.Value
	}
	w := encapWorld{snap: snap, allowed: methodsIn(set[encap.KeyOfflineMethods]),
		authorising: methodsIn(set[encap.KeyAddMethods])}
	switch {
	case len(w.allowed) == 0 && set[encap.KeyOTPLength] == "unset":
		return "offauth admin policy set encap.offline.methods=OFFLINE,OFFLINE:PIN encap.otp.length=6"
	case len(w.allowed) == 0:
		return "offauth admin policy set encap.offline.methods=OFFLINE,OFFLINE:PIN"
	case set[encap.KeyOTPLength] == "unset":
		return "offauth admin policy set encap.otp.length=6"
	case len(snap.Users) == 0:
		return "offauth admin user add alice"
	case !w.choose(phone):
		return registerPhone(app.NamesOf(snap.Phones, phoneName), snap.Users[0].Name)
	}
	return w.nextOfPhone(granted)
}

// choose returns the phone with that name, else the first with an offline
// method, else the first activated one, else the first in use.
func (w *encapWorld) choose(name string) bool {
	phones := slices.DeleteFunc(slices.Clone(w.snap.Phones), func(p authn.PhoneView) bool { return p.ReplacedBy != "" })
	best := -1
	for _, p := range phones {
		var has []encap.Method
		if p.Encap != nil && p.Encap.Registration != "" {
			for _, m := range p.Encap.Methods {
				has = append(has, encap.Method(m))
			}
		}
		rank := len(has)
		if p.Name == name {
			rank = len(encap.Methods()) + 1
		}
		if rank > best {
			best, w.phone, w.has = rank, p, has
		}
	}
	if len(phones) > 1 {
		w.flag = " --phone " + w.phone.Name
	}
	return best >= 0
}

// nextOfPhone returns the phone's next step: activate, authenticate, add a
// method, or scan a provider's code.
func (w *encapWorld) nextOfPhone(granted encap.Method) string {
	if len(w.has) == 0 {
		return "offauth device activate" + w.flag
	}
	can := func(m encap.Method) bool { return slices.Contains(w.has, m) }
	missing := slices.IndexFunc(w.allowed, func(m encap.Method) bool {
		return !can(m) && (m.Platform() == "" || m.Platform() == w.phone.Platform)
	})
	usable := slices.IndexFunc(w.allowed, can)
	by := slices.IndexFunc(w.authorising, can)
	switch {
	case missing >= 0 && slices.Contains(w.authorising, granted):
		return "offauth device method add " + string(w.allowed[missing]) + w.flag
	case usable >= 0 && len(w.snap.Providers) == 0:
		return "offauth provider add bank"
	case usable >= 0:
		return "offauth provider challenge " + w.snap.Providers[0].Name + " --context 'Pay 120 EUR' --method " +
			string(w.allowed[usable]) + w.flag
	case missing < 0: // all that is allowed is another platform's
		allowed := append(MethodStrings(w.allowed), string(encap.Offline))
		return "offauth admin policy set encap.offline.methods=" + strings.Join(allowed, ",")
	case by < 0: // by none that the phone has: activate it again, with both
		return "offauth device activate" + w.flag
	case w.authorising[by] == encap.DevicePIN:
		return "offauth device auth" + w.flag
	}
	return "offauth device auth --method " + string(w.authorising[by]) + w.flag
}

// methodsIn returns the methods of a setting, in its order.
func methodsIn(value string) []encap.Method {
	var methods []encap.Method
	for word := range strings.SplitSeq(value, ",") {
		if m, err := encap.ParseMethod(word); err == nil {
			methods = append(methods, m)
		}
	}
	return methods
}

// NextAfter is NextEncap for the current state of the world.
func NextAfter(ctx context.Context, w *app.World, phone string, granted encap.Method) (string, error) {
	snap, err := w.Snapshot(ctx, authn.Scope{})
	return NextEncap(snap, phone, granted), err
}

// onespanWorkstation returns the OneSpan workstation that a verb means: the
// named one, or the oldest.
func onespanWorkstation(r authn.Roster, name string) (string, error) {
	all := StationsOf(r, authn.FamilyOneSpan)
	switch {
	case name != "":
		return Workstation(r, name)
	case len(all) == 0:
		return "", app.Missing(app.CodeNoWorkstation, "there is no workstation of OneSpan yet",
			"offauth workstation add DESKTOP-3 --family onespan")
	}
	return all[0], nil
}

// TypeAt returns a hint: the command that takes a one-time password.
func TypeAt(r authn.Roster) []string {
	ws, err := onespanWorkstation(r, "")
	if err != nil {
		return []string{"offauth workstation add DESKTOP-3 --family onespan"}
	}
	return []string{"offauth workstation login " + ws}
}

// nextOneSpanStep is NextStep in a world that has only workstations of OneSpan.
func nextOneSpanStep(snap authn.Snapshot) string {
	set := map[authn.SettingKey]string{}
	for _, s := range snap.Policy {
		set[s.Key] = s.Value
	}
	phones := slices.DeleteFunc(slices.Clone(snap.Phones), func(p authn.PhoneView) bool { return p.ReplacedBy != "" })
	switch {
	case !slices.ContainsFunc(snap.Workstations,
		func(w authn.WorkstationView) bool { return w.Family == authn.FamilyOneSpan }):
		return "offauth workstation add DESKTOP-3 --family onespan"
	case set[onespan.KeyOffline] != "true" || set[onespan.KeyBackend] != onespan.BackendAlways:
		return "offauth admin policy set onespan.offline.enabled=true onespan.backend.authentication=always"
	case len(phones) == 0:
		return registerPhone(app.NamesOf(snap.Phones, phoneName), snap.Users[0].Name)
	}
	i := slices.IndexFunc(phones, func(p authn.PhoneView) bool { return p.Digipass != nil })
	switch {
	case i < 0:
		return "offauth admin authenticator assign " + phones[0].Name + " --type time"
	case len(phones) > 1:
		return "offauth device otp --phone " + phones[i].Name
	}
	return "offauth device otp"
}

// StationsOf returns the names of a family's workstations.
func StationsOf(r authn.Roster, family authn.FamilyName) []string {
	var all []string
	for _, ws := range r.Workstations {
		if ws.Family == family {
			all = append(all, ws.Name)
		}
	}
	return all
}

// FamilyOf returns the family of an existing workstation.
func FamilyOf(r authn.Roster, name string) authn.FamilyName {
	for _, ws := range r.Workstations {
		if ws.Name == name {
			return ws.Family
		}
	}
	return ""
}

// LoggedOn returns the user of a verb at a OneSpan workstation: the named one,
// the last to log on there, or the first in the directory.
func LoggedOn(ctx context.Context, w *app.World, r authn.Roster, ws, name string) (string, error) {
	if name != "" || len(r.Users) == 0 {
		return KnownUser(r.Users, name)
	}
	view, _, err := Station(ctx, w, ws)
	if err != nil {
		return "", err
	}
	return cmp.Or(view.User, r.Users[0]), nil
}

// AtDesk returns the workstation and user of a verb of the Tray Agent.
func AtDesk(ctx context.Context, d *app.Deps, w *app.World, ws, user string) (string, string, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return "", "", err
	}
	if ws, err = onespanWorkstation(r, ws); err != nil {
		return "", "", err
	}
	user, err = LoggedOn(ctx, w, r, ws, user)
	if err == nil {
		err = MeanUser(ctx, d, w, r, user, ws)
	}
	return ws, user, err
}
