package property_test

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/verb"
)

// family is what the drawer needs of a family in addition to its verbs.
type family struct {
	name authn.FamilyName
	// prelude creates the world: actors, a policy with low limits, and the Actions
	// before the first offline login.
	prelude func(d *drawer)
	// change draws a setting that the administrator changes later.
	change func(d *drawer) authn.Setting
	// likely returns the Actions that are probably accepted now.
	likely func(d *drawer) []weighted
	// motif does a sequence of Actions that random draws seldom produce, such as a tap
	// that is answered at the last moment.
	motif func(d *drawer)
	// argument draws an argument that the verb table does not define; nil leaves it to
	// the drawer.
	argument func(d *drawer, row verb.Verb, arg verb.Arg, args values) any
}

func families() []family {
	return []family{
		{authn.FamilyHYPR, hyprPrelude, hyprChange, hyprLikely, hyprMotif, hyprArgument},
		{authn.FamilyEncap, encapPrelude, encapChange, encapLikely, encapMotif, encapArgument},
		{authn.FamilyOneSpan, onespanPrelude, onespanChange, onespanLikely, onespanMotif,
			onespanArgument},
	}
}

// make creates users, settings and sites. It sometimes omits those that the others do
// not need, so that a failure shrinks to the necessary ones.
func (d *drawer) make(policy []authn.Setting, sites ...authn.Action) {
	d.apply(authn.AddUser{Name: "alice"})
	d.apply(authn.AddUser{Name: "bob"})
	var kept []authn.Setting
	for i, s := range policy {
		if i < 2 || d.below(64) > 0 {
			kept = append(kept, s)
		}
	}
	d.apply(authn.SetPolicy{Settings: kept})
	for _, a := range sites {
		d.apply(a)
	}
}

func settings(pairs ...any) []authn.Setting {
	var list []authn.Setting
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, authn.Setting{Key: pairs[i].(authn.SettingKey), Value: pairs[i+1].(string)})
	}
	return list
}

func (d *drawer) setting(key authn.SettingKey, choices ...string) authn.Setting {
	return authn.Setting{Key: key, Value: pick(d, choices...)}
}

// weigh returns a verb to do, with its weight.
func (d *drawer) weigh(weight int, name string, given values) weighted {
	return weighted{weight, func() { d.act(name, given) }}
}

func phones() []authn.Action {
	return []authn.Action{
		authn.RegisterDevice{Name: "pixel", User: "alice"}, authn.RegisterDevice{Name: "tablet", User: "alice"},
		authn.RegisterDevice{Name: "iphone", User: "bob", Platform: "ios"},
	}
}

func workstations(f authn.FamilyName, names ...string) []authn.Action {
	var list []authn.Action
	for _, name := range names {
		list = append(list, authn.AddWorkstation{Name: name, Family: f})
	}
	return list
}

// The family hypr has PINs.

func hyprPrelude(d *drawer) {
	d.make(append(settings(hypr.KeyOffline, "true", hypr.KeyPINCount, "10", hypr.KeyDays, "7",
		hypr.KeyProfile, pick(d, "classic", "classic", "current")),
		d.setting(hypr.KeyLockout, "0", "1", "2", "3"), d.setting(hypr.KeyPromptThreshold, "20", "50", "51",
			"90", "0"),
		d.setting(hypr.KeyDisplayTimeout, "60s", "10s", "240s")),
		append(workstations(authn.FamilyHYPR, "LAPTOP-7", "DESK-1"), phones()...)...)
	for _, phone := range []string{"pixel", "tablet", "iphone"} {
		for _, ws := range []string{"LAPTOP-7", "DESK-1"} {
			if d.below(64) > 0 && (ws == "LAPTOP-7" || d.chance(2, 3)) {
				d.act("device pair", values{"phone": phone, "workstation": ws, "passkey": phone == "pixel"})
			}
		}
	}
	d.act("device tap", values{"phone": "iphone", "workstation": "LAPTOP-7"})
	d.act("device tap", values{"phone": "pixel", "workstation": "LAPTOP-7"})
	if d.chance(1, 2) {
		d.act("device tap", values{"phone": "tablet", "workstation": "DESK-1"})
	}
}

