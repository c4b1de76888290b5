package invariant

import (
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
)

// State is one that a good exploration meets sometimes: if many runs never
// meet it, they are too weak.
type State struct {
	// ID is its name, such as "low_warning".
	ID string
	// Sentence says what it is.
	Sentence string
	Family   authn.FamilyName
}

// state is a State with how it is told, from an event that is not entered
// yet.
type state struct {
	State
	event func(*book, authn.Event) bool
}

// States lists the states of a family, in order.
func States(family authn.FamilyName) []State {
	var list []State
	for _, s := range states() {
		if s.Family == "" || s.Family == family {
			list = append(list, s.State)
		}
	}
	return list
}

// Reached returns how often each state was met so far.
func (h *History) Reached() map[string]int { return h.book.reached }

func states() []state {
	return slices.Concat(hyprStates(), encapStates(), onespanStates(), commonStates())
}

// kind is a state that an event tells by its kind alone.
func kind(k authn.Kind) func(*book, authn.Event) bool {
	return func(_ *book, e authn.Event) bool { return e.Kind == k }
}

func commonStates() []state {
	return []state{
		{State{"clock_set_back_over_an_expiry", "the clock was set back to before an expiry that was reached", ""},
			backOverExpiry},
	}
}

// backOverExpiry looks for what is over and, by the clock, is not.
func backOverExpiry(b *book, e authn.Event) bool {
	if e.Kind != sim.EventClockSetBack {
		return false
	}
	for k, s := range b.sets {
		if s.over && b.at(authn.Workstation(k.ws), e.At).Before(s.expires) {
			return true
		}
	}
	for _, s := range b.sessions {
		if s.over && b.at(authn.SiteServer, e.At).Before(s.expires) {
			return true
		}
	}
	for k, d := range b.data {
		if d.over && b.at(authn.Workstation(k.ws), e.At).Before(d.expires) {
			return true
		}
	}
	return false
}

func hyprStates() []state {
	s := func(id, sentence string, event func(*book, authn.Event) bool) state {
		return state{State{id, sentence, authn.FamilyHYPR}, event}
	}
	return []state{
		s("low_warning", "a phone warned that its PINs run low", kind(hypr.EventPINsLow)),
		s("exhaustion", "a phone showed the last PIN of a set", kind(hypr.EventPINsExhausted)),
		s("expiry_while_visible", "a set expired while a PIN of it was visible", func(b *book, e authn.Event) bool {
			return e.Kind == hypr.EventPINHidden && text(e, "reason") == "expired"
		}),
		s("offer_at_5s", "a phone offered its PIN exactly 5 s after the tap", func(b *book, e authn.Event) bool {
			since, waits := b.taps[pair{e.Site.Name(), e.Subject}]
			return e.Kind == hypr.EventPINOffered && text(e, "reason") == hypr.ReasonUnreachable && waits &&
				b.at(e.Site, e.At).Sub(since) == tapTimeout
		}),
		s("answered_at_the_last_moment", "a tap was answered within the last millisecond of its 5 s", answeredLate),
		s("refill_with_pins_left", "a phone took a set while PINs of the one before were left",
			func(b *book, e authn.Event) bool {
				if e.Kind != hypr.EventPINsStored {
					return false
				}
				k := keyOf(e)
				old := b.sets[setKey{k.pair, b.held[k.pair]}]
				return old != nil && old.shown < old.count
			}),
		s("unconfirmed_set_used", "a PIN of a set that the workstation did not know to be the phone's unlocked it",
			func(_ *book, e authn.Event) bool {
				return e.Kind == hypr.EventPINsConfirmed && text(e, "by") == "use"
			}),
		s("lock_out", "the directory locked a user out", kind(hypr.EventDirectoryLocked)),
		s("reset_by_success", "a right PIN ended a row of wrong ones", func(b *book, e authn.Event) bool {
			return offline(e) && b.triesOf(e).failures > 0
		}),
		s("others_right_pin", "a wrong PIN was another user's, phone's or workstation's right one",
			func(b *book, e authn.Event) bool {
				if !guess(e) || e.Result != string(hypr.CodeWrongPIN) {
					return false
				}
				return slices.ContainsFunc(b.cards[b.typed], func(c *card) bool {
					return !c.accepted && (c.ws != e.Site.Name() || c.user != userAt(e) && c.user != e.Subject)
				})
			}),
		s("used_pin_again", "a used PIN was typed again", func(_ *book, e authn.Event) bool {
			return guess(e) &&
				e.Result == string(hypr.CodePINUsed)
		}),
		s("expired_pin", "a PIN of a set that has expired was typed", func(_ *book, e authn.Event) bool {
			return guess(e) && e.Result == string(hypr.CodePINExpired) && e.Rule == "H33"
		}),
		s("passkey_unlock", "a passkey unlocked a workstation", func(_ *book, e authn.Event) bool {
			return e.Kind == hypr.EventUnlocked && text(e, "mode") == hypr.ModeBluetooth
		}),
	}
}

// answeredLate looks for a tap that was answered just before its time.
func answeredLate(b *book, e authn.Event) bool {
	if e.Kind != hypr.EventUnlocked || text(e, "mode") != hypr.ModeOnline {
		return false
	}
	phone := text(e, "phone")
	since, waits := b.taps[pair{phone, e.Site.Name()}]
	after := b.at(authn.Phone(phone), e.At).Sub(since)
	return waits && after > 0 && after >= tapTimeout-1_000_000 && after < tapTimeout
}

func encapStates() []state {
	s := func(id, sentence string, event func(*book, authn.Event) bool) state {
		return state{State{id, sentence, authn.FamilyEncap}, event}
	}
	return []state{
		s(string(encap.EventSessionApproved), "a code was accepted", kind(encap.EventSessionApproved)),
		s(string(encap.EventSessionSuperseded), "a newer session took the place of an open one", kind(encap.EventSessionSuperseded)),
		s(string(encap.EventSessionExpired), "a session expired", kind(encap.EventSessionExpired)),
		s("lock_at_the_limit", "the last failure that is allowed locked", func(_ *book, e authn.Event) bool {
			return e.Kind == encap.EventMethodLocked || e.Kind == encap.EventDeviceLocked
		}),
		s("reset_by_success", "a success ended a row of failures", func(b *book, e authn.Event) bool {
			return (e.Kind == encap.EventSessionApproved || e.Kind == encap.EventDeviceAuthenticated) && b.wrong[scopeOf(e)] > 0
		}),
		s("code_of_another_session", "a code was typed for another session than its own", func(b *book, e authn.Event) bool {
			if e.Kind != authn.EventRefused || e.Result != string(encap.CodeWrongCode) {
				return false
			}
			for id, other := range b.sessions {
				if id != text(e, "session") && slices.ContainsFunc(other.codes, func(c code) bool { return c.text == b.typed }) {
					return true
				}
			}
			return false
		}),
		s("code_of_a_wrong_pin", "a code was refused that the phone made with a wrong PIN",
			func(b *book, e authn.Event) bool {
				own := b.ofSession(e)
				return e.Kind == authn.EventRefused && e.Result == string(encap.CodeWrongCode) && own != nil &&
					slices.ContainsFunc(own.codes, func(c code) bool { return c.text == b.typed })
			}),
		s("operation_expired", "what a phone had scanned expired before it was approved", func(_ *book, e authn.Event) bool {
			return e.Kind == encap.EventOperationClosed && text(e, "reason") == "expired"
		}),
		s("activated_again", "a phone was activated again", func(_ *book,
			e authn.Event) bool {
			return e.Kind == encap.EventRegistrationDropped
		}),
	}
}
