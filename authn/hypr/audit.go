package hypr

import "github.com/offauth/offauth/authn"

// The codes of the family's refusals.
const (
	CodeOutOfRange                        = authn.CodeOutOfRange
	CodeServerUnreachable                 = authn.CodeServerUnreachable
	CodeWorkstationUnreachable authn.Code = "workstation_unreachable"
	CodeNotPaired              authn.Code = "not_paired"
	CodeNotPrimed              authn.Code = "not_primed"
	CodeOfflineDisabled        authn.Code = "offline_disabled"
	CodeNoPINsLeft             authn.Code = "no_pins_left"
	CodePINExpired             authn.Code = "pin_expired"
	CodePINUsed                authn.Code = "pin_used"
	CodeWrongPIN               authn.Code = "wrong_pin"
	CodeNotLocked              authn.Code = "not_locked"
	CodeDirectoryLocked        authn.Code = "directory_locked"
	CodeRoamingUser            authn.Code = "roaming_user"
	CodeVersionTooOld          authn.Code = "version_too_old"
	CodeNoPasskey              authn.Code = "no_passkey"
	CodeBluetoothUnreachable   authn.Code = "bluetooth_unreachable"
	CodePhoneRevoked           authn.Code = "phone_revoked"
)

// The texts that the product shows its user. "PIN is expired." is HYPR's own
// text (H34); the others are ours, since HYPR's were not found (A10).
const (
	shownExpired   = "PIN is expired."
	shownWrong     = "PIN is incorrect."
	shownLockedOut = "Your account is locked. Contact your administrator."
	shownNoneLeft  = "No offline PINs left. Log in online to get new ones."
	shownNotice    = "No internet connection. Tap a computer to use an offline PIN."
)

// EventPINsIssued records the making of a PIN set.
const EventPINsIssued authn.Kind = "pins_issued"

// The kinds of the family's events. The names are ours (H40).
const (
	EventEnrolled            authn.Kind = "enrolled"
	EventPaired              authn.Kind = "paired"
	EventTapped              authn.Kind = "tapped"
	EventLoginApproved       authn.Kind = "login_approved"
	EventOnlineAuthenticated authn.Kind = "online_authenticated"
	EventUnlocked                       = authn.EventUnlocked
	EventLocked                         = authn.EventLocked
	EventPINsStored          authn.Kind = "pins_stored"
	EventPINsConfirmed       authn.Kind = "pins_confirmed"
	EventPINsDeleted         authn.Kind = "pins_deleted"
	EventPINsExpired         authn.Kind = "pins_expired"
	EventPINOffered          authn.Kind = "pin_offered"
	EventOfferWithdrawn      authn.Kind = "offer_withdrawn"
	EventTapUnanswered       authn.Kind = "tap_unanswered"
	EventTapCancelled        authn.Kind = "tap_cancelled"
	EventPINShown            authn.Kind = "pin_shown"
	EventPINHidden           authn.Kind = "pin_hidden"
	EventPINsLow             authn.Kind = "pins_low"
	EventPINsExhausted       authn.Kind = "pins_exhausted"

	EventDirectoryLocked   authn.Kind = "directory_locked"
	EventDirectoryUnlocked authn.Kind = "directory_unlocked"
	EventUserUnlocked      authn.Kind = "user_unlocked"
	EventPhoneRevoked      authn.Kind = "phone_revoked"
	EventUnpaired          authn.Kind = "unpaired"
	EventAudited           authn.Kind = "audited"
)