func hyprChange(d *drawer) authn.Setting {
	return pick(d,
		d.setting(hypr.KeyOffline, "true", "true", "false"), d.setting(hypr.KeyLockout, "0", "1", "3"),
		d.setting(hypr.KeyPINLength, "6", "13", "5"), d.setting(hypr.KeyPINCount, "10", "12", "101"),
		d.setting(hypr.KeyPromptThreshold, "0", "50", "100"), d.setting(hypr.KeyDays, "7", "30", "91"),
		d.setting(hypr.KeyServerVersion, "latest", "latest", "3.5"),
	)
}

func hyprArgument(d *drawer, _ verb.Verb, arg verb.Arg, _ values) any {
	if arg.Name == "pin" && (len(d.told("pin")) == 0 || d.chance(1, 4)) {
		return wrongPIN(d)
	}
	return nil
}

// wrongPIN returns a PIN that no phone has, with a wrong length or an invalid character.
func wrongPIN(d *drawer) authn.Secret {
	return authn.NewSecret(pick(d, "########", "", "2", "1111-1111", "0000000000000"))
}

func hyprLikely(d *drawer) []weighted {
	look, _ := d.snapshot()
	phone, ws := pick(d, look.Phones...), pick(d, look.Workstations...).Name
	if d.chance(2, 3) {
		ws = look.Workstations[0].Name
	}
	if d.mood == draining { // one set, to its end
		phone, ws = look.Phones[0], look.Workstations[0].Name
	}
	both := values{"phone": phone.Name, "workstation": ws}
	list := []weighted{
		d.weigh(when(d.mood != draining, map[mood]int{waiting: 9}[d.mood]+3), "device tap", both),
		d.weigh(map[mood]int{draining: 34}[d.mood]+6, "device unlock", both),
		d.weigh(2, "device passkey unlock", values{"phone": "pixel", "workstation": ws}),
		d.weigh(1, "admin user unlock", values{"name": phone.User}),
	}
	for _, p := range look.Phones {
		for _, c := range p.Computers {
			list = append(list, d.weigh(when(c.Shown != nil, map[mood]int{draining: 30}[d.mood]+2), "device hide",
				values{"phone": p.Name}),
				d.weigh(when(c.Waiting != nil, 1), "device cancel", values{"phone": p.Name}))
		}
	}
	guess := map[mood]int{guessing: 5}[d.mood] + 1
	list = append(list, d.weigh(2*guess, "workstation login", values{"pin": wrongPIN(d)}), weighted{guess, d.again})
	for _, w := range look.Workstations {
		list = append(list, d.weigh(when(!w.Locked, 5), "workstation lock", values{"workstation": w.Name}))
	}
	shown := d.told("shown_at")
	if len(shown) == 0 {
		return list
	}
	newest, old := shown[0], d.some(shown)
	right := func(f values) values {
		return values{"workstation": f["workstation"], "user": f["user"], "pin": f["pin"]}
	}
	return append(list,
		d.weigh(3*guess, "workstation login", right(old)), d.weigh(guess, "workstation login", values{"pin": old["pin"]}),
		d.weigh(when(!d.typed("pin", newest["pin"]) && locked(look, newest["workstation"]), 7), "workstation login",
			right(newest)))
}

// typed reports whether a workstation or a provider accepted a secret.
func (d *drawer) typed(name string, secret any) bool {
	for _, f := range d.facts {
		if role := d.verbs[f["verb"].(string)].Role; (role == authn.RoleWorkstation || role == authn.RoleProvider) &&
			f[name] == secret {
			return true
		}
	}
	return false
}

