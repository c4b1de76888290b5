package explore

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/verb"
)

// hyprDriver knows PINs.
type hyprDriver struct{ profile string }

var _ driver = hyprDriver{}

func (hyprDriver) family() authn.FamilyName { return authn.FamilyHYPR }

func (hyprDriver) messages() []string { return hypr.MessageKinds() }

func (h hyprDriver) policy(d *dice) []authn.Setting {
	list := []authn.Setting{
		{Key: "hypr.offline.enabled", Value: "true"}, {Key: "hypr.pins.count", Value: "10"}, {Key: "hypr.offline.days", Value: "7"},
		{Key: "hypr.directory.lockout", Value: pick(d, "0", "1", "2", "3")},
		{Key: "hypr.pins.prompt_threshold", Value: pick(d, "20", "50", "51", "90", "0")},
		{Key: "hypr.pins.display_timeout", Value: pick(d, "60s", "10s", "300s")},
	}
	if h.profile != "" {
		list = append(list, authn.Setting{Key: "hypr.profile", Value: h.profile})
	}
	return list
}

func (hyprDriver) changes(d *dice) authn.Setting {
	return pick(d,
		authn.Setting{Key: "hypr.offline.enabled", Value: "false"}, authn.Setting{Key: "hypr.offline.enabled", Value: "true"},
		authn.Setting{Key: "hypr.offline.enabled", Value: "true"},
		authn.Setting{Key: "hypr.directory.lockout", Value: pick(d, "0", "1", "3")}, authn.Setting{Key: "hypr.pins.length", Value: pick(d, "6", "13", "5")},
		authn.Setting{Key: "hypr.pins.count", Value: pick(d, "10", "12", "101")}, authn.Setting{Key: "hypr.pins.prompt_threshold", Value: pick(d, "0", "50", "100")},
		authn.Setting{Key: "hypr.offline.days", Value: pick(d, "7", "30", "91")}, authn.Setting{Key: "hypr.server.version", Value: pick(d, "3.5", "latest", "latest")},
	)
}

func (hyprDriver) actors() []actor {
	return []actor{
		{role: authn.RoleWorkstation, name: "LAPTOP-7"}, {role: authn.RoleWorkstation, name: "DESK-1"},
		{role: authn.RolePhone, name: "pixel", user: "alice"}, {role: authn.RolePhone, name: "tablet", user: "alice"},
		{role: authn.RolePhone, name: "iphone", user: "bob", platform: "ios"},
	}
}

func (hyprDriver) prelude(d *dice, _ []authn.Setting) []step {
	var list []step
	do := func(name string, values verb.Values) { list = append(list, step{verb: name, values: values}) }
	for _, p := range []string{"pixel", "tablet", "iphone"} {
		for _, w := range []string{"LAPTOP-7", "DESK-1"} {
			if w == "LAPTOP-7" || d.chance(2, 3) {
				do("device pair", verb.Values{"phone": p, "workstation": w, "passkey": p == "pixel"})
			}
		}
	}
	do("device tap", verb.Values{"phone": "iphone", "workstation": "LAPTOP-7"})
	do("device tap", verb.Values{"phone": "pixel", "workstation": "LAPTOP-7"})
	if d.chance(1, 2) {
		do("device tap", verb.Values{"phone": "tablet", "workstation": "DESK-1"})
	}
	return list
}

// argument knows what a PIN can be: of any card, or nobody's.
func (h hyprDriver) argument(k *known, d *dice, v verb.Verb, a verb.Arg) (any, bool) {
	if a.Name != "pin" {
		return nil, false
	}
	if len(k.cards) > 0 && d.chance(3, 4) {
		return ref{pick(d, k.cards...).step, "pin"}, true
	}
	return wrongPIN(d), true
}

// wrongPIN is one that no phone has: of a wrong length, or with a sign that no
// PIN has.
func wrongPIN(d *dice) authn.Secret {
	return authn.NewSecret(pick(d, "########", "", "2", "1111-1111", "0000000000000"))
}

func (h hyprDriver) likely(k *known, d *dice, m mood) []choice {
	phone, ws := pick(d, k.phones...), pick(d, k.workstations...)
	if d.chance(2, 3) {
		ws = k.workstations[0]
	}
	if m == draining { // one set, to its end
		phone, ws = k.phones[0], k.workstations[0]
	}
	both := verb.Values{"phone": phone.name, "workstation": ws}
	do := func(weight int, name string, values verb.Values) choice {
		return choice{weight, func() step { return step{verb: name, values: values} }}
	}
	list := []choice{
		do(boolWeight(m != draining, map[mood]int{waiting: 9}[m]+3), "device tap", both),
		do(map[mood]int{draining: 34}[m]+6, "device unlock", both),
		do(2, "device passkey unlock", verb.Values{"phone": "pixel", "workstation": ws}),
		do(1, "admin user unlock", verb.Values{"name": phone.user}),
		do(boolWeight(k.waiting, 1), "device cancel", verb.Values{"phone": phone.name}),
	}
	for _, p := range k.phones {
		if k.visible[p.name] != "" {
			list = append(list, do(map[mood]int{draining: 30}[m]+2, "device hide", verb.Values{"phone": p.name}))
		}
	}
	for _, w := range k.workstations {
		list = append(list, do(boolWeight(k.open[w], 5), "workstation lock", verb.Values{"workstation": w}))
	}
	return append(list, h.logins(k, d, m)...)
}

// logins are PINs to type: the right one, an old one, another one's, a wrong
// one, or the last one again.
func (hyprDriver) logins(k *known, d *dice, m mood) []choice {
	ws, user := pick(d, k.workstations...), pick(d, k.users...)
	guess := map[mood]int{guessing: 5}[m] + 1
	login := func(weight int, user, ws string, pin any) choice {
		return choice{weight, func() step {
			return step{verb: "workstation login", values: verb.Values{"workstation": ws, "user": user, "pin": pin}}
		}}
	}
	list := []choice{login(2*guess, user, ws, wrongPIN(d))}
	if k.last.verb != "" {
		list = append(list, choice{guess, func() step { return k.last }})
	}
	if len(k.cards) == 0 {
		return list
	}
	old, newest := pick(d, k.cards...), k.cards[len(k.cards)-1]
	list = append(list, login(3*guess, old.user, old.ws, ref{old.step, "pin"}), login(guess, user, ws, ref{old.step, "pin"}))
	if !newest.typed && !k.open[newest.ws] {
		list = append(list, login(7, newest.user, newest.ws, ref{newest.step, "pin"}))
	}
	return list
}
