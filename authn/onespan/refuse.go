package onespan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// verdict is the result of checking a credential: the zero value, or a refusal.
// Case distinguishes refusals with the same code and rule.
type verdict struct {
	Code authn.Code   `json:"code,omitempty"`
	Rule authn.RuleID `json:"rule,omitempty"`
	Case byte         `json:"case,omitempty"`
}

func (v verdict) ok() bool { return v.Code == "" }

// fields accepts a verdict of the server, and no other.
func (v *verdict) fields(f authn.Fields) {
	f.Text((*string)(&v.Code), (*string)(&v.Rule))
	f.U8(&v.Case)
	_, known := answers[*v]
	f.Require(known)
}

// verdictTable has the sentence of each verdict, with the names of an about in
// braces. It is empty where it depends on more than names.
type verdictTable map[verdict]string

var (
	answers = verdictTable{{}: ""} // those that the server answers with
	local   = verdictTable{}       // those of the workstation alone
)

// add returns a new verdict of the table.
func (t verdictTable) add(code authn.Code, rule authn.RuleID, number byte, sentence string) verdict {
	v := verdict{code, rule, number}
	t[v] = sentence
	return v
}

// The verdicts of either side.
var (
	malformed = answers.add(CodeMalformed, "O32", 0,
		"the credential does not have the length of what is wanted: {wanted}")
	newPINUnequal = answers.add(CodeNewPIN, "O30", 0,
		"what stands behind the one-time password was read as a new server PIN, typed twice, and its halves differ; "+
			"where none was meant, the static password or the server PIN typed has another length than the right one")
	newPINShort = answers.add(CodeNewPIN, "O30", 1, "the new server PIN is shorter than onespan.server_pin.min_length")
	newPINForm  = answers.add(CodeNewPIN, "O29", 0,
		fmt.Sprintf("a server PIN is digits, and a new one has at most %d", maxPIN))
	wrongTime  = answers.add(CodeWrongCode, "O24", 0, "")
	wrongEvent = answers.add(CodeWrongCode, "O22", 0, "")
	usedHere   = answers.add(CodeReplayed, "A2", 0, "this one-time password was used before; each is accepted once")
	usedThere  = answers.add(CodeReplayed, "O21", 0, "this one-time password was used before, on the other side of the "+
		"network; each is accepted once, online and offline together")
	oldTime  = answers.add(CodeReplayed, "O24", 0, olderThanLast)
	oldEvent = answers.add(CodeReplayed, "O22", 0, olderThanLast)
)

const olderThanLast = "this one-time password is older than the last one that was accepted; from that on only newer " +
	"ones are"

// The verdicts of the server.
var (
	userLocked      = answers.add(CodeUserLocked, "O44", 0, "{user} is locked at the server after wrong logons in a row")
	noAuthenticator = answers.add(CodeNoAuthenticator, "O12", 0, "{user} has no authenticator")
	wrongPassword   = answers.add(CodeWrongPassword, "O27", 0, "the static password is wrong")
	noPassword      = answers.add(CodeWrongPassword, "O27", 1, "a static password is required, and {user} has none")
	wrongPIN        = answers.add(CodeWrongPIN, "O26", 0, "the server PIN is wrong")
	pinUnset        = answers.add(CodePINChange, "O28", 0,
		"{user} has no server PIN yet; set one with the logon: one-time password, new PIN, new PIN again")
	pinForced = answers.add(CodePINChange, "O28", 1,
		"{user} must change the server PIN with the logon: PIN, one-time password, new PIN, new PIN again")
)

// The verdicts of the workstation alone.
var (
	noData = local.add(CodeNoData, "O7", 0,
		"{user} has never logged on online at {workstation}, so there is no offline authentication data")
	noDataLeft    = local.add(CodeNoData, "O16", 0, "{workstation} has no offline authentication data for {user}")
	dataLocked    = local.add(CodeDataLocked, "O35", 0, lockedByTries)
	dataLockedNow = local.add(CodeDataLocked, "O35", 1, "that was wrong try {failures} of {allowed} in a row: {cause}; "+
		"the offline authentication data of {user} at {workstation} is deleted and locked")
	dataLockedTray = local.add(CodeDataLocked, "O37", 0, lockedByTries)
	dataExpired    = local.add(CodeDataExpired, "O25", 0, "")
	dataUsedUp     = local.add(CodeDataExpired, "O23", 0, "every use of the offline authentication data is spent")
	notCovered     = local.add(CodeNotCovered, "O23", 0,
		"the offline authentication data does not cover the time that the clock of {workstation} shows")
	pinNeedsServer = local.add(CodePINOffline, "O31", 0, "more was typed than is wanted offline: {wanted}; a new server "+
		"PIN behind it is taken by the server alone, and no server answered")
	wrongPasswordAt = local.add(CodeWrongPassword, "O34", 0, "the static password is wrong")
	wrongPINAt      = local.add(CodeWrongPIN, "O33", 0, "the server PIN is wrong")
	emptyPassword   = local.add(CodeEmptyPassword, "O13", 0, "Update stays disabled while nothing is typed")
	unreachable     = local.add(CodeServerUnreachable, "O12", 0, "the server did not answer")
	notLocked       = local.add(CodeNotLocked, "O48", 0,
		"{workstation} is unlocked, and takes a logon only while it is locked")
	disabled   = local.add(CodeOfflineDisabled, "O1", 0, "offline authentication is not enabled for {user}")
	backendOff = local.add(CodeOfflineDisabled, "O3", 0, "offline data is made only if Back-End Authentication is always")
	otherOne   = local.add(CodeOtherAuthenticator, "O18", 0,
		"only the first authenticator that {user} used at {workstation} works offline, and this was another")
)

