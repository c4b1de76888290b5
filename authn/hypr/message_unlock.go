package hypr

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// unlockChallenge asks the phone whether it still waits. It is valid for one
// answer and five seconds, so a tap that was held back cannot unlock the
// workstation later.
type unlockChallenge struct {
	triple
	Counter   uint64
	Challenge []byte // 32 bytes
}

func (m *unlockChallenge) fields(f authn.Fields) {
	m.triple.fields(f)
	f.U64(&m.Counter)
	f.Raw(32, &m.Challenge)
}

// unlockProof carries the key to the login key, sealed to the workstation and
// bound to the challenge.
type unlockProof struct {
	triple
	Challenge []byte
	Sealed    []byte
}

func (m *unlockProof) fields(f authn.Fields) {
	m.triple.fields(f)
	f.Raw(32, &m.Challenge)
	f.Block(&m.Sealed)
}

// unlockResult tells the phone that the workstation is unlocked, and the status
// of Offline Mode.
type unlockResult struct {
	triple
	offlineStatus
	Counter uint64
	Number  uint64 // of the set that follows, 0 for none
}

func (m *unlockResult) fields(f authn.Fields) {
	m.triple.fields(f)
	f.U64(&m.Counter)
	m.offlineStatus.fields(f)
	f.U64(&m.Number)
}

// pinSet sends a set to the phone. It is signed with the login key.
type pinSet struct {
	triple
	Number          uint64
	Issued, Expires time.Time
	Settings        Settings
	Sealed          []byte // the concatenated PINs, sealed to the phone
}

func (m *pinSet) fields(f authn.Fields) {
	m.triple.fields(f)
	f.U64(&m.Number)
	f.Time(&m.Issued, &m.Expires)
	m.Settings.fields(f)
	f.Block(&m.Sealed)
}

// pinSetHeld confirms that the phone has stored a set (A11).
type pinSetHeld struct {
	triple
	Number uint64
}

func (m *pinSetHeld) fields(f authn.Fields) {
	m.triple.fields(f)
	f.U64(&m.Number)
}
