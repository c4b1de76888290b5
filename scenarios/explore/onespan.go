package explore

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/verb"
)

// onespanDriver knows Digipass credentials.
type onespanDriver struct{}

var _ driver = onespanDriver{}

// The server PINs and the static password of all users.
var (
	firstPIN       = authn.NewSecret("2580")
	secondPIN      = authn.NewSecret("1357")
	staticPassword = authn.NewSecret("WinterTyre7")
)

// longStep keeps the data of a day at 288 codes, and so the price of a run low.
const longStep = 300 * time.Second

func (onespanDriver) family() authn.FamilyName { return authn.FamilyOneSpan }

func (onespanDriver) messages() []string { return onespan.MessageKinds() }

func (onespanDriver) policy(d *dice) []authn.Setting {
	list := []authn.Setting{
		{Key: onespan.KeyOffline, Value: "true"}, {Key: "onespan.backend.authentication", Value: onespan.BackendAlways},
		{Key: "onespan.otp.length", Value: "8"}, {Key: "onespan.otp.step", Value: longStep.String()},
		{Key: "onespan.otp.window", Value: pick(d, "1", "2", "5")}, {Key: "onespan.otp.event_window", Value: pick(d, "3", "10")},
		{Key: "onespan.offline.window_days", Value: pick(d, "2", "2", "3")}, {Key: "onespan.offline.event_window", Value: pick(d, "3", "5", "12")},
		{Key: "onespan.offline.max_failures", Value: pick(d, "1", "2", "3", "3")}, {Key: "onespan.user.lock_threshold", Value: pick(d, "0", "2", "3")},
		{Key: "onespan.offline.notify_days", Value: pick(d, "0", "1")}, {Key: "onespan.offline.notify_uses", Value: pick(d, "0", "2")},
	}
	if d.chance(1, 3) {
		list = append(list, authn.Setting{Key: keyServerPIN, Value: "true"})
	}
	if d.chance(1, 4) {
		list = append(list, authn.Setting{Key: keyPassword, Value: "true"}, authn.Setting{Key: keyPasswordOffline, Value: pick(d, "true", "false")})
	}
	return list
}

func (onespanDriver) changes(d *dice) authn.Setting {
	return pick(d,
		authn.Setting{Key: onespan.KeyOffline, Value: pick(d, "true", "true", "false")},
		authn.Setting{Key: "onespan.backend.authentication", Value: pick(d, onespan.BackendAlways, onespan.BackendAlways, onespan.BackendNone)},
		authn.Setting{Key: "onespan.offline.window_days", Value: pick(d, "1", "2", "3", "100")},
		authn.Setting{Key: "onespan.offline.event_window", Value: pick(d, "1", "5", "3000")},
		authn.Setting{Key: "onespan.offline.max_failures", Value: pick(d, "1", "2", "3")},
		authn.Setting{Key: "onespan.user.lock_threshold", Value: pick(d, "0", "1", "3")},
		authn.Setting{Key: keyServerPIN, Value: pick(d, "true", "false")}, authn.Setting{Key: keyPassword, Value: pick(d, "true", "false", "false")},
		authn.Setting{Key: "onespan.otp.window", Value: pick(d, "1", "4")}, authn.Setting{Key: "onespan.otp.length", Value: pick(d, "7", "8", "9")},
		authn.Setting{Key: "onespan.messages.specific", Value: pick(d, "true", "false")},
	)
}

func (onespanDriver) actors() []actor {
	return []actor{
		{role: authn.RoleWorkstation, name: "DESKTOP-3"}, {role: authn.RoleWorkstation, name: "DESKTOP-4"},
		{role: authn.RolePhone, name: "pixel", user: "alice"}, {role: authn.RolePhone, name: "tablet", user: "alice"},
		{role: authn.RolePhone, name: "iphone", user: "bob", platform: "ios"},
	}
}

// prelude assigns a time-based authenticator to alice, an event-based one to
// bob and sometimes another to alice, and primes a workstation or two.
func (onespanDriver) prelude(d *dice, policy []authn.Setting) []step {
	var list []step
	do := func(name string, values verb.Values) int {
		list = append(list, step{verb: name, values: values})
		return len(list)
	}
	assign := func(phone string, kind onespan.Type) {
		do("admin authenticator assign", verb.Values{"phone": phone, "type": string(kind)})
	}
	assign("pixel", onespan.TimeBased)
	assign("iphone", onespan.EventBased)
	if d.chance(1, 4) {
		assign("tablet", onespan.EventBased)
	}
	w := newWallet(policy)
	for _, user := range []string{"alice", "bob"} {
		do("admin user set-password", verb.Values{"user": user, "password": staticPassword})
		do("admin user set-pin", verb.Values{"user": user, "pin": firstPIN})
		w.pins[user] = firstPIN
	}
	logon := func(phone, user, ws string) {
		code := ref{do("device otp", verb.Values{"phone": phone}), "code"}
		do("workstation login", verb.Values{"workstation": ws, "user": user, "password": w.credential(user, code)})
		do("workstation lock", verb.Values{"workstation": ws})
	}
	logon("pixel", "alice", "DESKTOP-3")
	logon("iphone", "bob", "DESKTOP-3")
	if d.chance(1, 2) {
		list = append(list, step{wait: wait{span: longStep}})
		logon("pixel", "alice", "DESKTOP-4")
	}
	return list
}

