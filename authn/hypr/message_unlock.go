package hypr

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// unlockChallenge asks the phone whether it still waits. It is good for one
// answer and five seconds, so a tap that somebody kept on the line unlocks
// nothing later.
type unlockChallenge struct {
	triple
	Counter   uint64
	Challenge []byte // 32 bytes
}

func (m *unlockChallenge) put(e *authn.Encoder) {
	m.triple.put(e)
	e.U64(m.Counter)
	e.Raw(m.Challenge)
}
func (m *unlockChallenge) take(d *authn.Decoder) {
	m.triple.take(d)
	m.Counter, m.Challenge = d.U64(), d.Raw(32)
}

// unlockProof carries the key to the login key, sealed to the workstation and
// bound to the challenge.
type unlockProof struct {
	triple
	Challenge []byte
	Sealed    []byte
}

func (m *unlockProof) put(e *authn.Encoder) { m.triple.put(e); e.Raw(m.Challenge); e.Block(m.Sealed) }
func (m *unlockProof) take(d *authn.Decoder) {
	m.triple.take(d)
	m.Challenge, m.Sealed = d.Raw(32), d.Block()
}

// unlockResult tells the phone that the workstation is unlocked, and whether
// there is Offline Mode.
type unlockResult struct {
	triple
	standing
	Counter uint64
	Number  uint64 // of the set that comes next, 0 for none
}

func (m *unlockResult) put(e *authn.Encoder) {
	m.triple.put(e)
	e.U64(m.Counter)
	m.standing.put(e)
	e.U64(m.Number)
}

func (m *unlockResult) take(d *authn.Decoder) {
	m.triple.take(d)
	m.Counter = d.U64()
	m.standing.take(d)
	m.Number = d.U64()
}

// pinSet brings a set to the phone. It is signed with the login key itself.
type pinSet struct {
	triple
	Number          uint64
	Issued, Expires time.Time
	Settings        Settings
	Sealed          []byte // the PINs one behind the other, sealed to the phone
}

func (m *pinSet) put(e *authn.Encoder) {
	m.triple.put(e)
	e.U64(m.Number)
	e.Time(m.Issued)
	e.Time(m.Expires)
	putSettings(e, m.Settings)
	e.Block(m.Sealed)
}

func (m *pinSet) take(d *authn.Decoder) {
	m.triple.take(d)
	m.Number, m.Issued, m.Expires = d.U64(), d.Time(), d.Time()
	m.Settings, m.Sealed = takeSettings(d), d.Block()
}

// pinSetHeld confirms that the phone has kept a set (A11).
type pinSetHeld struct {
	triple
	Number uint64
}

func (m *pinSetHeld) put(e *authn.Encoder)  { m.triple.put(e); e.U64(m.Number) }
func (m *pinSetHeld) take(d *authn.Decoder) { m.triple.take(d); m.Number = d.U64() }
