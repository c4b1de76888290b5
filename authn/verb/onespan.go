package verb

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// onespanVerbs has the verbs of onespan, in the order of its story.
func onespanVerbs() []Verb {
	line := []authn.Kind{"message_refused", "fault_struck"}
	v := func(a authn.Action, result any, role authn.Role, doc string, args []Arg, refusals []authn.Code, events ...authn.Kind) Verb {
		return Verb{Name: a.Verb(), Family: authn.FamilyOneSpan, Role: role, Doc: doc, Action: a, Result: result, Args: args, Refusals: refusals, Events: events}
	}
	judged := []authn.Code{
		"credential_malformed", "wrong_password", "wrong_server_pin", "wrong_code", "code_replayed", "pin_change_required", "new_pin_rejected",
		"user_locked", "no_authenticator", "no_offline_data", "data_locked",
	}
	brought := append(line[:2:2], "otp_accepted", "server_pin_set", "failure_counted", "user_locked",
		"data_issued", "data_renewed", "data_withheld", "data_deleted", "data_expiring")
	return []Verb{
		v(onespan.Assign{}, onespan.AssignResult{}, authn.RoleAdmin, "give the user of a phone a Digipass authenticator on it; one that is there is replaced",
			[]Arg{
				phoneArg, {Name: "type", Kind: Text, Required: true, OneOf: []string{string(onespan.TimeBased), string(onespan.EventBased)}, Doc: "what moves its codes on"},
				{Name: "seed", Kind: Secret, Doc: "the secret of a foreign generator, in base32; a new one, if left out"},
			},
			[]authn.Code{"server_unreachable"}, append(line[:2:2], "authenticator_assigned", "authenticator_dropped", "authenticator_activated")...),
		v(onespan.SetPassword{}, nil, authn.RoleAdmin, "give a user a static password",
			[]Arg{userArg, {Name: "password", Kind: Secret, Required: true, Doc: "the static password"}}, nil, "static_password_set"),
		v(onespan.SetPIN{}, nil, authn.RoleAdmin, "give a user a server PIN",
			[]Arg{userArg, pinArg("the server PIN, digits"), {Name: "change", Kind: Flag, Doc: "it must be changed at the next logon"}},
			[]authn.Code{"new_pin_rejected"}, "server_pin_set"),
		v(onespan.ResetPIN{}, onespan.ResetPINResult{}, authn.RoleAdmin, "take a user's server PIN away; the next logon sets one", []Arg{userArg}, nil, "server_pin_reset"),
		v(onespan.OTP{}, onespan.OTPResult{}, authn.RolePhone, "show the one-time password of the Digipass; it needs no network", []Arg{phoneArg},
			[]authn.Code{"no_authenticator"}, "otp_shown"),
		v(onespan.Logon{}, onespan.LogonResult{}, authn.RoleWorkstation, "type a Digipass credential at a locked workstation; the network alone decides which side judges it",
			[]Arg{onWS, {Name: "user", Kind: Name, Doc: "who logs on; who was logged on last, if left out"}, credentialArg},
			append(judged[:len(judged):len(judged)], "not_locked", "data_expired", "data_not_covering", "pin_change_offline"), append(brought, "unlocked")...),
		v(onespan.Update{}, onespan.UpdateResult{}, authn.RoleWorkstation, "update offline authentication data in the Tray Agent",
			[]Arg{onWS, {Name: "user", Kind: Name, Doc: "whose data; who was logged on last, if left out"}, credentialArg},
			append(judged[:len(judged):len(judged)], "tray_agent_missing", "empty_password", "server_unreachable", "offline_disabled", "other_authenticator"),
			append(brought, "data_not_due")...),
		v(onespan.Resync{}, onespan.ResyncResult{}, authn.RoleAdmin, "find an authenticator again that has run away",
			[]Arg{phoneArg, {Name: "codes", Kind: Secret, Required: true, Doc: "two consecutive one-time passwords, with a blank between"}},
			[]authn.Code{"no_authenticator", "wrong_code"}, "authenticator_resynced"),
		v(onespan.DeleteData{}, onespan.DeleteDataResult{}, authn.RoleAdmin, "delete the server's record of offline data, so that the next online logon brings a full set",
			[]Arg{
				userArg, {Name: "workstation", Kind: Name, Role: authn.RoleWorkstation, Doc: "at which workstation; at every, if left out"},
				{Name: "authenticator", Kind: Text, Doc: "the serial number; every, if left out"},
			}, nil, "data_record_deleted"),
	}
}

var (
	userArg       = Arg{Name: "user", Kind: Name, Only: true, Doc: "the user; may be left out where there is one"}
	credentialArg = Arg{Name: "password", Kind: Secret, Required: true, Doc: "[static password][server PIN]one-time password[new PIN, twice], without blanks"}
)
