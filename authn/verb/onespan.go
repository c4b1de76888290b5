package verb

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// onespanVerbs has the verbs of onespan, in the order of its story.
func onespanVerbs() []Verb {
	line := []authn.Kind{authn.EventMessageRefused, authn.EventFaultStruck}
	v := func(a authn.Action, result any, role authn.Role, doc string, args []Arg, refusals []authn.Code, events ...authn.Kind) Verb {
		return Verb{Family: authn.FamilyOneSpan, Role: role, Doc: doc, Action: a, Result: result, Args: args, Refusals: refusals, Events: events}
	}
	judged := []authn.Code{
		onespan.CodeMalformed, onespan.CodeWrongPassword, onespan.CodeWrongPIN, onespan.CodeWrongCode, onespan.CodeReplayed, onespan.CodePINChange, onespan.CodeNewPIN,
		onespan.CodeUserLocked, onespan.CodeNoAuthenticator, onespan.CodeNoData, onespan.CodeDataLocked,
	}
	brought := append(line[:2:2], onespan.EventOTPAccepted, onespan.EventServerPINSet, onespan.EventFailureCounted, onespan.EventUserLocked,
		onespan.EventDataIssued, onespan.EventDataRenewed, onespan.EventDataWithheld, onespan.EventDataDeleted, onespan.EventDataExpiring)
	return []Verb{
		v(onespan.Assign{}, onespan.AssignResult{}, authn.RoleAdmin, "give the user of a phone a Digipass authenticator on it; one that is there is replaced",
			[]Arg{
				phoneArg, {Name: "type", Kind: Text, Required: true, OneOf: []string{string(onespan.TimeBased), string(onespan.EventBased)}, Doc: "what moves its codes on"},
				{Name: "seed", Kind: Secret, Doc: "the secret of a foreign generator, in base32; a new one, if left out"},
			},
			[]authn.Code{onespan.CodeServerUnreachable}, append(line[:2:2], onespan.EventAuthenticatorAssigned, onespan.EventAuthenticatorDropped, onespan.EventAuthenticatorActivated)...),
		v(onespan.SetPassword{}, nil, authn.RoleAdmin, "give a user a static password",
			[]Arg{userArg, {Name: "password", Kind: Secret, Required: true, Doc: "the static password"}}, nil, onespan.EventStaticPasswordSet),
		v(onespan.SetPIN{}, nil, authn.RoleAdmin, "give a user a server PIN",
			[]Arg{userArg, pinArg("the server PIN, digits"), {Name: "change", Kind: Flag, Doc: "it must be changed at the next logon"}},
			[]authn.Code{onespan.CodeNewPIN}, onespan.EventServerPINSet),
		v(onespan.ResetPIN{}, onespan.ResetPINResult{}, authn.RoleAdmin, "take a user's server PIN away; the next logon sets one", []Arg{userArg}, nil, onespan.EventServerPINReset),
		v(onespan.OTP{}, onespan.OTPResult{}, authn.RolePhone, "show the one-time password of the Digipass; it needs no network", []Arg{phoneArg},
			[]authn.Code{onespan.CodeNoAuthenticator}, onespan.EventOTPShown),
		v(onespan.Logon{}, onespan.LogonResult{}, authn.RoleWorkstation, "type a Digipass credential at a locked workstation; the network alone decides which side judges it",
			[]Arg{onWS, {Name: "user", Kind: Name, User: true, Doc: "who logs on; who was logged on last, if left out"}, credentialArg},
			append(judged[:len(judged):len(judged)], onespan.CodeNotLocked, onespan.CodeDataExpired, onespan.CodeNotCovered, onespan.CodePINOffline), append(brought, onespan.EventUnlocked)...),
		v(onespan.Update{}, onespan.UpdateResult{}, authn.RoleWorkstation, "update offline authentication data in the Tray Agent",
			[]Arg{onWS, {Name: "user", Kind: Name, User: true, Doc: "whose data; who was logged on last, if left out"}, credentialArg},
			append(judged[:len(judged):len(judged)], onespan.CodeNoTray, onespan.CodeEmptyPassword, onespan.CodeServerUnreachable, onespan.CodeOfflineDisabled, onespan.CodeOtherAuthenticator),
			append(brought, onespan.EventDataNotDue)...),
		v(onespan.Resync{}, onespan.ResyncResult{}, authn.RoleAdmin, "find an authenticator again that has run away",
			[]Arg{phoneArg, {Name: "codes", Kind: Secret, Required: true, Doc: "two consecutive one-time passwords, with a blank between"}},
			[]authn.Code{onespan.CodeNoAuthenticator, onespan.CodeWrongCode}, onespan.EventAuthenticatorResynced),
		v(onespan.DeleteData{}, onespan.DeleteDataResult{}, authn.RoleAdmin, "delete the server's record of offline data, so that the next online logon brings a full set",
			[]Arg{
				userArg, {Name: "workstation", Kind: Name, Role: authn.RoleWorkstation, Doc: "at which workstation; at every, if left out"},
				{Name: "authenticator", Kind: Text, Doc: "the serial number; every, if left out"},
			}, nil, onespan.EventDataRecordDeleted),
	}
}

var (
	userArg       = Arg{Name: "user", Kind: Name, User: true, Only: true, Doc: "the user; may be left out where there is one"}
	credentialArg = Arg{Name: "password", Kind: Secret, Required: true, Doc: "[static password][server PIN]one-time password[new PIN, twice], without blanks"}
)
