package authn

import "time"

// DigipassView shows the authenticator on a phone.
type DigipassView struct {
	Serial string
	// Type is "time" or "event".
	Type   string
	Digits int
	// Step is the length of a time step, or 0 for an event-based authenticator.
	Step time.Duration
}

// DataView shows the offline authentication data of a user on a workstation.
// Times are the world's.
type DataView struct {
	User string
	// Present reports whether there is data that can verify a logon.
	Present bool
	// Serial and Type describe the authenticator that works offline.
	Serial, Type string
	Number       uint64
	IssuedAt     time.Time
	// ExpiresAt and DueAt apply to time-based data; Due reports whether it may
	// be renewed now (O9).
	ExpiresAt, DueAt time.Time
	Due              bool
	// Left and Of count the uses of event-based data; Days is the remaining
	// life of time-based data, rounded up.
	Left, Of, Days int
	// Expired and Locked are the reasons why there is no data (O25, O35).
	// Pardoned reports whether the administrator has ended the lock, so that
	// the next online logon brings new data (O38).
	Expired, Locked, Pardoned bool
	// Withheld is the reason why the server makes no data for the user.
	Withheld WithheldView
	// Expiring reports whether so little is left that the user is warned (O40).
	Expiring bool
	// Failures counts consecutive wrong offline tries; Allowed is the number
	// that locks (O36).
	Failures, Allowed int
	// Incomplete reports whether newer data has arrived only in part (A11).
	Incomplete bool
}

// OneSpanUserView shows the server's record of a user for the family onespan.
type OneSpanUserView struct {
	// Offline is "true", "false", or empty to follow the policy (O6).
	Offline string
	// Failures counts consecutive wrong online logons; Locked reports whether
	// they locked the user (O44).
	Failures int
	Locked   bool
	// Allowed is the number of failures that locks; 0 means never.
	Allowed int
	// Withheld is the reason why the server makes no offline data for the user.
	Withheld WithheldView
	// HasPassword and HasPIN report whether they are set; PINForced reports
	// whether the server PIN must be changed.
	HasPassword, HasPIN, PINForced bool
	Authenticators                 []AuthenticatorView
	Data                           []ServerDataView
}

// WithheldView is the reason why the server makes no offline data for a user,
// "disabled" or "backend" (O1, O3, O6), and the commands that change it. It is
// empty if the server makes data.
type WithheldView struct {
	Reason   string
	Commands []string
}

// AuthenticatorView shows an authenticator as the server knows it.
type AuthenticatorView struct {
	Serial, Phone, Type string
	// Drift is the clock error of a time-based authenticator at its last
	// success (O47).
	Drift time.Duration
	// Counter is the next counter of an event-based authenticator.
	Counter uint64
}

// ServerDataView shows the server's record of offline data (O17). Times are
// the world's.
type ServerDataView struct {
	Workstation, Serial, Type string
	Number                    uint64
	IssuedAt                  time.Time
	// ExpiresAt applies to time-based data. From (included) and To (excluded)
	// are the counters of event-based data.
	ExpiresAt time.Time
	From, To  uint64
	// Locked reports whether the workstation has no offline attempts left. The
	// server sends no data until the record is deleted (O38).
	Locked bool
}