func locked(look authn.Snapshot, ws any) bool {
	for _, w := range look.Workstations {
		if w.Name == ws {
			return w.Locked
		}
	}
	return false
}

func hyprMotif(d *drawer) {
	look, _ := d.snapshot()
	phone, ws := pick(d, look.Phones...), pick(d, look.Workstations...).Name
	both := values{"phone": phone.Name, "workstation": ws}
	mine, theirs := authn.Phone(phone.Name), authn.Workstation(ws)
	login := func(pin any) {
		d.then("workstation lock", values{"workstation": ws})
		d.then("workstation login", values{"workstation": ws, "user": phone.User, "pin": pin})
	}
	show := func() any {
		if !d.then("device unlock", both) {
			return missing{}
		}
		return d.told("pin")[0]["pin"]
	}
	switch d.below(6) {
	case 0: // the workstation answers at the last moment, or too late
		d.then("link set", values{"site": string(theirs), "state": "down"})
		d.then("device tap", both)
		d.until(mine, hypr.TimerOffer, d.delta())
		d.then("link set", values{"site": string(theirs), "state": "up"})
	case 1: // the workstation does not hear that the phone has its set
		old := show()
		d.then("link fault", values{"fault": pick(d, "drop", "tamper"),
			"message": pick(d, "pin_set_held", "pin_set_held", "pin_set", "unlock_result"), "nth": 1})
		d.then("device tap", both)
		login(show())
		login(old)
	case 2: // a PIN that is shown just before its set expires
		d.until(mine, "hypr.expire", -time.Millisecond)
		pin := show()
		d.until(mine, "hypr.expire", d.delta())
		login(pin)
	case 3: // wrong ones before the right one, and that again
		pin := show()
		login(wrongPIN(d))
		login(pin)
		login(pin)
	case 4: // an old PIN after a new set
		pin := show()
		d.then("device tap", both)
		login(pin)
	case 5: // a PIN of a set whose end was reached, with the clock back before it
		pin := show()
		d.until(theirs, "hypr.expire", d.delta())
		d.then("clock back", values{"by": pick(d, time.Second, time.Hour, authn.Day)})
		login(pin)
	}
}

// The family encap knows sessions. A code has nine digits, so that a wrong one is right once in a billion tries.

var (
	onlinePIN  = authn.NewSecret("2580")
	offlinePIN = authn.NewSecret("1357")
	otherPIN   = authn.NewSecret("9999")
	noCode     = authn.NewSecret("000000000")
)

const fingerprint = "OFFLINE:ANDROID_FINGERPRINT"

func encapPrelude(d *drawer) {
	d.make(append(settings(encap.KeyOfflineMethods, "OFFLINE,OFFLINE:PIN,"+fingerprint, encap.KeyOTPLength, "9"),
		d.setting(encap.KeyMaxFailures, "1", "2", "3"), d.setting(encap.KeyLockScope, "method", "device"),
		d.setting(encap.KeySessionTTL, "10s", "300s")),
		append(phones(), authn.AddProvider{Name: "shop"}, authn.AddProvider{Name: "bank"})...)
	for _, phone := range []string{"pixel", "tablet", "iphone"} {
		if phone != "pixel" && d.below(64) == 0 {
			continue
		}
		d.act("device activate", values{"phone": phone, "methods": []string{"DEVICE", "DEVICE:PIN"}, "pin": onlinePIN})
		for i, method := range []string{"OFFLINE:PIN", "OFFLINE", fingerprint} {
			if i == 0 || phone == "pixel" && i == 1 || d.chance(1, 2) && (i == 1 || phone == "pixel") {
				d.act("device auth", values{"phone": phone, "method": "DEVICE:PIN", "pin": onlinePIN})
				d.act("device method add", values{"phone": phone, "methods": []string{method}, "pin": offlinePIN, "biometric": nil})
			}
		}
	}
}

