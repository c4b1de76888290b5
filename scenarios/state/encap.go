package state

import (
	"strconv"

	"github.com/offauth/offauth/authn"
)

// encapRows returns the rows of the phone's activation, the server's locks and the
// providers' newest sessions.
func encapRows() []Row {
	encap := func(path string, kind Kind, doc string, get func(*authn.EncapView) (any, bool)) Row {
		return phone(authn.FamilyEncap, path, kind, doc, func(p authn.PhoneView) (any, bool) {
			if p.Encap == nil {
				return get(&authn.EncapView{})
			}
			return get(p.Encap)
		})
	}
	operation := func(path string, kind Kind, doc string, get func(authn.OperationView) any) Row {
		return encap("operation."+path, kind, doc, func(e *authn.EncapView) (any, bool) {
			if e.Operation == nil {
				return nil, false
			}
			return get(*e.Operation), true
		})
	}
	return []Row{
		encap(nameActivated, Bool, "whether it is activated",
			func(e *authn.EncapView) (any, bool) { return e.Registration != "", true }),
		encap("registration", Text, "its registration, or empty",
			func(e *authn.EncapView) (any, bool) { return e.Registration, true }),
		encap("methods", List, "the methods that it has",
			func(e *authn.EncapView) (any, bool) { return append([]string{}, e.Methods...), true }),
		encap("biometric.failures", Int, "biometric failures in a row",
			func(e *authn.EncapView) (any, bool) { return int64(e.BiometricFailures), true }),
		encap("biometric.locked", Bool, "whether five of them locked biometrics (E34)",
			func(e *authn.EncapView) (any, bool) { return e.BiometricsLocked, true }),
		encap("operation.open", Bool, "whether an operation is open",
			func(e *authn.EncapView) (any, bool) { return e.Operation != nil, true }),
		operation("session", Text, "the open operation's session", func(o authn.OperationView) any { return o.Session }),
		operation("provider", Text, "the open operation's provider", func(o authn.OperationView) any { return o.Provider }),
		operation("method", Text, "the open operation's method", func(o authn.OperationView) any { return o.Method }),
		operation("title", Text, "what it shows as title", func(o authn.OperationView) any { return o.Title }),
		operation("context", Text, "what it shows for approval", func(o authn.OperationView) any { return o.Content }),
		operation("until", Instant, "when it ends by itself", func(o authn.OperationView) any { return o.Until }),
		lock("failures", Int, "wrong tries in a row of a phone with a method",
			func(l authn.LockView) any { return int64(l.Failures) }),
		lock(nameLocked, Bool, "whether they locked it (E26)", func(l authn.LockView) any { return l.Locked }),
		session("state", Text, "the newest session's state: open, approved, expired, superseded or closed",
			func(v authn.SessionView) any { return v.State }),
		session("id", Text, "the newest session", func(v authn.SessionView) any { return v.ID }),
		session("method", Text, "the newest session's method", func(v authn.SessionView) any { return v.Method }),
		session("expires_at", Instant, "when the newest session expires",
			func(v authn.SessionView) any { return v.ExpiresAt }),
		{Role: authn.RoleProvider, Family: authn.FamilyEncap, Path: "sessions.count", Kind: Int,
			Doc: "how many sessions there were",
			Get: func(s authn.Snapshot, actor string, _ []string) (any, bool) {
				return int64(len(sessions(s, actor))), true
			}},
	}
}

// lock returns a row of a phone with a method; the method "device" stands for the
// whole device. A missing count is 0.
func lock(path string, kind Kind, doc string, get func(authn.LockView) any) Row {
	return Row{Role: authn.RoleServer, Family: authn.FamilyEncap, Path: "locks.<phone>.<method>." + path, Kind: kind,
		Doc: doc,
		Get: func(s authn.Snapshot, _ string, names []string) (any, bool) {
			known := false
			for _, p := range s.Phones {
				known = known || authn.SameName(p.Name, names[0])
			}
			for _, u := range s.Users {
				for _, l := range u.Locks {
					if authn.SameName(l.Phone, names[0]) && (l.Method == names[1] || l.Method == "" && names[1] == "device") {
						return get(l), true
					}
				}
			}
			return get(authn.LockView{}), known
		}}
}

func session(path string, kind Kind, doc string, get func(authn.SessionView) any) Row {
	return Row{Role: authn.RoleProvider, Family: authn.FamilyEncap, Path: "session." + path, Kind: kind, Doc: doc,
		Get: func(s authn.Snapshot, actor string, _ []string) (any, bool) {
			all := sessions(s, actor)
			if len(all) == 0 {
				return nil, false
			}
			return get(all[len(all)-1]), true
		}}
}

func sessions(s authn.Snapshot, provider string) []authn.SessionView {
	for _, p := range s.Providers {
		if p.Name == provider {
			return p.Sessions
		}
	}
	return nil
}

// Setting converts the text of a setting to a value: a whole number, a boolean or a
// text.
func Setting(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if text == "true" || text == "false" {
		return text == "true"
	}
	return text
}
