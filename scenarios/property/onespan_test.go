package property_test

import (
	"slices"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/verb"
)

// The family onespan knows Digipass codes and the credentials around them.

var (
	firstPIN       = authn.NewSecret("2580")
	secondPIN      = authn.NewSecret("1357")
	staticPassword = authn.NewSecret("WinterTyre7")
	wrongCode      = authn.NewSecret("00000000")
)

const (
	// longStep keeps the data of a day at 288 codes, and so the price of a life low.
	longStep           = 300 * time.Second
	keyServerPIN       = onespan.KeyPINRequired
	keyPassword        = onespan.KeyPasswordRequired
	keyPasswordOffline = onespan.KeyPasswordOffline
)

// onespanPrelude assigns a time-based authenticator to alice, an event-based
// one to bob and sometimes another to alice, and primes a workstation or two.
func onespanPrelude(d *drawer) {
	policy := append(settings(onespan.KeyOTPLength, "8", onespan.KeyOTPStep, longStep.String(), onespan.KeyOffline, "true",
		onespan.KeyBackend, onespan.BackendAlways),
		d.setting(onespan.KeyOTPWindow, "1", "2", "5"), d.setting(onespan.KeyOTPEventWindow, "3", "10"),
		d.setting(onespan.KeyWindowDays, "2", "2", "3"), d.setting(onespan.KeyOfflineEventWindow, "3", "5", "12"),
		d.setting(onespan.KeyMaxFailures, "1", "2", "3", "3"), d.setting(onespan.KeyLockThreshold, "0", "2",
			"3"),
		d.setting(onespan.KeyNotifyDays, "0", "1"), d.setting(onespan.KeyNotifyUses, "0", "2"))
	if d.chance(1, 3) {
		policy = append(policy, authn.Setting{Key: keyServerPIN, Value: "true"})
	}
	if d.chance(1, 4) {
		policy = append(policy, authn.Setting{Key: keyPassword, Value: "true"},
			d.setting(keyPasswordOffline, "true", "false"))
	}
	d.make(policy, append(workstations(authn.FamilyOneSpan, "DESKTOP-3", "DESKTOP-4"), phones()...)...)
	assign := func(phone string, kind onespan.Type) {
		d.act("admin authenticator assign", values{"phone": phone, "type": string(kind), "seed": nil})
	}
	assign("pixel", onespan.TimeBased)
	assign("iphone", onespan.EventBased)
	if d.chance(1, 4) {
		assign("tablet", onespan.EventBased)
	}
	for _, user := range []string{"alice", "bob"} {
		d.act("admin user set-password", values{"user": user, "password": staticPassword})
		d.act("admin user set-pin", values{"user": user, "pin": firstPIN, "change": nil})
	}
	desk := desktop{d, "pixel", "alice", "DESKTOP-3", false}
	desk.logon(desk.code())
	if d.below(64) > 0 {
		desk = desktop{d, "iphone", "bob", "DESKTOP-3", false}
		desk.logon(desk.code())
	}
	if d.chance(1, 2) {
		d.forward(longStep)
		desk = desktop{d, "pixel", "alice", "DESKTOP-4", false}
		desk.logon(desk.code())
	}
	d.act("workstation lock", values{"workstation": "DESKTOP-3"})
}

func onespanChange(d *drawer) authn.Setting {
	return pick(d,
		d.setting(onespan.KeyOffline, "true", "true", "false"),
		d.setting(onespan.KeyBackend, onespan.BackendAlways, onespan.BackendAlways, onespan.BackendNone),
		d.setting(onespan.KeyWindowDays, "1", "2", "3", "100"), d.setting(onespan.KeyOfflineEventWindow, "1", "5",
			"3000"),
		d.setting(onespan.KeyMaxFailures, "1", "2", "3"), d.setting(onespan.KeyLockThreshold, "0", "1", "3"),
		d.setting(keyServerPIN, "true", "false"), d.setting(keyPassword, "false", "false", "true"),
		d.setting(onespan.KeyOTPWindow, "1", "4"), d.setting(onespan.KeyOTPLength, "8", "7",
			"9"), d.setting(onespan.KeySpecificMessages, "true", "false"),
	)
}

func onespanArgument(d *drawer, row verb.Verb, arg verb.Arg, args values) any {
	switch arg.Name {
	case "password":
		if row.Role == authn.RoleAdmin {
			return staticPassword
		}
		if f := d.some(d.told("code")); f != nil && d.chance(3, 4) {
			return d.credential(f["user"], f["code"])
		}
		return authn.NewSecret(pick(d, "", "00000000", "258000000000", "123456"))
	case "pin":
		return pick(d, firstPIN, secondPIN, authn.NewSecret("12"), authn.NewSecret("12x4"))
	case "codes":
		if f := d.told("code"); len(f) > 1 {
			return joined(f[1]["code"], " ", f[0]["code"])
		}
		return wrongCode
	case "authenticator":
		if f := d.some(d.told("serial")); f != nil && d.chance(1, 3) {
			return f["serial"]
		}
	}
	return nil
}

