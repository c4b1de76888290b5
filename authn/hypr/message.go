package hypr

import "github.com/offauth/offauth/authn"

// The kinds of messages, as a one-shot fault names them. The table in
// docs/protocol-hypr.md gives their senders and receivers.
const (
	msgEnrol           = "enrol"
	msgEnrolled        = "enrolled"
	msgPairRequest     = "pair_request"
	msgPairOrder       = "pair_order"
	msgPairGrant       = "pair_grant"
	msgPairDone        = "pair_done"
	msgUnlockRequest   = "unlock_request"
	msgUnlockOrder     = "unlock_order"
	msgUnlockChallenge = "unlock_challenge"
	msgUnlockProof     = "unlock_proof"
	msgUnlockResult    = "unlock_result"
	msgPINSet          = "pin_set"
	msgPINSetHeld      = "pin_set_held"
	msgOrder           = "order"
	msgOrderDone       = "order_done"
	msgAuditReport     = "audit_report"
	msgAuditTaken      = "audit_taken"
	msgPasskeyAsk      = "passkey_ask"
	msgPasskeyCall     = "passkey_challenge"
	msgPasskeyAnswer   = "passkey_answer"
	msgPasskeyDone     = "passkey_done"
)

// MessageKinds returns the kinds of messages of the family, in the order of
// their first use in a pairing and a login.
func MessageKinds() []string {
	return []string{
		msgEnrol, msgEnrolled, msgPairRequest, msgPairOrder, msgPairGrant, msgPairDone,
		msgUnlockRequest, msgUnlockOrder, msgUnlockChallenge, msgUnlockProof, msgUnlockResult, msgPINSet, msgPINSetHeld,
		msgOrder, msgOrderDone, msgAuditReport, msgAuditTaken, msgPasskeyAsk, msgPasskeyCall, msgPasskeyAnswer,
		msgPasskeyDone,
	}
}

// triple is the user, phone and workstation that a PIN set belongs to (H12).
type triple struct{ User, Phone, Workstation string }

// about returns the triple that a message is about.
func (t triple) about() triple { return t }

// subject returns the subject of events about a triple.
func (t triple) subject() string { return t.User + "@" + t.Workstation }

func (t *triple) fields(f authn.Fields) { f.Text(&t.User, &t.Phone, &t.Workstation) }

// enrol announces a new phone or workstation to the server. Its signature
// proves that the sender has the signing key.
type enrol struct {
	Role, Name, User, Platform, Version string
	Sign, Box                           []byte // 32 bytes each
}

func (m *enrol) fields(f authn.Fields) {
	f.Text(&m.Role, &m.Name, &m.User, &m.Platform, &m.Version)
	f.Raw(32, &m.Sign, &m.Box)
}

// enrolled gives the new site the server's key.
type enrolled struct {
	Name string
	Sign []byte
}

func (m *enrolled) fields(f authn.Fields) {
	f.Text(&m.Name)
	f.Raw(32, &m.Sign)
}

// pairRequest asks the server to pair a phone with a workstation.
type pairRequest struct {
	triple
	Counter uint64 // higher than that of any earlier request of this phone
	Held    []byte // id of the phone's current pairing, 8 bytes, or zeros
	Passkey []byte // public half of an Enterprise Passkey, 32 bytes, or empty
}

func (m *pairRequest) fields(f authn.Fields) {
	m.triple.fields(f)
	f.U64(&m.Counter)
	f.Raw(8, &m.Held)
	passPasskey(f, &m.Passkey)
}

// passPasskey passes a key of 32 bytes, or an empty one.
func passPasskey(f authn.Fields, key *[]byte) {
	f.Block(key)
	f.Require(len(*key) == 0 || len(*key) == 32)
}

// pairOrder tells the workstation which user and phone want to pair.
type pairOrder struct {
	triple
	Counter   uint64
	Sign, Box []byte // the phone's
	Held      []byte // as in pairRequest
	Passkey   []byte
	offlineStatus
}

func (m *pairOrder) fields(f authn.Fields) {
	m.triple.fields(f)
	f.U64(&m.Counter)
	f.Raw(32, &m.Sign, &m.Box)
	f.Raw(8, &m.Held)
	passPasskey(f, &m.Passkey)
	m.offlineStatus.fields(f)
}

// pairGrant carries the public half of the new login key for the server, and
// for the phone the sealed key that opens the private half.
type pairGrant struct {
	triple
	Counter uint64 // of the request
	Pairing []byte // id of this pairing, 8 bytes
	Login   []byte // 32 bytes
	Sealed  []byte
}

func (m *pairGrant) fields(f authn.Fields) {
	m.triple.fields(f)
	f.U64(&m.Counter)
	f.Raw(8, &m.Pairing)
	f.Raw(32, &m.Login)
	f.Block(&m.Sealed)
}

// certificateKind takes the place of a message's kind in a certificate, which
// is only sent inside other messages.
const certificateKind = "certificate"

// certificate is the login certificate. By its signature the server certifies
// that the login key belongs to this user, phone and workstation. It answers
// exactly one request.
type certificate struct {
	triple
	Counter        uint64
	Pairing, Login []byte
}

func (m *certificate) fields(f authn.Fields) {
	m.triple.fields(f)
	f.U64(&m.Counter)
	f.Raw(8, &m.Pairing)
	f.Raw(32, &m.Login)
}

// pairDone gives the phone everything that it needs to request an unlock.
type pairDone struct {
	Certificate []byte // signed by the server
	Sign, Box   []byte // the workstation's
	Sealed      []byte
	offlineStatus
}

func (m *pairDone) fields(f authn.Fields) {
	f.Block(&m.Certificate)
	f.Raw(32, &m.Sign, &m.Box)
	f.Block(&m.Sealed)
	m.offlineStatus.fields(f)
}

// unlockRequest is a tap. It has the pairing's id and certificate, and the
// number of the set that the phone holds, 0 for none (A11).
type unlockRequest struct {
	triple
	Certificate []byte
	Counter     uint64
	Held        uint64
}

func (m *unlockRequest) fields(f authn.Fields) {
	m.triple.fields(f)
	f.Block(&m.Certificate)
	f.U64(&m.Counter, &m.Held)
}

// unlockOrder is the phone's request, approved by the server, with the current
// settings (H10) and the status of Offline Mode for this user, phone and
// workstation.
type unlockOrder struct {
	Request  []byte // a signed unlock_request
	Settings Settings
	offlineStatus
}

func (m *unlockOrder) fields(f authn.Fields) {
	f.Block(&m.Request)
	m.Settings.fields(f)
	m.offlineStatus.fields(f)
}

// fields passes the settings that a workstation needs.
func (s *Settings) fields(f authn.Fields) {
	f.Bool(&s.OfflineMode)
	f.Text(&s.Profile)
	f.Int16(&s.Length, &s.Count, &s.Days, &s.DisplaySeconds, &s.ThresholdPercent, &s.Lockout)
	minutes := uint64(s.LockoutMinutes)
	f.U64(&minutes)
	s.LockoutMinutes = int(minutes)
	f.Require(uint64(s.LockoutMinutes) == minutes)
	f.Text(&s.ServerVersion)
	for _, row := range table() {
		f.Require(row.Accepts(*s))
	}
}
