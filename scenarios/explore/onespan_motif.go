package explore

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/verb"
)

// desktop writes the steps of a motif of one user at one workstation.
type desktop struct {
	*notes
	known     *known
	phone     actor
	ws        string
	timeBased bool
}

// otp shows a code, a new one; fresh first waits for the next step.
func (t desktop) otp() ref {
	return ref{t.do("device otp", verb.Values{"phone": t.phone.name}), "code"}
}

func (t desktop) fresh() ref {
	if t.timeBased {
		t.steps = append(t.steps, step{id: t.id(), wait: wait{span: longStep}})
	}
	return t.otp()
}

// logon types a code at the locked workstation.
func (t desktop) logon(code any) {
	t.do("workstation lock", verb.Values{"workstation": t.ws})
	t.do("workstation login", verb.Values{"workstation": t.ws, "user": t.phone.user, "password": t.known.wallet.credential(t.phone.user, code)})
}

func (t desktop) update(code any) {
	t.do("tray update", verb.Values{"workstation": t.ws, "user": t.phone.user, "password": t.known.wallet.credential(t.phone.user, code)})
}

func (t desktop) link(state string) {
	t.do("link set", verb.Values{"site": string(authn.Workstation(t.ws)), "state": state})
}

func (t desktop) lose(fault, message string) {
	t.do("link fault", verb.Values{"fault": fault, "message": message, "nth": 1})
}

func (onespanDriver) motif(k *known, d *dice, n *notes) {
	w := k.wallet
	t := desktop{notes: n, known: k, phone: pick(d, k.phones...), ws: k.workstations[0]}
	if w.kinds[t.phone.name] == "" || d.chance(1, 3) {
		t.phone = k.phones[0]
	}
	if d.chance(1, 4) {
		t.ws = pick(d, k.workstations...)
	}
	t.timeBased = w.kinds[t.phone.name] == string(onespan.TimeBased)
	switch d.n(9) {
	case 0: // the code of one side is typed on the other
		first, then := pick(d, [2]string{"down", "up"}, [2]string{"up", "down"}), t.fresh()
		t.link(first[0])
		t.logon(then)
		t.link(first[1])
		t.logon(then)
		t.link("up")
	case 1:
		t.ages(d)
	case 2:
		t.expires(d)
	case 3:
		t.locks(d)
	case 4: // wrong ones in a row, online
		for range 3 {
			t.logon(wrongCode)
		}
		t.logon(t.fresh())
		t.do("admin user unlock", verb.Values{"name": t.phone.user})
		t.logon(t.fresh())
	case 5: // an answer that does not arrive whole
		t.lose(pick(d, "drop", "tamper", "replay"), pick(d, "onespan_part", "onespan_part", "onespan_answer", "onespan_logon"))
		code := t.fresh()
		t.logon(code)
		t.link("down")
		t.logon(pick[any](d, code, t.fresh()))
		t.link("up")
	case 6:
		t.pins()
	case 7: // found again by two codes
		first := t.fresh()
		second := t.fresh()
		t.do("admin authenticator resync", verb.Values{"phone": t.phone.name, "codes": twoCodes(first.step, second.step)})
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
func (t desktop) ages(d *dice) {
	site := authn.Workstation(t.ws)
	young := time.Duration(max(t.known.wallet.days[t.ws], 1)-1) * authn.Day
	delta := pick(d, -time.Millisecond, 0, time.Millisecond)
	t.steps = append(t.steps, step{id: t.id(), wait: wait{site: site, kind: "onespan.expire", delta: delta - young}})
	if d.chance(1, 2) {
		t.update(t.otp())
		return
	}
	t.logon(t.otp())
}

// expires logs on offline when the data expires, with the clock back at times.
func (t desktop) expires(d *dice) {
	site := authn.Workstation(t.ws)
	t.link("down")
	t.until(d, site, "onespan.expire")
	if d.chance(1, 3) {
		t.do("clock back", verb.Values{"by": pick(d, time.Second, time.Hour, 24*time.Hour)})
	}
	t.logon(t.otp())
	t.link("up")
	t.logon(t.fresh())
}

// locks locks the data, and brings it back; or tries to, without the
// administrator.
func (t desktop) locks(d *dice) {
	if d.chance(1, 3) { // the server has made newer data
		t.lose("drop", pick(d, "onespan_answer", "onespan_part"))
		t.logon(t.fresh())
	}
	t.link("down")
	for range 3 {
		t.logon(wrongCode)
	}
	t.link("up")
	t.logon(t.fresh())
	if d.chance(1, 3) {
		t.update(t.fresh())
	}
	t.do("admin offline-data delete", verb.Values{"user": t.phone.user, "workstation": t.ws})
	t.logon(t.fresh())
}

// pins sets a new server PIN with a logon.
func (t desktop) pins() {
	t.do("admin policy set", verb.Values{"settings": []authn.Setting{{Key: keyServerPIN, Value: "true"}}})
	t.do("admin user reset-pin", verb.Values{"user": t.phone.user})
	var password joined
	if w := t.known.wallet; w.on(keyPassword) || w.on(keyPasswordOffline) {
		password = joined{staticPassword}
	}
	code := t.fresh()
	t.do("workstation lock", verb.Values{"workstation": t.ws})
	t.do("workstation login", verb.Values{
		"workstation": t.ws, "user": t.phone.user, "password": append(password, code, secondPIN, secondPIN),
	})
}