const lockedByTries = "the offline authentication data of {user} at {workstation} is locked after wrong tries in a row"

// counts reports whether a verdict counts as a failure. A credential of the wrong
// form does not (O30, O32).
func (v verdict) counts() bool {
	switch v {
	case wrongTime, wrongEvent, usedHere, usedThere, oldTime, oldEvent,
		wrongPassword, wrongPIN, wrongPasswordAt, wrongPINAt:
		return true
	}
	return false
}

// about has the details of a refusal.
type about struct {
	User, Workstation string
	// Skew is how far the authenticator's clock seems off (O47).
	Skew time.Duration
	// When is an expiry, Now what the clock there shows.
	When, Now time.Time
	// Wanted names the parts of a credential. Offline is true if the workstation
	// judged it.
	Wanted  string
	Offline bool
	// Cause is why the try that locked was wrong.
	Cause string
	// Failures and Allowed are offline tries.
	Failures, Allowed int
}

// sentence returns a verdict's sentence.
func (v verdict) sentence(a about) string {
	switch v {
	case wrongTime, wrongEvent:
		return v.wrongCode(a)
	case dataExpired:
		return a.expired()
	}
	return a.named(answers[v] + local[v])
}

// named replaces the names in braces by the details.
func (a about) named(text string) string {
	return strings.NewReplacer("{user}", a.User, "{workstation}", a.Workstation, "{wanted}", a.Wanted, "{cause}", a.Cause,
		"{failures}", strconv.Itoa(a.Failures), "{allowed}", strconv.Itoa(a.Allowed)).Replace(text)
}

// judge returns the name of the side that judged.
func (a about) judge() string {
	if a.Offline {
		return a.Workstation
	}
	return "the server"
}

// expired returns the sentence of an expiry. Setting the clock back does not
// revive the data (A8).
func (a about) expired() string {
	when := a.When.UTC().Format(time.RFC3339)
	if a.Now.Before(a.When) {
		return fmt.Sprintf("the offline authentication data expired when the clock of %s had come to %s; it shows %s now",
			a.Workstation, when, a.Now.UTC().Format(time.RFC3339))
	}
	return "the offline authentication data expired at " + when
}

// wrongCode returns the sentence of a wrong one-time password, with the
// authenticator's skew (O47).
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

// refusal returns the refusal with a verdict. Windows is the id of the Windows
// event, 0 for none.
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
		Code: v.Code, Rule: v.Rule, Site: site, Subject: subject, Message: v.sentence(a),
		Shown: v.shown(specific), Native: v.native(), Hints: v.hints(a), Fields: fields,
	}
	if r.Shown == r.Message {
		r.Shown = ""
	}
	return r
}

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

// shown returns the text for the user: a generic one, if specific messages are off
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

// native returns OneSpan's return code, or "" if it is unknown.
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

// hintsByCode has the commands that help, the best first, with the names of an
// about in braces.
var hintsByCode = map[authn.Code][]string{
	CodeDataLocked: {"offauth admin offline-data delete {user} --workstation {workstation}",
		"then one online logon: `offauth workstation login {workstation}`"},
	CodeNoData:      {"an online logon brings data: `offauth workstation login {workstation}`", "offauth link show"},
	CodeDataExpired: {"offauth link show", "once the server answers: `offauth tray update {workstation}`"},
	CodeMalformed:   {"offauth workstation login {workstation}", "offauth admin policy show"},
	CodeWrongPIN: {"type it again: `offauth workstation login {workstation}`",
		"offauth admin user reset-pin {user}"},
	CodeWrongPassword: {"type it again: `offauth workstation login {workstation}`",
		"offauth admin user set-password {user}"},
	CodePINChange:  {"offauth workstation login {workstation}", KeyPINMinLength.ExplainCommand()},
	CodeNotLocked:  {"offauth workstation lock {workstation}"},
	CodeUserLocked: {"offauth admin user unlock {user}"},
}

// hints returns the commands that help, with the names of the case.
func (v verdict) hints(a about) []string {
	hints, ok := hintsByCode[v.Code]
	switch {
	case v.Code == CodeNewPIN && a.Workstation != "":
		hints = hintsByCode[CodePINChange]
	case v == noPassword:
		hints = []string{"offauth admin user set-password {user}"}
	case v == backendOff:
		hints = []string{KeyBackend.SetCommand(BackendAlways)}
	case v == disabled:
		hints = []string{KeyOffline.SetCommand("true"), KeyOffline.SetForCommand(a.User, "true")}
	case !ok && a.Skew != 0:
		hints = []string{"offauth clock show", "offauth admin authenticator resync"}
	case !ok:
		hints = []string{specOf(v.Code).Hint}
	}
	named := make([]string, len(hints))
	for i, h := range hints {
		named[i] = a.named(h)
	}
	return named
}
