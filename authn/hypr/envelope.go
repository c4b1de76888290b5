package hypr

import (
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn"
)

// Envelope is one event of the audit trail in HYPR's fields (H39). Times are
// milliseconds since 1970. Fields that a simulator cannot know are empty.
type Envelope struct {
	ID                string         `json:"id"`
	Version           int            `json:"version"`
	Type              string         `json:"type"`
	EventName         string         `json:"eventName"`
	Message           string         `json:"message"`
	SubName           string         `json:"subName"`
	EventLoggedBy     string         `json:"eventLoggedBy"`
	EventTimeInUTC    int64          `json:"eventTimeInUTC"`
	LoggedTimeInUTC   int64          `json:"loggedTimeInUTC"`
	TenantID          string         `json:"tenantId"`
	RemoteIP          string         `json:"remoteIP"`
	UserAgent         string         `json:"userAgent"`
	TraceID           string         `json:"traceId"`
	AdditionalDetails map[string]any `json:"additionalDetails"`
	IsSuccessful      bool           `json:"isSuccessful"`
	ErrorCode         string         `json:"errorCode"`
	ErrorSeverity     string         `json:"errorSeverity"`
	DeviceType        string         `json:"deviceType"`
	RPAppID           string         `json:"rpAppId"`
	DeviceID          string         `json:"deviceId"`
	MachineID         string         `json:"machineId"`
	SessionID         string         `json:"sessionId"`
	FIDOUser          string         `json:"fidoUser"`
}

// Trail returns the envelope of an event at the server. It returns false if the
// event does not belong to the audit trail.
func Trail(e authn.Event) (Envelope, bool) {
	kind, at, from := e.Kind, e.At.UnixMilli(), string(e.Site)
	number := int64(e.Seq)
	if e.Kind == EventAudited {
		kind, from = authn.Kind(field(e, "event")), field(e, "from")
		at, _ = e.Fields["happened_at"].(int64)
		number, _ = e.Fields["number"].(int64)
	}
	name, ok := auditNames()[kind]
	if e.Kind != EventAudited {
		name, ok = serverNames()[kind]
	}
	if !ok || e.Site != authn.SiteServer || kind == authn.EventPolicySet && !strings.HasPrefix(field(e, "key"), "hypr.") {
		return Envelope{}, false
	}
	site := authn.Site(from)
	v := Envelope{
		ID: fmt.Sprintf("%s#%d", from, number), Version: 1, Type: "AUDIT", EventName: name, Message: kindMeaning(kind),
		SubName:       e.Subject,
		EventLoggedBy: loggedBy(site.Role()), EventTimeInUTC: at, LoggedTimeInUTC: e.At.UnixMilli(),
		IsSuccessful: e.Result == "ok", DeviceID: field(e, "phone"), MachineID: field(e, "workstation"),
		AdditionalDetails: map[string]any{"kind": string(kind), "rule": string(e.Rule), "site": from, "simulated": true,
			"eventNameIsOurs": true},
	}
	if site.Role() == authn.RolePhone {
		v.DeviceID, v.DeviceType = site.Name(), "PHONE"
	}
	if site.Role() == authn.RoleWorkstation {
		v.MachineID, v.DeviceType = site.Name(), "WORKSTATION"
	}
	if kind == EventEnrolled { // its subject is the site that enrolled
		switch enrolled := authn.Site(e.Subject); enrolled.Role() {
		case authn.RolePhone:
			v.DeviceID, v.DeviceType = enrolled.Name(), "PHONE"
		case authn.RoleWorkstation:
			v.MachineID, v.DeviceType = enrolled.Name(), "WORKSTATION"
		}
	}
	if kind == authn.EventPolicySet {
		v.Message += ": " + field(e, "key") + " is " + field(e, "value")
	}
	if v.FIDOUser = userOf(kind, e.Subject, v.MachineID); v.FIDOUser == "" {
		v.FIDOUser = field(e, "user") // the owner of the phone
	}
	if !v.IsSuccessful {
		v.ErrorCode, v.ErrorSeverity = e.Result, "ERROR"
	}
	return v, true
}

// serverNames returns the audit names of events at the server itself.
func serverNames() map[authn.Kind]string {
	return map[authn.Kind]string{
		EventEnrolled:        "DEVICE_ENROLLED",
		EventLoginApproved:   "LOGIN_APPROVED",
		EventUserUnlocked:    "USER_UNLOCKED",
		EventPhoneRevoked:    "PHONE_REVOKED",
		authn.EventPolicySet: "WORKSTATION_SETTINGS_CHANGED",
		authn.EventUserAdded: "USER_ADDED",
	}
}

// loggedBy returns the name of the component that logs the events of a role, as
// in HYPR's catalogue; the two names for clients are ours.
func loggedBy(role authn.Role) string {
	switch role {
	case authn.RolePhone:
		return "MOBILE_APP"
	case authn.RoleWorkstation:
		return "WORKSTATION_CLIENT"
	}
	return "CONTROL_CENTER_SERVER"
}

// userOf returns the user whom an event concerns: its subject without the
// workstation. The subject of a phone's event is a computer.
func userOf(kind authn.Kind, subject, workstation string) string {
	switch {
	case kind == EventUserUnlocked || kind == EventPhoneRevoked || kind == authn.EventUserAdded:
		return subject
	case workstation != "" && strings.HasSuffix(subject, "@"+workstation):
		return strings.TrimSuffix(subject, "@"+workstation)
	}
	return ""
}

// kindMeaning returns the meaning of a kind of event of the family or the
// world.
func kindMeaning(kind authn.Kind) string {
	switch kind {
	case authn.EventRefused:
		return "an action was refused"
	case authn.EventPolicySet:
		return "the administrator changed a setting"
	case authn.EventUserAdded:
		return "the administrator added a user"
	}
	for _, k := range Kinds() {
		if k.Kind == kind {
			return k.Meaning
		}
	}
	return string(kind)
}
