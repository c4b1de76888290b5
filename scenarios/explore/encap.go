package explore

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/verb"
)

// encapDriver knows sessions.
type encapDriver struct{}

var _ driver = encapDriver{}

// The PINs of all phones. A one-time password has nine digits, so that one
// which is right by chance is met once in a billion tries.
var (
	onlinePIN  = authn.NewSecret("2580")
	offlinePIN = authn.NewSecret("1357")
	otherPIN   = authn.NewSecret("9999")
)

func (encapDriver) family() authn.FamilyName { return authn.FamilyEncap }

func (encapDriver) messages() []string { return encap.MessageKinds() }

func (encapDriver) policy(d *dice) []authn.Setting {
	return []authn.Setting{
		{Key: "encap.offline.methods", Value: "OFFLINE,OFFLINE:PIN,OFFLINE:ANDROID_FINGERPRINT"}, {Key: "encap.otp.length", Value: "9"},
		{Key: "encap.offline.max_failures", Value: pick(d, "1", "2", "3")}, {Key: "encap.offline.lock_scope", Value: pick(d, "method", "device")},
		{Key: "encap.offline.session_ttl", Value: pick(d, "10s", "300s")},
	}
}

func (encapDriver) changes(d *dice) authn.Setting {
	return pick(d,
		authn.Setting{Key: "encap.offline.methods", Value: pick(d, "none", "OFFLINE:PIN", "OFFLINE,OFFLINE:PIN,OFFLINE:ANDROID_FINGERPRINT")},
		authn.Setting{Key: "encap.offline.methods", Value: "OFFLINE,OFFLINE:PIN,OFFLINE:ANDROID_FINGERPRINT"},
		authn.Setting{Key: "encap.otp.length", Value: pick(d, "unset", "9", "9", "3")},
		authn.Setting{Key: "encap.offline.max_failures", Value: pick(d, "1", "2", "3", "0")},
		authn.Setting{Key: "encap.offline.lock_scope", Value: pick(d, "method", "device")},
		authn.Setting{Key: "encap.offline.session_ttl", Value: pick(d, "10s", "300s", "3600s")},
		authn.Setting{Key: "encap.add.methods", Value: pick(d, "DEVICE:PIN", "DEVICE", "DEVICE,DEVICE:PIN")},
	)
}

func (encapDriver) actors() []actor {
	return []actor{
		{role: authn.RoleProvider, name: "shop"}, {role: authn.RoleProvider, name: "bank"},
		{role: authn.RolePhone, name: "pixel", user: "alice"}, {role: authn.RolePhone, name: "tablet", user: "alice"},
		{role: authn.RolePhone, name: "iphone", user: "bob", platform: "ios"},
	}
}

func (e encapDriver) prelude(d *dice, _ []authn.Setting) []step {
	var list []step
	for _, p := range []string{"pixel", "tablet", "iphone"} {
		list = append(list, e.activate(p))
		list = append(list, e.auth(p, "DEVICE:PIN", onlinePIN), e.add(p, "OFFLINE:PIN", offlinePIN))
		if p == "pixel" || d.chance(1, 2) {
			list = append(list, e.auth(p, "DEVICE:PIN", onlinePIN), e.add(p, "OFFLINE", authn.Secret{}))
		}
	}
	if d.chance(1, 2) {
		list = append(list, e.auth("pixel", "DEVICE:PIN", onlinePIN), e.add("pixel", "OFFLINE:ANDROID_FINGERPRINT", authn.Secret{}))
	}
	return list
}

func (encapDriver) activate(phone string) step {
	return step{verb: "device activate", values: verb.Values{"phone": phone, "methods": []string{"DEVICE", "DEVICE:PIN"}, "pin": onlinePIN}}
}

func (encapDriver) auth(phone, method string, pin authn.Secret) step {
	return step{verb: "device auth", values: verb.Values{"phone": phone, "method": method, "pin": pin}}
}

func (encapDriver) add(phone, method string, pin authn.Secret) step {
	s := step{verb: "device method add", values: verb.Values{"phone": phone, "methods": []string{method}}}
	if !pin.Empty() {
		s.values["pin"] = pin
	}
	return s
}