// Codes returns the family's refusals, for docs/codes.md and explain.
func Codes() []authn.CodeSpec {
	r := func(code authn.Code, exit authn.Exit, message, shown, hint string, causes []string,
		rules ...authn.RuleID) authn.CodeSpec {
		return authn.CodeSpec{
			Code: code, Family: authn.FamilyHYPR, Refusal: true, Rules: rules, Exit: exit,
			Message: message, Shown: shown, Hint: hint, Causes: causes,
		}
	}
	return []authn.CodeSpec{
		r(CodeOutOfRange, authn.ExitRefused, "a setting is outside the range that the product accepts", "",
			"offauth admin policy show",
			[]string{"the value is below or above the range", "the profile was changed and the days no longer fit"}, "H2", "H4",
			"H5", "H6", "H7", "H8"),
		r(CodeServerUnreachable, authn.ExitRefused, "the server did not answer", "", "offauth link show",
			[]string{"the site's uplink is down or captive", "the server's uplink is down"}, "H46"),
		r(CodeWorkstationUnreachable, authn.ExitRefused, "the workstation did not answer", "", "offauth link show",
			[]string{"an uplink is down or captive", "a message was lost or changed on the way"}, "H46"),
		r(CodeNotPaired, authn.ExitRefused, "this phone and this workstation are not paired for this user", "",
			"offauth device pair",
			[]string{"device pair was never done for this phone and workstation", "the user has no phone that is paired here"},
			"H9", "H36"),
		r(CodeNotPrimed, authn.ExitRefused, "there was no successful online authentication that brought offline PINs", "",
			"offauth device tap",
			[]string{"paired, but never logged in online since",
				"the message with the PIN set was lost on its way to the phone"}, "H9"),
		r(CodeOfflineDisabled, authn.ExitRefused, "the administrator has not enabled Offline Mode, or has switched it off",
			"",
			KeyOffline.SetCommand("true"),
			[]string{"Offline Mode was off at the last online authentication"}, "H1", "H42", "H49"),
		r(CodeNoPINsLeft, authn.ExitRefused, "the phone has shown every PIN of its set", shownNoneLeft, "offauth device tap",
			[]string{"every PIN was shown; a PIN is spent by being shown, typed or not (H20)"}, "H30"),
		r(CodePINExpired, authn.ExitLocked, "the PIN set has expired, or no PIN of it is left", shownExpired,
			"offauth device tap",
			[]string{"the set's days are over (H33)",
				"the clock of the phone or of the workstation is off: `offauth clock show`",
				"every PIN of the set has been used (H34)"}, "H33", "H34"),
		r(CodePINUsed, authn.ExitRefused, "this PIN has unlocked the workstation before", shownWrong,
			"offauth device unlock --next",
			[]string{"the PIN was typed twice; each PIN unlocks once"}, "H23"),
		r(CodeWrongPIN, authn.ExitRefused, "no set of this user on this workstation has such a PIN", shownWrong,
			"offauth device unlock",
			[]string{"a typo", "a PIN of another user, phone or workstation (H12)", "a PIN of a set that was replaced (H32)",
				"a PIN of a phone that was replaced (H51)"}, "H24", "H35"),
		r(CodeNotLocked, authn.ExitRefused, "the workstation is not locked, so it takes no offline login", "",
			"offauth workstation lock",
			[]string{"somebody is logged in already"}, "H45"),
		r(CodeDirectoryLocked, authn.ExitLocked, "the directory's account policy has locked the user out at this workstation",
			shownLockedOut, "offauth admin user unlock NAME",
			[]string{"as many wrong PINs in a row as hypr.directory.lockout allows, over phones and runs"}, "H27"),
		r(CodeRoamingUser, authn.ExitRefused, "a roaming user gets no offline PINs", "", "offauth admin user show NAME",
			[]string{"the user was added with --roaming (Web-to-workstation single registration)"}, "H38"),
		r(CodeVersionTooOld, authn.ExitRefused, "server, workstation or phone is below the first version with Offline Mode",
			"", "offauth explain H43",
			[]string{"a workstation client below 2.6", "a server below 3.6", "an app below 4.3 (Android) or 3.7 (iOS)"},
			"H43", "H49"),
		r(CodeNoPasskey, authn.ExitRefused, "the workstation knows no passkey of this phone", "",
			"offauth device pair --passkey",
			[]string{"the phone was paired without --passkey", "the phone was paired again since"}, "H36"),
		r(CodePhoneRevoked, authn.ExitRefused, "this phone was replaced, and what it had is dead", "", "offauth device pair",
			[]string{"device replace gave the user another phone", "the PIN is of a set that went with the phone"}, "H51"),
		r(CodeBluetoothUnreachable, authn.ExitRefused, "the workstation did not answer over Bluetooth", "",
			"offauth link show",
			[]string{"the Bluetooth link between the two is down", "a message was lost or changed on the way"}, "H36"),
	}
}

