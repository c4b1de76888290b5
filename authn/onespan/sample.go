package onespan

// The story that "offauth scenario new" begins with.
const (
	sampleDescription = "A workstation without network takes the next one-time password once."
	sampleText        = `policy: {offline: {enabled: true}, backend: {authentication: always}}
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
`
)
