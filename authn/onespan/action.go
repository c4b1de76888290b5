package onespan

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// The Actions of the family. Phone, Workstation and User are names; the front
// end has filled in those that the person left out.
type (
	// OTP shows the one-time password of the Digipass on a phone
	// ("device otp"). An event-based one moves on. Its result is an OTPResult.
	OTP struct{ Phone string }

	// Logon types a credential at a locked workstation ("workstation login"):
	// [static password][server PIN]OTP[new PIN, twice]. Its result is a
	// LogonResult.
	Logon struct {
		Workstation, User string
		Password          authn.Secret
	}

	// Update is Update Offline Authentication Data of the Tray Agent
	// ("tray update"), with the same credential. Its result is an
	// UpdateResult.
	Update struct {
		Workstation, User string
		Password          authn.Secret
	}

	// Assign assigns a Digipass on a phone to its user
	// ("admin authenticator assign"), and replaces an earlier one. Seed is the
	// secret of a foreign generator in base32; empty means a new secret. Its result is an AssignResult.
	Assign struct {
		Phone string
		Type  Type
		Seed  authn.Secret
	}

	// Resync resynchronises a Digipass ("admin authenticator resync") by two
	// consecutive codes with a blank between (A4). Its result is a ResyncResult.
	Resync struct {
		Phone string
		Codes authn.Secret
	}

	// SetPassword sets a user's static password ("admin user set-password").
	SetPassword struct {
		User     string
		Password authn.Secret
	}

	// SetPIN sets a user's server PIN ("admin user set-pin"). With Change it
	// must be changed at the next logon.
	SetPIN struct {
		User   string
		PIN    authn.Secret
		Change bool
	}

	// ResetPIN takes a user's server PIN away ("admin user reset-pin"): the
	// next logon sets one (O28). Its result is a ResetPINResult.
	ResetPIN struct{ User string }

	// DeleteData deletes the server's record of offline data
	// ("admin offline-data delete"), which lets the next online logon bring a
	// full set (O38). Workstation and Serial may be empty: all that the user
	// has. Its result is a DeleteDataResult.
	DeleteData struct {
		User, Workstation string
		Serial            string `name:"authenticator"`
	}
)

// Verb implements authn.Action.
func (OTP) Verb() string         { return "device otp" }
func (Logon) Verb() string       { return "workstation login" }
func (Update) Verb() string      { return "tray update" }
func (Assign) Verb() string      { return "admin authenticator assign" }
func (Resync) Verb() string      { return "admin authenticator resync" }
func (SetPassword) Verb() string { return "admin user set-password" }
func (SetPIN) Verb() string      { return "admin user set-pin" }
func (ResetPIN) Verb() string    { return "admin user reset-pin" }
func (DeleteData) Verb() string  { return "admin offline-data delete" }

// Type tells what the codes of an authenticator depend on: time or a counter.
type Type string

// The types of authenticators.
const (
	TimeBased  Type = "time"
	EventBased Type = "event"
)

// The modes of a logon.
const (
	ModeOnline  = "online"
	ModeOffline = "offline"
)

// What became of the offline data at a contact with the server.
const (
	DataIssued  = "issued"  // there is data that was not there before
	DataRenewed = "renewed" // newer data took its place
	DataNotDue  = "not_due" // the existing data stays (O9)
	DataNone    = "none"    // there is none; Reason tells why
	DataKept    = "kept"    // nothing was brought; existing data stays
	DataLost    = "lost"    // the server sent it, and it did not arrive whole
)

// The reasons for which the server brings no data.
const (
	ReasonDisabled = "disabled"            // O1, O6
	ReasonBackend  = "backend"             // O3
	ReasonOther    = "other_authenticator" // O18
	ReasonLocked   = "locked"              // O39
	ReasonTaken    = "taken"               // O49: the authenticator was taken from the user
)

// OTPResult is the result of OTP.
type OTPResult struct {
	Phone, User, Serial string
	Type                Type
	// Code is the one-time password, in digits.
	Code authn.Secret
	// Until is the end of a time-based code, by the world's time; zero for an event-based one.
	Until time.Time
}

// LogonResult is the result of Logon.
type LogonResult struct {
	Workstation, User string
	// Mode is "online" or "offline".
	Mode string
	// Unlocked is true.
	Unlocked bool
	// PINChanged is true if the server PIN is a new one.
	PINChanged bool
	// Data is one of the words above; offline it is DataKept.
	Data string
	// Reason tells why there is none.
	Reason string
	// Type is the data's; empty without data.
	Type Type
	// ExpiresAt and DueAt are a time-based one's; Left are an event-based
	// one's uses.
	ExpiresAt, DueAt time.Time
	Left             int
	// Expiring is true if the user is to be told (O40).
	Expiring bool
}

// UpdateResult is the result of Update; its fields are as in LogonResult.
type UpdateResult struct {
	Workstation, User string
	PINChanged        bool
	Data, Reason      string
	Type              Type
	ExpiresAt, DueAt  time.Time
	Left              int
	Expiring          bool
}

// AssignResult is the result of Assign.
type AssignResult struct {
	Phone, User, Serial string
	Type                Type
	// Digits and Step are those of its codes; Step is 0 for an event-based one.
	Digits int
	Step   time.Duration
}

// ResyncResult is the result of Resync.
type ResyncResult struct {
	Phone, User, Serial string
	Type                Type
	// Drift is how far a time-based one is off the server's clock.
	Drift time.Duration
}

// ResetPINResult is the result of ResetPIN.
type ResetPINResult struct {
	User string
	// Had is true if there was a PIN.
	Had bool
}

// DeleteDataResult is the result of DeleteData.
type DeleteDataResult struct {
	User string
	// Deleted are the records that were there.
	Deleted []DeletedRecord
}

// DeletedRecord names a record of offline data (O17).
type DeletedRecord struct{ Workstation, Serial string }
