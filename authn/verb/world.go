package verb

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
	"github.com/offauth/offauth/authn/sim"
)

// world returns the verbs of no family that make and manage users and sites.
func world() []Verb {
	return rows(
		Verb{
			Action: authn.AddUser{}, Role: authn.RoleAdmin, Doc: "add a user to the directory", Makes: Makes{Arg: "name"},
			Args: []Arg{
				{Name: "name", Kind: Name, User: true, Required: true, Doc: "the user's name"},
				{Name: "roaming", Kind: Flag, Doc: "Web-to-workstation single registration: no offline PINs"},
			},
			Events: []authn.Kind{authn.EventUserAdded},
		},
		Verb{
			Action: authn.UnlockUser{}, Result: authn.UnlockUserResult{}, Role: authn.RoleAdmin,
			Doc:    "end a user's lock-outs; a workstation hears of it when it next talks to the server",
			Args:   []Arg{{Name: "name", Kind: Name, User: true, Required: true, Doc: "the user's name"}},
			Events: left(authn.UnlockUser{}.Verb(), nil, line...),
		},
		Verb{
			Action: authn.ReplaceDevice{}, Result: authn.ReplaceResult{}, Role: authn.RolePhone,
			Doc:   "give a user a new phone for a lost one, and revoke the lost one",
			Makes: Makes{Arg: "new", Role: authn.RolePhone},
			Args: []Arg{
				{Name: "old", Kind: Name, Required: true, Doc: "the phone that is lost"},
				{Name: "new", Kind: Name, Required: true, Doc: "the phone that takes its place"},
				{Name: "platform", Kind: Text, OneOf: platforms, Doc: "as the old one's, if left out"},
				{Name: "version", Kind: Text, Doc: "the app's version; the newest, if left out"},
			},
			Refusals: []authn.Code{authn.CodeServerUnreachable},
			Events:   left(authn.ReplaceDevice{}.Verb(), []authn.Kind{sim.EventPhoneRegistered}, line...),
		},
		Verb{
			Action: authn.Cancel{}, Result: authn.CancelResult{}, Role: authn.RolePhone,
			Doc:    "give up the taps that wait, and the operation that is open",
			Args:   []Arg{family.PhoneArg},
			Events: left(authn.Cancel{}.Verb(), nil),
		},
		Verb{
			Name: authn.VerbRepair, Role: authn.RoleWorld,
			Doc: "let a world that was copied back go on; every PIN set and all offline data is deleted, " +
				"every session closed",
			Events: left(authn.VerbRepair, []authn.Kind{sim.EventRollbackAccepted}),
		},
		Verb{
			Action: authn.SetPolicy{}, Role: authn.RoleAdmin, Doc: "change the administrator's settings, all or none",
			Args: []Arg{
				{Name: "settings", Kind: Settings, Required: true, Doc: "KEY=VALUE, the key with its family"},
				{Name: "user", Kind: Name, User: true, Doc: "whose own they are; the policy's, if left out"},
			},
			Refusals: []authn.Code{authn.CodeOutOfRange}, Events: []authn.Kind{authn.EventPolicySet},
		},
		Verb{
			Action: authn.AddWorkstation{}, Role: authn.RoleAdmin, Doc: "add a workstation",
			Makes: Makes{Arg: "name", Role: authn.RoleWorkstation},
			Args: []Arg{
				{Name: "name", Kind: Name, Required: true, Doc: "its name"},
				{Name: "family", Kind: Text, Required: true, OneOf: withWorkstations(), Doc: "the product that it runs"},
				{Name: "version", Kind: Text, Doc: "the client's version; the newest, if left out"},
				{Name: "no_tray", Kind: Flag, Doc: "of onespan: without the Tray Agent"},
			},
			Refusals: []authn.Code{authn.CodeServerUnreachable},
			Events:   left(authn.AddWorkstation{}.Verb(), []authn.Kind{sim.EventWorkstationAdded}, line...),
		},
		Verb{
			Action: authn.Lock{}, Result: authn.LockResult{}, Role: authn.RoleWorkstation, Doc: "lock a workstation",
			Args: []Arg{family.WorkstationArg}, Events: left(authn.Lock{}.Verb(), nil),
		},
		Verb{
			Action: authn.RegisterDevice{}, Role: authn.RolePhone, Doc: "give a user a phone with the authenticator app",
			Makes: Makes{Arg: "name", Role: authn.RolePhone},
			Args: []Arg{
				{Name: "name", Kind: Name, Required: true, Doc: "the phone's name"},
				{Name: "user", Kind: Name, User: true, Required: true, Doc: "its user"},
				{Name: "platform", Kind: Text, OneOf: platforms, Doc: "android, if left out"},
				{Name: "version", Kind: Text, Doc: "the app's version; the newest, if left out"},
			},
			Refusals: []authn.Code{authn.CodeServerUnreachable},
			Events:   left(authn.RegisterDevice{}.Verb(), []authn.Kind{sim.EventPhoneRegistered}, line...),
		},
		Verb{
			Action: authn.RestartDevice{}, Result: authn.RestartDeviceResult{}, Role: authn.RolePhone,
			Doc:    "restart a phone's app: what it had in memory is gone, counts, locks and sets stay",
			Args:   []Arg{family.PhoneArg},
			Events: left(authn.RestartDevice{}.Verb(), []authn.Kind{sim.EventDeviceRestarted}),
		},
		Verb{
			Action: authn.RestartWorkstation{}, Result: authn.RestartWorkstationResult{}, Role: authn.RoleWorkstation,
			Doc:    "restart a workstation, which locks it; counts, locks and sets stay",
			Args:   []Arg{family.WorkstationArg},
			Events: left(authn.RestartWorkstation{}.Verb(), []authn.Kind{sim.EventWorkstationRestarted}),
		},
	)
}

