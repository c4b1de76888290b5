package hypr

import "github.com/offauth/offauth/authn"

// passkeyAsk begins an unlock over Bluetooth (H36).
type passkeyAsk struct {
	triple
	Certificate []byte
	Nonce       []byte // 16 bytes, chosen by the phone; the answers repeat it
}

func (m *passkeyAsk) fields(f authn.Fields) {
	m.triple.fields(f)
	f.Block(&m.Certificate)
	f.Raw(16, &m.Nonce)
}

// passkeyCall is the workstation's challenge, valid for one answer.
type passkeyCall struct {
	triple
	Nonce     []byte
	Challenge []byte // 32 bytes
}

func (m *passkeyCall) fields(f authn.Fields) {
	m.triple.fields(f)
	f.Raw(16, &m.Nonce)
	f.Raw(32, &m.Challenge)
}

// passkeyAnswer is signed with the passkey. It carries the key to the login
// key, sealed to the workstation and bound to the challenge.
type passkeyAnswer struct {
	triple
	Challenge []byte
	Sealed    []byte
}

func (m *passkeyAnswer) fields(f authn.Fields) {
	m.triple.fields(f)
	f.Raw(32, &m.Challenge)
	f.Block(&m.Sealed)
}

// passkeyDone tells the phone the outcome.
type passkeyDone struct {
	triple
	Nonce   []byte
	Refused string // a code, or empty
}

func (m *passkeyDone) fields(f authn.Fields) {
	m.triple.fields(f)
	f.Raw(16, &m.Nonce)
	f.Text(&m.Refused)
}
