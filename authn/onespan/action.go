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

	// Assign gives the user of a phone a Digipass on it
	// ("admin authenticator assign"); one that is there is replaced. Seed is
	// its secret in base32, to bring along a foreign one; empty means a new
	// one. Its result is an AssignResult.
	Assign struct {
		Phone string
		Type  Type
		Seed  authn.Secret
	}

	// Resync finds a Digipass again that has run away
	// ("admin authenticator resync"), by two consecutive codes with a blank
	// between (A4). Its result is a ResyncResult.
	Resync struct {
		Phone string
		Codes authn.Secret
	}

	// SetPassword gives a user a static password ("admin user set-password").
	SetPassword struct {
		User     string
		Password authn.Secret
	}

	// SetPIN gives a user a server PIN ("admin user set-pin"). With Change it
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

// Type is what moves an authenticator's codes on.
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
	DataNotDue  = "not_due" // what is there stays (O9)
	DataNone    = "none"    // there is none; a reason says why
	DataKept    = "kept"    // nothing was brought; what is there stays
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

// OTPResult is what OTP gives.
type OTPResult struct {
	Phone, User, Serial string
	Type                Type
	// Code is the one-time password, in digits.
	Code authn.Secret
	// Until is when a time-based code makes room for the next, by the world's
	// time; zero for an event-based one.
	Until time.Time
}

// LogonResult is what Logon gives.
type LogonResult struct {
	Workstation, User string
	// Mode is "online" or "offline".
	Mode string
	// Unlocked is true.
	Unlocked bool
	// PINChanged says that the server PIN is a new one.
	PINChanged bool
	// Data is one of the words above; offline it is DataKept.
	Data string
	// Reason says why there is none.
	Reason string
	// Type is the data's; empty without data.
	Type Type
	// ExpiresAt and DueAt are a time-based one's; Left are an event-based
	// one's uses.
	ExpiresAt, DueAt time.Time
	Left             int
	// Expiring says that the user is to be told so (O40).
	Expiring bool
}

// UpdateResult is what Update gives; its fields are as in LogonResult.
type UpdateResult struct {
	Workstation, User string
	PINChanged        bool
	Data, Reason      string
	Type              Type
	ExpiresAt, DueAt  time.Time
	Left              int
	Expiring          bool
}

// AssignResult is what Assign gives.
type AssignResult struct {
	Phone, User, Serial string
	Type                Type
	// Digits and Step are those of its codes; Step is 0 for an event-based one.
	Digits int
	Step   time.Duration
}

// ResyncResult is what Resync gives.
type ResyncResult struct {
	Phone, User, Serial string
	Type                Type
	// Drift is how far a time-based one is off the server's clock.
	Drift time.Duration
}

// ResetPINResult is what ResetPIN gives.
type ResetPINResult struct {
	User string
	// Had says that there was a PIN.
	Had bool
}

// DeleteDataResult is what DeleteData gives.
type DeleteDataResult struct {
	User string
	// Deleted are the records that were there.
	Deleted []DeletedRecord
}

// DeletedRecord names a record of offline data (O17).
type DeletedRecord struct{ Workstation, Serial string }
