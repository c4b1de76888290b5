package verb

import "github.com/offauth/offauth/authn"

// restarts has the verbs after which only what is kept is there.
func restarts() []Verb {
	return []Verb{
		{Name: "device restart", Action: authn.RestartDevice{}, Result: authn.RestartDeviceResult{}, Role: authn.RolePhone, Doc: "start a phone's app anew: what it had in memory is gone, counts, locks and sets stay",
			Args:   []Arg{phoneArg},
			Events: []authn.Kind{"device_restarted", "pin_hidden", "tap_cancelled", "operation_closed"}},
		{Name: "workstation restart", Action: authn.RestartWorkstation{}, Result: authn.RestartWorkstationResult{}, Role: authn.RoleWorkstation, Doc: "boot a workstation anew, which locks it; counts, locks and sets stay",
			Args:   []Arg{onWS},
			Events: []authn.Kind{"workstation_restarted", "locked"}},
	}
}
