package hypr

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// The Actions of the family. Phone, Workstation and User are names; the
// front end has filled in those that the person left out.
type (
	// Pair pairs a phone with a workstation for the phone's user
	// ("device pair"). Its result is a PairResult.
	Pair struct {
		Phone, Workstation string
		// Passkey adds an Enterprise Passkey (H36).
		Passkey bool
	}

	// Tap is the ordinary tap on a workstation's icon ("device tap"): an
	// online login if phone, server and workstation can talk, else an offer
	// of the offline PIN, which spends nothing (H15, H16). Its result is a
	// TapResult; it may be pending.
	Tap struct {
		Phone, Workstation string
		// Long is a long press: it goes straight to the offer (H17). It is
		// spelled press: short or long.
		Long bool `name:"press"`
	}

	// Unlock is the long press and Unlock Computer ("device unlock"): it
	// shows the next offline PIN and spends it (H17, H20), or the one that is
	// still visible (H19). Its result is an UnlockResult.
	Unlock struct {
		Phone, Workstation string
		// Next hides the one that is visible first, if there is another.
		Next bool
	}

	// Hide wipes the PIN that a phone shows ("device hide"). Its result is a
	// HideResult.
	Hide struct{ Phone string }

	// PasskeyUnlock unlocks a workstation nearby over Bluetooth with an
	// Enterprise Passkey ("device passkey unlock"). It spends no PIN (H37).
	// Its result is a PasskeyResult.
	PasskeyUnlock struct{ Phone, Workstation string }

	// Login types an offline PIN at a locked workstation
	// ("workstation login"). Its result is a LoginResult.
	Login struct {
		Workstation, User string
		PIN               authn.Secret
	}
)

// Verb implements authn.Action.
func (Pair) Verb() string   { return "device pair" }
func (Tap) Verb() string    { return "device tap" }
func (Unlock) Verb() string { return "device unlock" }
func (Hide) Verb() string   { return "device hide" }

// Verb implements authn.Action.
func (PasskeyUnlock) Verb() string { return "device passkey unlock" }

// Verb implements authn.Action.
func (Login) Verb() string { return "workstation login" }

// PairResult is what Pair gives.
type PairResult struct {
	Phone, Workstation, User string
	// Passkey reports whether the pairing has an Enterprise Passkey.
	Passkey bool
	// Lost counts the PINs of the pairing before, which went with it.
	Lost int
}

// PasskeyResult is what PasskeyUnlock gives.
type PasskeyResult struct {
	Phone, Workstation, User string
	// Mode is "bluetooth".
	Mode string
	// Unlocked is true.
	Unlocked bool
}

// The ends of a tap.
const (
	// TapLogin means that the workstation was unlocked online.
	TapLogin = "login"
	// TapOffer means that the phone offers the offline PIN.
	TapOffer = "offer"
	// TapWaiting means that the workstation has not answered yet.
	TapWaiting = "waiting"
	// TapUnanswered means that nothing answered, and that the phone has no
	// offline PIN to offer (H9, H1).
	TapUnanswered = "unanswered"
	// TapCancelled means that it was given up.
	TapCancelled = "cancelled"
)

// The reasons for which a phone gives or offers a PIN.
const (
	// ReasonAsked is a long press on an online phone (H17).
	ReasonAsked = "asked"
	// ReasonPhoneOffline means that the phone has no internet (H16).
	ReasonPhoneOffline = "phone_offline"
	// ReasonUnreachable means that the workstation did not answer for five
	// seconds (H15).
	ReasonUnreachable = "workstation_unreachable"
)

// TapResult is what Tap gives.
type TapResult struct {
	Phone, Workstation, User string
	// ID names the tap for World.Look; Since is when it began.
	ID    string
	Since time.Time
	// Outcome is one of the ends above.
	Outcome string
	// Reason says more of TapOffer, TapUnanswered and TapCancelled.
	Reason string
	// Notice is what the phone shows on its main screen, if anything (H16,
	// H30).
	Notice string
	// Left and Of count the PINs that the phone holds afterwards.
	Left, Of int
	// ExpiresAt is when they expire; zero without a set.
	ExpiresAt time.Time
	// Why is the sentence of a TapUnanswered, and Hints are what helps.
	Why   string
	Hints []string
	// Expired says that they have, by the phone's clock.
	Expired bool
	// Lost says that the login made a new set that did not reach the phone.
	Lost bool
}

// UnlockResult is what Unlock gives.
type UnlockResult struct {
	Phone, Workstation, User string
	// PIN has symbols of Alphabet, as many as the set was made with.
	PIN authn.Secret
	// Left and Of count the PINs that remain, of how many.
	Left, Of int
	// Via is one of the three reasons.
	Via string
	// Same says that the PIN was visible already and nothing was spent (H19).
	Same bool
	// Low says that Left is below the prompt threshold (H28).
	Low                          bool
	ShownAt, HiddenAt, ExpiresAt time.Time
}

// HideResult is what Hide gives.
type HideResult struct {
	Phone string
	// Hidden reports whether a PIN was visible.
	Hidden bool
}

// LoginResult is what Login gives.
type LoginResult struct {
	Workstation, User string
	// Mode is "offline".
	Mode string
	// Unlocked is true.
	Unlocked bool
	// Left counts the PINs that the workstation still accepts.
	Left int
}
