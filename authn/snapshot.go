package authn

import (
	"slices"
	"time"
)

// Snapshot is a value copy of what may be shown of a world at one instant.
// Countdowns are arithmetic on its Now. It holds no secret but a PIN that is
// on a phone's screen at that instant.
type Snapshot struct {
	Now          time.Time
	Clock        ClockView
	Users        []UserView
	Phones       []PhoneView
	Workstations []WorkstationView
	Providers    []ProviderView
	Links        []LinkView
	Faults       []FaultView
	// ClocksOff are the sites whose clocks are off the world's, whatever the
	// scope, by name.
	ClocksOff []ClockOff
	Policy    []SettingView
	// Deadlines are the timers that are set, the next one first.
	Deadlines []Deadline
	// Recording says that every Action leaves a move; Moves counts them.
	Recording bool
	Moves     uint64
}

// Scope says what a Snapshot is to hold. The zero Scope holds everything.
type Scope struct {
	// User keeps only what concerns one user, unless empty.
	User string
	// Sites keeps only these sites, unless empty.
	Sites []Site
}

// Holds reports whether a site is in the scope.
func (s Scope) Holds(site Site) bool {
	return len(s.Sites) == 0 || slices.Contains(s.Sites, site)
}

// ClockView shows the world's clock.
type ClockView struct {
	// Frozen says that it stands.
	Frozen bool
	// Offset is how far it is ahead of the host's clock; of no meaning while
	// it is frozen.
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
	// OneSpan is what the server has of the user for the family onespan; nil
	// if nothing.
	OneSpan *OneSpanUserView
}

// LockView shows the wrong tries of a phone with one method, in a row, and
// whether they locked it.
type LockView struct {
	// Method is empty for the lock of the whole device.
	Phone, Method string
	// Failures are those in a row; of a device, those of the method that locked
	// it.
	Failures int
	Locked   bool
	// Since is when they locked it, in the world's time; zero if they did not.
	Since time.Time
}

// LinkView shows a site's uplink and clock skew.
type LinkView struct {
	Site  Site
	State Uplink
	Skew  time.Duration
}

// FaultView shows a one-shot fault that has not struck yet.
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

// PhoneView shows a phone and what its app knows.
type PhoneView struct {
	Name, User, Platform, Version string
	AddedAt                       time.Time
	// ReplacedBy names the phone that took its place, if one did.
	ReplacedBy string
	// Notice is what its main screen says while it has no internet (H16).
	Notice    string
	Computers []ComputerView
	// Encap is what the phone has of the family encap; nil if nothing.
	Encap *EncapView
	// Digipass is the authenticator of the family onespan; nil if none.
	Digipass *DigipassView
}

// EncapView shows a phone's activation for the family encap.
type EncapView struct {
	// Registration is empty on a phone that is not activated.
	Registration string
	Methods      []string
	// Operation is the one that is open, or nil.
	Operation *OperationView
	// BiometricFailures counts those in a row; BiometricsLocked says that
	// there were five (E34).
	BiometricFailures int
	BiometricsLocked  bool
}

// OperationView shows what a phone is asked to approve. Its texts have their
// control characters made visible (E12). The times are the world's.
type OperationView struct {
	Session, Provider, Method string
	Title, Content, MIME      string
	Since, Until              time.Time
}

// ProviderView shows a service provider and its sessions, as the server has
// them, the oldest first.
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
	// Primed says that there was a successful online authentication (H9).
	Primed bool
	// PairedAgain says that there was none since it was paired again, which
	// took the PINs that were there.
	PairedAgain bool
	// OfflineMode says that there is Offline Mode, as the phone last heard; if
	// not, NoOfflineMode is the code of the reason and Why its sentence.
	OfflineMode        bool
	NoOfflineMode, Why string
	// Passkey says that it was paired with an Enterprise Passkey (H36).
	Passkey bool
	// Set is nil while the phone holds no PIN set.
	Set *PINSetView
	// Offer is the reason of a standing offer ("phone_offline",
	// "workstation_unreachable"), or empty.
	Offer string
	// Shown is the PIN that is on the screen, or nil.
	Shown *ShownPIN
	// Waiting is set while a tap waits for the workstation.
	Waiting *Pending
}

// PINSetView shows a PIN set as one side knows it.
type PINSetView struct {
	Number    uint64
	Left, Of  int
	IssuedAt  time.Time
	ExpiresAt time.Time
	Expired   bool
	// Phone is whose set it is; Confirmed says that the phone has it. Both
	// are known on the workstation only.
	Phone     string
	Confirmed bool
	// Low says that the PINs left are below the prompt threshold (H29).
	Low bool
	// PairedAgain says that the workstation has granted a newer pairing, which
	// has had no online login yet: with that the set goes. Known on the
	// workstation only.
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
	// User is who is logged in, or was last.
	User string
	// Mode is how: "online" or "offline".
	Mode string
	// Accounts are the users that have paired here.
	Accounts []AccountView
	// Data is the offline authentication data of users, by name; only of the
	// family onespan.
	Data []DataView
	// NoTray says that OneSpan's Tray Agent is not there (O56).
	NoTray bool
	// Online and Offline are the credentials that a logon wants, in the order
	// in which they are typed, by the server's policy and by what the
	// workstation heard of it; only of the family onespan.
	Online, Offline []string
}

// AccountView shows what a workstation keeps of one user.
type AccountView struct {
	User string
	// Failures counts the wrong PINs since the last login (A6).
	Failures int
	// Lockout is how many of them lock the user out, 0 for never; LockedOut
	// says that they did (H27).
	Lockout   int
	LockedOut bool
	// LockedUntil is when that ends by itself, by the workstation's clock; nil
	// for never (H50).
	LockedUntil *time.Time
	// UnlockWaits says that the administrator has unlocked the user, and that
	// the workstation has not heard of it yet.
	UnlockWaits bool
	Sets        []PINSetView
}

// Deadline is an instant at which something happens by itself.
type Deadline struct {
	At      time.Time
	Site    Site
	Kind    string
	Subject string
}

// Roster names what a world has, in the order in which it was made. It is
// cheap: no PIN set is read for it.
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