func (encapDriver) argument(k *known, d *dice, v verb.Verb, a verb.Arg) (any, bool) {
	switch a.Name {
	case "pin":
		return pick(d, onlinePIN, offlinePIN, otherPIN), true
	case "methods":
		return pick(d, []string{"DEVICE", "DEVICE:PIN"}, []string{"OFFLINE:PIN"}, []string{"OFFLINE"}, []string{"DEVICE:PIN"}, []string{"OFFLINE", "OFFLINE:PIN"}), true
	case "data":
		if len(k.tickets) > 0 && d.chance(4, 5) {
			return ref{pick(d, k.tickets...).step, "data"}, true
		}
		return pick(d, "OFFAUTH1:AAAA", "nonsense"), true
	case "session":
		if len(k.tickets) > 0 && d.chance(4, 5) {
			return ref{pick(d, k.tickets...).step, "session"}, true
		}
		return nil, false
	case "code":
		if len(k.codes) > 0 && d.chance(3, 4) {
			return ref{pick(d, k.codes...).step, "otp"}, true
		}
		return authn.NewSecret(pick(d, "", "000000000", "12345")), true
	case "title", "context":
		return pick(d, "Pay 120 EUR to Fjord AS", "Sign in", "Pay 120 EUR to \u202egro.live"), true
	case "mime":
		return nil, false
	}
	return nil, false
}

func (e encapDriver) likely(k *known, d *dice, m mood) []choice {
	phone := pick(d, k.phones...).name
	do := func(weight int, s step) choice { return choice{weight, func() step { return s }} }
	method := pick(d, "OFFLINE:PIN", "OFFLINE:PIN", "OFFLINE")
	if phone == "pixel" && d.chance(1, 3) {
		method = "OFFLINE:ANDROID_FINGERPRINT"
	}
	list := []choice{
		do(5, step{verb: "provider challenge", values: verb.Values{"provider": pick(d, k.providers...), "phone": phone, "method": method, "context": "Pay 120 EUR"}}),
		do(2, e.auth(phone, pick(d, "DEVICE:PIN", "DEVICE:PIN", "DEVICE"), onlinePIN)),
		do(map[mood]int{guessing: 5}[m]+1, e.auth(phone, "DEVICE:PIN", otherPIN)),
		do(boolWeight(k.online[phone], 2), e.add(phone, pick(d, "OFFLINE:PIN", "OFFLINE"), pick(d, offlinePIN, otherPIN))),
		do(1, e.activate(phone)),
		do(boolWeight(k.locked, 5)+1, step{verb: "admin user unlock", values: verb.Values{"name": k.userOf(phone)}}),
		do(1, step{verb: "device passcode", values: verb.Values{"phone": phone}}),
	}
	for _, p := range k.phones {
		if at, ok := k.reading[p.name]; ok {
			list = append(list, do(1, step{verb: "device cancel", values: verb.Values{"phone": p.name}}), do(9, e.approve(k, d, p.name, at, m)))
		}
	}
	return append(list, e.verifies(k, d, m)...)
}

// approve answers what a phone reads, mostly with the right PIN.
func (encapDriver) approve(k *known, d *dice, phone string, at int, m mood) step {
	method := "OFFLINE:PIN"
	for _, t := range k.tickets {
		if t.step == at {
			method = t.method
		}
	}
	pin := offlinePIN
	if d.chance(map[mood]int{guessing: 3}[m]+1, 6) {
		pin = pick(d, onlinePIN, otherPIN)
	}
	values := verb.Values{"phone": phone, "method": method, "pin": pin}
	if method == "OFFLINE:ANDROID_FINGERPRINT" {
		values["biometric"] = encap.BiometricOK
		if d.chance(map[mood]int{guessing: 5}[m]+1, 7) {
			values["biometric"] = encap.BiometricFail
		}
	}
	return step{verb: "device approve", values: values}
}

// verifies are what a phone can scan, and codes to type: the right one, one of
// another session or place, or nobody's.
func (encapDriver) verifies(k *known, d *dice, m mood) []choice {
	if len(k.tickets) == 0 {
		return nil
	}
	guess := map[mood]int{guessing: 4}[m] + 1
	newest, some := k.tickets[len(k.tickets)-1], pick(d, k.tickets...)
	scan := func(t ticket) func() step {
		return func() step {
			return step{verb: "device scan", values: verb.Values{"phone": t.phone, "data": ref{t.step, "data"}}}
		}
	}
	verify := func(weight int, t ticket, provider string, code any) choice {
		return choice{weight, func() step {
			return step{verb: "provider verify", values: verb.Values{"provider": provider, "session": ref{t.step, "session"}, "code": code}}
		}}
	}
	list := []choice{{boolWeight(!newest.over, 8), scan(newest)}, {1, scan(some)}, verify(guess, newest, newest.provider, authn.NewSecret("000000000"))}
	for i := len(k.codes) - 1; i >= 0 && i >= len(k.codes)-2; i-- {
		c := k.codes[i]
		for _, t := range k.tickets {
			if t.step == c.ticket {
				list = append(list, verify(12, t, t.provider, ref{c.step, "otp"}), verify(1, t, pick(d, k.providers...), ref{c.step, "otp"}))
			}
		}
		list = append(list, verify(guess, some, some.provider, ref{c.step, "otp"}))
	}
	return list
}
