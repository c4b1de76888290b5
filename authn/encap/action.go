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
	// changes the PIN of one that the phone has. It takes one method (E4) and needs an
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
		// User or Phone may be empty: then it is the user's only activated
		// phone, or the user of the phone.
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

	// Approve is finishOfflineAuthentication ("device approve"): it returns the
	// one-time password and closes the operation. Its result is an
	// ApproveResult.
	Approve struct {
		Phone string
		// Method must be that of the ScanResult (E13).
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

// ActivateResult is the result of Activate.
type ActivateResult struct {
	Phone, User, Registration string
	Methods                   []Method
}

// AuthResult is the result of Auth.
type AuthResult struct {
	Phone, User string
	Method      Method
}

// AddResult is the result of AddMethod.
type AddResult struct {
	Phone, User string
	Method      Method
	// Updated is true if the method was there before.
	Updated bool
	// Methods are all that the phone has now.
	Methods []Method
}

// ChallengeResult is the result of Challenge.
type ChallengeResult struct {
	Provider, User, Phone, Session string
	Method                         Method
	// Data is the verification data, one printable word.
	Data      string
	ExpiresAt time.Time
}

// ScanResult is the result of Scan. Title and Content are as the provider wrote
// them: whoever shows them puts them through authn.Visible (E12).
type ScanResult struct {
	Phone, Provider, Session string
	Method                   Method
	Title                    string
	Content                  string `name:"context"`
	MIME                     string
	ExpiresAt                time.Time
}

// ApproveResult is the result of Approve.
type ApproveResult struct {
	Phone, Provider, Session string
	Method                   Method
	// Code has the number of digits that the session sets.
	Code      authn.Secret `name:"otp"`
	ExpiresAt time.Time
}

// VerifyResult is the result of Verify.
type VerifyResult struct {
	Provider, Session, User, Phone string
	Method                         Method
	// Approved is true.
	Approved bool
}

// PasscodeResult is the result of Passcode.
type PasscodeResult struct {
	Phone string
	// Unlocked is true if biometrics were locked before.
	Unlocked bool
}
