package verb

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
)

// restarts has the verbs after which only what is kept is there.
func restarts() []Verb {
	return []Verb{
		{Action: authn.RestartDevice{}, Result: authn.RestartDeviceResult{}, Role: authn.RolePhone, Doc: "start a phone's app anew: what it had in memory is gone, counts, locks and sets stay",
			Args:   []Arg{phoneArg},
			Events: []authn.Kind{sim.EventDeviceRestarted, hypr.EventPINHidden, hypr.EventTapCancelled, encap.EventOperationClosed}},
		{Action: authn.RestartWorkstation{}, Result: authn.RestartWorkstationResult{}, Role: authn.RoleWorkstation, Doc: "boot a workstation anew, which locks it; counts, locks and sets stay",
			Args:   []Arg{onWS},
			Events: []authn.Kind{sim.EventWorkstationRestarted, hypr.EventLocked}},
	}
}
