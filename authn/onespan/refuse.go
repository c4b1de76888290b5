package onespan

import (
	"fmt"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
)

// verdict is what comes of a credential: nothing, or why not. Case tells apart
// what one code and rule refuse in two ways.
type verdict struct {
	Code authn.Code   `json:"code,omitempty"`
	Rule authn.RuleID `json:"rule,omitempty"`
	Case byte         `json:"case,omitempty"`
}

func (v verdict) ok() bool { return v.Code == "" }

// fields accepts a verdict that the server gives, and no other.
func (v *verdict) fields(f authn.Fields) {
	f.Text((*string)(&v.Code), (*string)(&v.Rule))
	f.U8(&v.Case)
	f.Require(slices.Contains(serverVerdicts(), *v))
}

// The verdicts of either side.
var (
	malformed     = verdict{CodeMalformed, "O32", 0}
	newPINUnequal = verdict{CodeNewPIN, "O30", 0}
	newPINShort   = verdict{CodeNewPIN, "O30", 1}
	newPINForm    = verdict{CodeNewPIN, "O29", 0}
	wrongTime     = verdict{CodeWrongCode, "O24", 0}
	wrongEvent    = verdict{CodeWrongCode, "O22", 0}
	usedHere      = verdict{CodeReplayed, "A2", 0}
	usedThere     = verdict{CodeReplayed, "O21", 0}
	oldTime       = verdict{CodeReplayed, "O24", 0}
	oldEvent      = verdict{CodeReplayed, "O22", 0}
)

// The verdicts of the server.
var (
	userLocked      = verdict{CodeUserLocked, "O44", 0}
	noAuthenticator = verdict{CodeNoAuthenticator, "O12", 0}
	wrongPassword   = verdict{CodeWrongPassword, "O27", 0}
	noPassword      = verdict{CodeWrongPassword, "O27", 1}
	wrongPIN        = verdict{CodeWrongPIN, "O26", 0}
	pinUnset        = verdict{CodePINChange, "O28", 0}
	pinForced       = verdict{CodePINChange, "O28", 1}
)

// The verdicts of the workstation alone.
var (
	noData          = verdict{CodeNoData, "O7", 0}
	noDataLeft      = verdict{CodeNoData, "O16", 0}
	dataLocked      = verdict{CodeDataLocked, "O35", 0}
	dataLockedNow   = verdict{CodeDataLocked, "O35", 1}
	dataLockedTray  = verdict{CodeDataLocked, "O37", 0}
	dataExpired     = verdict{CodeDataExpired, "O25", 0}
	dataUsedUp      = verdict{CodeDataExpired, "O23", 0}
	notCovered      = verdict{CodeNotCovered, "O23", 0}
	pinNeedsServer  = verdict{CodePINOffline, "O31", 0}
	wrongPasswordAt = verdict{CodeWrongPassword, "O34", 0}
	wrongPINAt      = verdict{CodeWrongPIN, "O33", 0}
	emptyPassword   = verdict{CodeEmptyPassword, "O13", 0}
	unreachable     = verdict{CodeServerUnreachable, "O12", 0}
	notLocked       = verdict{CodeNotLocked, "O48", 0}
	disabled        = verdict{CodeOfflineDisabled, "O1", 0}
	backendOff      = verdict{CodeOfflineDisabled, "O3", 0}
	otherOne        = verdict{CodeOtherAuthenticator, "O18", 0}
)

// serverVerdicts are those that an answer may carry.
func serverVerdicts() []verdict {
	return []verdict{
		{}, malformed, newPINUnequal, newPINShort, newPINForm, wrongTime, wrongEvent, usedHere, usedThere, oldTime, oldEvent,
		userLocked, noAuthenticator, wrongPassword, noPassword, wrongPIN, pinUnset, pinForced,
	}
}

// counts reports whether a verdict is a failure that counts (O32, O30: what is
// refused by its form is none).
func (v verdict) counts() bool {
	switch v {
	case wrongTime, wrongEvent, usedHere, usedThere, oldTime, oldEvent,
		wrongPassword, wrongPIN, wrongPasswordAt, wrongPINAt:
		return true
	}
	return false
}

// about is what a refusal concerns.
type about struct {
	User, Workstation string
	// Skew is how far the authenticator's clock seems off (O47).
	Skew time.Duration
	// When is an expiry, Now what the clock there shows.
	When, Now time.Time
	// Wanted names the parts of a credential, Offline says that the workstation
	// judged it.
	Wanted  string
	Offline bool
	// Cause is why the try that locked was wrong.
	Cause string
	// Failures and Allowed are offline tries.
	Failures, Allowed int
}

