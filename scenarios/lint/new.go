package lint

import (
	"fmt"
	"strings"
)

// Modeline is the first line of a new file: it tells an editor where the
// schema is, which "offauth scenario schema" writes.
const Modeline = "# yaml-language-server: $schema=scenario.schema.json"

// New returns the text of a new scenario that passes as it is. name is a slug,
// profile one of a file; fixture is the path of a fixture to begin with, or
// empty. With a fixture, or for a profile without a story here, it is the
// shape of a story alone.
func New(name, profile, fixture string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\noffauth: scenario/v1\nname: %s\n", Modeline, name)
	family, _, _ := strings.Cut(profile, "@")
	story, ok := newStories[family]
	switch {
	case fixture != "":
		fmt.Fprintf(&b, "description: What happens after %s.\ntags: [%s]\nprofile: %s\nuse: [%q]\n%s", fixture, family,
			profile, fixture, shapeOfAStory)
	case ok:
		fmt.Fprintf(&b, "description: %s\ntags: [%s]\nprofile: %s%s", story.description, family, profile, story.rest)
	default:
		fmt.Fprintf(&b, "description: What happens.\ntags: [%s]\nprofile: %s\n%s", family, profile, shapeOfAStory)
	}
	return []byte(b.String())
}

const shapeOfAStory = `clock: {start: 2026-03-02T08:00:00Z}
steps:
  - phase: A minute passes
  - wait: 1m
  - check: {state: {clock: "${clock.now}"}}
`

// newStories are the small stories of the families.
var newStories = map[string]struct{ description, rest string }{
	"hypr": {"A phone without network shows a PIN, and the PIN unlocks the workstation once.", `
policy: {offline: {enabled: true}}
actors:
  phone: {role: phone, user: alice}
  workstation: {role: workstation}
clock: {start: 2026-03-02T08:00:00Z}
setup:
  - device pair:
  - device tap:
    expect: {events: [pins_issued, {unlocked: {mode: online}}]}
steps:
  - phase: The network is gone
  - link: {phone: down, workstation: down}
  - workstation lock:

  - phase: The phone shows a PIN
  - device unlock:
    save: {pin: result.pin}

  - phase: It unlocks once
  - workstation login: {pin: "${saved.pin}"}
    expect: {events: [{unlocked: {mode: offline}}]}
  - workstation lock:
  - workstation login: {pin: "${saved.pin}"}
    expect: {refused: pin_used, state: {workstation.locked: true}}
`},
	"encap": {"A phone without network turns a QR code into a one-time password, which the site takes once.", `
policy: {otp: {length: 6}, offline: {methods: ["OFFLINE:PIN"]}}
actors:
  phone: {role: phone, user: alice}
  shop: {role: provider}
vars: {online_pin: "2580", offline_pin: "1357"}
clock: {start: 2026-03-02T08:00:00Z}
setup:
  - device activate: {methods: ["DEVICE", "DEVICE:PIN"], pin: "${vars.online_pin}"}
  - device auth: {method: "DEVICE:PIN", pin: "${vars.online_pin}"}
  - device method add: {methods: ["OFFLINE:PIN"], pin: "${vars.offline_pin}"}
steps:
  - phase: The shop shows a QR code
  - provider challenge: {method: "OFFLINE:PIN", context: Pay 120 EUR to Fjord AS}
    save: {session: result.session, qr: result.data}

  - phase: The phone answers without network
  - link: {phone: down}
  - device scan: {data: "${saved.qr}"}
    expect: {output: {context: Pay 120 EUR to Fjord AS}}
  - device approve: {method: "OFFLINE:PIN", pin: "${vars.offline_pin}"}
    save: {otp: result.otp}

  - phase: The code is taken once
  - provider verify: {session: "${saved.session}", code: "${saved.otp}"}
    expect: {events: [session_approved]}
  - provider verify: {session: "${saved.session}", code: "${saved.otp}"}
    expect: {refused: session_closed}
`},
	"onespan": {"A workstation without network takes the next one-time password once.", `
policy: {offline: {enabled: true}, backend: {authentication: always}}
actors:
  phone: {role: phone, user: alice}
  workstation: {role: workstation}
clock: {start: 2026-03-02T08:00:00Z}
setup:
  - admin authenticator assign: {type: event}
  - device otp:
    save: {first: result.code}
  - workstation login: {user: alice, password: "${saved.first}"}
    expect: {events: [data_issued, {unlocked: {mode: online}}]}
steps:
  - phase: The network is gone
  - link: {workstation: down}
  - workstation lock:

  - phase: The next one-time password unlocks
  - device otp:
    save: {code: result.code}
  - workstation login: {password: "${saved.code}"}
    expect: {events: [{unlocked: {mode: offline}}]}

  - phase: Typed again it does not
  - workstation lock:
  - workstation login: {password: "${saved.code}"}
    expect: {refused: code_replayed, state: {workstation.locked: true}}
`},
}