func encapChange(d *drawer) authn.Setting {
	every := "OFFLINE,OFFLINE:PIN," + fingerprint
	return pick(d,
		d.setting(encap.KeyOfflineMethods, every, every, "none", "OFFLINE:PIN"), d.setting(encap.KeyOTPLength, "9", "9",
			"unset", "3"),
		d.setting(encap.KeyMaxFailures, "1", "2", "3", "0"), d.setting(encap.KeyLockScope, "method",
			"device"),
		d.setting(encap.KeySessionTTL, "10s", "300s", "3600s"), d.setting(encap.KeyAddMethods, "DEVICE:PIN",
			"DEVICE", "DEVICE,DEVICE:PIN"),
	)
}

func encapArgument(d *drawer, row verb.Verb, arg verb.Arg, args values) any {
	switch arg.Name {
	case "pin":
		wrong := map[mood]int{guessing: 3}[d.mood] + 1
		switch method, _ := args["method"].(string); {
		case d.chance(wrong, 6):
			return pick(d, otherPIN, onlinePIN)
		case row.Name == "device activate" || strings.HasPrefix(method, "DEVICE"):
			return onlinePIN
		}
		return offlinePIN
	case "methods":
		return pick(d, []string{"OFFLINE:PIN"}, []string{"OFFLINE"}, []string{"DEVICE", "DEVICE:PIN"},
			[]string{"DEVICE:PIN"}, []string{"OFFLINE", "OFFLINE:PIN"})
	case "data":
		if len(d.told("data")) == 0 || d.chance(1, 6) {
			return pick(d, "OFFAUTH1:AAAA", "nonsense")
		}
	case "code":
		if f := d.some(d.told("otp")); f != nil && d.chance(3, 4) {
			return f["otp"]
		}
		return authn.NewSecret(pick(d, "", "000000000", "12345"))
	case "title", "context":
		return pick(d, "Pay 120 EUR to Fjord AS", "Sign in", "Pay 120 EUR to \u202egro.live")
	case "biometric":
		if d.chance(map[mood]int{guessing: 5}[d.mood]+1, 7) {
			return encap.BiometricFail
		}
		return encap.BiometricOK
	}
	return nil
}

func encapLikely(d *drawer) []weighted {
	look, _ := d.snapshot()
	phone, provider := pick(d, look.Phones...), pick(d, look.Providers...).Name
	method := pick(d, "OFFLINE:PIN", "OFFLINE:PIN", "OFFLINE")
	if phone.Name == "pixel" && d.chance(1, 3) {
		method = fingerprint
	}
	of, isLocked := values{"phone": phone.Name}, false
	for _, u := range look.Users {
		for _, l := range u.Locks {
			isLocked = isLocked || l.Locked
		}
	}
	list := []weighted{
		d.weigh(5, "provider challenge", values{"provider": provider, "user": nil, "phone": phone.Name, "method": method,
			"context": "Pay 120 EUR", "mime": nil}),
		d.weigh(2, "device auth", values{"phone": phone.Name, "method": pick(d, "DEVICE:PIN", "DEVICE:PIN", "DEVICE"),
			"pin": onlinePIN}),
		d.weigh(map[mood]int{guessing: 5}[d.mood]+1, "device auth",
			values{"phone": phone.Name, "method": "DEVICE:PIN", "pin": otherPIN}),
		d.weigh(2, "device method add", values{"phone": phone.Name, "methods": []string{pick(d, "OFFLINE:PIN", "OFFLINE")},
			"pin": pick(d, offlinePIN, otherPIN)}),
		d.weigh(1, "device activate", values{"phone": phone.Name, "methods": []string{"DEVICE", "DEVICE:PIN"},
			"pin": onlinePIN}),
		d.weigh(when(isLocked, 5)+1, "admin user unlock", values{"name": phone.User}),
		d.weigh(1, "device passcode", of),
	}
	for _, p := range look.Phones {
		if p.Encap != nil && p.Encap.Operation != nil {
			list = append(list, d.weigh(1, "device cancel", values{"phone": p.Name}),
				d.weigh(9, "device approve", values{"phone": p.Name, "method": p.Encap.Operation.Method}))
		}
	}
	sessions, guess := d.told("data"), map[mood]int{guessing: 4}[d.mood]+1
	if len(sessions) == 0 {
		return list
	}
	newest, some, open := sessions[0], d.some(sessions), map[any]bool{}
	for _, p := range look.Providers {
		for _, s := range p.Sessions {
			open[s.ID] = s.State == "open"
		}
	}
	list = append(list,
		d.weigh(when(open[newest["session"]], 8), "device scan", values{"phone": newest["phone"], "data": newest["data"]}),
		d.weigh(1, "device scan", values{"phone": some["phone"], "data": some["data"]}), d.verify(guess, newest, noCode))
	for i, f := range d.told("otp") {
		if i < 2 {
			list = append(list, d.verify(when(open[f["session"]], 16)+2, f, f["otp"]), d.verify(guess, some, f["otp"]),
				d.weigh(1, "provider verify", values{"provider": provider, "session": f["session"], "code": f["otp"]}))
		}
	}
	return list
}