// words returns a verdict's sentence.
func (v verdict) words(a about) string {
	switch v {
	case malformed:
		return "the credential does not have the length of what is wanted: " + a.Wanted
	case newPINUnequal:
		return "what stands behind the one-time password was read as a new server PIN, typed twice, and its halves differ; " +
			"where none was meant, the static password or the server PIN typed has another length than the right one"
	case newPINShort:
		return "the new server PIN is shorter than onespan.server_pin.min_length"
	case newPINForm:
		return fmt.Sprintf("a server PIN is digits, and a new one has at most %d", longestPIN)
	case wrongTime, wrongEvent:
		return v.wrongCode(a)
	case usedHere:
		return "this one-time password was used before; each is accepted once"
	case oldTime, oldEvent:
		return "this one-time password is older than the last one that was accepted; from that on only newer ones are"
	case usedThere:
		return "this one-time password was used before, on the other side of the network; each is accepted once, online " +
			"and offline together"
	case pinUnset:
		return a.User + " has no server PIN yet; set one with the logon: one-time password, new PIN, new PIN again"
	case pinForced:
		return a.User + " must change the server PIN with the logon: PIN, one-time password, new PIN, new PIN again"
	case userLocked:
		return a.User + " is locked at the server after wrong logons in a row"
	case noAuthenticator:
		return a.User + " has no authenticator"
	case wrongPassword, wrongPasswordAt:
		return "the static password is wrong"
	case noPassword:
		return "a static password is required, and " + a.User + " has none"
	case wrongPIN, wrongPINAt:
		return "the server PIN is wrong"
	}
	return v.wordsHere(a)
}

// wordsHere are the words of what the workstation alone refuses.
func (v verdict) wordsHere(a about) string {
	switch v {
	case noData:
		return fmt.Sprintf("%s has never logged on online at %s, so there is no offline authentication data", a.User,
			a.Workstation)
	case noDataLeft:
		return fmt.Sprintf("%s has no offline authentication data for %s", a.Workstation, a.User)
	case dataLocked, dataLockedTray:
		return fmt.Sprintf("the offline authentication data of %s at %s is locked after wrong tries in a row", a.User,
			a.Workstation)
	case dataLockedNow:
		return fmt.Sprintf("that was wrong try %d of %d in a row: %s; the offline authentication data of %s at %s is "+
			"deleted and locked", a.Failures, a.Allowed, a.Cause, a.User, a.Workstation)
	case dataExpired:
		return a.expired()
	case dataUsedUp:
		return "every use of the offline authentication data is spent"
	case notCovered:
		return "the offline authentication data does not cover the time that the clock of " + a.Workstation + " shows"
	case pinNeedsServer:
		return "more was typed than is wanted offline: " + a.Wanted + "; a new server PIN behind it is taken by the server " +
			"alone, and no server answered"
	case emptyPassword:
		return "Update stays disabled while nothing is typed"
	case unreachable:
		return "the server did not answer"
	case notLocked:
		return a.Workstation + " is unlocked, and takes a logon only while it is locked"
	case disabled:
		return "offline authentication is not enabled for " + a.User
	case backendOff:
		return "offline data is made only if Back-End Authentication is always"
	case otherOne:
		return fmt.Sprintf("only the first authenticator that %s used at %s works offline, and this was another", a.User,
			a.Workstation)
	}
	return ""
}

// judge names the side that judged.
func (a about) judge() string {
	if a.Offline {
		return a.Workstation
	}
	return "the server"
}

// expired words an expiry. A clock that was set back since does not revive the
// data (A8).
func (a about) expired() string {
	when := a.When.UTC().Format(time.RFC3339)
	if a.Now.Before(a.When) {
		return fmt.Sprintf("the offline authentication data expired when the clock of %s had come to %s; it shows %s now",
			a.Workstation, when, a.Now.UTC().Format(time.RFC3339))
	}
	return "the offline authentication data expired at " + when
}

// wrongCode words a wrong one-time password, and what it tells of the
// authenticator's clock (O47).
func (v verdict) wrongCode(a about) string {
	switch {
	case a.Skew < 0:
		return fmt.Sprintf("the one-time password is that of %s ago by the clock of %s", authn.SpanText(-a.Skew), a.judge())
	case a.Skew > 0:
		return fmt.Sprintf("the one-time password is that of a time %s ahead of the clock of %s",
			authn.SpanText(a.Skew), a.judge())
	case v == wrongEvent:
		return "the one-time password is none of the next ones of the authenticator"
	}
	return "the one-time password is none of the authenticator at this time"
}

// The ids of the Windows event log (O43).
const (
	windowsOnline        = 2020
	windowsOffline       = 2021
	windowsOfflineLocked = 2022
	windowsNoServer      = 2031
)

// refusal words a verdict. Windows is the id of the Windows event, 0 for none.
func (v verdict) refusal(site authn.Site, a about, specific bool, windows int64) *authn.Refusal {
	fields := map[string]any{}
	if windows != 0 {
		fields["windows_event"] = windows
	}
	if a.Skew != 0 {
		fields["skew"] = a.Skew.String()
	}
	subject := a.User
	if a.Workstation != "" {
		subject += "@" + a.Workstation
	}
	r := &authn.Refusal{
		Code: v.Code, Rule: v.Rule, Site: site, Subject: subject, Message: v.words(a),
		Shown: v.shown(specific), Native: v.native(), Hints: v.hints(a), Fields: fields,
	}
	if r.Shown == r.Message {
		r.Shown = ""
	}
	return r
}
