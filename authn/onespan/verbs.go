package onespan

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// verbs has the rows of the family's verbs, in the order of its story.
func verbs() []family.Verb {
	line := []authn.Kind{authn.EventMessageRefused, authn.EventFaultStruck}
	judged := []authn.Code{
		CodeMalformed, CodeWrongPassword, CodeWrongPIN, CodeWrongCode, CodeReplayed, CodePINChange, CodeNewPIN,
		CodeUserLocked, CodeNoAuthenticator, CodeNoData, CodeDataLocked,
	}
	brought := append(line[:2:2], EventOTPAccepted, EventServerPINSet, EventFailureCounted, EventUserLocked,
		EventDataIssued, EventDataRenewed, EventDataWithheld, EventDataDeleted, EventDataExpiring)
	return family.Rows(authn.FamilyOneSpan, []family.Verb{
		{
			Action: Assign{}, Result: AssignResult{}, Role: authn.RoleAdmin,
			Doc: "give the user of a phone a Digipass authenticator on it; one that is there is replaced",
			Args: []family.Arg{
				family.PhoneArg,
				{Name: "type", Kind: family.ArgText, Required: true, OneOf: []string{string(TimeBased), string(EventBased)},
					Doc: "what moves its codes on"},
				{Name: "seed", Kind: family.ArgSecret,
					Doc: "the secret of a foreign generator, in base32; a new one, if left out"},
			},
			Refusals: []authn.Code{CodeServerUnreachable},
			Events: append(line[:2:2], EventAuthenticatorAssigned, EventAuthenticatorDropped,
				EventAuthenticatorActivated),
		},
		{
			Action: SetPassword{}, Role: authn.RoleAdmin,
			Doc: "give a user a static password",
			Args: []family.Arg{
				userArg,
				{Name: "password", Kind: family.ArgSecret, Required: true, Doc: "the static password"},
			},
			Events: []authn.Kind{EventStaticPasswordSet},
		},
		{
			Action: SetPIN{}, Role: authn.RoleAdmin,
			Doc: "give a user a server PIN",
			Args: []family.Arg{
				userArg,
				{Name: "pin", Kind: family.ArgSecret, Doc: "the server PIN, digits"},
				{Name: "change", Kind: family.ArgFlag, Doc: "it must be changed at the next logon"},
			},
			Refusals: []authn.Code{CodeNewPIN},
			Events:   []authn.Kind{EventServerPINSet},
		},
		{
			Action: ResetPIN{}, Result: ResetPINResult{}, Role: authn.RoleAdmin,
			Doc:    "take a user's server PIN away; the next logon sets one",
			Args:   []family.Arg{userArg},
			Events: []authn.Kind{EventServerPINReset},
		},
		{
			Action: OTP{}, Result: OTPResult{}, Role: authn.RolePhone,
			Doc:      "show the one-time password of the Digipass; it needs no network",
			Args:     []family.Arg{family.PhoneArg},
			Refusals: []authn.Code{CodeNoAuthenticator},
			Events:   []authn.Kind{EventOTPShown},
		},
		{
			Action: Logon{}, Result: LogonResult{}, Role: authn.RoleWorkstation,
			Slow: true,
			Doc:  "type a Digipass credential at a locked workstation; the network alone decides which side judges it",
			Args: []family.Arg{
				family.WorkstationArg,
				{Name: "user", Kind: family.ArgName, User: true,
					Doc: "who logs on; who was logged on last, if left out"},
				credentialArg,
			},
			Refusals: append(judged[:len(judged):len(judged)], CodeNotLocked, CodeDataExpired,
				CodeNotCovered, CodePINOffline),
			Events: append(brought[:len(brought):len(brought)], EventUnlocked),
		},
		{
			Action: Update{}, Result: UpdateResult{}, Role: authn.RoleWorkstation,
			Slow: true,
			Doc:  "update offline authentication data in the Tray Agent",
			Args: []family.Arg{
				family.WorkstationArg,
				{Name: "user", Kind: family.ArgName, User: true,
					Doc: "whose data; who was logged on last, if left out"},
				credentialArg,
			},
			Refusals: append(judged[:len(judged):len(judged)], CodeNoTray, CodeEmptyPassword,
				CodeServerUnreachable, CodeOfflineDisabled, CodeOtherAuthenticator),
			Events: append(brought[:len(brought):len(brought)], EventDataNotDue),
		},
		{
			Action: Resync{}, Result: ResyncResult{}, Role: authn.RoleAdmin,
			Doc: "resynchronize an authenticator whose codes no longer match",
			Args: []family.Arg{
				family.PhoneArg,
				{Name: "codes", Kind: family.ArgSecret, Required: true, Drawn: true,
					Doc: "two consecutive one-time passwords, with a blank between"},
			},
			Refusals: []authn.Code{CodeNoAuthenticator, CodeWrongCode},
			Events:   []authn.Kind{EventAuthenticatorResynced},
		},
		{
			Action: DeleteData{}, Result: DeleteDataResult{}, Role: authn.RoleAdmin,
			Doc: "delete the server's record of offline data, so that the next online logon brings a full set",
			Args: []family.Arg{
				userArg,
				{Name: "workstation", Kind: family.ArgName, Role: authn.RoleWorkstation,
					Doc: "at which workstation; at every, if left out"},
				{Name: "authenticator", Kind: family.ArgText, Doc: "the serial number; every, if left out"},
			},
			Events: []authn.Kind{EventDataRecordDeleted},
		},
	})
}

var (
	userArg = family.Arg{Name: "user", Kind: family.ArgName, User: true, Only: true,
		Doc: "the user; may be left out where there is one",
	}
	credentialArg = family.Arg{Name: "password", Kind: family.ArgSecret, Required: true,
		Doc: "[static password][server PIN]one-time password[new PIN, twice], without blanks",
	}
)

// leaves has the events that verbs of no family leave because of this one.
func leaves() map[string][]authn.Kind {
	return map[string][]authn.Kind{
		"":                                {EventDataExpired, EventDataExpiring},
		authn.UnlockUser{}.Verb():         {EventUserReleased},
		authn.ReplaceDevice{}.Verb():      {EventAuthenticatorDropped},
		authn.Lock{}.Verb():               {EventLocked},
		authn.RestartWorkstation{}.Verb(): {EventLocked},
		authn.VerbRepair:                  {EventDataDeleted, EventAuthenticatorDropped},
	}
}
