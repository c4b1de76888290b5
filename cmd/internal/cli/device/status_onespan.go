package device

import (
	"fmt"

	"github.com/offauth/offauth/authn"
)

// digipassJSON is the authenticator on a phone.
type digipassJSON struct {
	Phone  string `json:"phone"`
	User   string `json:"user"`
	Serial string `json:"serial"`
	Type   string `json:"type"`
	Digits int    `json:"digits"`
	// StepSeconds is 0 for an event-based one.
	StepSeconds int `json:"step_seconds"`
}

// digipassesOf returns the authenticators on phones, and a line for each.
func digipassesOf(phones []authn.PhoneView) ([]digipassJSON, []string) {
	items, lines := []digipassJSON{}, []string{}
	for _, p := range phones {
		if v := p.Digipass; v != nil {
			items = append(items, digipassJSON{Phone: p.Name, User: p.User, Serial: v.Serial, Type: v.Type, Digits: v.Digits, StepSeconds: int(v.Step.Seconds())})
			lines = append(lines, fmt.Sprintf("%s: Digipass %s, %s-based, %d digits", p.Name, v.Serial, v.Type, v.Digits))
		}
	}
	return items, lines
}
