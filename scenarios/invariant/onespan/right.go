package onespan

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/scenarios/invariant"
)

// sureWindow is how far from the last accepted value, in steps or events, a
// code is certain to be within every window that the policy can set by default.
const sureWindow = 5

// rightOTP looks for a one-time password that is new, of now, and was refused
// although nothing else was asked for.
func (b *book) rightOTP(e authn.Event) *invariant.Broken {
	if e.Site.Role() != authn.RoleWorkstation || !invariant.RefusedBy(e, b.Seen.Action.Verb(), onespan.CodeWrongCode,
		onespan.CodeReplayed, onespan.CodeMalformed, onespan.CodeDataExpired, onespan.CodeNotCovered, onespan.CodeNoData) {
		return nil
	}
	online := e.Number("windows_event") == 2020
	_, update := b.Seen.Action.(onespan.Update)
	if b.by.ws == "" || update && !online || b.Damaged() || b.asked() {
		return nil
	}
	for serial, d := range b.digipasses {
		value, ok := d.codes[b.typed]
		if !ok || !b.current(d, value, e) {
			continue
		}
		if online && d.user == b.by.user && !d.dropped && !b.account.locked && value > b.knownOnline(serial) {
			return invariant.Brokenf("the server refused (%s) a new code of %s", e.Result, serial)
		}
		if !online && b.opens(serial, d, value, e) {
			return invariant.Brokenf("%s refused (%s) a new code of %s, of which it has data", e.Site, e.Result, serial)
		}
	}
	return nil
}

// asked reports whether more than a one-time password was ever asked for: what
// a workstation knows of that is its own affair.
func (b *book) asked() bool {
	for _, key := range []authn.SettingKey{
		onespan.KeyPINRequired, onespan.KeyPINMinLength, onespan.KeyPasswordRequired, onespan.KeyPasswordOffline,
		onespan.KeyOTPWindow, onespan.KeyOTPEventWindow,
	} {
		if _, set := b.Policy[key]; set {
			return true
		}
	}
	return false
}

// current reports whether a code is of this very step by clocks that agree,
// or one of the next events.
func (b *book) current(d *digipass, value int64, e authn.Event) bool {
	if !d.timed {
		return value-d.used <= sureWindow
	}
	return len(b.Skews) == 0 && !d.drifted && value == e.At.Unix()/d.seconds
}

// opens reports whether the offline data that was there before the Action has
// the code.
func (b *book) opens(serial string, d *digipass, value int64, e authn.Event) bool {
	data := b.before
	switch {
	case !data.present || data.locked || data.over || data.serial != serial || value <= max(data.used, d.used):
		return false
	case data.timed:
		return b.At(e.Site, e.At).Before(data.expires) && value >= data.issued.Unix()/d.seconds
	}
	return data.left > sureWindow && value-data.used <= sureWindow
}
