package hypr

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// verbs returns the verbs of the family.
func verbs() []family.Verb {
	both := []family.Arg{family.WorkstationArg, family.PhoneArg}
	return family.Rows(authn.FamilyHYPR, []family.Verb{
		{
			Action: Pair{}, Result: PairResult{}, Role: authn.RolePhone,
			Doc: "pair a phone with a workstation",
			Args: append(both[:2:2], family.Arg{Name: "passkey", Kind: family.ArgFlag,
				Doc: "with an Enterprise Passkey, for unlocking over Bluetooth"}),
			Refusals: []authn.Code{CodeWorkstationUnreachable, CodePhoneRevoked},
			Events:   []authn.Kind{EventPaired, EventPINHidden, authn.EventMessageRefused, authn.EventFaultStruck},
		},
		{
			Action: Tap{}, Result: TapResult{}, Role: authn.RolePhone,
			Waits: true, Slow: true,
			Doc: "tap a workstation's icon: log in online if it can, else offer the offline PIN; it spends none",
			Args: append(both, family.Arg{Name: "press", Kind: family.ArgText, OneOf: []string{"short", "long"},
				Doc: "a long press goes straight to the offer"}),
			Refusals: []authn.Code{
				CodeNotPaired, CodeNotPrimed, CodeOfflineDisabled, CodeRoamingUser, CodeVersionTooOld,
				CodeNoPINsLeft, CodePINExpired,
			},
			Events: append([]authn.Kind{EventTapped, EventPINOffered, EventTapCancelled}, online()...),
		},
		{
			Action: Unlock{}, Result: UnlockResult{}, Role: authn.RolePhone,
			Doc: "show the next offline PIN and spend it, or the one that is still visible",
			Args: append(both[:2:2], family.Arg{Name: "next", Kind: family.ArgFlag,
				Doc: "the next one even while one is visible, which is hidden for it"}),
			Refusals: []authn.Code{
				CodeNotPaired, CodeNotPrimed, CodeOfflineDisabled, CodeRoamingUser, CodeVersionTooOld,
				CodePINExpired, CodeNoPINsLeft,
			},
			Events: []authn.Kind{EventPINShown, EventPINsLow, EventPINsExhausted, EventPINHidden, EventTapCancelled},
		},
		{
			Action: Hide{}, Result: HideResult{}, Role: authn.RolePhone,
			Doc:    "wipe the PIN that the phone shows",
			Args:   []family.Arg{family.PhoneArg},
			Events: []authn.Kind{EventPINHidden},
		},
		{
			Action: PasskeyUnlock{}, Result: PasskeyResult{}, Role: authn.RolePhone,
			Doc:  "unlock a workstation nearby over Bluetooth with an Enterprise Passkey; it spends no PIN",
			Args: both,
			Refusals: []authn.Code{
				CodeNotPaired, CodeNoPasskey, CodeBluetoothUnreachable, CodeNotLocked, CodeDirectoryLocked,
				CodeOfflineDisabled, CodeVersionTooOld, CodePhoneRevoked,
			},
			Events: []authn.Kind{EventUnlocked, authn.EventMessageRefused, authn.EventFaultStruck},
		},
		{
			Action: Login{}, Result: LoginResult{}, Role: authn.RoleWorkstation,
			Slow: true,
			Doc:  "type an offline PIN at a locked workstation",
			Args: []family.Arg{
				family.WorkstationArg,
				{Name: "user", Kind: family.ArgName, User: true,
					Doc: "who logs in; who was logged in last, if left out"},
				{Name: "pin", Kind: family.ArgSecret, Required: true, Drawn: true,
					Doc: "the offline PIN; case, blanks and hyphens do not matter"},
			},
			Refusals: []authn.Code{
				CodeNotLocked, CodeNotPaired, CodeNotPrimed, CodePhoneRevoked, CodeOfflineDisabled, CodeRoamingUser,
				CodeVersionTooOld, CodeDirectoryLocked, CodePINExpired, CodePINUsed, CodeWrongPIN,
			},
			Events: []authn.Kind{EventUnlocked, EventPINsConfirmed, EventPINsDeleted, EventDirectoryLocked},
		},
	})
}

// leaves returns the events that this family adds to verbs of no family.
func leaves() map[string][]authn.Kind {
	return map[string][]authn.Kind{
		"": {EventPINHidden, EventPINsExpired, EventPINOffered, EventTapUnanswered, EventTapCancelled,
			EventDirectoryUnlocked},

		authn.UnlockUser{}.Verb(): {EventUserUnlocked, EventDirectoryUnlocked, EventPINsDeleted, EventUnpaired},
		authn.ReplaceDevice{}.Verb(): {
			EventEnrolled, EventPhoneRevoked, EventPINsDeleted, EventUnpaired, EventDirectoryUnlocked,
		},
		authn.RegisterDevice{}.Verb():     {EventEnrolled},
		authn.AddWorkstation{}.Verb():     {EventEnrolled},
		authn.Lock{}.Verb():               {EventLocked},
		authn.Cancel{}.Verb():             {EventTapCancelled},
		authn.RestartDevice{}.Verb():      {EventPINHidden, EventTapCancelled},
		authn.RestartWorkstation{}.Verb(): {EventLocked},
		authn.VerbRepair:                  {EventPINsDeleted},
		authn.SetLink{}.Verb():            append([]authn.Kind{EventOfferWithdrawn}, online()...),
		authn.BackClock{}.Verb():          {EventPINHidden, EventTapCancelled},
	}
}

// online returns the events of an online login.
func online() []authn.Kind {
	return []authn.Kind{
		EventOnlineAuthenticated, EventPINsIssued, EventPINsStored, EventPINsConfirmed, EventPINsDeleted, EventPINHidden,
		EventUnlocked,
		EventLoginApproved, authn.EventMessageRefused, authn.EventFaultStruck, EventAudited, EventDirectoryUnlocked,
		EventUnpaired, EventPaired,
	}
}
