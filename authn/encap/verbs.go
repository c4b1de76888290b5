package encap

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// verbs has the rows of the family's verbs, in the order of its story.
func verbs() []family.Verb {
	line := []authn.Kind{authn.EventMessageRefused, authn.EventFaultStruck}
	return family.Rows(authn.FamilyEncap, []family.Verb{
		{
			Action: authn.AddProvider{}, Role: authn.RoleAdmin,
			Makes:    family.Makes{Arg: "name", Role: authn.RoleProvider},
			Doc:      "add a service provider's site",
			Args:     []family.Arg{{Name: "name", Kind: family.ArgName, Required: true, Doc: "its name"}},
			Refusals: []authn.Code{CodeServerUnreachable},
			Events:   append(line[:2:2], authn.EventProviderAdded),
		},
		{
			Action: Activate{}, Result: ActivateResult{}, Role: authn.RolePhone,
			Doc: "register a phone with the server, with its online methods",
			Args: []family.Arg{
				methodsArg("online methods; offline ones are added later"),
				pinArg("the PIN of DEVICE:PIN"),
				family.PhoneArg,
			},
			Refusals: []authn.Code{
				CodeNotAtActivation, CodeOperationInProgress, CodeNotActivated, CodeServerUnreachable,
			},
			Events: append(line[:2:2], EventRegistrationMade, EventRegistrationDropped, EventSessionClosed,
				EventActivated),
		},
		{
			Action: Auth{}, Result: AuthResult{}, Role: authn.RolePhone,
			Doc:  "authenticate online, which allows adding one method in the next 300 seconds",
			Args: []family.Arg{methodArg(Methods()[:2]), pinArg("the PIN of DEVICE:PIN"), family.PhoneArg},
			Refusals: []authn.Code{
				CodeNotActivated, CodeOperationInProgress, CodeMethodNotActivated, CodeWrongMethod, CodeWrongPIN,
				CodeMethodLocked, CodeDeviceLocked, CodeServerUnreachable,
			},
			Events: append(line[:2:2], EventDeviceAuthenticated, EventFailureCounted, EventMethodLocked,
				EventDeviceLocked, EventRegistrationDropped, EventSessionClosed),
		},
		{
			Action: AddMethod{}, Result: AddResult{}, Role: authn.RolePhone,
			Doc:  "add a method, or give one that is there a new PIN (addOrUpdate)",
			Args: []family.Arg{methodsArg("one method"), pinArg("the method's own PIN"), biometricArg, family.PhoneArg},
			Refusals: []authn.Code{
				CodeNotActivated, CodeOperationInProgress, CodeOneMethodAtATime, CodeOnlineAuthRequired,
				CodeMethodNotAllowed, CodeOTPLengthUnset, CodeDeviceLocked, CodeBiometricFailed,
				CodeBiometricsLocked, CodeServerUnreachable,
			},
			Events: append(line[:2:2], EventMethodAdded, EventBiometricsLocked, EventRegistrationDropped,
				EventSessionClosed),
		},
		{
			Action: Challenge{}, Result: ChallengeResult{}, Role: authn.RoleProvider,
			Doc: "start an offline authentication session and present its verification data",
			Args: []family.Arg{
				{Name: "provider", Kind: family.ArgName, Role: authn.RoleProvider,
					Doc: "the provider; may be left out where there is one"},
				{Name: "user", Kind: family.ArgName, User: true, Doc: "whose phone it is for"},
				family.PhoneArg,
				methodArg(OfflineMethods()),
				{Name: "title", Kind: family.ArgText, Doc: "the title of what is to be approved"},
				{Name: "context", Kind: family.ArgText, Doc: "what is to be approved"},
				{Name: "mime", Kind: family.ArgText, Doc: "the context's MIME type; text/plain, if left out"},
			},
			Refusals: []authn.Code{
				CodeNotActivated, CodeMethodNotActivated, CodeMethodNotAllowed, CodeOTPLengthUnset,
				CodeServerUnreachable,
			},
			Events: append(line[:2:2], EventSessionStarted, EventSessionSuperseded),
		},
		{
			Action: Scan{}, Result: ScanResult{}, Role: authn.RolePhone,
			Doc: "read verification data and show what is to be approved (startOfflineAuthentication); " +
				"it needs no network",
			Args: []family.Arg{
				{Name: "data", Kind: family.ArgText, Required: true,
					Doc: "verification data, as a QR code carries it"},
				family.PhoneArg,
			},
			Refusals: []authn.Code{
				CodeNotActivated, CodeOperationInProgress, CodeInvalidInput, CodeMethodNotActivated,
				CodeSessionExpired,
			},
			Events: []authn.Kind{EventOperationStarted},
		},
		{
			Action: Approve{}, Result: ApproveResult{}, Role: authn.RolePhone,
			Doc: "approve what was scanned and give the one-time password (finishOfflineAuthentication); it needs " +
				"no network",
			Args:     []family.Arg{methodArg(OfflineMethods()), pinArg("the offline PIN"), biometricArg, family.PhoneArg},
			Refusals: []authn.Code{CodeWrongState, CodeWrongMethod, CodeBiometricFailed, CodeBiometricsLocked},
			Events:   []authn.Kind{EventCodeGiven, EventBiometricsLocked},
		},
		{
			Action: Verify{}, Result: VerifyResult{}, Role: authn.RoleProvider,
			Doc: "type a one-time password into the provider's site",
			Args: []family.Arg{
				{Name: "provider", Kind: family.ArgName, Role: authn.RoleProvider,
					Doc: "the provider; may be left out where there is one"},
				{Name: "session", Kind: family.ArgText, Doc: "the session; the provider's newest, if left out"},
				{Name: "code", Kind: family.ArgSecret, Required: true, Drawn: true,
					Doc: "the one-time password; blanks and hyphens do not matter"},
			},
			Refusals: []authn.Code{
				CodeSessionClosed, CodeSessionSuperseded, CodeSessionExpired, CodeMethodNotAllowed, CodeMethodLocked,
				CodeDeviceLocked, CodeWrongCode, CodeServerUnreachable,
			},
			Events: append(line[:2:2], EventSessionApproved, EventSessionClosed, EventFailureCounted,
				EventMethodLocked, EventDeviceLocked),
		},
		{
			Action: Passcode{}, Result: PasscodeResult{}, Role: authn.RolePhone,
			Doc:    "enter the phone's own passcode, after which biometrics work again",
			Args:   []family.Arg{family.PhoneArg},
			Events: []authn.Kind{EventPasscodeEntered},
		},
	})
}

