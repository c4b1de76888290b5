package authn

import (
	"slices"
	"time"
)

// Snapshot is a copy of the visible state of a world at one instant. Countdowns
// are computed from its Now. The only secret in it is a PIN that is on a
// phone's screen at that instant.
type Snapshot struct {
	Now          time.Time
	Clock        ClockView
	Users        []UserView
	Phones       []PhoneView
	Workstations []WorkstationView
	Providers    []ProviderView
	Links        []LinkView
	Faults       []FaultView
	// ClocksOff lists all sites with a skewed clock, by name, whatever the
	// scope.
	ClocksOff []ClockOff
	Policy    []SettingView
	// Deadlines lists the timers, the earliest first.
	Deadlines []Deadline
	// Recording reports whether every Action is stored as a move; Moves counts
	// them.
	Recording bool
	Moves     uint64
}

// Scope selects the content of a Snapshot. The zero Scope selects everything.
type Scope struct {
	// User selects what concerns one user; empty selects all.
	User string
	// Sites selects these sites; empty selects all.
	Sites []Site
}

// Holds reports whether a site is in the scope.
func (s Scope) Holds(site Site) bool {
	return len(s.Sites) == 0 || slices.Contains(s.Sites, site)
}

// ClockView shows the world's clock.
type ClockView struct {
	// Frozen reports whether the clock is stopped.
	Frozen bool
	// Offset is how far the clock is ahead of the host's; meaningless while it
	// is frozen.
	Offset time.Duration
}

// UserView shows a user of the directory.
type UserView struct {
	Name string
	// Roaming users get no offline PINs (H38).
	Roaming bool
	AddedAt time.Time
	// Locks are the counts and locks of the user's phones (E26, E27).
	Locks []LockView
	// OneSpan is the server's record of the user for the family onespan, or
	// nil.
	OneSpan *OneSpanUserView
}

// LockView shows the consecutive wrong tries of a phone with one method, and
// whether they locked it.
type LockView struct {
	// Method is empty for the lock of the whole device.
	Phone, Method string
	// Failures counts consecutive failures; for the whole device, those of the
	// method that locked it.
	Failures int
	Locked   bool
	// Since is the instant of the lock in the world's time, or zero if there is
	// none.
	Since time.Time
}

// LinkView shows a site's uplink and clock skew.
type LinkView struct {
	Site  Site
	State Uplink
	Skew  time.Duration
}

// FaultView shows a one-shot fault that has not happened yet.
type FaultView struct {
	Kind    FaultKind
	Message string
	Nth     int
}

// SettingView shows one setting of the policy.
type SettingView struct {
	Key            SettingKey
	Value, Default string
	Range          Range
	Rule           RuleID
	Doc            string
}

// PhoneView shows a phone and the state of its app.
type PhoneView struct {
	Name, User, Platform, Version string
	AddedAt                       time.Time
	// ReplacedBy names the phone that replaced it, if any.
	ReplacedBy string
	// Notice is the message on its main screen while it has no internet (H16).
	Notice    string
	Computers []ComputerView
	// Encap is the phone's activation for the family encap, or nil.
	Encap *EncapView
	// Digipass is the phone's authenticator of the family onespan, or nil.
	Digipass *DigipassView
}

// EncapView shows a phone's activation for the family encap.
type EncapView struct {
	// Registration is empty on a phone that is not activated.
	Registration string
	Methods      []string
	// Operation is the open operation, or nil.
	Operation *OperationView
	// BiometricFailures counts consecutive failures; BiometricsLocked reports
	// whether there were five (E34).
	BiometricFailures int
	BiometricsLocked  bool
}

// OperationView shows an operation that a phone is asked to approve. Its texts
// have their control characters made visible (E12). The times are the world's.
type OperationView struct {
	Session, Provider, Method string
	Title, Content, MIME      string
	Since, Until              time.Time
}

// ProviderView shows a service provider and its sessions at the server, the
// oldest first.
type ProviderView struct {
	Name     string
	AddedAt  time.Time
	Sessions []SessionView
}

// SessionView shows an offline authentication session. Its texts have their
// control characters made visible (E12). The times are the world's.
type SessionView struct {
	ID, User, Phone, Method string
	Title, Content, MIME    string
	// State is "open", "approved", "expired", "superseded" or "closed".
	State                string
	StartedAt, ExpiresAt time.Time
}

