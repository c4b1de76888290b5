package encap

// The story that "offauth scenario new" begins with.
const (
	sampleDescription = "A phone without network turns a QR code into a one-time password, which the site takes once."
	sampleText        = `policy: {otp: {length: 6}, offline: {methods: ["OFFLINE:PIN"]}}
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
`
)
