package onespan

import "github.com/offauth/offauth/authn"

// The codes of the family's refusals.
const (
	CodeServerUnreachable             = authn.CodeServerUnreachable
	CodeNotLocked          authn.Code = "not_locked"
	CodeNoData             authn.Code = "no_offline_data"
	CodeDataLocked         authn.Code = "data_locked"
	CodeDataExpired        authn.Code = "data_expired"
	CodeNotCovered         authn.Code = "data_not_covering"
	CodeMalformed          authn.Code = "credential_malformed"
	CodeEmptyPassword      authn.Code = "empty_password"
	CodeWrongPassword      authn.Code = "wrong_password"
	CodeWrongPIN           authn.Code = "wrong_server_pin"
	CodeWrongCode          authn.Code = "wrong_code"
	CodeReplayed           authn.Code = "code_replayed"
	CodePINChange          authn.Code = "pin_change_required"
	CodeNewPIN             authn.Code = "new_pin_rejected"
	CodePINOffline         authn.Code = "pin_change_offline"
	CodeUserLocked         authn.Code = "user_locked"
	CodeNoAuthenticator    authn.Code = "no_authenticator"
	CodeOfflineDisabled    authn.Code = "offline_disabled"
	CodeOtherAuthenticator authn.Code = "other_authenticator"
)

// The kinds of the family's events. The names are ours. Those of the last
// group are shared with other families, which list them.
const (
	EventAuthenticatorAssigned  authn.Kind = "authenticator_assigned"
	EventAuthenticatorDropped   authn.Kind = "authenticator_dropped"
	EventAuthenticatorResynced  authn.Kind = "authenticator_resynced"
	EventAuthenticatorActivated authn.Kind = "authenticator_activated"
	EventOTPShown               authn.Kind = "otp_shown"
	EventOTPAccepted            authn.Kind = "otp_accepted"
	EventServerPINSet           authn.Kind = "server_pin_set"
	EventServerPINReset         authn.Kind = "server_pin_reset"
	EventStaticPasswordSet      authn.Kind = "static_password_set"
	EventUserLocked             authn.Kind = "user_locked"
	EventUserReleased           authn.Kind = "user_released"
	EventDataIssued             authn.Kind = "data_issued"
	EventDataRenewed            authn.Kind = "data_renewed"
	EventDataNotDue             authn.Kind = "data_not_due"
	EventDataWithheld           authn.Kind = "data_withheld"
	EventDataDeleted            authn.Kind = "data_deleted"
	EventDataExpired            authn.Kind = "data_expired"
	EventDataExpiring           authn.Kind = "data_expiring"
	EventDataRecordDeleted      authn.Kind = "data_record_deleted"

	EventUnlocked                  = authn.EventUnlocked
	EventLocked                    = authn.EventLocked
	EventFailureCounted authn.Kind = "failure_counted"
)

// Codes lists the family's refusals for docs/codes.md and explain. Native is
// the return code of OneSpan's engine, where one was found.
func Codes() []authn.CodeSpec { return append(refusalsOfCredentials(), refusalsOfData()...) }

// row is one refusal of the table.
func row(code authn.Code, exit authn.Exit, native, shown, message, hint string, causes []string,
	rules ...authn.RuleID) authn.CodeSpec {
	return authn.CodeSpec{
		Code: code, Family: authn.FamilyOneSpan, Refusal: true, Rules: rules, Exit: exit,
		Message: message, Shown: shown, Native: native, Hint: hint, Causes: causes,
	}
}