// argument knows what credentials, PINs and serial numbers can be.
func (onespanDriver) argument(k *known, d *dice, v verb.Verb, a verb.Arg) (any, bool) {
	w := k.wallet
	switch a.Name {
	case "password":
		if v.Role == authn.RoleAdmin {
			return staticPassword, true
		}
		if len(w.otps) > 0 && d.chance(3, 4) {
			o := pick(d, w.otps...)
			return w.credential(o.user, ref{o.step, "code"}), true
		}
		return authn.NewSecret(pick(d, "", "00000000", "258000000000", "123456")), true
	case "pin":
		return pick(d, firstPIN, secondPIN, authn.NewSecret("12"), authn.NewSecret("12x4")), true
	case "codes":
		if len(w.otps) < 2 {
			return nil, false
		}
		last, before := w.otps[len(w.otps)-1], w.otps[len(w.otps)-2]
		return twoCodes(before.step, last.step), true
	case "authenticator":
		if len(w.assigned) > 0 && d.chance(1, 3) {
			return ref{pick(d, w.assigned...), "serial"}, true
		}
	}
	return nil, false
}

func (o onespanDriver) likely(k *known, d *dice, m mood) []choice {
	w, phone, ws := k.wallet, pick(d, k.phones...), pick(d, k.workstations...)
	if d.chance(2, 3) {
		ws = k.workstations[0]
	}
	if m == draining { // one event-based authenticator, to the end of its uses
		phone, ws = k.phones[len(k.phones)-1], k.workstations[0]
	}
	do := func(weight int, name string, values verb.Values) choice {
		return choice{weight, func() step { return step{verb: name, values: values} }}
	}
	user := verb.Values{"user": phone.user}
	list := []choice{
		do(boolWeight(w.kinds[phone.name] != "", map[mood]int{draining: 8}[m]+6), "device otp", verb.Values{"phone": phone.name}),
		{boolWeight(m != draining, 3), func() step { return step{wait: wait{span: longStep}} }},
		do(boolWeight(k.locked, 4)+1, "admin user unlock", verb.Values{"name": phone.user}),
		do(boolWeight(w.locked, 4)+1, "admin offline-data delete", verb.Values{"user": phone.user, "workstation": ws}),
		do(boolWeight(w.kinds[phone.name] == "" && phone.name != "tablet", 6), "admin authenticator assign", verb.Values{"phone": phone.name, "type": string(onespan.EventBased)}),
		do(1, "admin user set-pin", verb.Values{"user": phone.user, "pin": pick(d, firstPIN, secondPIN), "change": d.chance(1, 3)}),
		do(boolWeight(w.on(keyServerPIN), 1), "admin user reset-pin", user),
	}
	for _, at := range k.workstations {
		list = append(list, do(boolWeight(k.open[at], 9), "workstation lock", verb.Values{"workstation": at}))
	}
	return append(list, o.logons(k, d, m, ws)...)
}

// logons are credentials to type: a fresh one, an old one, another user's or a
// wrong one; at the lock screen, or in the Tray Agent.
func (onespanDriver) logons(k *known, d *dice, m mood, ws string) []choice {
	w, user := k.wallet, pick(d, k.users...)
	guess := map[mood]int{guessing: 6}[m] + 1
	logon := func(weight int, user string, password any) choice {
		return choice{weight, func() step {
			return step{verb: "workstation login", values: verb.Values{"workstation": ws, "user": user, "password": password}}
		}}
	}
	list := []choice{logon(guess, user, w.credential(user, wrongCode))}
	if len(w.otps) == 0 {
		return list
	}
	old, newest := pick(d, w.otps...), w.otps[len(w.otps)-1]
	right := w.credential(newest.user, ref{newest.step, "code"})
	if wrong := spoiled(right); len(right) > 1 {
		list = append(list, logon(guess+1, newest.user, wrong))
	}
	list = append(list, logon(guess+1, old.user, w.credential(old.user, ref{old.step, "code"})), logon(guess, user, w.credential(user, ref{old.step, "code"})))
	if !newest.typed {
		list = append(list, logon(boolWeight(!k.open[ws], 16), newest.user, right), choice{3, func() step {
			return step{verb: "tray update", values: verb.Values{"workstation": ws, "user": newest.user, "password": right}}
		}})
	}
	return list
}
