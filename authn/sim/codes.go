package sim

import "github.com/offauth/offauth/authn"

// The codes of the world's own faults.
const (
	CodeAlreadyThere  authn.Code = "already_there"
	CodeNoUser        authn.Code = "no_such_user"
	CodeNoWorkstation authn.Code = "no_such_workstation"
	CodeNoProvider    authn.Code = "no_such_provider"
	CodeNoSite        authn.Code = "no_such_site"
	CodeNoMessage     authn.Code = "no_such_message"
	CodeNoTap         authn.Code = "no_such_tap"
	CodeHostClock     authn.Code = "host_clock"
)

// The kinds of the world's own events and the admin's.
const (
	EventPhoneRegistered  authn.Kind = "phone_registered"
	EventWorkstationAdded authn.Kind = "workstation_added"
	EventLinkSet          authn.Kind = "link_set"
	EventFaultSet         authn.Kind = "fault_set"
	EventClockAdvanced    authn.Kind = "clock_advanced"
	EventClockSetBack     authn.Kind = "clock_set_back"
	EventClockFrozen      authn.Kind = "clock_frozen"
	EventClockRuns        authn.Kind = "clock_runs"
	EventClockSkewed      authn.Kind = "clock_skewed"
	EventRollbackAccepted authn.Kind = "rollback_accepted"

	EventDeviceRestarted      authn.Kind = "device_restarted"
	EventWorkstationRestarted authn.Kind = "workstation_restarted"
)

// Codes returns the world's own faults, for docs/codes.md and explain.
func Codes() []authn.CodeSpec {
	f := func(code authn.Code, exit authn.Exit, message, hint string, causes ...string) authn.CodeSpec {
		return authn.CodeSpec{Code: code, Exit: exit, Message: message, Hint: hint, Causes: causes}
	}
	return []authn.CodeSpec{
		f(authn.CodeBadArgument, authn.ExitUsage, "an argument does not have the form that is wanted", "offauth help",
			"a name with a sign that no name may have", "a value of the wrong type", "a time outside the years 1971 to 2200"),
		f(CodeAlreadyThere, authn.ExitUsage, "something of that name is there already", "offauth world show",
			"it was made before"),
		f(CodeNoUser, authn.ExitNotFound, "the directory has no such user", "offauth admin user list", "a typo",
			"the user was never added"),
		f(authn.CodeNoPhone, authn.ExitNotFound, "the world has no such phone", "offauth device status", "a typo",
			"the phone was never registered"),
		f(CodeNoWorkstation, authn.ExitNotFound, "the world has no such workstation", "offauth workstation list", "a typo",
			"the workstation was never added"),
		f(CodeNoProvider, authn.ExitNotFound, "the world has no such service provider", "offauth world show", "a typo",
			"the provider was never added"),
		f(CodeNoSite, authn.ExitNotFound, "the world has no such site", "offauth link show", "a typo",
			"a name without its role: write phone/NAME, workstation/NAME or provider/NAME"),
		f(CodeNoMessage, authn.ExitUsage, "no message is called so", "offauth link fault --help", "a typo"),
		f(CodeNoTap, authn.ExitNotFound, "there was no such tap", "offauth device status",
			"the id is not one that a tap gave"),
		f(CodeHostClock, authn.ExitStorage, "the host's clock is beyond every time that a world can have",
			"set the host's clock right", "the host's clock is wrong: a world ends with the year 2250"),
		f(authn.CodeNoSuchSetting, authn.ExitNotFound, "the policy has no such setting", "offauth admin policy show",
			"a typo", "a key without its family, as in hypr.pins.count"),
	}
}

// Kinds returns the world's own events, for docs/codes.md and explain.
func Kinds() []authn.KindSpec {
	k := func(kind authn.Kind, role authn.Role, meaning string, fields ...string) authn.KindSpec {
		return authn.KindSpec{Kind: kind, Role: role, Fields: fields, Meaning: meaning}
	}
	return []authn.KindSpec{
		k(authn.EventRefused, "", "an action was refused; the result is the code", "action", "failures", "key", "accepted",
			"workstation", "method", "session", "native", "windows_event", "skew", "clocks", "phone", "number",
			authn.FieldLocked),
		k(authn.EventUserAdded, authn.RoleServer, "the administrator added a user", "roaming"),
		k(EventRollbackAccepted, authn.RoleWorld,
			"a world that was copied back was let go on; every PIN set and all offline data was deleted, every session closed"),
		k(EventPhoneRegistered, authn.RolePhone, "a user's phone was registered", "phone", "version"),
		k(EventWorkstationAdded, authn.RoleWorkstation, "a workstation was added", "version"),
		k(EventDeviceRestarted, authn.RolePhone, "a phone's app was restarted; counts, locks and sets stay"),
		k(EventWorkstationRestarted, authn.RoleWorkstation, "a workstation was restarted; counts, locks and sets stay"),
		k(authn.EventProviderAdded, authn.RoleProvider, "a service provider's site was added"),
		k(authn.EventPolicySet, authn.RoleServer, "the administrator changed a setting", "key", "value", "user"),
		k(authn.EventMessageRefused, "", "a message was not taken", "message", "reason"),
		k(EventLinkSet, authn.RoleWorld, "a site's uplink was set", "state"),
		k(EventFaultSet, authn.RoleWorld, "a one-shot fault was armed", "fault", "nth"),
		k(authn.EventFaultStruck, authn.RoleWorld, "a message met a one-shot fault", "fault", "from", "to"),
		k(EventClockAdvanced, authn.RoleWorld, "the world's clock was moved forward", "by"),
		k(EventClockSetBack, authn.RoleWorld, "the world's clock was set back", "by"),
		k(authn.EventClockWentBack, authn.RoleWorld, "the host's clock was found to have gone back", "by"),
		k(EventClockFrozen, authn.RoleWorld, "the world's clock was stopped"),
		k(EventClockRuns, authn.RoleWorld, "the world's clock runs on"),
		k(EventClockSkewed, authn.RoleWorld, "a site's clock was put off the world's", "by"),
	}
}
