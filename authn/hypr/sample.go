package hypr

// The story that "offauth scenario new" writes.
const (
	sampleDescription = "A phone without network shows a PIN, and the PIN unlocks the workstation once."
	sampleText        = `policy: {offline: {enabled: true}}
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
`
)
