package explore

import (
	"maps"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// The settings that say what a credential is made of.
const (
	keyServerPIN       = "onespan.server_pin.required"
	keyPassword        = "onespan.static_password.required"
	keyPasswordOffline = "onespan.static_password.offline"
)

// wrongCode is a one-time password that is right once in millions of tries.
var wrongCode = authn.NewSecret("00000000")

// wallet is what the one who draws knows of Digipass authenticators.
type wallet struct {
	policy   map[string]string
	pins     map[string]authn.Secret // by user
	kinds    map[string]string       // by phone: of its authenticator
	otps     []shownOTP
	assigned []int            // the steps that assigned an authenticator
	days     map[string]int64 // by workstation: those of its newest time-based data
	locked   bool             // some offline data is
}

// shownOTP is a one-time password that a step showed.
type shownOTP struct {
	step        int
	phone, user string
	typed       bool
}

func newWallet(policy []authn.Setting) *wallet {
	w := &wallet{policy: map[string]string{}, pins: map[string]authn.Secret{}, kinds: map[string]string{}, days: map[string]int64{}}
	for _, s := range policy {
		w.policy[string(s.Key)] = s.Value
	}
	return w
}

func (w *wallet) clone() *wallet {
	c := *w
	c.policy, c.pins, c.kinds, c.days = maps.Clone(w.policy), maps.Clone(w.pins), maps.Clone(w.kinds), maps.Clone(w.days)
	c.otps, c.assigned = slices.Clone(w.otps), slices.Clone(w.assigned)
	return &c
}

// on reports whether a switch of the policy is on.
func (w *wallet) on(key string) bool { return w.policy[key] == "true" }

// credential puts together what a user types: static password and server PIN
// where they are wanted, the code, and a new PIN, twice, where one is due.
func (w *wallet) credential(user string, code any) joined {
	var c joined
	if w.on(keyPassword) || w.on(keyPasswordOffline) {
		c = append(c, staticPassword)
	}
	if !w.on(keyServerPIN) {
		return append(c, code)
	}
	if pin, ok := w.pins[user]; ok {
		return append(c, pin, code)
	}
	return append(c, code, secondPIN, secondPIN)
}

// twoCodes are two codes with a blank between.
func twoCodes(first, second int) joined {
	return joined{ref{first, "code"}, authn.NewSecret(" "), ref{second, "code"}}
}

// learn takes what came of a step that was done.
func (w *wallet) learn(p played) {
	switch a := p.action.(type) {
	case onespan.OTP:
		if r, ok := p.outcome.Result.(onespan.OTPResult); ok {
			w.otps = append(w.otps, shownOTP{step: p.step.id, phone: a.Phone, user: r.User})
		}
	case onespan.Assign:
		w.kinds[a.Phone] = string(a.Type)
		w.assigned = append(w.assigned, p.step.id)
	case onespan.SetPIN:
		w.pins[a.User] = a.PIN
	case onespan.ResetPIN:
		delete(w.pins, a.User)
	case onespan.Logon:
		r, _ := p.outcome.Result.(onespan.LogonResult)
		w.typed(p.step, a.User, r.PINChanged)
	case onespan.Update:
		r, _ := p.outcome.Result.(onespan.UpdateResult)
		w.typed(p.step, a.User, r.PINChanged)
	}
}

// typed marks the code of a credential that was accepted, and keeps the PIN
// that it changed.
func (w *wallet) typed(s step, user string, changed bool) {
	c, _ := s.values["password"].(joined)
	for _, piece := range c {
		r, ok := piece.(ref)
		for i := range w.otps {
			w.otps[i].typed = w.otps[i].typed || ok && w.otps[i].step == r.step
		}
	}
	if pin, ok := last(c).(authn.Secret); ok && changed {
		w.pins[user] = pin
	}
}

func last(c joined) any {
	if len(c) == 0 {
		return nil
	}
	return c[len(c)-1]
}

// hear takes an event.
func (w *wallet) hear(e authn.Event) {
	switch e.Kind {
	case authn.EventPolicySet:
		key, _ := e.Fields["key"].(string)
		w.policy[key], _ = e.Fields["value"].(string)
	case onespan.EventAuthenticatorDropped:
		phone, _ := e.Fields["phone"].(string)
		delete(w.kinds, phone)
	case onespan.EventDataIssued, onespan.EventDataRenewed:
		if days, ok := e.Fields["days"].(int64); ok {
			w.days[e.Site.Name()] = days
		}
		w.locked = false
	case onespan.EventDataDeleted:
		w.locked = w.locked || e.Fields["reason"] == onespan.ReasonLocked
	}
}