// Kinds returns the family's events, for docs/codes.md and explain.
func Kinds() []authn.KindSpec {
	k := func(kind authn.Kind, role authn.Role, meaning string, fields ...string) authn.KindSpec {
		return authn.KindSpec{Kind: kind, Family: authn.FamilyHYPR, Role: role, Fields: fields, Meaning: meaning}
	}
	shared := func(kind authn.Kind, role authn.Role, meaning string, fields ...string) authn.KindSpec {
		return authn.KindSpec{Kind: kind, Role: role, Fields: fields, Meaning: meaning} // other families write it too
	}
	return []authn.KindSpec{
		k(EventEnrolled, authn.RoleServer, "the server took a phone's or a workstation's keys", "role", "name"),
		k(EventPaired, "", "a phone and a workstation were paired for a user", "phone", "workstation"),
		k(EventTapped, authn.RolePhone, "a workstation's icon was tapped", "workstation", "tap"),
		k(EventLoginApproved, authn.RoleServer, "the server let an online login pass", "phone", "workstation"),
		k(EventOnlineAuthenticated, authn.RoleWorkstation, "an online authentication succeeded", "phone"),
		k(EventPINsIssued, authn.RoleWorkstation, "the workstation made a PIN set", "phone", "number", "count", "length",
			"days", "expires_at"),
		shared(EventUnlocked, authn.RoleWorkstation, "the workstation was unlocked", "phone", "mode", "left"),
		shared(EventLocked, authn.RoleWorkstation, "the workstation was locked", "already"),
		k(EventPINsStored, authn.RolePhone, "the phone took a PIN set", "phone", "number", "count"),
		k(EventPINsConfirmed, authn.RoleWorkstation, "the phone is known to have a PIN set; older ones are dead", "phone",
			"number", "by"),
		k(EventPINsDeleted, "", "a PIN set was deleted", "phone", "number", "reason"),
		k(EventPINsExpired, "", "a PIN set expired; its PINs and sealed copies were deleted", "phone", "number", "left"),
		k(EventPINOffered, authn.RolePhone, "the phone offers the offline PIN", "workstation", "reason"),
		k(EventOfferWithdrawn, authn.RolePhone, "an offer of the offline PIN ended with its reason", "workstation", "reason"),
		k(EventTapUnanswered, authn.RolePhone, "a tap was not answered, and the phone has no offline PIN to offer",
			"workstation", "reason"),
		k(EventTapCancelled, authn.RolePhone, "a waiting tap was given up", "workstation", "reason"),
		k(EventPINShown, authn.RolePhone, "a PIN was shown, and so spent", "workstation", "number", "left", "of", "via"),
		k(EventPINHidden, authn.RolePhone, "a shown PIN was wiped from the screen", "workstation", "reason"),
		k(EventPINsLow, authn.RolePhone, "the PINs left are below the prompt threshold", "workstation", "left", "of"),
		k(EventPINsExhausted, authn.RolePhone, "the last PIN was shown", "workstation", "of"),
		k(EventDirectoryLocked, authn.RoleWorkstation, "the directory locked a user out after wrong PINs", "failures",
			"minutes"),
		k(EventDirectoryUnlocked, authn.RoleWorkstation,
			"a lock-out ended: an administrator's unlock reached the workstation, or its time was over", "failures", "by"),
		k(EventUserUnlocked, authn.RoleServer, "the administrator ended a user's lock-outs"),
		k(EventPhoneRevoked, authn.RoleServer, "a lost phone was revoked", "phone"),
		k(EventUnpaired, authn.RoleWorkstation, "a revoked phone's pairing was deleted", "phone", "workstation"),
		k(EventAudited, authn.RoleServer, "an event of a phone or workstation reached the audit trail", "event", "from",
			"number", "happened_at", "phone", "workstation", "user"),
	}
}
