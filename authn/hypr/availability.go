package hypr

import (
	"fmt"

	"github.com/offauth/offauth/authn"
)

// availability says whether there is Offline Mode for a triple, or why not.
type availability byte

const (
	offlineOn       availability = iota
	offlineDisabled              // the administrator's switch (H1)
	offlineRoaming               // a roaming user (H38)
	offlineTooOld                // a version below the minimum (H43)
	availabilities               // how many there are
)

func (a availability) put(e *authn.Encoder) { e.U8(byte(a)) }

func (a *availability) take(d *authn.Decoder) {
	if *a = availability(d.U8()); *a >= availabilities {
		d.Fail()
	}
}

// reason is why PIN sets are deleted, and by which rule.
func (a availability) reason() (string, authn.RuleID) {
	switch a {
	case offlineRoaming:
		return string(CodeRoamingUser), "H38"
	case offlineTooOld:
		return string(CodeVersionTooOld), "H43"
	}
	return string(CodeOfflineDisabled), "H42"
}

// refusal words why there is no offline PIN; when says as of which moment.
// deleted means that there were PINs before, which went (H42).
func (a availability) refusal(h authn.Host, subject, when string, deleted bool) *authn.Refusal {
	r := &authn.Refusal{Site: h.Site, Subject: subject}
	ws := h.Site.Name()
	if h.Site.Role() == authn.RolePhone {
		ws = subject
		r.Fields = map[string]any{"workstation": subject}
	}
	switch a {
	case offlineRoaming:
		r.Code, r.Rule = CodeRoamingUser, "H38"
		r.Message = "a roaming user has no offline PINs"
		r.Hints = []string{"offauth admin user show"}
	case offlineTooOld:
		r.Code, r.Rule = CodeVersionTooOld, "H43"
		r.Message = fmt.Sprintf("server, workstation or phone was below the first version with Offline Mode %s", when)
		r.Hints = []string{"offauth explain H43"}
	default:
		r.Code, r.Rule = CodeOfflineDisabled, "H1"
		r.Message = "Offline Mode was off " + when
		if deleted {
			r.Rule = "H42"
			r.Message += ", which deleted the PINs"
		}
		r.Hints = []string{"offauth admin policy set hypr.offline.enabled=true", "offauth device tap " + ws}
	}
	return r
}
