package invariant

import (
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
)

// rightSentence is what right_credential_accepted says, of every family.
const rightSentence = "a right, unused and unexpired PIN or code, typed in the right place, is taken"

// The checks of right_credential_accepted: what is right, unused and in time,
// and is typed in the right place, is taken. Each judges a refusal by what the
// book knows for certain, and says nothing where the book cannot know.

// refusedBy reports whether e says that an Action of that verb was refused for
// what was typed.
func refusedBy(e authn.Event, verb string, codes ...authn.Code) bool {
	return e.Kind == authn.EventRefused && text(e, "action") == verb && slices.Contains(codes, authn.Code(e.Result))
}

// rightPIN looks for a PIN that is good by the book and was refused at the
// lock screen.
func rightPIN(b *book, e authn.Event) *Broken {
	if e.Site.Role() != authn.RoleWorkstation || !refusedBy(e, (hypr.Login{}).Verb(),
		hypr.CodeWrongPIN, hypr.CodePINUsed, hypr.CodePINExpired, hypr.CodeNotPrimed, hypr.CodeNotPaired) {
		return nil
	}
	for _, c := range b.cards[b.typed] {
		if c.ws == e.Site.Name() && c.user == userAt(e) && b.unlocks(c, e) {
			return brokenf("%s refused (%s) %s, which was not used and has not expired", e.Site, e.Result, c)
		}
	}
	return nil
}

// rightPasskey looks for a reason that a phone gave for not unlocking over
// Bluetooth, and that does not hold. Of a user who is locked out by the book the
// same holds at the lock screen.
func rightPasskey(b *book) *Broken {
	r, p := b.seen.Refusal, pair{}
	switch a := b.seen.Action.(type) {
	case hypr.PasskeyUnlock:
		p = pair{a.Phone, a.Workstation}
	case hypr.Login:
		p.ws = a.Workstation
	}
	if r == nil || p.ws == "" || len(b.damaged) > 0 {
		return nil
	}
	user := b.owner[p.phone]
	if a, ok := b.seen.Action.(hypr.Login); ok {
		user = a.User
	}
	wrong := false
	switch t := b.tries[desk{user, p.ws}]; r.Code {
	case hypr.CodeBluetoothUnreachable:
		wrong = p.phone != "" && b.up(authn.Bluetooth(p.phone, p.ws))
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
	return brokenf("%s at %s was refused with %s, which is not so", b.seen.Action.Verb(), p.ws, r.Code)
}

// unlocks reports whether a PIN is still good at its workstation.
func (b *hyprBook) unlocks(c *card, e authn.Event) bool {
	s := b.sets[c.setKey]
	return s != nil && !c.accepted && !s.gone && !s.over && b.at(e.Site, e.At).Before(s.expires) &&
		c.number >= b.latest[c.pair] && !b.lost[c.pair]
}

// rightCode looks for a code of an open session that was made with the right
// PIN, and was refused; and for a right online PIN that was.
func rightCode(b *book, e authn.Event) *Broken {
	if refusedBy(e, (encap.Auth{}).Verb(), encap.CodeWrongPIN) {
		a, ok := b.seen.Action.(encap.Auth)
		pin, known := b.pins[scope{a.Phone, string(encap.DevicePIN)}]
		if ok && a.Method == encap.DevicePIN && known && a.PIN.Reveal() == pin && len(b.damaged) == 0 {
			return brokenf("the PIN of %s on %s was refused, and it is the one that was set", a.Method, a.Phone)
		}
		return nil
	}
	if !refusedBy(e, (encap.Verify{}).Verb(),
		encap.CodeWrongCode, encap.CodeSessionExpired, encap.CodeSessionClosed, encap.CodeSessionSuperseded) {
		return nil
	}
	s := b.ofSession(e)
	if s == nil || s.end != "" || s.over || !b.at(authn.SiteServer, e.At).Before(s.expires) || len(b.damaged) > 0 ||
		e.Site != authn.Provider(s.provider) || b.isLocked(scope{s.phone, s.method}) {
		return nil
	}
	pin, known := b.pins[scope{s.phone, s.method}]
	for _, c := range s.codes {
		if c.text == b.typed && (s.method != string(encap.OfflinePIN) || known && c.pin == pin) {
			return brokenf("a code that %s gave for an open session of %s was refused (%s)", s.phone, s.provider, e.Result)
		}
	}
	return nil
}

// enterOnlinePIN learns the PIN of the first activation. Where its answer was
// lost, phone and server may have different ones.
func (b *encapBook) enterOnlinePIN() {
	a, ok := b.seen.Action.(encap.Activate)
	if !ok {
		return
	}
	at := scope{a.Phone, string(encap.DevicePIN)}
	if !b.accepted() {
		delete(b.pins, at)
		return
	}
	b.pins[at] = a.PIN.Reveal()
}

// sureWindow is how far from the last accepted value, in steps or events, a
// code is certain to be within every window that the policy can set by default.
const sureWindow = 5

// rightOTP looks for a one-time password that is new, of now, and was refused
// although nothing else was asked for.
func rightOTP(b *book, e authn.Event) *Broken {
	if e.Site.Role() != authn.RoleWorkstation || !refusedBy(e, b.seen.Action.Verb(), onespan.CodeWrongCode,
		onespan.CodeReplayed, onespan.CodeMalformed, onespan.CodeDataExpired, onespan.CodeNotCovered, onespan.CodeNoData) {
		return nil
	}
	online := number(e, "windows_event") == 2020
	_, update := b.seen.Action.(onespan.Update)
	if b.by.ws == "" || update && !online || len(b.damaged) > 0 || b.asked() {
		return nil
	}
	for serial, d := range b.digipasses {
		value, ok := d.codes[b.typed]
		if !ok || !b.current(d, value, e) {
			continue
		}
		if online && d.user == b.by.user && !d.dropped && !b.account.locked && value > b.knownOnline(serial) {
			return brokenf("the server refused (%s) a new code of %s", e.Result, serial)
		}
		if !online && b.opens(serial, d, value, e) {
			return brokenf("%s refused (%s) a new code of %s, of which it has data", e.Site, e.Result, serial)
		}
	}
	return nil
}

// asked reports whether more than a one-time password was ever asked for: what
// a workstation knows of that is its own affair.
func (b *common) asked() bool {
	for _, key := range []authn.SettingKey{
		onespan.KeyPINRequired, onespan.KeyPINMinLength, onespan.KeyPasswordRequired, onespan.KeyPasswordOffline,
		onespan.KeyOTPWindow, onespan.KeyOTPEventWindow,
	} {
		if _, set := b.policy[key]; set {
			return true
		}
	}
	return false
}

// current reports whether a code is of this very step by clocks that agree,
// or one of the next events.
func (b *onespanBook) current(d *digipass, value int64, e authn.Event) bool {
	if !d.timed {
		return value-d.used <= sureWindow
	}
	return len(b.skews) == 0 && !d.drifted && value == e.At.Unix()/d.seconds
}

// opens reports whether the offline data that was there before the Action has
// the code.
func (b *onespanBook) opens(serial string, d *digipass, value int64, e authn.Event) bool {
	data := b.before
	switch {
	case !data.present || data.locked || data.over || data.serial != serial || value <= max(data.used, d.used):
		return false
	case data.timed:
		return b.at(e.Site, e.At).Before(data.expires) && value >= data.issued.Unix()/d.seconds
	}
	return data.left > sureWindow && value-data.used <= sureWindow
}