// joined puts texts and secrets together.
func joined(parts ...any) authn.Secret {
	var text strings.Builder
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			text.WriteString(p)
		case authn.Secret:
			text.WriteString(p.Reveal())
		}
	}
	return authn.NewSecret(text.String())
}

// on reports whether a switch of the policy is on.
func (d *drawer) on(key authn.SettingKey) bool {
	look, _ := d.snapshot()
	return slices.ContainsFunc(look.Policy, func(s authn.SettingView) bool {
		return s.Key == key &&
			(s.Value == "true" || s.Value == "on")
	})
}

// credential puts together what a user types: static password and server PIN
// where they are wanted, the code, and a new PIN, twice, where one is due.
func (d *drawer) credential(user, code any) any {
	if _, none := code.(missing); none {
		return code
	}
	var before []any
	if d.on(keyPassword) || d.on(keyPasswordOffline) {
		before = append(before, staticPassword)
	}
	if !d.on(keyServerPIN) {
		return joined(append(before, code)...)
	}
	for _, f := range slices.Backward(d.facts) {
		switch {
		case f["user"] != user:
		case f["verb"] == "admin user reset-pin":
			return joined(append(before, code, secondPIN, secondPIN)...)
		case f["verb"] == "admin user set-pin":
			return joined(append(before, f["pin"], code)...)
		case f["pin_changed"] == true:
			return joined(append(before, secondPIN, code)...)
		}
	}
	return joined(append(before, code, secondPIN, secondPIN)...)
}

func onespanLikely(d *drawer) []weighted {
	look, _ := d.snapshot()
	phone, ws := pick(d, look.Phones...), pick(d, look.Workstations...).Name
	if d.chance(2, 3) {
		ws = look.Workstations[0].Name
	}
	if d.mood == draining { // one event-based authenticator, to the end of its uses
		phone, ws = look.Phones[len(look.Phones)-1], look.Workstations[0].Name
	}
	lockedUser, lockedData := false, false
	for _, u := range look.Users {
		lockedUser = lockedUser || u.OneSpan != nil && u.OneSpan.Locked
	}
	user := values{"user": phone.User}
	list := []weighted{
		d.weigh(when(phone.Digipass != nil, map[mood]int{draining: 8}[d.mood]+6), "device otp", values{"phone": phone.Name}),
		{when(d.mood != draining, 3), func() { d.forward(longStep) }},
		d.weigh(when(phone.Digipass == nil && phone.Name != "tablet", 6), "admin authenticator assign",
			values{"phone": phone.Name, "type": string(onespan.EventBased), "seed": nil}),
		d.weigh(1, "admin user set-pin", values{"user": phone.User, "pin": pick(d, firstPIN, secondPIN),
			"change": d.chance(1, 3)}),
		d.weigh(when(d.on(keyServerPIN), 1), "admin user reset-pin", user),
	}
	for _, w := range look.Workstations {
		list = append(list, d.weigh(when(!w.Locked, 9), "workstation lock", values{"workstation": w.Name}))
		for _, data := range w.Data {
			lockedData = lockedData || data.Locked
		}
	}
	list = append(list, d.weigh(when(lockedUser, 4)+1, "admin user unlock", values{"name": phone.User}),
		d.weigh(when(lockedData, 4)+1, "admin offline-data delete",
			values{"user": phone.User, "workstation": ws, "authenticator": nil}))
	return append(list, onespanLogons(d, look, ws)...)
}

// onespanLogons types a fresh code, an old one, another user's or a wrong one,
// at the lock screen or in the Tray Agent.
func onespanLogons(d *drawer, look authn.Snapshot, ws string) []weighted {
	user, guess := pick(d, look.Users...).Name, map[mood]int{guessing: 6}[d.mood]+1
	logon := func(weight int, user, password any) weighted {
		return d.weigh(weight, "workstation login", values{"workstation": ws, "user": user, "password": password})
	}
	list := []weighted{logon(guess, user, d.credential(user, wrongCode))}
	codes := d.told("code")
	if len(codes) == 0 {
		return list
	}
	newest, old := codes[0], d.some(codes)
	right := d.credential(newest["user"], newest["code"]).(authn.Secret)
	list = append(list, logon(guess+1, old["user"], d.credential(old["user"], old["code"])),
		logon(guess, user, d.credential(user, old["code"])))
	if more := right.Len() - newest["code"].(authn.Secret).Len(); more > 0 { // a wrong password or PIN of the same length
		list = append(list, logon(guess+1, newest["user"], authn.NewSecret(strings.Repeat("0", more)+right.Reveal()[more:])))
	}
	if !d.typed("password", right) {
		list = append(list, logon(when(locked(look, ws), 16), newest["user"], right),
			d.weigh(3, "tray update", values{"workstation": ws, "user": newest["user"], "password": right}))
	}
	return list
}