var biometricArg = family.Arg{Name: "biometric", Kind: family.ArgText, OneOf: []string{BiometricOK, BiometricFail},
	Doc: "how the biometric check ends, for methods that have one",
}

func pinArg(doc string) family.Arg { return family.Arg{Name: "pin", Kind: family.ArgSecret, Doc: doc} }

func methodsArg(doc string) family.Arg {
	return family.Arg{Name: "methods", Kind: family.ArgList, Required: true, Doc: doc}
}

func methodArg(methods []Method) family.Arg {
	a := family.Arg{Name: "method", Kind: family.ArgText, Required: true,
		Doc: "the method; the SDK's spellings are taken too",
	}
	for _, m := range methods {
		a.OneOf = append(a.OneOf, string(m))
	}
	return a
}

// leaves has the events that verbs of no family leave because of this one.
func leaves() map[string][]authn.Kind {
	return map[string][]authn.Kind{
		"":                           {EventSessionExpired, EventOperationClosed},
		authn.UnlockUser{}.Verb():    {EventLocksCleared},
		authn.ReplaceDevice{}.Verb(): {EventRegistrationDropped, EventSessionClosed},
		authn.Cancel{}.Verb():        {EventOperationClosed},
		authn.RestartDevice{}.Verb(): {EventOperationClosed},
		authn.VerbRepair:             {EventSessionClosed},
	}
}
