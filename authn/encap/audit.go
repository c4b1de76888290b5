package encap

import "github.com/offauth/offauth/authn"

// The codes of the family's refusals.
const (
	CodeServerUnreachable              = authn.CodeServerUnreachable
	CodeNotAtActivation     authn.Code = "not_at_activation"
	CodeOneMethodAtATime    authn.Code = "one_method_at_a_time"
	CodeOnlineAuthRequired  authn.Code = "online_auth_required"
	CodeMethodNotAllowed    authn.Code = "method_not_allowed"
	CodeOTPLengthUnset      authn.Code = "otp_length_unset"
	CodeWrongPIN            authn.Code = "wrong_pin"
	CodeMethodLocked        authn.Code = "method_locked"
	CodeDeviceLocked        authn.Code = "device_locked"
	CodeInvalidInput        authn.Code = "invalid_input"
	CodeNotActivated        authn.Code = "not_activated"
	CodeOperationInProgress authn.Code = "operation_in_progress"
	CodeMethodNotActivated  authn.Code = "method_not_activated"
	CodeWrongState          authn.Code = "wrong_state"
	CodeWrongMethod         authn.Code = "wrong_method"
	CodeBiometricFailed     authn.Code = "biometric_failed"
	CodeBiometricsLocked    authn.Code = "biometrics_locked"
	CodeSessionExpired      authn.Code = "session_expired"
	CodeSessionClosed       authn.Code = "session_closed"
	CodeSessionSuperseded   authn.Code = "session_superseded"
	CodeWrongCode           authn.Code = "wrong_code"

	CodeContextTooLong authn.Code = "context_too_long"
)

// The kinds of the family's events. The names are ours.
const (
	EventRegistrationMade    authn.Kind = "registration_made"
	EventRegistrationDropped authn.Kind = "registration_dropped"
	EventActivated           authn.Kind = "activated"
	EventDeviceAuthenticated authn.Kind = "device_authenticated"
	EventMethodAdded         authn.Kind = "method_added"
	EventSessionStarted      authn.Kind = "session_started"
	EventSessionApproved     authn.Kind = "session_approved"
	EventSessionExpired      authn.Kind = "session_expired"
	EventSessionSuperseded   authn.Kind = "session_superseded"
	EventSessionClosed       authn.Kind = "session_closed"
	EventFailureCounted      authn.Kind = "failure_counted"
	EventMethodLocked        authn.Kind = "method_locked"
	EventDeviceLocked        authn.Kind = "device_locked"
	EventLocksCleared        authn.Kind = "locks_cleared"
	EventOperationStarted    authn.Kind = "operation_started"
	EventOperationClosed     authn.Kind = "operation_closed"
	EventCodeGiven           authn.Kind = "code_given"
	EventBiometricsLocked    authn.Kind = "biometrics_locked"
	EventPasscodeEntered     authn.Kind = "passcode_entered"
)

// fieldUnlocked is the field of EventPasscodeEntered that is true if the
// passcode ended a lock of the biometrics.
const fieldUnlocked = "unlocked"

// Codes lists the family's refusals, and its one fault, for docs/codes.md and
// explain. Native is Encap's own number and name where one was found.
func Codes() []authn.CodeSpec {
	return append(append(refusalsOfThePhone(), refusalsOfTheServer()...), authn.CodeSpec{
		Code: CodeContextTooLong, Family: authn.FamilyEncap, Exit: authn.ExitUsage,
		Message: "the context is too long for a code",
		Hint:    "offauth provider challenge --help",
		Causes:  []string{"title, content and MIME type have more than 1800 bytes together"},
	})
}

// row is one refusal of the table.
func row(code authn.Code, exit authn.Exit, native, message, hint string, causes []string,
	rules ...authn.RuleID) authn.CodeSpec {
	return authn.CodeSpec{
		Code: code, Family: authn.FamilyEncap, Refusal: true, Rules: rules, Exit: exit,
		Message: message, Native: native, Hint: hint, Causes: causes,
	}
}

