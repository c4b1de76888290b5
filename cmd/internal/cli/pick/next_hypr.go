package pick

import (
	"cmp"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
)

// How near an icon is to an offline login, the nearest last.
const (
	farOff  = iota // there will be no PINs: a roaming user, or an old version (H38, H43)
	needTap        // an online login brings PINs
	hasPINs
)

// nextHYPRStep is nextStep with a workstation of HYPR: for the phone and the
// workstation that the last command was about, where it was about any.
func nextHYPRStep(snap authn.Snapshot, about Concerned) string {
	phones := slices.DeleteFunc(slices.Clone(snap.Phones), func(p authn.PhoneView) bool {
		return p.ReplacedBy != "" || about.Phone != "" && !authn.SameName(p.Name, about.Phone) || about.User != "" && !authn.SameName(p.User, about.User)
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

// nearness says how near an icon is to an offline login.
func nearness(snap authn.Snapshot, p authn.PhoneView, c authn.ComputerView) int {
	user := snap.Users[app.IndexName(app.NamesOf(snap.Users, UserName), p.User)]
	switch {
	case c.Set != nil && !c.Set.Expired && c.Set.Left > 0:
		return hasPINs
	case user.Roaming || c.NoOfflineMode == string(hypr.CodeRoamingUser) || c.NoOfflineMode == string(hypr.CodeVersionTooOld):
		return farOff
	}
	return needTap
}
