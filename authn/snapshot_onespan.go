package authn

import "time"

// DigipassView shows the authenticator on a phone.
type DigipassView struct {
	Serial string
	// Type is "time" or "event".
	Type   string
	Digits int
	// Step is the length of a time step; 0 for an event-based one.
	Step time.Duration
}

// DataView shows the offline authentication data of a user on a workstation.
// Times are the world's.
type DataView struct {
	User string
	// Present says that there is data that a logon can be judged by.
	Present bool
	// Serial names the authenticator that works offline, Type is its.
	Serial, Type string
	Number       uint64
	IssuedAt     time.Time
	// ExpiresAt and DueAt are those of time-based data, Due says that it may
	// be renewed by now (O9).
	ExpiresAt, DueAt time.Time
	Due              bool
	// Left and Of are the uses of event-based data, Days what is left of
	// time-based data, rounded up.
	Left, Of, Days int
	// Expired and Locked say why there is none (O25, O35); Pardoned that the
	// administrator has ended the lock, so that the next online logon brings
	// new data (O38).
	Expired, Locked, Pardoned bool
	// Withheld says why the server makes no data for the user.
	Withheld WithheldView
	// Expiring says that little enough is left to be told (O40).
	Expiring bool
	// Failures counts the wrong offline tries in a row, Allowed is the one
	// that locks (O36).
	Failures, Allowed int
	// Incomplete says that newer data has not arrived whole (A11).
	Incomplete bool
}

// OneSpanUserView shows what the server has of a user for the family onespan.
type OneSpanUserView struct {
	// Offline is "true", "false", or empty for the policy's (O6).
	Offline string
	// Failures counts the wrong online logons in a row; Locked says that they
	// locked the user (O44).
	Failures int
	Locked   bool
	// Allowed is the failure that locks; 0 is never.
	Allowed int
	// Withheld says why the server makes no offline data for the user.
	Withheld WithheldView
	// HasPassword and HasPIN say what was set; PINForced that the server PIN
	// must be changed.
	HasPassword, HasPIN, PINForced bool
	Authenticators                 []AuthenticatorView
	Data                           []ServerDataView
}

// WithheldView says why the server makes no offline data for a user, "disabled"
// or "backend" (O1, O3, O6), and by which commands it would; it is empty where
// it does.
type WithheldView struct {
	Reason   string
	Commands []string
}

// AuthenticatorView shows an authenticator as the server knows it.
type AuthenticatorView struct {
	Serial, Phone, Type string
	// Drift is how far a time-based one was off at its last success (O47).
	Drift time.Duration
	// Counter is the next of an event-based one.
	Counter uint64
}

// ServerDataView shows the server's record of offline data (O17). Times are
// the world's.
type ServerDataView struct {
	Workstation, Serial, Type string
	Number                    uint64
	IssuedAt                  time.Time
	// ExpiresAt is that of time-based data; From and To, not included, are the
	// counters of event-based data.
	ExpiresAt time.Time
	From, To  uint64
	// Locked says that the offline attempts ran out at the workstation: nothing
	// comes until the record is deleted (O38).
	Locked bool
}
