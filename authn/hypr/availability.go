package hypr

import (
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn"
)

// availability is whether a triple has Offline Mode, or the reason why not.
type availability byte

const (
	offlineOn       availability = iota
	offlineDisabled              // the administrator's switch (H1)
	offlineRoaming               // a roaming user (H38)
	offlineTooOld                // a version below the minimum (H43)
	availabilities               // the number of values
)

// offlineStatus is the server's statement about Offline Mode for a triple.
type offlineStatus struct {
	Offline availability `json:"offline"`
	// Old lists the sides below their minimum version, if Offline is
	// offlineTooOld.
	Old []oldSide `json:"old,omitempty"`
}

// sideServer is the name of the server as a side.
const sideServer = "server"

// oldSide is a side with a version below the first with Offline Mode (H43).
type oldSide struct {
	Side    string `json:"side"` // sideServer, or a site's name
	Version string `json:"version"`
	Minimum string `json:"minimum"`
}

// fields accepts a list of old sides only with offlineTooOld.
func (s *offlineStatus) fields(f authn.Fields) {
	f.U8((*byte)(&s.Offline))
	f.Require(s.Offline < availabilities)
	if s.Offline != offlineTooOld {
		return
	}
	n := len(s.Old)
	f.Int8(&n)
	f.Require(n >= 1 && n <= 3)
	if f.Reading() {
		s.Old = make([]oldSide, min(n, 3))
	}
	for i := range s.Old {
		o := &s.Old[i]
		f.Text(&o.Side, &o.Version, &o.Minimum)
		f.Require(authn.CheckName(o.Side) == nil && authn.CheckVersion(o.Version) == nil && authn.VersionBelow(o.Version,
			o.Minimum))
	}
}

// code returns the code of the refusal, or "" if there is Offline Mode.
func (s offlineStatus) code() string {
	if s.Offline == offlineOn {
		return ""
	}
	code, _ := s.Offline.reason()
	return code
}

// noPasskey reports whether Enterprise Passkeys are unavailable too (H49).
// Roaming users have no PINs (H38), but may have passkeys.
func (s offlineStatus) noPasskey() bool {
	return s.Offline == offlineDisabled || s.Offline == offlineTooOld
}

// why returns the sentence for the code.
func (s offlineStatus) why() string {
	switch s.Offline {
	case offlineDisabled:
		return "Offline Mode was off at the last online login"
	case offlineRoaming:
		return "a roaming user has no offline PINs"
	case offlineTooOld:
		return s.oldText()
	}
	return ""
}

// oldText returns a sentence that names the sides that are too old, with their
// versions.
func (s offlineStatus) oldText() string {
	said := make([]string, len(s.Old))
	for i, o := range s.Old {
		side := o.Side
		if side == sideServer {
			side = "the server"
		}
		said[i] = fmt.Sprintf("%s has %s, and Offline Mode begins with %s", side, o.Version, o.Minimum)
	}
	if len(said) == 0 { // from a server of an earlier release
		return "server, workstation or phone is below the first version with Offline Mode"
	}
	return strings.Join(said, "; ")
}

// reason returns why PIN sets are deleted, and the rule.
func (a availability) reason() (string, authn.RuleID) {
	switch a {
	case offlineRoaming:
		return string(CodeRoamingUser), "H38"
	case offlineTooOld:
		return string(CodeVersionTooOld), "H43"
	}
	return string(CodeOfflineDisabled), "H42"
}

// refusal returns the refusal of an offline PIN. The phrase when names the
// login from which the status comes. deleted reports whether earlier PINs were
// deleted (H42).
func (s offlineStatus) refusal(h authn.Host, subject, when string, deleted bool) *authn.Refusal {
	r := &authn.Refusal{Site: h.Site, Subject: subject}
	ws := h.Site.Name()
	if h.Site.Role() == authn.RolePhone {
		ws = subject
		r.Fields = map[string]any{"workstation": subject}
	}
	switch s.Offline {
	case offlineRoaming:
		r.Code, r.Rule = CodeRoamingUser, "H38"
		r.Message = s.why()
		r.Hints = []string{"offauth admin user show",
			"the administrator decides that: a user has offline PINs unless added with --roaming"}
	case offlineTooOld:
		r.Code, r.Rule = CodeVersionTooOld, "H43"
		r.Message = s.oldText() + ", as of " + when
		r.Hints = s.newer(ws)
	default:
		r.Code, r.Rule = CodeOfflineDisabled, "H1"
		r.Message = "Offline Mode was off at " + when
		if deleted {
			r.Rule = "H42"
			r.Message += ", which deleted the PINs"
		}
		r.Hints = []string{KeyOffline.SetCommand("true"), "offauth device tap " + ws}
	}
	return r
}

// newer returns the hints that update each side that is too old.
func (s offlineStatus) newer(ws string) []string {
	var hints []string
	for _, o := range s.Old {
		switch o.Minimum {
		case minServer:
			hints = append(hints, KeyServerVersion.SetCommand(authn.NewestVersion), "offauth device tap "+ws)
		case minWindows:
			hints = append(hints, "offauth explain H43",
				"the administrator updates the client of "+o.Side+
					": a workstation has the newest unless it is added with --version")
		default:
			hints = append(hints, "a new phone has the newest app: `offauth device replace "+o.Side+" NEW`")
		}
	}
	if len(hints) == 0 { // from a server of an earlier release
		return []string{"offauth explain H43"}
	}
	return hints
}
