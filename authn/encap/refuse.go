package encap

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// verdict is the server's answer: the zero value, or the code and rule of a
// refusal.
type verdict struct {
	Code authn.Code   `json:"code,omitempty"`
	Rule authn.RuleID `json:"rule,omitempty"`
}

func (v verdict) ok() bool { return v.Code == "" }

// fields accepts a code and rule that the server refuses with, and no other.
func (v *verdict) fields(f authn.Fields) {
	f.Text((*string)(&v.Code), (*string)(&v.Rule))
	_, known := sentences[*v]
	f.Require(known || v.ok() && v.Rule == "")
}

// sentences has the sentence of each verdict, with the names of an about in
// braces.
var sentences = map[verdict]string{}

// newVerdict returns a verdict, and enters its sentence.
func newVerdict(code authn.Code, rule authn.RuleID, sentence string) verdict {
	v := verdict{code, rule}
	sentences[v] = sentence
	return v
}

// The verdicts of the server.
var (
	notActivated       = newVerdict(CodeNotActivated, "E16", "the server has no registration of {phone}")
	methodNotActivated = newVerdict(CodeMethodNotActivated, "E18", "{method} is not activated on {phone}")
	methodNotAllowed   = newVerdict(CodeMethodNotAllowed, "E1", "the application does not allow {method}")
	methodWithdrawn    = newVerdict(CodeMethodNotAllowed, "E36",
		"the application has withdrawn {method} since the session {session} began")
	otpLengthUnset     = newVerdict(CodeOTPLengthUnset, "E2", "the length of one-time passwords is not set")
	onlineAuthRequired = newVerdict(CodeOnlineAuthRequired, "E5",
		"adding a method needs an online authentication in the 300 seconds before, and each allows one")
	notAuthorising = newVerdict(CodeOnlineAuthRequired, "E6",
		"the last online authentication was by a method that may not authorise adding another")
	wrongPIN          = newVerdict(CodeWrongPIN, "A6", "the PIN of {method} is wrong")
	methodLocked      = newVerdict(CodeMethodLocked, "E27", "{method} is locked after wrong tries in a row")
	deviceLocked      = newVerdict(CodeDeviceLocked, "E27", "the device is locked after wrong tries in a row")
	notStarted        = newVerdict(CodeSessionClosed, "E9", "{provider} has started no session {session}")
	sessionClosed     = newVerdict(CodeSessionClosed, "E30", "the session {session} is closed")
	sessionExpired    = newVerdict(CodeSessionExpired, "E29", "the session {session} has expired")
	sessionSuperseded = newVerdict(CodeSessionSuperseded, "E32", "a newer session has taken the place of {session}")
	wrongCode         = newVerdict(CodeWrongCode, "E22", "the code is not that of this session and context")
	wrongCodeOrPIN    = newVerdict(CodeWrongCode, "E24",
		"the code is not that of this session and context, or the offline PIN was wrong")
	wrongCodeAgain = newVerdict(CodeWrongCode, "E31",
		"the code is wrong again; the session stays open until the lock or its expiry")
)

// about names the subjects of a refusal.
type about struct {
	User, Phone, Provider, Session string
	Method                         Method
}

// refusal returns the server's refusal with a verdict.
func (v verdict) refusal(a about) *authn.Refusal {
	message := strings.NewReplacer("{phone}", a.Phone, "{method}", string(a.Method), "{provider}", a.Provider,
		"{session}", authn.Visible(a.Session)).Replace(sentences[v])
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
			r.Hints = append(r.Hints, a.withNames(hint))
		}
	}
	return r
}

// withNames replaces the example names in a hint of the table of codes. An
// unknown user or provider is left out.
func (a about) withNames(hint string) string {
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

// unreachable returns the refusal of a site that got no answer (E19: only start
// and finish work without the network).
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
