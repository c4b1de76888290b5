package encap

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// verdict is what the server answers: nothing, or why not.
type verdict struct {
	Code authn.Code   `json:"code,omitempty"`
	Rule authn.RuleID `json:"rule,omitempty"`
}

func (v verdict) ok() bool { return v.Code == "" }

// fields accepts a code and rule that the server refuses with, and no other.
func (v *verdict) fields(f authn.Fields) {
	f.Text((*string)(&v.Code), (*string)(&v.Rule))
	_, known := v.words(about{})
	f.Require(known || v.ok() && v.Rule == "")
}

// The verdicts of the server.
var (
	notActivated       = verdict{CodeNotActivated, "E16"}
	methodNotActivated = verdict{CodeMethodNotActivated, "E18"}
	methodNotAllowed   = verdict{CodeMethodNotAllowed, "E1"}
	methodWithdrawn    = verdict{CodeMethodNotAllowed, "E36"}
	otpLengthUnset     = verdict{CodeOTPLengthUnset, "E2"}
	onlineAuthRequired = verdict{CodeOnlineAuthRequired, "E5"}
	notAuthorising     = verdict{CodeOnlineAuthRequired, "E6"}
	wrongPIN           = verdict{CodeWrongPIN, "A6"}
	methodLocked       = verdict{CodeMethodLocked, "E27"}
	deviceLocked       = verdict{CodeDeviceLocked, "E27"}
	notStarted         = verdict{CodeSessionClosed, "E9"}
	sessionClosed      = verdict{CodeSessionClosed, "E30"}
	sessionExpired     = verdict{CodeSessionExpired, "E29"}
	sessionSuperseded  = verdict{CodeSessionSuperseded, "E32"}
	wrongCode          = verdict{CodeWrongCode, "E22"}
	wrongCodeOrPIN     = verdict{CodeWrongCode, "E24"}
	wrongCodeAgain     = verdict{CodeWrongCode, "E31"}
)

// about is what a refusal concerns.
type about struct {
	User, Phone, Provider, Session string
	Method                         Method
}

// words returns a verdict's sentence; false means that the server knows no such
// verdict.
func (v verdict) words(a about) (string, bool) {
	switch v {
	case notActivated:
		return fmt.Sprintf("the server has no registration of %s", a.Phone), true
	case methodNotActivated:
		return fmt.Sprintf("%s is not activated on %s", a.Method, a.Phone), true
	case methodNotAllowed:
		return fmt.Sprintf("the application does not allow %s", a.Method), true
	case methodWithdrawn:
		return fmt.Sprintf("the application has withdrawn %s since the session %s began", a.Method, a.Session), true
	case otpLengthUnset:
		return "the length of one-time passwords is not set", true
	case onlineAuthRequired:
		return "adding a method needs an online authentication in the 300 seconds before, and each allows one", true
	case notAuthorising:
		return "the last online authentication was by a method that may not authorise adding another", true
	case wrongPIN:
		return fmt.Sprintf("the PIN of %s is wrong", a.Method), true
	case methodLocked:
		return fmt.Sprintf("%s is locked after wrong tries in a row", a.Method), true
	case deviceLocked:
		return "the device is locked after wrong tries in a row", true
	case notStarted:
		return fmt.Sprintf("%s has started no session %s", a.Provider, authn.Visible(a.Session)), true
	case sessionClosed:
		return fmt.Sprintf("the session %s is closed", a.Session), true
	case sessionExpired:
		return fmt.Sprintf("the session %s has expired", a.Session), true
	case sessionSuperseded:
		return fmt.Sprintf("a newer session has taken the place of %s", a.Session), true
	case wrongCode:
		return "the code is not that of this session and context", true
	case wrongCodeOrPIN:
		return "the code is not that of this session and context, or the offline PIN was wrong", true
	case wrongCodeAgain:
		return "the code is wrong again; the session stays open until the lock or its expiry", true
	}
	return "", false
}

// refusal words a verdict of the server.
func (v verdict) refusal(a about) *authn.Refusal {
	message, _ := v.words(a)
	subject := a.Phone
	if subject == "" {
		subject = a.Provider
	}
	return refusal(v.Code, v.Rule, authn.SiteServer, subject, message, a)
}

// refusal fills in what follows from the code: number and hints.
func refusal(code authn.Code, rule authn.RuleID, site authn.Site, subject, message string, a about) *authn.Refusal {
	fields := map[string]any{}
	if a.Method != "" {
		fields["method"] = string(a.Method)
	}
	if _, ok := parseID(a.Session); ok {
		fields["session"] = a.Session
	}
	r := &authn.Refusal{Code: code, Rule: rule, Site: site, Subject: subject, Message: message, Fields: fields}
	codes := Codes()
	if i := slices.IndexFunc(codes, func(c authn.CodeSpec) bool { return c.Code == code }); i >= 0 {
		r.Native = codes[i].Native
		for _, hint := range strings.Split(codes[i].Hint, "; ") {
			r.Hints = append(r.Hints, a.named(hint))
		}
	}
	return r
}

// named puts the names that a refusal concerns in the place of the examples of
// the table of codes. A user or a provider that is not known is left out.
func (a about) named(hint string) string {
	method := a.Method
	if method == "" {
		method = OfflinePIN
	}
	word := func(name string) string {
		if name == "" {
			return ""
		}
		return " " + name
	}
	user, provider := word(a.User), word(a.Provider)
	return strings.NewReplacer(" alice", user, " NAME", user, " bank", provider, " OFFLINE:PIN",
		word(string(method))).Replace(hint)
}

// unreachable is what a site that got no answer says (E19: only start and
// finish work without the network).
func unreachable(h authn.Host, what string) *authn.Refusal {
	r := refusal(CodeServerUnreachable, "E19", h.Site, h.Site.Name(),
		what+" needs the network, and no answer came; it can be repeated", about{})
	switch {
	case h.Site.Role() != authn.RolePhone:
		r.Native = ""
	case h.Uplink() == authn.Down:
		r.Native = "121 clientErrorNoInternetConnection"
	default:
		r.Native = "101 clientErrorConnectionFailure"
	}
	return r
}

func contextTooLong(n int) *authn.Fault {
	return &authn.Fault{
		Code: CodeContextTooLong,
		Message: fmt.Sprintf("a context of %d bytes is too long for a code; title, content and MIME type may have %d "+
			"together", n, MaxContext),
		Hints: []string{"offauth provider challenge --help"},
	}
}
