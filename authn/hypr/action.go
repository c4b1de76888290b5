package hypr

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// The Actions of the family. Phone, Workstation and User are names; the front
// end fills in those that were left out.
type (
	// Pair pairs a phone with a workstation for the phone's user
	// ("device pair"). Its result is a PairResult.
	Pair struct {
		Phone, Workstation string
		// Passkey adds an Enterprise Passkey (H36).
		Passkey bool
	}

	// Tap is the ordinary tap on a workstation's icon ("device tap"): an online
	// login if phone, server and workstation are connected, else an offer of
	// the offline PIN, which spends no PIN (H15, H16). Its result is a
	// TapResult; it may be pending.
	Tap struct {
		Phone, Workstation string
		// Long is a long press, which goes straight to the offer (H17). Its
		// argument is press: short or long.
		Long bool `name:"press"`
	}

	// Unlock is the long press and Unlock Computer ("device unlock"): it shows
	// the next offline PIN and spends it (H17, H20), or shows the visible one
	// again (H19). Its result is an UnlockResult.
	Unlock struct {
		Phone, Workstation string
		// Next hides the visible PIN first, if there is another.
		Next bool
	}

	// Hide wipes the PIN that a phone shows ("device hide"). Its result is a
	// HideResult.
	Hide struct{ Phone string }

	// PasskeyUnlock unlocks a nearby workstation over Bluetooth with an
	// Enterprise Passkey ("device passkey unlock"). It spends no PIN (H37). Its
	// result is a PasskeyResult.
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

// PairResult is the result of Pair.
type PairResult struct {
	Phone, Workstation, User string
	// Passkey reports whether the pairing has an Enterprise Passkey.
	Passkey bool
	// Lost counts the unused PINs of the previous pairing, which were deleted.
	Lost int
}

// PasskeyResult is the result of PasskeyUnlock.
type PasskeyResult struct {
	Phone, Workstation, User string
	// Mode is "bluetooth".
	Mode string
	// Unlocked is true.
	Unlocked bool
}

// The outcomes of a tap.
const (
	// TapLogin means that the workstation was unlocked online.
	TapLogin = "login"
	// TapOffer means that the phone offers the offline PIN.
	TapOffer = "offer"
	// TapWaiting means that the workstation has not answered yet.
	TapWaiting = "waiting"
	// TapUnanswered means that there was no answer and that the phone has no
	// offline PIN to offer (H9, H1).
	TapUnanswered = "unanswered"
	// TapCancelled means that the tap was cancelled.
	TapCancelled = "cancelled"
)

// The reasons why a phone shows or offers a PIN.
const (
	// ReasonAsked is a long press on an online phone (H17).
	ReasonAsked = "asked"
	// ReasonPhoneOffline means that the phone has no internet (H16).
	ReasonPhoneOffline = "phone_offline"
	// ReasonUnreachable means that the workstation did not answer for five
	// seconds (H15).
	ReasonUnreachable = "workstation_unreachable"
)

// TapResult is the result of Tap.
type TapResult struct {
	Phone, Workstation, User string
	// ID identifies the tap for World.Look; Since is its start.
	ID    string
	Since time.Time
	// Outcome is one of the outcomes above.
	Outcome string
	// Reason is the reason for TapOffer, TapUnanswered or TapCancelled.
	Reason string
	// Notice is the message on the phone's main screen, if any (H16, H30).
	Notice string
	// Left is how many of the set's Of PINs the phone still has afterwards.
	Left, Of int
	// ExpiresAt is when the PINs expire; zero without a set.
	ExpiresAt time.Time
	// Why and Hints explain TapUnanswered.
	Why   string
	Hints []string
	// Expired reports whether the PINs have expired, by the phone's clock.
	Expired bool
	// Lost reports whether the login made a new set that did not reach the
	// phone.
	Lost bool
}

// UnlockResult is the result of Unlock.
type UnlockResult struct {
	Phone, Workstation, User string
	// PIN has symbols of Alphabet; its length is that of the set.
	PIN authn.Secret
	// Left is how many of the set's Of PINs remain.
	Left, Of int
	// Via is one of the reasons above.
	Via string
	// Same reports whether the PIN was already visible and none was spent
	// (H19).
	Same bool
	// Low reports whether Left is below the prompt threshold (H28).
	Low                          bool
	ShownAt, HiddenAt, ExpiresAt time.Time
}

// HideResult is the result of Hide.
type HideResult struct {
	Phone string
	// Hidden reports whether a PIN was visible.
	Hidden bool
}

// LoginResult is the result of Login.
type LoginResult struct {
	Workstation, User string
	// Mode is "offline".
	Mode string
	// Unlocked is true.
	Unlocked bool
	// Left counts the PINs that the workstation still accepts.
	Left int
}
