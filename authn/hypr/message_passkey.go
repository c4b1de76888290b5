package hypr

import "github.com/offauth/offauth/authn"

// passkeyAsk begins an unlock over Bluetooth (H36).
type passkeyAsk struct {
	triple
	Certificate []byte
	Nonce       []byte // 16 bytes, by the phone; the answers repeat it
}

func (m *passkeyAsk) put(e *authn.Encoder) {
	m.triple.put(e)
	e.Block(m.Certificate)
	e.Raw(m.Nonce)
}

func (m *passkeyAsk) take(d *authn.Decoder) {
	m.triple.take(d)
	m.Certificate, m.Nonce = d.Block(), d.Raw(16)
}

// passkeyCall is the workstation's challenge, good for one answer.
type passkeyCall struct {
	triple
	Nonce     []byte
	Challenge []byte // 32 bytes
}

func (m *passkeyCall) put(e *authn.Encoder) {
	m.triple.put(e)
	e.Raw(m.Nonce)
	e.Raw(m.Challenge)
}

func (m *passkeyCall) take(d *authn.Decoder) {
	m.triple.take(d)
	m.Nonce, m.Challenge = d.Raw(16), d.Raw(32)
}

// passkeyAnswer is signed with the passkey. It carries the key to the login
// key, sealed to the workstation and bound to the challenge.
type passkeyAnswer struct {
	triple
	Challenge []byte
	Sealed    []byte
}

func (m *passkeyAnswer) put(e *authn.Encoder) {
	m.triple.put(e)
	e.Raw(m.Challenge)
	e.Block(m.Sealed)
}

func (m *passkeyAnswer) take(d *authn.Decoder) {
	m.triple.take(d)
	m.Challenge, m.Sealed = d.Raw(32), d.Block()
}

// passkeyDone tells the phone what came of it.
type passkeyDone struct {
	triple
	Nonce   []byte
	Refused string // a code, or empty
}

func (m *passkeyDone) put(e *authn.Encoder) {
	m.triple.put(e)
	e.Raw(m.Nonce)
	e.Text(m.Refused)
}

func (m *passkeyDone) take(d *authn.Decoder) {
	m.triple.take(d)
	m.Nonce, m.Refused = d.Raw(16), d.Text()
}