// ComputerView shows one workstation as an icon on a phone.
type ComputerView struct {
	Workstation string
	// Primed reports whether there was a successful online authentication (H9).
	Primed bool
	// PairedAgain reports whether a new pairing deleted the PINs and there has
	// been no online authentication since.
	PairedAgain bool
	// OfflineMode reports whether Offline Mode was available when the phone
	// last heard; if not, NoOfflineMode is the code of the reason and Why its
	// sentence.
	OfflineMode        bool
	NoOfflineMode, Why string
	// Passkey reports whether it was paired with an Enterprise Passkey (H36).
	Passkey bool
	// Set is nil if the phone holds no PIN set.
	Set *PINSetView
	// Offer is the reason for the current offer ("phone_offline",
	// "workstation_unreachable"), or empty.
	Offer string
	// Shown is the PIN on the screen, or nil.
	Shown *ShownPIN
	// Waiting is set while a tap waits for the workstation.
	Waiting *Pending
}

// PINSetView shows a PIN set as the phone or the workstation knows it.
type PINSetView struct {
	Number    uint64
	Left, Of  int
	IssuedAt  time.Time
	ExpiresAt time.Time
	Expired   bool
	// Phone is the phone that the set is for; Confirmed reports whether the
	// phone has confirmed it. Only the workstation knows both.
	Phone     string
	Confirmed bool
	// Low reports whether the PINs left are below the prompt threshold (H29).
	Low bool
	// PairedAgain reports whether the workstation has granted a newer pairing
	// without an online login yet. That login will delete the set. Only the
	// workstation knows it.
	PairedAgain bool
}

// ShownPIN is a PIN on a phone's screen.
type ShownPIN struct {
	PIN      Secret
	ShownAt  time.Time
	HiddenAt time.Time
}

// WorkstationView shows a workstation.
type WorkstationView struct {
	Name    string
	Family  FamilyName
	Version string
	AddedAt time.Time
	Locked  bool
	// User is the current user, or the last one.
	User string
	// Mode is the way of the login: "online" or "offline".
	Mode string
	// Accounts lists the users who have paired here.
	Accounts []AccountView
	// Data is the offline authentication data of users, by name, for the family
	// onespan only.
	Data []DataView
	// NoTray reports whether OneSpan's Tray Agent is missing (O56).
	NoTray bool
	// Online and Offline list the credentials of a logon in the order of
	// typing: Online by the server's policy, Offline by the policy that the
	// workstation last received. They are for the family onespan only.
	Online, Offline []string
}

// AccountView shows a workstation's record of one user.
type AccountView struct {
	User string
	// Failures counts the wrong PINs since the last login (A6).
	Failures int
	// Lockout is the number of failures that locks the user out, 0 for never;
	// LockedOut reports whether it was reached (H27).
	Lockout   int
	LockedOut bool
	// LockedUntil is the end of the lock-out by the workstation's clock, or nil
	// if it does not expire (H50).
	LockedUntil *time.Time
	// UnlockWaits reports whether the administrator has unlocked the user and
	// the workstation has not heard of it yet.
	UnlockWaits bool
	Sets        []PINSetView
}

// Deadline is the instant of an automatic event.
type Deadline struct {
	At      time.Time
	Site    Site
	Kind    string
	Subject string
}

// Roster lists the users and sites of a world in the order of their creation.
// It is cheap to make: no PIN set is read.
type Roster struct {
	Users        []string
	Phones       []RosterPhone
	Workstations []RosterWorkstation
	Providers    []string
}

// Has reports whether a phone, workstation or provider is in the roster.
func (r Roster) Has(site Site) bool {
	switch name := site.Name(); site.Role() {
	case RolePhone:
		return slices.ContainsFunc(r.Phones, func(p RosterPhone) bool { return p.Name == name })
	case RoleWorkstation:
		return slices.ContainsFunc(r.Workstations, func(w RosterWorkstation) bool { return w.Name == name })
	case RoleProvider:
		return slices.Contains(r.Providers, name)
	}
	return false
}

// RosterPhone is a phone's entry.
type RosterPhone struct {
	Name, User, ReplacedBy string
}

// RosterWorkstation is a workstation's entry.
type RosterWorkstation struct {
	Name   string
	Family FamilyName
}