func refusalsOfThePhone() []authn.CodeSpec {
	return []authn.CodeSpec{
		row(CodeNotAtActivation, authn.ExitRefused, "", "an offline method cannot be activated in the initial activation",
			"offauth device activate; offauth device auth; offauth device method add OFFLINE:PIN",
			[]string{"an offline method was named at device activate; it is added later"}, "E3"),
		row(CodeOneMethodAtATime, authn.ExitRefused, "", "methods are added one at a time",
			"offauth device method add OFFLINE:PIN",
			[]string{"device method add named more than one method"}, "E4"),
		row(CodeInvalidInput, authn.ExitRefused, "105 clientErrorInvalidInputFormat",
			"this is no verification data for this phone", "offauth provider challenge bank --method OFFLINE:PIN",
			[]string{"cut, changed or of another version (E11)", "not signed by the server that the phone knows (E11)",
				"for another registration: another phone, or one from before the last activation (E18)"}, "E11", "E18"),
		row(CodeNotActivated, authn.ExitRefused, "106 clientErrorNotActivated", "the phone is not activated",
			"offauth device activate",
			[]string{"device activate was never done", "the server has dropped the registration, or revoked the phone"}, "E16"),
		row(CodeOperationInProgress, authn.ExitRefused, "100 clientErrorOperationInProgress",
			"an operation is open on the phone", "offauth device approve; offauth device cancel",
			[]string{"what was scanned has not been approved, cancelled or expired"}, "E17"),
		row(CodeMethodNotActivated, authn.ExitRefused, "111 clientErrorConfiguration",
			"the phone has not activated this method", "offauth device auth; offauth device method add OFFLINE:PIN",
			[]string{"the method was never added", "the phone was activated again, which leaves the added methods behind"},
			"E18"),
		row(CodeWrongState, authn.ExitRefused, "110 clientErrorWrongState", "there is no operation to approve",
			"offauth provider challenge bank --method OFFLINE:PIN | offauth device scan -",
			[]string{"nothing was scanned",
				"the operation has expired, was cancelled, was closed by a restart or by a clock that went back, or has given " +
					"its code"}, "E15"),
		row(CodeWrongMethod, authn.ExitRefused, "127 clientErrorInvalidAuthParameters",
			"this is not the method that is asked for", "offauth device approve",
			[]string{"another method than that of the scanned data (E14)",
				"an offline method where an online one is wanted (E5)"}, "E14", "E5"),
		row(CodeBiometricFailed, authn.ExitRefused, "", "the finger or the face was not recognised", "offauth device approve",
			[]string{"the biometric check failed; five in a row lock biometrics"}, "E34"),
		row(CodeBiometricsLocked, authn.ExitLocked, "", "biometrics are locked until the phone's passcode is entered",
			"offauth device passcode",
			[]string{"five biometric failures in a row"}, "E34"),
		row(CodeServerUnreachable, authn.ExitRefused, "101 clientErrorConnectionFailure; 121 clientErrorNoInternetConnection",
			"the server did not answer", "offauth link show",
			[]string{"an uplink is down or captive",
				"a message was lost or changed on the way; it may be done all the same, and can be repeated"}, "E19"),
	}
}

func refusalsOfTheServer() []authn.CodeSpec {
	return []authn.CodeSpec{
		{
			Code: authn.CodeOutOfRange, Family: authn.FamilyEncap, Refusal: true, Exit: authn.ExitRefused,
			Rules:   []authn.RuleID{"E1", "E2", "E6", "E25", "E27", "E29"},
			Message: "a setting is outside the range that the product accepts", Hint: "offauth admin policy show",
			Causes: []string{"the value is below or above the range",
				"an online method where offline ones stand, or the reverse"},
		},
		row(CodeOnlineAuthRequired, authn.ExitRefused, "", "adding a method needs an online authentication right before",
			"offauth device auth; offauth device method add OFFLINE:PIN",
			[]string{"none in the last 300 seconds (E5)", "it has authorised one method already (E5)",
				"it was by a method that may not authorise another (E6)"}, "E5", "E6"),
		row(CodeMethodNotAllowed, authn.ExitRefused, "", "the application does not allow this offline method",
			KeyOfflineMethods.SetCommand("OFFLINE,OFFLINE:PIN"),
			[]string{"encap.offline.methods does not name it; none is allowed at first (E1)",
				"it was taken back while a session was running (E36)"}, "E1", "E36"),
		row(CodeOTPLengthUnset, authn.ExitRefused, "", "the length of one-time passwords is not set",
			KeyOTPLength.SetCommand("6"),
			[]string{"encap.otp.length has no default"}, "E2"),
		row(CodeWrongPIN, authn.ExitRefused, "", "the online PIN is wrong", "offauth device auth",
			[]string{"a typo", "the offline PIN, where the two differ (E7)"}, "A6"),
		row(CodeMethodLocked, authn.ExitLocked, "", "the method is locked", "offauth admin user unlock NAME",
			[]string{"as many wrong tries in a row as encap.offline.max_failures allows (E26)"}, "E27"),
		row(CodeDeviceLocked, authn.ExitLocked, "", "the device is locked", "offauth admin user unlock NAME",
			[]string{"as many wrong tries in a row with one method as encap.offline.max_failures allows, with " +
				"encap.offline.lock_scope=device (E26)"}, "E27"),
		row(CodeSessionExpired, authn.ExitLocked, "", "the session has expired",
			"offauth provider challenge bank --method OFFLINE:PIN",
			[]string{"encap.offline.session_ttl is over, that instant included",
				"the clock of the phone or of the server is off: `offauth link show`"}, "E29"),
		row(CodeSessionClosed, authn.ExitRefused, "", "there is no such open session",
			"offauth provider challenge bank --method OFFLINE:PIN; offauth provider sessions",
			[]string{"its code was accepted before (E30)", "its expiry was told before (E30)", "its phone was replaced",
				"the provider has started no such session (E9)"}, "E9", "E30"),
		row(CodeSessionSuperseded, authn.ExitRefused, "serverErrorInvalidSession",
			"a newer session for the same phone has taken its place", "offauth provider challenge bank --method OFFLINE:PIN",
			[]string{"a provider has started another session for the phone since"}, "E32"),
		row(CodeWrongCode, authn.ExitRefused, "", "the one-time password is not that of this session",
			"scan the same code again, approve it and type what it gives; offauth provider challenge bank --method "+
				"OFFLINE:PIN | offauth device scan -",
			[]string{"a typo", "a wrong offline PIN on the phone, which cannot tell (E24)", "the online PIN by mistake (E7)",
				"the code of another session or of another context (E22)"}, "E22", "E24", "E31"),
	}
}

