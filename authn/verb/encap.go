package verb

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/sim"
)

// encapVerbs has the verbs of encap, in the order of its story.
func encapVerbs() []Verb {
	line := []authn.Kind{authn.EventMessageRefused, authn.EventFaultStruck}
	v := func(a authn.Action, result any, role authn.Role, doc string, args []Arg, refusals []authn.Code, events ...authn.Kind) Verb {
		return Verb{Family: authn.FamilyEncap, Role: role, Doc: doc, Action: a, Result: result, Args: args, Refusals: refusals, Events: events}
	}
	makes := func(v Verb, arg string, role authn.Role) Verb { v.Makes = Makes{Arg: arg, Role: role}; return v }
	return []Verb{
		makes(v(authn.AddProvider{}, nil, authn.RoleAdmin, "add a service provider's site",
			[]Arg{{Name: "name", Kind: Name, Required: true, Doc: "its name"}},
			[]authn.Code{encap.CodeServerUnreachable}, append(line[:2:2], sim.EventProviderAdded)...), "name", authn.RoleProvider),
		v(encap.Activate{}, encap.ActivateResult{}, authn.RolePhone, "register a phone with the server, with its online methods",
			[]Arg{methodsArg("online methods; offline ones are added later"), pinArg("the PIN of DEVICE:PIN"), phoneArg},
			[]authn.Code{encap.CodeNotAtActivation, encap.CodeOperationInProgress, encap.CodeNotActivated, encap.CodeServerUnreachable},
			append(line[:2:2], encap.EventRegistrationMade, encap.EventRegistrationDropped, encap.EventSessionClosed, encap.EventActivated)...),
		v(encap.Auth{}, encap.AuthResult{}, authn.RolePhone, "authenticate online, which allows adding one method in the next 300 seconds",
			[]Arg{methodArg(encap.Methods()[:2]), pinArg("the PIN of DEVICE:PIN"), phoneArg},
			[]authn.Code{encap.CodeNotActivated, encap.CodeOperationInProgress, encap.CodeMethodNotActivated, encap.CodeWrongMethod, encap.CodeWrongPIN, encap.CodeMethodLocked, encap.CodeDeviceLocked, encap.CodeServerUnreachable},
			append(line[:2:2], encap.EventDeviceAuthenticated, encap.EventFailureCounted, encap.EventMethodLocked, encap.EventDeviceLocked, encap.EventRegistrationDropped, encap.EventSessionClosed)...),
		v(encap.AddMethod{}, encap.AddResult{}, authn.RolePhone, "add a method, or give one that is there a new PIN (addOrUpdate)",
			[]Arg{methodsArg("one method"), pinArg("the method's own PIN"), biometricArg, phoneArg},
			[]authn.Code{
				encap.CodeNotActivated, encap.CodeOperationInProgress, encap.CodeOneMethodAtATime, encap.CodeOnlineAuthRequired, encap.CodeMethodNotAllowed, encap.CodeOTPLengthUnset,
				encap.CodeDeviceLocked, encap.CodeBiometricFailed, encap.CodeBiometricsLocked, encap.CodeServerUnreachable,
			},
			append(line[:2:2], encap.EventMethodAdded, encap.EventBiometricsLocked, encap.EventRegistrationDropped, encap.EventSessionClosed)...),
		v(encap.Challenge{}, encap.ChallengeResult{}, authn.RoleProvider, "start an offline authentication session and present its verification data",
			[]Arg{
				{Name: "provider", Kind: Name, Role: authn.RoleProvider, Doc: "the provider; may be left out where there is one"},
				{Name: "user", Kind: Name, User: true, Doc: "whose phone it is for"}, phoneArg, methodArg(encap.OfflineMethods()),
				{Name: "title", Kind: Text, Doc: "the title of what is to be approved"},
				{Name: "context", Kind: Text, Doc: "what is to be approved"},
				{Name: "mime", Kind: Text, Doc: "the context's MIME type; text/plain, if left out"},
			},
			[]authn.Code{encap.CodeNotActivated, encap.CodeMethodNotActivated, encap.CodeMethodNotAllowed, encap.CodeOTPLengthUnset, encap.CodeServerUnreachable},
			append(line[:2:2], encap.EventSessionStarted, encap.EventSessionSuperseded)...),
		v(encap.Scan{}, encap.ScanResult{}, authn.RolePhone, "read verification data and show what is to be approved (startOfflineAuthentication); it needs no network",
			[]Arg{{Name: "data", Kind: Text, Required: true, Doc: "verification data, as a QR code carries it"}, phoneArg},
			[]authn.Code{encap.CodeNotActivated, encap.CodeOperationInProgress, encap.CodeInvalidInput, encap.CodeMethodNotActivated, encap.CodeSessionExpired}, encap.EventOperationStarted),
		v(encap.Approve{}, encap.ApproveResult{}, authn.RolePhone, "approve what was scanned and give the one-time password (finishOfflineAuthentication); it needs no network",
			[]Arg{methodArg(encap.OfflineMethods()), pinArg("the offline PIN"), biometricArg, phoneArg},
			[]authn.Code{encap.CodeWrongState, encap.CodeWrongMethod, encap.CodeBiometricFailed, encap.CodeBiometricsLocked}, encap.EventCodeGiven, encap.EventBiometricsLocked),
		v(encap.Verify{}, encap.VerifyResult{}, authn.RoleProvider, "type a one-time password into the provider's site",
			[]Arg{
				{Name: "provider", Kind: Name, Role: authn.RoleProvider, Doc: "the provider; may be left out where there is one"},
				{Name: "session", Kind: Text, Doc: "the session; the provider's newest, if left out"},
				{Name: "code", Kind: Secret, Required: true, Doc: "the one-time password; blanks and hyphens do not matter"},
			},
			[]authn.Code{encap.CodeSessionClosed, encap.CodeSessionSuperseded, encap.CodeSessionExpired, encap.CodeMethodNotAllowed, encap.CodeMethodLocked, encap.CodeDeviceLocked, encap.CodeWrongCode, encap.CodeServerUnreachable},
			append(line[:2:2], encap.EventSessionApproved, encap.EventSessionClosed, encap.EventFailureCounted, encap.EventMethodLocked, encap.EventDeviceLocked)...),
		v(encap.Passcode{}, encap.PasscodeResult{}, authn.RolePhone, "enter the phone's own passcode, after which biometrics work again", []Arg{phoneArg}, nil, encap.EventPasscodeEntered),
	}
}

var biometricArg = Arg{Name: "biometric", Kind: Text, OneOf: []string{encap.BiometricOK, encap.BiometricFail}, Doc: "how the biometric check ends, for methods that have one"}

func pinArg(doc string) Arg { return Arg{Name: "pin", Kind: Secret, Doc: doc} }

func methodsArg(doc string) Arg { return Arg{Name: "methods", Kind: List, Required: true, Doc: doc} }

func methodArg(methods []encap.Method) Arg {
	a := Arg{Name: "method", Kind: Text, Required: true, Doc: "the method; the SDK's spellings are taken too"}
	for _, m := range methods {
		a.OneOf = append(a.OneOf, string(m))
	}
	return a
}