func refusalsOfCredentials() []authn.CodeSpec {
	const no = authn.ExitRefused
	return []authn.CodeSpec{
		row(authn.CodeOutOfRange, no, "", "", "a setting is outside the range that the product accepts",
			"offauth admin policy show",
			[]string{"the value is below or above the range"}, "O3", "O4", "O5", "O22", "O24", "O30", "O32", "O36", "O41",
			"O44", "A5"),
		row(CodeNotLocked, no, "", "", "the workstation is not locked, so it takes no logon", "offauth workstation lock",
			[]string{"somebody is logged on already"}, "O48"),
		row(CodeMalformed, no, "", shownWrong, "the credential cannot be taken apart",
			"offauth explain credential_malformed; offauth admin policy show",
			[]string{"a server PIN or a static password that is required is missing", "one was typed that is not required",
				"a sign too many or too few"}, "O32"),
		row(CodeWrongPassword, no, "2 static password failed", shownGeneric, "the static password is wrong",
			"offauth admin user set-password",
			[]string{"a typo", "the password was changed on the server since the last online logon here",
				"one is required, and the user has none"}, "O27", "O34"),
		row(CodeWrongPIN, no, "", shownGeneric, "the server PIN is wrong", "offauth admin user reset-pin",
			[]string{"a typo", "the server PIN was typed behind the one-time password",
				"the PIN was changed on the server since the last online logon here"}, "O26", "O33"),
		row(CodeWrongCode, no, "1 no hash in the window", shownWrong,
			"the one-time password is not one of this authenticator's at this time", "offauth device otp",
			[]string{"a typo", "the authenticator's clock is off by more than the window (O47)",
				"an event-based authenticator has run ahead; resync finds it again (A4)",
				"offline, an authenticator other than the first (O18)",
				"in the Windows event log: 2020 online, 2021 offline (O43)"}, "O22", "O24", "A4"),
		row(CodeReplayed, no, "201 code replay attempt", shownUsed, "the one-time password was used before",
			"offauth device otp",
			[]string{"it was typed twice; wait for the next", "it was used offline and typed online, or the reverse",
				"a newer one was accepted before it: the authenticator's clock was behind, or a clock was set back"}, "A2", "O21",
			"O22", "O24"),
		row(CodePINChange, no, "", "", "the server PIN must be set or changed with this logon", "offauth workstation login",
			[]string{"a server PIN is required, and the user has none", "the administrator wants it changed"}, "O28"),
		row(CodeNewPIN, no, "", "", "the new server PIN is not accepted", KeyPINMinLength.ExplainCommand(),
			[]string{"not typed the same twice", "too short, too long, or not digits"}, "O29", "O30"),
		row(CodeUserLocked, authn.ExitLocked, "1007 STAT_LOCKED", shownUser, "the user is locked at the server",
			"offauth admin user unlock NAME",
			[]string{"as many wrong online logons in a row as onespan.user.lock_threshold allows"}, "O44"),
		row(CodeNoAuthenticator, no, "", "", "there is no authenticator", "offauth admin authenticator assign",
			[]string{"none was assigned", "the message that brings it was lost", "its phone was replaced"}, "O12"),
	}
}

func refusalsOfData() []authn.CodeSpec {
	const no = authn.ExitRefused
	return []authn.CodeSpec{
		row(CodeNoData, no, "", shownNoData, "the workstation has no offline authentication data for the user",
			"offauth workstation login; offauth link show",
			[]string{"never logged on online here (O7)",
				"the server brought none: offline authentication or back-end authentication is off (O1, O3)",
				"it was deleted: its authenticator was taken from the user (O49), or offline authentication was ended",
				"in the Windows event log: 2021 (O43)"}, "O7", "O16"),
		row(CodeDataLocked, authn.ExitLocked, "202 error threshold reached", shownLocked,
			"the offline authentication data is locked, and was deleted", "offauth admin offline-data delete",
			[]string{"as many wrong offline tries in a row as onespan.offline.max_failures allows",
				"in the Windows event log: 2022 (O43)"}, "O35", "O37"),
		row(CodeDataExpired, authn.ExitLocked, "156 obsolete hash block", shownOld,
			"the offline authentication data has expired, or is used up", "offauth link show; offauth tray update",
			[]string{"its days are over (O25)", "its uses are spent (O23)"}, "O23", "O25"),
		row(CodeNotCovered, no, "157 the block does not cover the acceptance window", shownOld,
			"the offline authentication data does not cover this time", "offauth clock show",
			[]string{"the workstation's clock was set back to before the data was made"}, "O23"),
		row(CodePINOffline, no, "", "", "a server PIN cannot be changed offline", "offauth link show",
			[]string{"a new server PIN was typed behind the one-time password, and no server answered"}, "O31"),
		row(CodeNoTray, no, "", "", "the Tray Agent is not installed on the workstation", "offauth workstation login",
			[]string{"the workstation was added with --no-tray"}, "O56"),
		row(CodeEmptyPassword, no, "", "", "nothing was typed, so the Update button is disabled", "offauth device otp",
			[]string{"the Password field is empty"}, "O13"),
		row(CodeOfflineDisabled, no, "", "", "the server makes no offline data for the user", KeyOffline.SetCommand("true"),
			[]string{"onespan.offline.enabled is false, for all or for this user", "onespan.backend.authentication is none"},
			"O1", "O3"),
		row(CodeOtherAuthenticator, no, "", "", "only the first authenticator that was used here works offline",
			"offauth tray status",
			[]string{"the user has several authenticators, and this was not the first"}, "O18"),
		row(CodeServerUnreachable, no, "", "", "the server did not answer", "offauth link show",
			[]string{"an uplink is down or captive",
				"a message was lost or changed on the way; the one-time password may be spent all the same",
				"in the Windows event log: 2031 (O43)"}, "O12", "O51"),
	}
}

