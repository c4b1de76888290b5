// Package familytest is a small fourth family: a phone that can be made to ring
// so that its user finds it. It shows that a family is one value. Only tests
// register it.
package familytest

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// Bell is the family's name.
const Bell authn.FamilyName = "bell"

// What the family adds to the tables.
const (
	CodeRinging authn.Code       = "phone_rings"
	EventRung   authn.Kind       = "phone_rung"
	EventQuiet  authn.Kind       = "phone_quiet"
	KeySeconds  authn.SettingKey = "bell.ring.seconds"
)

const (
	msgRing      = "bell_ring"
	timerQuiet   = "bell.quiet"
	recordRings  = "bell/rings"
	recordPolicy = "bell/policy"
)

// Ring makes the server ring a phone ("device ring"). Its result is a
// RingResult.
type Ring struct {
	Phone string
	// Loud makes it ring twice as long.
	Loud bool
}

// Verb implements authn.Action.
func (Ring) Verb() string { return "device ring" }

// RingResult is the result of Ring.
type RingResult struct {
	Phone string
	// Reached reports whether the phone rings, Until is when it stops.
	Reached bool
	Until   time.Time
}

// Settings are the settings of the server.
type Settings struct {
	Seconds int `json:"seconds"`
}

func table() []authn.PolicyRow[Settings] {
	return []authn.PolicyRow[Settings]{
		authn.SecondsRow(KeySeconds, "A8", "how long a phone rings", 1, 60, func(s *Settings) *int { return &s.Seconds }),
	}
}

// View returns the settings for display.
func (s Settings) View() []authn.SettingView {
	return authn.ViewPolicy(table(), s, Settings{Seconds: 10})
}

// With returns the settings with changes.
func (s Settings) With(changes []authn.Setting) (Settings, error) {
	return authn.ChangePolicy(table(), s, changes)
}

// server rings phones and stores the settings.
type server struct{ authn.Host }

func serverOf(s family.Sites) server { return server{s.Host(authn.SiteServer)} }

// Settings returns the stored settings.
func (s server) Settings() (Settings, error) {
	set := Settings{Seconds: 10}
	_, err := s.Shelf.Load(recordPolicy, &set, nil)
	return set, err
}

// Set stores changes.
func (s server) Set(changes []authn.Setting) (Settings, error) {
	set, err := s.Settings()
	if err == nil {
		set, err = set.With(changes)
	}
	if err != nil {
		return set, err
	}
	return set, s.Shelf.Save(recordPolicy, set, nil)
}

// phone rings.
type phone struct{ authn.Host }

func phoneOf(s family.Sites, name string) phone { return phone{s.Host(authn.Phone(name))} }

// rings is a record that exists while the phone rings.
type rings struct {
	Until time.Time `json:"until"`
}

// Family returns the family.
func Family() family.Family {
	return family.Family{
		Name: Bell, Timers: []string{timerQuiet}, Messages: []string{msgRing},
		Verbs: family.Rows(Bell, []family.Verb{{
			Action: Ring{}, Result: RingResult{}, Role: authn.RoleAdmin, Doc: "ring a phone, so that its user finds it",
			Args: []family.Arg{
				{Name: "phone", Kind: family.ArgName, Role: authn.RolePhone, Required: true, Doc: "the phone"},
				{Name: "loud", Kind: family.ArgFlag, Doc: "for twice as long"},
			},
			Refusals: []authn.Code{CodeRinging},
			Events:   []authn.Kind{EventRung, authn.EventFaultStruck, authn.EventMessageRefused},
		}}),
		Codes: []authn.CodeSpec{{
			Code: CodeRinging, Family: Bell, Refusal: true, Rules: []authn.RuleID{"A8"}, Exit: authn.ExitRefused,
			Message: "the phone rings already", Causes: []string{"it was rung a moment ago"}, Hint: "offauth clock advance 60s",
		}},
		Kinds: []authn.KindSpec{
			{Kind: EventRung, Family: Bell, Role: authn.RolePhone, Meaning: "a phone was rung", Fields: []string{"seconds"}},
			{Kind: EventQuiet, Family: Bell, Role: authn.RolePhone, Meaning: "a phone fell silent"},
		},
		Leaves: map[string][]authn.Kind{"": {EventQuiet}},
		Policy: family.PolicyOf(Settings{Seconds: 10}, serverOf),
		Sample: family.Sample{Description: "A phone rings once at a time.", Text: sample},
		Act: func(s family.Sites, a authn.Action) (any, *authn.Pending, error) {
			r, err := ring(s, a)
			return r, nil, err
		},
		Receive: receive, Fire: fire,
	}
}

const sample = `policy: {ring: {seconds: 5}}
actors:
  phone: {role: phone, user: alice}
clock: {start: 2026-03-02T08:00:00Z}
steps:
  - phase: It rings once at a time
  - device ring: {loud: true}
    expect: {output: {reached: true}, events: [{phone_rung: {seconds: 10}}]}
  - wait: 9s
  - device ring:
    expect: {refused: phone_rings}

  - phase: It falls silent
  - wait: 1s
    expect: {events: [phone_quiet]}
  - device ring:
    expect: {output: {reached: true}}
`

func ring(s family.Sites, a authn.Action) (RingResult, error) {
	cmd, ok := a.(Ring)
	if !ok {
		return RingResult{}, fmt.Errorf("familytest: no such action: %T", a)
	}
	site := authn.Phone(cmd.Phone)
	if _, err := s.Device(site); err != nil {
		return RingResult{}, err
	}
	if _, on, err := phoneOf(s, cmd.Phone).ringing(); err != nil || on {
		if err == nil {
			err = &authn.Refusal{Code: CodeRinging, Rule: "A8", Site: site, Subject: cmd.Phone,
				Message: "the phone rings already"}
		}
		return RingResult{}, err
	}
	set, err := serverOf(s).Settings()
	if err != nil {
		return RingResult{}, err
	}
	seconds := byte(set.Seconds)
	if cmd.Loud {
		seconds *= 2
	}
	serverOf(s).Send(site, msgRing, []byte{seconds})
	if err := s.Pump(); err != nil {
		return RingResult{}, err
	}
	now, on, err := phoneOf(s, cmd.Phone).ringing()
	family.WorldTime(s, site, &now.Until)
	return RingResult{Phone: cmd.Phone, Reached: on, Until: now.Until}, err
}

func (p phone) ringing() (r rings, on bool, err error) {
	on, err = p.Shelf.Load(recordRings, &r, nil)
	return r, on, err
}

func receive(s family.Sites, m authn.Message) error {
	p := phoneOf(s, m.To.Name())
	if len(m.Body) != 1 || m.Body[0] > 120 || m.To.Role() != authn.RolePhone {
		return s.Host(m.To).Refuse(m, "malformed")
	}
	until := p.Env.Now().Add(time.Duration(m.Body[0]) * time.Second)
	p.SetTimer(timerQuiet, p.Site.Name(), until)
	p.Happened(EventRung, p.Site.Name(), "", map[string]any{"seconds": int64(m.Body[0])})
	return p.Shelf.Save(recordRings, rings{until}, nil)
}

func fire(s family.Sites, t authn.Timer) error {
	p := phoneOf(s, t.Site.Name())
	p.Happened(EventQuiet, t.Subject, "A8", nil)
	return p.Shelf.Remove(recordRings)
}