// verify types a code for the session of a fact.
func (d *drawer) verify(weight int, f values, code any) weighted {
	return d.weigh(weight, "provider verify", values{"provider": f["provider"], "session": f["session"], "code": code})
}

func encapMotif(d *drawer) {
	look, _ := d.snapshot()
	phone, provider := pick(d, look.Phones...).Name, pick(d, look.Providers...).Name
	method := pick(d, "OFFLINE:PIN", "OFFLINE:PIN", "OFFLINE")
	challenge := func() any {
		if !d.then("provider challenge", values{"provider": provider, "user": nil, "phone": phone, "method": method,
			"context": "Pay 120 EUR", "mime": nil}) {
			return missing{}
		}
		return d.told("data")[0]["session"]
	}
	scan := func() bool {
		f := d.told("data")
		return len(f) > 0 && d.then("device scan", values{"phone": phone, "data": f[0]["data"]})
	}
	approve := func(pin authn.Secret) any {
		if !scan() {
			return missing{}
		}
		if !d.then("device approve", values{"phone": phone, "method": method, "pin": pin}) {
			return missing{}
		}
		return d.told("otp")[0]["otp"]
	}
	verify := func(session, code any) {
		d.then("provider verify", values{"provider": provider, "session": session, "code": code})
	}
	auth := func(pin authn.Secret) {
		d.then("device auth", values{"phone": phone, "method": "DEVICE:PIN", "pin": pin})
	}
	session := challenge()
	switch d.below(7) {
	case 0: // right, and the same again
		code := approve(offlinePIN)
		verify(session, code)
		verify(session, code)
	case 1: // at the end of the session
		code := approve(offlinePIN)
		d.until(authn.SiteServer, "encap.session", d.delta())
		if d.chance(1, 2) {
			d.then("clock back", values{"by": time.Second})
		}
		verify(session, code)
	case 2: // the code of a session that another took the place of
		code := approve(offlinePIN)
		second := challenge()
		verify(session, code)
		verify(second, code)
	case 3: // wrong ones before the right one
		verify(session, noCode)
		verify(session, approve(otherPIN))
		verify(session, approve(offlinePIN))
	case 4: // what was scanned makes no room for another session
		scan()
		challenge()
		scan()
	case 5: // a right online PIN between wrong ones
		auth(otherPIN)
		auth(onlinePIN)
		auth(otherPIN)
	case 6: // what was scanned expires
		scan()
		d.until(authn.Phone(phone), "encap.operation", d.delta())
		d.then("device approve", values{"phone": phone, "method": method, "pin": offlinePIN})
	}
}
