package verb

import (
	"reflect"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/family"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
)

// The types of a row. They stand in authn/family, so that a family can hold
// its own rows.
type (
	Verb    = family.Verb
	Arg     = family.Arg
	ArgKind = family.ArgKind
	Values  = family.Values
	Makes   = family.Makes
)

// The types of arguments.
const (
	Name     = family.ArgName
	Text     = family.ArgText
	Secret   = family.ArgSecret
	Flag     = family.ArgFlag
	Number   = family.ArgNumber
	Span     = family.ArgSpan
	Instant  = family.ArgInstant
	Settings = family.ArgSettings
	List     = family.ArgList
)

// Fields returns the values of a result by the names that --json gives them.
func Fields(result any) map[string]any { return family.Fields(result) }

// Of finds the row of an Action: the one that makes its type.
func Of(a authn.Action) (Verb, bool) {
	all := All()
	i := slices.IndexFunc(all, func(v Verb) bool {
		if v.Action == nil {
			return v.Name == a.Verb()
		}
		return reflect.TypeOf(v.Action) == reflect.TypeOf(a)
	})
	if i < 0 {
		return Verb{}, false
	}
	return all[i], true
}

// All returns the table, by family, then in the order in which a newcomer
// meets the verbs.
func All() []Verb {
	all := slices.Concat(world(), restarts(), surroundings(), hyprVerbs(), encapVerbs(), onespanVerbs())
	for i, v := range all {
		if v.Action != nil {
			all[i].Name = v.Action.Verb()
		}
	}
	return all
}

// Anytime returns the events that any verb can leave beside its own: its
// refusal, and what timers that were due and the host's clock brought about.
func Anytime() []authn.Kind {
	return []authn.Kind{
		authn.EventRefused, hypr.EventPINHidden, hypr.EventPINsExpired, hypr.EventPINOffered, hypr.EventTapUnanswered, hypr.EventTapCancelled, authn.EventClockWentBack,
		encap.EventSessionExpired, encap.EventOperationClosed, onespan.EventDataExpired, hypr.EventDirectoryUnlocked, onespan.EventDataExpiring,
	}
}

// Find looks a verb up by its spelling, among those of a family and of none;
// two families may spell their own alike.
func Find(name string, family authn.FamilyName) (Verb, bool) {
	all := All()
	i := slices.IndexFunc(all, func(v Verb) bool { return v.Name == name && (v.Family == family || v.Family == "") })
	if i < 0 {
		return Verb{}, false
	}
	return all[i], true
}

// Codes returns every refusal and fault of the core, by code. A row is a code
// and a family: what two families refuse under one name has two.
func Codes() []authn.CodeSpec {
	codes := slices.Concat(hypr.Codes(), encap.Codes(), onespan.Codes(), sim.Codes())
	slices.SortFunc(codes, func(a, b authn.CodeSpec) int {
		if a.Code != b.Code {
			return compare(string(a.Code), string(b.Code))
		}
		return compare(place(a.Family), place(b.Family))
	})
	return codes
}

// Kinds returns every kind of event, by name.
func Kinds() []authn.KindSpec {
	kinds := slices.Concat(hypr.Kinds(), encap.Kinds(), onespan.Kinds(), sim.Kinds())
	slices.SortFunc(kinds, func(a, b authn.KindSpec) int { return compare(string(a.Kind), string(b.Kind)) })
	return kinds
}

