package hypr

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/scenarios/invariant"
)

// rightPIN looks for a PIN that is good by the book and was refused at the
// lock screen.
func (b *book) rightPIN(e authn.Event) *invariant.Broken {
	if e.Site.Role() != authn.RoleWorkstation || !invariant.RefusedBy(e, (hypr.Login{}).Verb(),
		hypr.CodeWrongPIN, hypr.CodePINUsed, hypr.CodePINExpired, hypr.CodeNotPrimed, hypr.CodeNotPaired) {
		return nil
	}
	for _, c := range b.cards[b.typed] {
		if c.ws == e.Site.Name() && c.user == invariant.UserAt(e) && b.unlocks(c, e) {
			return invariant.Brokenf("%s refused (%s) %s, which was not used and has not expired", e.Site, e.Result, c)
		}
	}
	return nil
}

// rightPasskey looks for a reason that a phone gave for not unlocking over
// Bluetooth, and that does not hold. Of a user who is locked out by the book the
// same holds at the lock screen.
func (b *book) rightPasskey() *invariant.Broken {
	r, p := b.Seen.Refusal, pair{}
	switch a := b.Seen.Action.(type) {
	case hypr.PasskeyUnlock:
		p = pair{a.Phone, a.Workstation}
	case hypr.Login:
		p.ws = a.Workstation
	}
	if r == nil || p.ws == "" || b.Damaged() {
		return nil
	}
	user := b.owner[p.phone]
	if a, ok := b.Seen.Action.(hypr.Login); ok {
		user = a.User
	}
	wrong := false
	switch t := b.tries[desk{user, p.ws}]; r.Code {
	case hypr.CodeBluetoothUnreachable:
		wrong = p.phone != "" && b.Up(authn.Bluetooth(p.phone, p.ws))
	case hypr.CodeNotLocked:
		wrong = !b.unlocked[p.ws]
	case hypr.CodeDirectoryLocked:
		wrong = user != "" && (t == nil || !t.locked)
	case hypr.CodeNoPasskey:
		wrong = b.passkey[p] && !b.lost[p] && !b.revoked[p.phone]
	}
	if !wrong {
		return nil
	}
	return invariant.Brokenf("%s at %s was refused with %s, which is not so", b.Seen.Action.Verb(), p.ws, r.Code)
}

// unlocks reports whether a PIN is still good at its workstation.
func (b *book) unlocks(c *card, e authn.Event) bool {
	s := b.sets[c.setKey]
	return s != nil && !c.accepted && !s.gone && !s.over && b.At(e.Site, e.At).Before(s.expires) &&
		c.number >= b.latest[c.pair] && !b.lost[c.pair]
}
