package family

import "github.com/offauth/offauth/authn"

// Family is one product's offline mode as a value: its rows of the tables of
// verbs, codes, events and settings, and the hooks that a world (authn/sim)
// calls. A nil hook does nothing.
type Family struct {
	Name authn.FamilyName
	// Rules is the prefix of the ids of its rules, such as "H".
	Rules string
	// Variants are the profiles that stories can choose.
	Variants []Variant
	// Days is the setting for the life of an offline credential in days, if
	// there is one.
	Days authn.SettingKey
	// Sample is the small story that "scenario new" writes.
	Sample Sample
	// Verbs are the rows of the family's Actions.
	Verbs []Verb
	Codes []authn.CodeSpec
	Kinds []authn.KindSpec
	// Leaves lists the events that the family adds to verbs of no family, by
	// verb name. Any verb can cause the events under "", for example through a
	// due timer.
	Leaves map[string][]authn.Kind
	// Messages and Timers are the kinds of its messages and timers. No other
	// family may use them: a world finds the family by them.
	Messages, Timers []string
	Policy           Policy
	// Enrolments has the enrolment of new sites with the family's server, by
	// role. The family has no sites of other roles.
	Enrolments map[authn.Role]Enrolment
	// Bluetooth reports whether its workstations have Bluetooth.
	Bluetooth bool
	// Tray reports whether its workstations have a Tray Agent, which
	// "workstation add" can leave out.
	Tray bool

	// Act does an Action of the family. Receive handles a message and Fire a
	// due timer, of the kinds in Messages and Timers.
	Act     func(Sites, authn.Action) (result any, pending *authn.Pending, err error)
	Receive func(Sites, authn.Message) error
	Fire    func(Sites, authn.Timer) error
	// Advise adds to the refusal of an Action of the family facts that the
	// refusing site cannot know.
	Advise func(Sites, authn.Action, *authn.Refusal) error
	// Look returns the state of a pending Action by the id of its Pending. It
	// returns false if there is no such Action.
	Look func(Sites, string) (outcome authn.Outcome, found bool, err error)
	View View
	On   On
}

// Sample is a small story of a family: its description, and its YAML from the
// key policy on.
type Sample struct{ Description, Text string }

// Variant is a family with some settings. The profile of a story is the name of
// a family, "hypr", or of a variant, "hypr@current".
type Variant struct {
	Name     string
	Settings []authn.Setting
}

// Enrolment enrols a new site with its family's server.
type Enrolment struct {
	// Ask sends the site's request. The Action is the AddWorkstation,
	// RegisterDevice or AddProvider that made the site.
	Ask func(Sites, Device, authn.Action) error
	// Answered reports whether the server has answered.
	Answered func(Sites, Device) (bool, error)
	// Rule is the rule of the refusal if it has not.
	Rule authn.RuleID
}

// View adds the family's state of users and sites to a snapshot. A user name
// that is not empty limits it to that user.
type View struct {
	User        func(Sites, *authn.UserView) error
	Phone       func(Sites, *authn.PhoneView) error
	Workstation func(s Sites, v *authn.WorkstationView, user string) error // of the family
	Provider    func(s Sites, v *authn.ProviderView, user string) error
}

// On has the hooks for Actions and events that belong to no family.
type On struct {
	UserAdded func(Sites, authn.AddUser) error
	// ClockBack is called for a phone if its clock went back.
	ClockBack func(s Sites, phone authn.Site) error
	// UplinkSet is called after any uplink was set.
	UplinkSet func(Sites) error
	// Restarted is called for a restarted phone, or a restarted workstation of
	// the family.
	Restarted func(Sites, authn.Site) (Restarted, error)
	// Lock locks a workstation of the family.
	Lock func(s Sites, workstation string) (authn.LockResult, error)
	// Cancel cancels what a phone waits for, and reports whether it was
	// waiting.
	Cancel func(s Sites, phone string) (bool, error)
	// Unlock ends a user's lock-outs; Revoke revokes a lost phone. Both return
	// the workstations that the server has sent an order.
	Unlock func(s Sites, user string) (told []string, err error)
	Revoke func(s Sites, phone string) (told []string, err error)
	// Waits reports whether a workstation has not yet carried out its orders.
	Waits func(s Sites, workstation string) (bool, error)
	// RolledBack deletes everything at a site that could be spent again, after
	// the world's files were restored from a backup (A14). It is called for
	// each phone and workstation, then for the server.
	RolledBack func(Sites, authn.Site) error
}

// Restarted is the effect of the restart of a phone or a workstation.
type Restarted struct {
	// Hidden reports whether a phone showed a PIN, Cancelled whether it waited
	// for something, and Already whether a workstation was locked before.
	Hidden, Cancelled, Already bool
}
