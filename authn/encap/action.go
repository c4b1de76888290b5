package encap

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// The Actions of the family. Phone, User and Provider are names; the front
// end has filled in those that the person left out. Methods may be in the
// spelling of an SDK, see ParseMethod.
type (
	// Activate makes a registration of a phone with the server
	// ("device activate"). Its result is an ActivateResult.
	Activate struct {
		Phone   string
		Methods []Method
		// PIN is that of DEVICE:PIN, if it is among them.
		PIN authn.Secret
	}

	// Auth authenticates online ("device auth"). Its result is an AuthResult.
	Auth struct {
		Phone  string
		Method Method
		PIN    authn.Secret
	}

	// AddMethod is addOrUpdate ("device method add"): it adds a method, or
	// gives one that is there a new PIN. It takes one method (E4) and needs an
	// online authentication right before (E5). Its result is an AddResult.
	AddMethod struct {
		Phone   string
		Methods []Method
		PIN     authn.Secret
		// Biometric is BiometricOK, BiometricFail, or empty, which is OK.
		Biometric string
	}

	// Challenge starts an offline authentication session
	// ("provider challenge"). Its result is a ChallengeResult.
	Challenge struct {
		Provider string
		// User or Phone may be empty: the phone is the user's only one that is
		// activated, the user the phone's.
		User, Phone string
		Method      Method
		// Title, Content and MIME are the context, of at most MaxContext bytes
		// together. An empty MIME is "text/plain".
		Title   string
		Content string `name:"context"`
		MIME    string
	}

	// Scan is startOfflineAuthentication ("device scan"): it reads
	// verification data and opens an operation. Its result is a ScanResult.
	Scan struct{ Phone, Data string }

	// Approve is finishOfflineAuthentication ("device approve"): it gives the
	// one-time password and closes the operation. Its result is an
	// ApproveResult.
	Approve struct {
		Phone string
		// Method must be the one that Scan gave (E13).
		Method Method
		// PIN is wanted by OFFLINE:PIN, Biometric by the biometric methods.
		PIN       authn.Secret
		Biometric string
	}

	// Verify types a one-time password into the provider's site
	// ("provider verify"). Its result is a VerifyResult.
	Verify struct {
		Provider string
		// Session is the provider's newest, if empty.
		Session string
		Code    authn.Secret
	}

	// Passcode enters the phone's own passcode ("device passcode"), which
	// makes biometrics work again (E34). Its result is a PasscodeResult.
	Passcode struct{ Phone string }
)

// The outcomes of a biometric check.
const (
	BiometricOK   = "ok"
	BiometricFail = "fail"
)

// Verb implements authn.Action.
func (Activate) Verb() string  { return "device activate" }
func (Auth) Verb() string      { return "device auth" }
func (AddMethod) Verb() string { return "device method add" }
func (Challenge) Verb() string { return "provider challenge" }
func (Scan) Verb() string      { return "device scan" }
func (Approve) Verb() string   { return "device approve" }
func (Verify) Verb() string    { return "provider verify" }
func (Passcode) Verb() string  { return "device passcode" }

// ActivateResult is what Activate gives.
type ActivateResult struct {
	Phone, User, Registration string
	Methods                   []Method
}

// AuthResult is what Auth gives.
type AuthResult struct {
	Phone, User string
	Method      Method
}

// AddResult is what AddMethod gives.
type AddResult struct {
	Phone, User string
	Method      Method
	// Updated says that the method was there before.
	Updated bool
	// Methods are all that the phone has now.
	Methods []Method
}

// ChallengeResult is what Challenge gives.
type ChallengeResult struct {
	Provider, User, Phone, Session string
	Method                         Method
	// Data is the verification data, one printable word.
	Data      string
	ExpiresAt time.Time
}

// ScanResult is what Scan gives. Title and Content are as the provider wrote
// them: whoever shows them puts them through authn.Visible (E12).
type ScanResult struct {
	Phone, Provider, Session string
	Method                   Method
	Title                    string
	Content                  string `name:"context"`
	MIME                     string
	ExpiresAt                time.Time
}

// ApproveResult is what Approve gives.
type ApproveResult struct {
	Phone, Provider, Session string
	Method                   Method
	// Code has as many digits as the session wants.
	Code      authn.Secret `name:"otp"`
	ExpiresAt time.Time
}

// VerifyResult is what Verify gives.
type VerifyResult struct {
	Provider, Session, User, Phone string
	Method                         Method
	// Approved is true.
	Approved bool
}

// PasscodeResult is what Passcode gives.
type PasscodeResult struct {
	Phone string
	// Unlocked says that biometrics were locked before.
	Unlocked bool
}