// place orders the families as they came.
func place(f authn.FamilyName) string {
	return map[authn.FamilyName]string{authn.FamilyHYPR: "1", authn.FamilyEncap: "2", authn.FamilyOneSpan: "3"}[f]
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

var (
	phoneArg = Arg{Name: "phone", Kind: Name, Role: authn.RolePhone, Doc: "the phone that does it; may be left out where there is one"}
	onWS     = Arg{Name: "workstation", Kind: Name, Role: authn.RoleWorkstation, Doc: "the workstation; the first that fits, if left out"}
)

// world has the verbs of no family that make and manage what is in it.
func world() []Verb {
	return []Verb{
		{Action: authn.AddUser{}, Role: authn.RoleAdmin, Doc: "add a user to the directory",
			Args: []Arg{{Name: "name", Kind: Name, User: true, Required: true, Doc: "the user's name"},
				{Name: "roaming", Kind: Flag, Doc: "Web-to-workstation single registration: no offline PINs"}},
			Makes:  Makes{Arg: "name"},
			Events: []authn.Kind{authn.EventUserAdded}},
		{Action: authn.UnlockUser{}, Result: authn.UnlockUserResult{}, Role: authn.RoleAdmin, Doc: "end a user's lock-outs; a workstation hears of it when it next talks to the server",
			Args:   []Arg{{Name: "name", Kind: Name, User: true, Required: true, Doc: "the user's name"}},
			Events: []authn.Kind{hypr.EventUserUnlocked, hypr.EventDirectoryUnlocked, hypr.EventPINsDeleted, hypr.EventUnpaired, encap.EventLocksCleared, onespan.EventUserReleased, authn.EventMessageRefused, authn.EventFaultStruck}},
		{Action: authn.ReplaceDevice{}, Result: authn.ReplaceResult{}, Role: authn.RolePhone, Doc: "give a user a new phone for a lost one, and revoke the lost one",
			Args: []Arg{{Name: "old", Kind: Name, Required: true, Doc: "the phone that is lost"}, {Name: "new", Kind: Name, Required: true, Doc: "the phone that takes its place"},
				{Name: "platform", Kind: Text, OneOf: []string{"android", "ios"}, Doc: "as the old one's, if left out"},
				{Name: "version", Kind: Text, Doc: "the app's version; the newest, if left out"}},
			Makes:    Makes{Arg: "new", Role: authn.RolePhone},
			Refusals: []authn.Code{encap.CodeServerUnreachable},
			Events:   []authn.Kind{sim.EventPhoneRegistered, hypr.EventEnrolled, hypr.EventPhoneRevoked, hypr.EventPINsDeleted, hypr.EventUnpaired, hypr.EventDirectoryUnlocked, encap.EventRegistrationDropped, encap.EventSessionClosed, onespan.EventAuthenticatorDropped, authn.EventMessageRefused, authn.EventFaultStruck}},
		{Action: authn.Cancel{}, Result: authn.CancelResult{}, Role: authn.RolePhone, Doc: "give up the taps that wait, and the operation that is open",
			Args: []Arg{phoneArg}, Events: []authn.Kind{hypr.EventTapCancelled, encap.EventOperationClosed}},
		{Name: sim.VerbRepair, Role: authn.RoleWorld, Doc: "let a world that was copied back go on; every PIN set and all offline data is deleted, every session closed",
			Events: []authn.Kind{sim.EventRollbackAccepted, hypr.EventPINsDeleted, encap.EventSessionClosed, onespan.EventDataDeleted, onespan.EventAuthenticatorDropped}},
		{Action: authn.SetPolicy{}, Role: authn.RoleAdmin, Doc: "change the administrator's settings, all or none",
			Args: []Arg{{Name: "settings", Kind: Settings, Required: true, Doc: "KEY=VALUE, the key with its family"},
				{Name: "user", Kind: Name, User: true, Doc: "whose own they are; the policy's, if left out"}},
			Refusals: []authn.Code{authn.CodeOutOfRange}, Events: []authn.Kind{authn.EventPolicySet}},
		{Action: authn.AddWorkstation{}, Role: authn.RoleAdmin, Doc: "add a workstation",
			Args: []Arg{{Name: "name", Kind: Name, Required: true, Doc: "its name"},
				{Name: "family", Kind: Text, Required: true, OneOf: []string{string(authn.FamilyHYPR), string(authn.FamilyOneSpan)}, Doc: "the product that it runs"},
				{Name: "version", Kind: Text, Doc: "the client's version; the newest, if left out"},
				{Name: "no_tray", Kind: Flag, Doc: "of onespan: without the Tray Agent"}},
			Makes:    Makes{Arg: "name", Role: authn.RoleWorkstation},
			Refusals: []authn.Code{encap.CodeServerUnreachable}, Events: []authn.Kind{sim.EventWorkstationAdded, hypr.EventEnrolled, authn.EventMessageRefused, authn.EventFaultStruck}},
		{Action: authn.Lock{}, Result: authn.LockResult{}, Role: authn.RoleWorkstation, Doc: "lock a workstation",
			Args: []Arg{onWS}, Events: []authn.Kind{hypr.EventLocked}},
		{Action: authn.RegisterDevice{}, Role: authn.RolePhone, Doc: "give a user a phone with the authenticator app",
			Args: []Arg{{Name: "name", Kind: Name, Required: true, Doc: "the phone's name"},
				{Name: "user", Kind: Name, User: true, Required: true, Doc: "its user"},
				{Name: "platform", Kind: Text, OneOf: []string{"android", "ios"}, Doc: "android, if left out"},
				{Name: "version", Kind: Text, Doc: "the app's version; the newest, if left out"}},
			Makes:    Makes{Arg: "name", Role: authn.RolePhone},
			Refusals: []authn.Code{encap.CodeServerUnreachable}, Events: []authn.Kind{sim.EventPhoneRegistered, hypr.EventEnrolled, authn.EventMessageRefused, authn.EventFaultStruck}},
	}
}

// surroundings has the verbs of no family that no person of a story does.
func surroundings() []Verb {
	online := []authn.Kind{hypr.EventOnlineAuthenticated, hypr.EventPINsIssued, hypr.EventPINsStored, hypr.EventPINsConfirmed, hypr.EventPINsDeleted, hypr.EventPINHidden, hypr.EventUnlocked, hypr.EventLoginApproved, authn.EventMessageRefused, authn.EventFaultStruck, hypr.EventAudited, hypr.EventDirectoryUnlocked, hypr.EventUnpaired, hypr.EventPaired}
	return []Verb{
		{Action: authn.SetLink{}, Role: authn.RoleWorld, Doc: "set a site's uplink; a waiting tap is answered at once if it can be",
			Args: []Arg{{Name: "site", Kind: Name, Required: true, Doc: "server, phone/NAME, workstation/NAME, provider/NAME or bluetooth:PHONE,WORKSTATION"},
				{Name: "state", Kind: Text, Required: true, OneOf: []string{"up", "down", "captive"}, Doc: "captive is up to the site, but nothing gets through"}},
			Events: append([]authn.Kind{sim.EventLinkSet, hypr.EventOfferWithdrawn}, online...)},
		{Action: authn.SetFault{}, Role: authn.RoleWorld, Doc: "let the n-th next message of a kind be dropped, replayed or tampered with, once",
			Args: []Arg{{Name: "fault", Kind: Text, Required: true, OneOf: []string{"drop", "replay", "tamper"}, Doc: "what happens to it"},
				{Name: "message", Kind: Text, Required: true, OneOf: sim.MessageKinds(), Doc: "the kind of message"},
				{Name: "nth", Kind: Number, Doc: "which one, from 1; the next, if left out"}},
			Events: []authn.Kind{sim.EventFaultSet}},
		{Action: authn.AdvanceClock{}, Role: authn.RoleWorld, Doc: "move the world's clock forward; due timers fire on the way",
			Args:   []Arg{{Name: "by", Kind: Span, Required: true, Doc: "how far, such as 5s, 31d or 1w2d"}},
			Events: []authn.Kind{sim.EventClockAdvanced}},
		{Action: authn.BackClock{}, Role: authn.RoleWorld, Doc: "set the world's clock back; it revives nothing",
			Args:   []Arg{{Name: "by", Kind: Span, Required: true, Doc: "how far"}},
			Events: []authn.Kind{sim.EventClockSetBack, hypr.EventPINHidden, hypr.EventTapCancelled}},
		{Action: authn.SetClock{}, Role: authn.RoleWorld, Doc: "move the world's clock to an instant, either way",
			Args:   []Arg{{Name: "to", Kind: Instant, Required: true, Doc: "RFC 3339, such as 2026-03-02T08:00:00Z"}},
			Events: []authn.Kind{sim.EventClockAdvanced, sim.EventClockSetBack}},
		{Action: authn.FreezeClock{}, Role: authn.RoleWorld, Doc: "stop the world's clock", Events: []authn.Kind{sim.EventClockFrozen}},
		{Action: authn.RunClock{}, Role: authn.RoleWorld, Doc: "let the world's clock run on with the host's", Events: []authn.Kind{sim.EventClockRuns}},
		{Action: authn.SkewClock{}, Role: authn.RoleWorld, Doc: "put a site's clock ahead of the world's, or behind it",
			Args: []Arg{{Name: "site", Kind: Name, Required: true, Doc: "server, phone/NAME, workstation/NAME or provider/NAME"},
				{Name: "by", Kind: Span, Required: true, Doc: "how far; negative is behind, 0s ends it"}},
			Events: []authn.Kind{sim.EventClockSkewed}},
	}
}

// hyprVerbs has the verbs of hypr.
func hyprVerbs() []Verb {
	online := []authn.Kind{hypr.EventOnlineAuthenticated, hypr.EventPINsIssued, hypr.EventPINsStored, hypr.EventPINsConfirmed, hypr.EventPINsDeleted, hypr.EventPINHidden, hypr.EventUnlocked, hypr.EventLoginApproved, authn.EventMessageRefused, authn.EventFaultStruck, hypr.EventAudited, hypr.EventDirectoryUnlocked, hypr.EventUnpaired, hypr.EventPaired}
	v := func(a authn.Action, result any, role authn.Role, doc string, args []Arg, refusals []authn.Code, events ...authn.Kind) Verb {
		return Verb{Family: authn.FamilyHYPR, Role: role, Doc: doc, Action: a, Result: result, Args: args, Refusals: refusals, Events: events}
	}
	both := []Arg{onWS, phoneArg}
	waits := func(v Verb) Verb { v.Waits = true; return v }
	return []Verb{
		v(hypr.Pair{}, hypr.PairResult{}, authn.RolePhone, "pair a phone with a workstation", append(both[:2:2], Arg{Name: "passkey", Kind: Flag, Doc: "with an Enterprise Passkey, for unlocking over Bluetooth"}),
			[]authn.Code{hypr.CodeWorkstationUnreachable, hypr.CodePhoneRevoked}, hypr.EventPaired, hypr.EventPINHidden, authn.EventMessageRefused, authn.EventFaultStruck),
		waits(v(hypr.Tap{}, hypr.TapResult{}, authn.RolePhone, "tap a workstation's icon: log in online if it can, else offer the offline PIN; it spends none",
			append(both, Arg{Name: "press", Kind: Text, OneOf: []string{"short", "long"}, Doc: "a long press goes straight to the offer"}),
			[]authn.Code{hypr.CodeNotPaired, hypr.CodeNotPrimed, hypr.CodeOfflineDisabled, hypr.CodeRoamingUser, hypr.CodeVersionTooOld, hypr.CodeNoPINsLeft, hypr.CodePINExpired},
			append([]authn.Kind{hypr.EventTapped, hypr.EventPINOffered, hypr.EventTapCancelled}, online...)...)),
		v(hypr.Unlock{}, hypr.UnlockResult{}, authn.RolePhone, "show the next offline PIN and spend it, or the one that is still visible",
			append(both[:2:2], Arg{Name: "next", Kind: Flag, Doc: "the next one even while one is visible, which is hidden for it"}),
			[]authn.Code{hypr.CodeNotPaired, hypr.CodeNotPrimed, hypr.CodeOfflineDisabled, hypr.CodeRoamingUser, hypr.CodeVersionTooOld, hypr.CodePINExpired, hypr.CodeNoPINsLeft},
			hypr.EventPINShown, hypr.EventPINsLow, hypr.EventPINsExhausted, hypr.EventPINHidden, hypr.EventTapCancelled),
		v(hypr.Hide{}, hypr.HideResult{}, authn.RolePhone, "wipe the PIN that the phone shows", []Arg{phoneArg}, nil, hypr.EventPINHidden),
		v(hypr.PasskeyUnlock{}, hypr.PasskeyResult{}, authn.RolePhone, "unlock a workstation nearby over Bluetooth with an Enterprise Passkey; it spends no PIN", both,
			[]authn.Code{hypr.CodeNotPaired, hypr.CodeNoPasskey, hypr.CodeBluetoothUnreachable, hypr.CodeNotLocked, hypr.CodeDirectoryLocked, hypr.CodeOfflineDisabled, hypr.CodeVersionTooOld, hypr.CodePhoneRevoked},
			hypr.EventUnlocked, authn.EventMessageRefused, authn.EventFaultStruck),
		v(hypr.Login{}, hypr.LoginResult{}, authn.RoleWorkstation, "type an offline PIN at a locked workstation",
			[]Arg{onWS, {Name: "user", Kind: Name, User: true, Doc: "who logs in; who was logged in last, if left out"},
				{Name: "pin", Kind: Secret, Required: true, Doc: "the offline PIN; case, blanks and hyphens do not matter"}},
			[]authn.Code{hypr.CodeNotLocked, hypr.CodeNotPaired, hypr.CodeNotPrimed, hypr.CodePhoneRevoked, hypr.CodeOfflineDisabled, hypr.CodeRoamingUser, hypr.CodeVersionTooOld, hypr.CodeDirectoryLocked, hypr.CodePINExpired, hypr.CodePINUsed, encap.CodeWrongPIN},
			hypr.EventUnlocked, hypr.EventPINsConfirmed, hypr.EventPINsDeleted, hypr.EventDirectoryLocked),
	}
}
