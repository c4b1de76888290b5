package explore

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/verb"
)

// A motif is a few steps that lead somewhere together, such as to a tap that
// is answered at the last moment. Drawn one by one they would seldom meet.
// What else is drawn may come between them.

// notes writes the steps of a motif; id gives the number of a new step.
type notes struct {
	steps []step
	id    func() int
}

// do adds a step and gives its id.
func (n *notes) do(name string, values verb.Values) int {
	id := n.id()
	n.steps = append(n.steps, step{id: id, verb: name, values: values})
	return id
}

// until adds a wait for a deadline, or for just before or behind it.
func (n *notes) until(d *dice, site authn.Site, kind string) {
	delta := pick(d, -time.Millisecond, 0, time.Millisecond)
	n.steps = append(n.steps, step{id: n.id(), wait: wait{site: site, kind: kind, delta: delta}})
}

// before adds a wait until a millisecond before a deadline.
func (n *notes) before(site authn.Site, kind string) {
	n.steps = append(n.steps, step{id: n.id(), wait: wait{site: site, kind: kind, delta: -time.Millisecond}})
}

func (hyprDriver) motif(k *known, d *dice, n *notes) {
	phone, ws := pick(d, k.phones...), pick(d, k.workstations...)
	both := verb.Values{"phone": phone.name, "workstation": ws}
	site := string(authn.Workstation(ws))
	show := func() ref { return ref{n.do("device unlock", both), "pin"} }
	login := func(pin any) {
		n.do("workstation login", verb.Values{"workstation": ws, "user": phone.user, "pin": pin})
	}
	switch d.n(6) {
	case 0: // the workstation answers at the last moment, or too late
		n.do("link set", verb.Values{"site": site, "state": "down"})
		n.do("device tap", both)
		n.until(d, authn.Phone(phone.name), hypr.TimerOffer)
		n.do("link set", verb.Values{"site": site, "state": "up"})
	case 1: // the workstation does not hear that the phone has its set
		n.do("link fault", verb.Values{"fault": pick(d, "drop", "tamper"), "message": pick(d, "pin_set_held", "pin_set_held", "pin_set", "unlock_result"), "nth": 1})
		n.do("device tap", both)
		n.do("workstation lock", verb.Values{"workstation": ws})
		login(show())
	case 2: // a PIN that is shown just before its set expires
		n.before(authn.Phone(phone.name), "hypr.expire")
		pin := show()
		n.until(d, authn.Phone(phone.name), "hypr.expire")
		n.do("workstation lock", verb.Values{"workstation": ws})
		login(pin)
	case 3: // wrong ones before the right one, and that again
		pin := show()
		n.do("workstation lock", verb.Values{"workstation": ws})
		login(wrongPIN(d))
		login(pin)
		n.do("workstation lock", verb.Values{"workstation": ws})
		login(pin)
	case 4: // an old PIN after a new set
		pin := show()
		n.do("device tap", both)
		n.do("workstation lock", verb.Values{"workstation": ws})
		login(pin)
	case 5: // a PIN of a set whose end was reached, with the clock back before it
		pin := show()
		n.until(d, authn.Workstation(ws), "hypr.expire")
		n.do("clock back", verb.Values{"by": pick(d, time.Second, time.Hour, 24*time.Hour)})
		n.do("workstation lock", verb.Values{"workstation": ws})
		login(pin)
	}
}

func (e encapDriver) motif(k *known, d *dice, n *notes) {
	phone, provider := pick(d, k.phones...), pick(d, k.providers...)
	method := pick(d, "OFFLINE:PIN", "OFFLINE:PIN", "OFFLINE")
	challenge := func() int {
		return n.do("provider challenge", verb.Values{"provider": provider, "phone": phone.name, "method": method, "context": "Pay 120 EUR"})
	}
	answer := func(session int, pin authn.Secret) ref {
		n.do("device scan", verb.Values{"phone": phone.name, "data": ref{session, "data"}})
		return ref{n.do("device approve", verb.Values{"phone": phone.name, "method": method, "pin": pin}), "otp"}
	}
	verify := func(session int, code any) {
		n.do("provider verify", verb.Values{"provider": provider, "session": ref{session, "session"}, "code": code})
	}
	session := challenge()
	switch d.n(5) {
	case 0: // right, and the same again
		code := answer(session, offlinePIN)
		verify(session, code)
		verify(session, code)
	case 1: // at the end of the session
		code := answer(session, offlinePIN)
		n.until(d, authn.SiteServer, "encap.session")
		if d.chance(1, 2) {
			n.do("clock back", verb.Values{"by": time.Second})
		}
		verify(session, code)
	case 2: // the code of a session that another took the place of
		code := answer(session, offlinePIN)
		second := challenge()
		verify(session, code)
		verify(second, code)
	case 3: // wrong ones before the right one
		verify(session, authn.NewSecret("000000000"))
		verify(session, answer(session, otherPIN))
		n.do("device scan", verb.Values{"phone": phone.name, "data": ref{session, "data"}})
		verify(session, answer(session, offlinePIN))
	case 4: // what was scanned expires
		n.do("device scan", verb.Values{"phone": phone.name, "data": ref{session, "data"}})
		n.until(d, authn.Phone(phone.name), "encap.operation")
		n.do("device approve", verb.Values{"phone": phone.name, "method": method, "pin": offlinePIN})
	}
}