// Kinds lists the family's events for docs/codes.md and explain.
func Kinds() []authn.KindSpec {
	k := func(kind authn.Kind, role authn.Role, meaning string, fields ...string) authn.KindSpec {
		return authn.KindSpec{Kind: kind, Family: authn.FamilyOneSpan, Role: role, Fields: fields, Meaning: meaning}
	}
	return []authn.KindSpec{
		k(EventAuthenticatorAssigned, authn.RoleServer, "an authenticator was assigned to a user", "phone", "serial", "type"),
		k(EventAuthenticatorDropped, authn.RoleServer, "an authenticator was taken from a user", "phone", "serial", "reason"),
		k(EventAuthenticatorResynced, authn.RoleServer, "an authenticator that had run away was found again", "phone",
			"serial", "drift", "counter"),
		k(EventAuthenticatorActivated, authn.RolePhone, "a phone took its authenticator", "serial", "type"),
		k(EventOTPShown, authn.RolePhone, "a phone showed a one-time password", "serial", "type"),
		k(EventOTPAccepted, authn.RoleServer, "the server accepted a credential", "workstation", "serial", "drift"),
		k(EventServerPINSet, authn.RoleServer, "a server PIN was set", "by"),
		k(EventServerPINReset, authn.RoleServer, "the administrator took a server PIN away", "had"),
		k(EventStaticPasswordSet, authn.RoleServer, "the administrator set a static password"),
		k(EventUserLocked, authn.RoleServer, "a user was locked after wrong online logons in a row", "failures"),
		k(EventUserReleased, authn.RoleServer, "the administrator ended a user's lock at the server", "failures"),
		k(EventDataIssued, authn.RoleWorkstation, "the workstation took offline data where there was none", "serial",
			"number", "days", "uses", "expires_at"),
		k(EventDataRenewed, authn.RoleWorkstation, "newer offline data took the place of what was there", "serial", "number",
			"days", "uses", "expires_at"),
		k(EventDataNotDue, authn.RoleWorkstation, "an update left the offline data as it is: it is not a day old", "due_at"),
		k(EventDataWithheld, authn.RoleServer, "the server brought no offline data", "workstation", "serial", "reason"),
		k(EventDataDeleted, authn.RoleWorkstation, "the workstation deleted offline data", "number", "reason"),
		k(EventDataExpired, authn.RoleWorkstation, "offline data expired and was deleted", "number"),
		k(EventDataExpiring, authn.RoleWorkstation, "the user was told that little is left of the offline data",
			"days", "uses"),
		k(EventDataRecordDeleted, authn.RoleServer, "the administrator deleted the server's record of offline data",
			"workstation", "serial", "number"),
	}
}