// desktop is a user with his phone at a workstation, in a motif.
type desktop struct {
	*drawer
	phone, user, ws string
	timeBased       bool
}

// code shows a code; fresh waits for the next step first.
func (t desktop) code() any {
	if !t.then("device otp", values{"phone": t.phone}) {
		return missing{}
	}
	return t.told("code")[0]["code"]
}

func (t desktop) fresh() any {
	if t.timeBased {
		t.forward(longStep)
	}
	return t.code()
}

// logon types a code at the locked workstation.
func (t desktop) logon(code any) {
	t.then("workstation lock", values{"workstation": t.ws})
	t.then("workstation login", values{"workstation": t.ws, "user": t.user, "password": t.credential(t.user, code)})
}

func (t desktop) update(code any) {
	t.then("tray update", values{"workstation": t.ws, "user": t.user, "password": t.credential(t.user, code)})
}

func (t desktop) link(state string) {
	t.then("link set", values{"site": string(authn.Workstation(t.ws)), "state": state})
}

func (t desktop) lose(fault, message string) {
	t.then("link fault", values{"fault": fault, "message": message, "nth": 1})
}

func onespanMotif(d *drawer) {
	look, _ := d.snapshot()
	phone := pick(d, look.Phones...)
	if phone.Digipass == nil || d.chance(1, 3) {
		phone = look.Phones[0]
	}
	t := desktop{d, phone.Name, phone.User, look.Workstations[0].Name, phone.Digipass != nil &&
		phone.Digipass.Type == string(onespan.TimeBased)}
	if d.chance(1, 4) {
		t.ws = pick(d, look.Workstations...).Name
	}
	switch d.below(9) {
	case 0: // the code of one side is typed on the other
		first, code := pick(d, [2]string{"down", "up"}, [2]string{"up", "down"}), t.fresh()
		t.link(first[0])
		t.logon(code)
		t.link(first[1])
		t.logon(code)
		t.link("up")
	case 1:
		t.ages()
	case 2:
		t.expires()
	case 3:
		t.locks()
	case 4: // wrong ones in a row, online
		for range 3 {
			t.logon(wrongCode)
		}
		t.logon(t.fresh())
		t.then("admin user unlock", values{"name": t.user})
		t.logon(t.fresh())
	case 5: // an answer that does not arrive whole
		t.lose(pick(d, "drop", "tamper", "replay"), pick(d, "onespan_part", "onespan_part", "onespan_answer",
			"onespan_logon"))
		code := t.fresh()
		t.logon(code)
		t.link("down")
		t.logon(pick(d, code, t.fresh()))
		t.link("up")
	case 6: // a new server PIN is set with a logon
		t.then("admin policy set", values{"settings": settings(keyServerPIN, "true"), "user": nil})
		t.then("admin user reset-pin", values{"user": t.user})
		t.logon(t.fresh())
	case 7: // found again by two codes
		first, second := t.fresh(), t.fresh()
		t.then("admin authenticator resync", values{"phone": t.phone, "codes": joined(first, " ", second)})
		t.logon(t.fresh())
	case 8: // offline, again and again
		t.link("down")
		for range 4 {
			t.logon(t.fresh())
		}
		t.link("up")
		t.logon(t.fresh())
	}
}

// ages logs on when the data is a day old, just before that or just after.
func (t desktop) ages() {
	look, _ := t.snapshot()
	days := time.Duration(1)
	for _, s := range look.Policy {
		if s.Key == onespan.KeyWindowDays {
			days = time.Duration(s.Value[0] - '0')
		}
	}
	t.until(authn.Workstation(t.ws), "onespan.expire", t.delta()-(days-1)*authn.Day)
	if t.chance(1, 2) {
		t.update(t.code())
		return
	}
	t.logon(t.code())
}

// expires logs on offline when the data expires, with the clock back at times.
func (t desktop) expires() {
	t.link("down")
	t.until(authn.Workstation(t.ws), "onespan.expire", t.delta())
	if t.chance(1, 3) {
		t.then("clock back", values{"by": pick(t.drawer, time.Second, time.Hour, authn.Day)})
	}
	t.logon(t.code())
	t.link("up")
	t.logon(t.fresh())
}

// locks locks the data, and brings it back; or tries to, without the
// administrator.
func (t desktop) locks() {
	if t.chance(1, 3) { // the server has made newer data
		t.lose("drop", pick(t.drawer, "onespan_answer", "onespan_part"))
		t.logon(t.fresh())
	}
	t.link("down")
	for range 3 {
		t.logon(wrongCode)
	}
	t.link("up")
	t.logon(t.fresh())
	if t.chance(1, 3) {
		t.update(t.fresh())
	}
	t.then("admin offline-data delete", values{"user": t.user, "workstation": t.ws, "authenticator": nil})
	t.logon(t.fresh())
}
