package encap

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/scenarios/invariant"
)

// rightCode looks for a code of an open session that was made with the right
// PIN, and was refused; and for a right online PIN that was.
func (b *book) rightCode(e authn.Event) *invariant.Broken {
	if invariant.RefusedBy(e, (encap.Auth{}).Verb(), encap.CodeWrongPIN) {
		a, ok := b.Seen.Action.(encap.Auth)
		pin, known := b.pins[scope{a.Phone, string(encap.DevicePIN)}]
		if ok && a.Method == encap.DevicePIN && known && a.PIN.Reveal() == pin && !b.Damaged() {
			return invariant.Brokenf("the PIN of %s on %s was refused, and it is the one that was set", a.Method, a.Phone)
		}
		return nil
	}
	if !invariant.RefusedBy(e, (encap.Verify{}).Verb(),
		encap.CodeWrongCode, encap.CodeSessionExpired, encap.CodeSessionClosed, encap.CodeSessionSuperseded) {
		return nil
	}
	s := b.ofSession(e)
	if s == nil || s.end != "" || s.over || !b.At(authn.SiteServer, e.At).Before(s.expires) || b.Damaged() ||
		e.Site != authn.Provider(s.provider) || b.isLocked(scope{s.phone, s.method}) {
		return nil
	}
	pin, known := b.pins[scope{s.phone, s.method}]
	for _, c := range s.codes {
		if c.text == b.typed && (s.method != string(encap.OfflinePIN) || known && c.pin == pin) {
			return invariant.Brokenf("a code that %s gave for an open session of %s was refused (%s)",
				s.phone, s.provider, e.Result)
		}
	}
	return nil
}

// enterOnlinePIN learns the PIN of the first activation. Where its answer was
// lost, phone and server may have different ones.
func (b *book) enterOnlinePIN() {
	a, ok := b.Seen.Action.(encap.Activate)
	if !ok {
		return
	}
	at := scope{a.Phone, string(encap.DevicePIN)}
	if !b.Accepted() {
		delete(b.pins, at)
		return
	}
	b.pins[at] = a.PIN.Reveal()
}