// surroundings returns the verbs of no family that no person of a story does.
func surroundings() []Verb {
	return rows(
		Verb{
			Action: authn.SetLink{}, Role: authn.RoleWorld,
			Doc: "set a site's uplink; a waiting tap is answered at once if it can be",
			Args: []Arg{
				{
					Name: "site", Kind: Name, Required: true,
					Doc: "server, phone/NAME, workstation/NAME, provider/NAME or bluetooth:PHONE,WORKSTATION",
				},
				{
					Name: "state", Kind: Text, Required: true, OneOf: []string{"up", "down", "captive"},
					Doc: "captive is up to the site, but nothing gets through",
				},
			},
			Events: left(authn.SetLink{}.Verb(), []authn.Kind{sim.EventLinkSet}),
		},
		Verb{
			Action: authn.SetFault{}, Role: authn.RoleWorld,
			Doc: "let the n-th next message of a kind be dropped, replayed or tampered with, once",
			Args: []Arg{
				{Name: "fault", Kind: Text, Required: true, OneOf: []string{"drop", "replay", "tamper"}, Doc: "what happens to it"},
				{Name: "message", Kind: Text, Required: true, OneOf: MessageKinds(), Doc: "the kind of message"},
				{Name: "nth", Kind: Number, Doc: "which one, from 1; the next, if left out"},
			},
			Events: []authn.Kind{sim.EventFaultSet},
		},
		Verb{
			Action: authn.AdvanceClock{}, Role: authn.RoleWorld,
			Doc:    "move the world's clock forward; due timers fire on the way",
			Args:   []Arg{{Name: "by", Kind: Span, Required: true, Doc: "how far, such as 5s, 31d or 1w2d"}},
			Events: []authn.Kind{sim.EventClockAdvanced},
		},
		Verb{
			Action: authn.BackClock{}, Role: authn.RoleWorld, Doc: "set the world's clock back; it revives nothing",
			Args:   []Arg{{Name: "by", Kind: Span, Required: true, Doc: "how far"}},
			Events: left(authn.BackClock{}.Verb(), []authn.Kind{sim.EventClockSetBack}),
		},
		Verb{
			Action: authn.SetClock{}, Role: authn.RoleWorld, Doc: "move the world's clock to an instant, either way",
			Args:   []Arg{{Name: "to", Kind: Instant, Required: true, Doc: "RFC 3339, such as 2026-03-02T08:00:00Z"}},
			Events: []authn.Kind{sim.EventClockAdvanced, sim.EventClockSetBack},
		},
		Verb{
			Action: authn.FreezeClock{}, Role: authn.RoleWorld, Doc: "stop the world's clock",
			Events: []authn.Kind{sim.EventClockFrozen},
		},
		Verb{
			Action: authn.RunClock{}, Role: authn.RoleWorld, Doc: "let the world's clock run on with the host's",
			Events: []authn.Kind{sim.EventClockRuns},
		},
		Verb{
			Action: authn.SkewClock{}, Role: authn.RoleWorld, Doc: "put a site's clock ahead of the world's, or behind it",
			Args: []Arg{
				{Name: "site", Kind: Name, Required: true, Doc: "server, phone/NAME, workstation/NAME or provider/NAME"},
				{Name: "by", Kind: Span, Required: true, Doc: "how far; negative is behind, 0s ends it"},
			},
			Events: []authn.Kind{sim.EventClockSkewed},
		},
	)
}

var (
	// line has the events about the messages of an Action.
	line      = []authn.Kind{authn.EventMessageRefused, authn.EventFaultStruck}
	platforms = []string{"android", "ios"}
)

// rows returns rows with their names filled in.
func rows(rows ...Verb) []Verb {
	for i, v := range rows {
		if v.Action != nil {
			rows[i].Name = v.Action.Verb()
		}
	}
	return rows
}
