package family

import "github.com/offauth/offauth/authn"

// Family is one product's offline mode as a value: what it adds to the tables
// of verbs, codes, events and settings, and the hooks by which a world
// (authn/sim) lets it act. A hook that is nil does nothing.
type Family struct {
	Name authn.FamilyName
	// Rules is what the ids of its rules begin with, such as "H".
	Rules string
	// Variants are the ways in which stories can set it up.
	Variants []Variant
	// Days is the setting of how many days an offline credential lives, if the
	// family has one.
	Days authn.SettingKey
	// Sample is a small story, which "scenario new" begins with.
	Sample Sample
	// Verbs are the Actions that the family does.
	Verbs []Verb
	Codes []authn.CodeSpec
	Kinds []authn.KindSpec
	// Leaves lists the events that verbs of no family leave because of this
	// one, by the verb's name. Those under "" any verb can leave, as when a
	// timer was due.
	Leaves map[string][]authn.Kind
	// Messages and Timers are the kinds of its messages and timers. They are
	// the family's alone: a world finds the family by them.
	Messages, Timers []string
	Policy           Policy
	// Enrolments says how a new site becomes known to the family's server, by
	// the site's role. A family has no sites of the roles that are left out.
	Enrolments map[authn.Role]Enrolment
	// Bluetooth reports whether its workstations have it.
	Bluetooth bool
	// Tray reports whether its workstations have a Tray Agent, which
	// "workstation add" can leave out.
	Tray bool

	// Act does an Action of the family. Receive takes a message and Fire a
	// timer that is due; either is of a kind that the family names.
	Act     func(Sites, authn.Action) (result any, pending *authn.Pending, err error)
	Receive func(Sites, authn.Message) error
	Fire    func(Sites, authn.Timer) error
	// Advise adds to the refusal of an Action of the family what the refusing
	// site cannot know.
	Advise func(Sites, authn.Action, *authn.Refusal) error
	// Look says how an Action stands that was left pending, by the id of its
	// Pending. There is no such Action where found is false.
	Look func(Sites, string) (outcome authn.Outcome, found bool, err error)
	View View
	On   On
}

// Sample is a small story of a family: what it tells, and its YAML from the key
// policy on.
type Sample struct{ Description, Text string }

// Variant is a family with some settings: the profile of a story is "hypr", or
// "hypr@current".
type Variant struct {
	Name     string
	Settings []authn.Setting
}

// Enrolment makes a new site known to its family's server.
type Enrolment struct {
	// Ask sends what the site has to say. The Action is the AddWorkstation,
	// RegisterDevice or AddProvider that made it.
	Ask func(Sites, Device, authn.Action) error
	// Answered reports whether the server has answered.
	Answered func(Sites, Device) (bool, error)
	// Rule is that of the refusal where it has not.
	Rule authn.RuleID
}

// View adds what a family has of a user or a site to what a snapshot shows. A
// user's name, where there is one, keeps only what concerns that user.
type View struct {
	User        func(Sites, *authn.UserView) error
	Phone       func(Sites, *authn.PhoneView) error
	Workstation func(s Sites, v *authn.WorkstationView, user string) error // of the family
	Provider    func(s Sites, v *authn.ProviderView, user string) error
}

// On is what a family does when something happens that is of no family.
type On struct {
	UserAdded func(Sites, authn.AddUser) error
	// ClockBack is about a phone whose clock went back.
	ClockBack func(s Sites, phone authn.Site) error
	// UplinkSet is about any uplink, whichever way it was set.
	UplinkSet func(Sites) error
	// Restarted is about a phone, or a workstation of the family.
	Restarted func(Sites, authn.Site) (Restarted, error)
	// Lock locks a workstation of the family.
	Lock func(s Sites, workstation string) (authn.LockResult, error)
	// Cancel gives up what a phone waits for, and reports whether it did wait.
	Cancel func(s Sites, phone string) (bool, error)
	// Unlock ends a user's lock-outs, Revoke takes a lost phone's rights away.
	// Both return the workstations that the server has told of it.
	Unlock func(s Sites, user string) (told []string, err error)
	Revoke func(s Sites, phone string) (told []string, err error)
	// Waits reports whether a workstation has not yet done what it was told.
	Waits func(s Sites, workstation string) (bool, error)
	// RolledBack is about a site of a world whose files were copied back: what
	// could be spent once more goes (A14). It is called for each phone and
	// workstation, then for the server.
	RolledBack func(Sites, authn.Site) error
}

// Restarted is what the restart of a phone or a workstation ended.
type Restarted struct {
	// Hidden says that a phone showed a PIN, Cancelled that it waited for
	// something, and Already that a workstation was locked.
	Hidden, Cancelled, Already bool
}
