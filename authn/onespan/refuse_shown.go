package onespan

import (
	"slices"

	"github.com/offauth/offauth/authn"
)

// What the product shows its user. The first two are OneSpan's own texts (O16,
// O37); the others are ours, since OneSpan's were not found (A10).
const (
	shownNoData  = "No Offline Authentication Data"
	shownLocked  = "Status: Error. Offline authentication data locked."
	shownGeneric = "The credentials are not valid."
	shownWrong   = "The one-time password is not valid."
	shownUsed    = "The one-time password has been used before."
	shownUser    = "The user account is locked."
	shownOld     = "The offline authentication data has expired. Log on online once."
)

// shown is the text for the user: a generic one, if specific messages are off
// (O42).
func (v verdict) shown(specific bool) string {
	if !specific {
		switch v.Code {
		case CodeMalformed, CodeWrongCode, CodeReplayed, CodeWrongPassword, CodeWrongPIN, CodeUserLocked, CodeNoData,
			CodeDataExpired, CodeNotCovered:
			return shownGeneric
		}
		if v.Code == CodeDataLocked && v != dataLockedTray {
			return shownGeneric
		}
	}
	return specOf(v.Code).Shown
}

// native is OneSpan's return code, where it is known.
func (v verdict) native() string {
	if v == dataExpired {
		return ""
	}
	return specOf(v.Code).Native
}

func specOf(code authn.Code) authn.CodeSpec {
	codes := Codes()
	if i := slices.IndexFunc(codes, func(c authn.CodeSpec) bool { return c.Code == code }); i >= 0 {
		return codes[i]
	}
	return authn.CodeSpec{}
}

// hints are the commands that help, with the names of the moment.
func (v verdict) hints(a about) []string {
	user, ws := a.User, a.Workstation
	switch {
	case v.Code == CodeDataLocked:
		return []string{"offauth admin offline-data delete " + user + " --workstation " + ws,
			"then one online logon: `offauth workstation login " + ws + "`"}
	case v.Code == CodeNoData:
		return []string{"an online logon brings data: `offauth workstation login " + ws + "`", "offauth link show"}
	case v.Code == CodeDataExpired:
		return []string{"offauth link show", "once the server answers: `offauth tray update " + ws + "`"}
	case v.Code == CodeMalformed:
		return []string{"offauth workstation login " + ws, "offauth admin policy show"}
	case v.Code == CodeWrongPIN:
		return []string{"type it again: `offauth workstation login " + ws + "`", "offauth admin user reset-pin " + user}
	case v.Code == CodeWrongPassword && v != noPassword:
		return []string{"type it again: `offauth workstation login " + ws + "`", "offauth admin user set-password " + user}
	case v.Code == CodePINChange || v.Code == CodeNewPIN && ws != "":
		return []string{"offauth workstation login " + ws, KeyPINMinLength.ExplainCommand()}
	case v == noPassword:
		return []string{"offauth admin user set-password " + user}
	case v == backendOff:
		return []string{KeyBackend.SetCommand(BackendAlways)}
	case v == disabled:
		return []string{KeyOffline.SetCommand("true"), KeyOffline.SetForCommand(user, "true")}
	case a.Skew != 0:
		return []string{"offauth clock show", "offauth admin authenticator resync"}
	case v.Code == CodeNotLocked:
		return []string{"offauth workstation lock " + ws}
	case v.Code == CodeUserLocked:
		return []string{"offauth admin user unlock " + user}
	}
	return []string{specOf(v.Code).Hint}
}