// shared marks a kind of event that other families emit too.
func shared(k authn.KindSpec) authn.KindSpec {
	k.Family = ""
	return k
}

// Kinds lists the family's events for docs/codes.md and explain.
func Kinds() []authn.KindSpec {
	k := func(kind authn.Kind, role authn.Role, meaning string, fields ...string) authn.KindSpec {
		return authn.KindSpec{Kind: kind, Family: authn.FamilyEncap, Role: role, Fields: fields, Meaning: meaning}
	}
	return []authn.KindSpec{
		k(EventRegistrationMade, authn.RoleServer, "the server made a registration of a phone", "phone", "registration",
			"methods"),
		k(EventRegistrationDropped, authn.RoleServer, "a registration ended", "phone", "registration", "reason"),
		k(EventActivated, authn.RolePhone, "the phone has taken its registration", "phone", "registration", "methods"),
		k(EventDeviceAuthenticated, authn.RoleServer, "a phone authenticated online; it may add one method now",
			"phone", "method"),
		k(EventMethodAdded, authn.RoleServer, "a method was added to a phone, or got a new PIN", "phone", "method",
			"updated"),
		k(EventSessionStarted, authn.RoleServer, "a provider started an offline authentication session", "phone", "provider",
			"method", "session", "expires_at"),
		k(EventSessionApproved, authn.RoleServer, "a session's one-time password was accepted", "phone", "provider", "method",
			"session"),
		k(EventSessionExpired, authn.RoleServer, "a session expired", "phone", "provider", "session"),
		k(EventSessionSuperseded, authn.RoleServer, "a newer session took a session's place", "phone", "provider",
			"session", "by"),
		k(EventSessionClosed, authn.RoleServer, "a session was closed without a code", "phone", "provider",
			"session", "reason"),
		shared(k(EventFailureCounted, "", "a wrong PIN, password or code was counted", "phone", "method", "failures",
			"allowed")),
		k(EventMethodLocked, authn.RoleServer, "a method was locked after wrong tries in a row", "phone", "method",
			"failures"),
		k(EventDeviceLocked, authn.RoleServer, "a device was locked after wrong tries in a row", "phone", "method",
			"failures"),
		k(EventLocksCleared, authn.RoleServer, "the administrator ended a phone's locks", "phone"),
		k(EventOperationStarted, authn.RolePhone, "the phone took verification data and shows its context", "phone",
			"provider", "method", "session"),
		k(EventOperationClosed, authn.RolePhone, "an open operation ended without a code", "phone", "provider",
			"session", "reason"),
		k(EventCodeGiven, authn.RolePhone, "the phone gave a one-time password", "phone", "provider", "method", "session"),
		k(EventBiometricsLocked, authn.RolePhone, "five biometric failures in a row locked biometrics", "phone", "failures"),
		k(EventPasscodeEntered, authn.RolePhone, "the phone's passcode was entered", "phone", fieldUnlocked),
	}
}
