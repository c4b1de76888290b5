package device

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

// encapJSON is what a phone has for one-time passwords.
type encapJSON struct {
	Phone             string         `json:"phone"`
	User              string         `json:"user"`
	Activated         bool           `json:"activated"`
	Methods           []string       `json:"methods"`
	Locked            []string       `json:"locked"`
	BiometricFailures int            `json:"biometric_failures"`
	BiometricsLocked  bool           `json:"biometrics_locked"`
	Operation         *operationJSON `json:"operation"`
}

type operationJSON struct {
	Provider  string     `json:"provider"`
	Session   string     `json:"session"`
	Method    string     `json:"method"`
	Title     string     `json:"title"`
	Context   string     `json:"context"`
	MIME      string     `json:"mime"`
	ExpiresAt *app.Stamp `json:"expires_at"`
}

// otps returns what phones have for one-time passwords, and lines about it for
// those that have anything.
func otps(d *app.Deps, snap authn.Snapshot, phones []authn.PhoneView) ([]encapJSON, []string) {
	items, lines := []encapJSON{}, []string{}
	for _, p := range phones {
		if p.Encap == nil {
			continue
		}
		v := p.Encap
		item := encapJSON{Phone: p.Name, User: p.User, Activated: v.Registration != "", Methods: append([]string{}, v.Methods...),
			Locked: lockedMethods(snap, p.Name), BiometricFailures: v.BiometricFailures, BiometricsLocked: v.BiometricsLocked}
		state := "not activated for one-time passwords"
		if item.Activated {
			state = "one-time passwords with " + strings.Join(v.Methods, ", ")
		}
		lines = append(lines, p.Name+": "+state)
		if o := v.Operation; o != nil {
			item.Operation = &operationJSON{Provider: o.Provider, Session: o.Session, Method: o.Method, Title: o.Title, Context: o.Content, MIME: o.MIME, ExpiresAt: app.StampOf(o.Until)}
			lines = append(lines, fmt.Sprintf("  %s asks for %s until %s: %s", o.Provider, o.Method, d.When(o.Until, snap.Now), app.Beginning(cmp.Or(o.Content, cmp.Or(o.Title, "(no context)")))))
		}
		items = append(items, item)
	}
	return items, lines
}

// lockedMethods names what the server has locked on a phone (E27).
func lockedMethods(snap authn.Snapshot, phone string) []string {
	locked := []string{}
	for _, u := range snap.Users {
		for _, l := range u.Locks {
			if l.Phone == phone && l.Locked {
				locked = append(locked, cmp.Or(l.Method, "every method"))
			}
		}
	}
	return locked
}
