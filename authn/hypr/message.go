package hypr

import "github.com/offauth/offauth/authn"

// The kinds of messages, as a one-shot fault names them. The table in
// docs/protocol-hypr.md says who sends which to whom.
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

// MessageKinds lists the kinds of messages that the family sends, in the
// order in which they first appear in a pairing and a login.
func MessageKinds() []string {
	return []string{
		msgEnrol, msgEnrolled, msgPairRequest, msgPairOrder, msgPairGrant, msgPairDone,
		msgUnlockRequest, msgUnlockOrder, msgUnlockChallenge, msgUnlockProof, msgUnlockResult, msgPINSet, msgPINSetHeld,
		msgOrder, msgOrderDone, msgAuditReport, msgAuditTaken, msgPasskeyAsk, msgPasskeyCall, msgPasskeyAnswer, msgPasskeyDone,
	}
}

// triple is whom a PIN set belongs to (H12).
type triple struct{ User, Phone, Workstation string }

// subject is how events name a triple.
func (t triple) subject() string { return t.User + "@" + t.Workstation }

func (t triple) put(e *authn.Encoder) { e.Text(t.User); e.Text(t.Phone); e.Text(t.Workstation) }
func (t *triple) take(d *authn.Decoder) {
	t.User, t.Phone, t.Workstation = d.Text(), d.Text(), d.Text()
}

// enrol tells the server of a new phone or workstation; it proves that the
// sender holds the signing key.
type enrol struct {
	Role, Name, User, Platform, Version string
	Sign, Box                           []byte // 32 bytes each
}

func (m *enrol) put(e *authn.Encoder) {
	for _, s := range []string{m.Role, m.Name, m.User, m.Platform, m.Version} {
		e.Text(s)
	}
	e.Raw(m.Sign)
	e.Raw(m.Box)
}

func (m *enrol) take(d *authn.Decoder) {
	for _, s := range []*string{&m.Role, &m.Name, &m.User, &m.Platform, &m.Version} {
		*s = d.Text()
	}
	m.Sign, m.Box = d.Raw(32), d.Raw(32)
}

// enrolled gives the new site the server's key.
type enrolled struct {
	Name string
	Sign []byte
}

func (m *enrolled) put(e *authn.Encoder)  { e.Text(m.Name); e.Raw(m.Sign) }
func (m *enrolled) take(d *authn.Decoder) { m.Name, m.Sign = d.Text(), d.Raw(32) }

// pairRequest asks the server to pair a phone with a workstation.
type pairRequest struct {
	triple
	Counter uint64 // above that of any earlier request of this phone
	Held    []byte // the pairing that the phone has, 8 bytes, or zeros
	Passkey []byte // public half of an Enterprise Passkey, 32 bytes, or empty
}

func (m *pairRequest) put(e *authn.Encoder) {
	m.triple.put(e)
	e.U64(m.Counter)
	e.Raw(m.Held)
	e.Block(m.Passkey)
}

func (m *pairRequest) take(d *authn.Decoder) {
	m.triple.take(d)
	m.Counter, m.Held, m.Passkey = d.U64(), d.Raw(8), takePasskey(d)
}

// takePasskey reads a key of 32 bytes, or none.
func takePasskey(d *authn.Decoder) []byte {
	b := d.Block()
	if len(b) != 0 && len(b) != 32 {
		d.Fail()
	}
	return b
}

// pairOrder tells the workstation who wants to pair.
type pairOrder struct {
	triple
	Counter   uint64
	Sign, Box []byte // the phone's
	Held      []byte // as in pairRequest
	Passkey   []byte
	standing
}

func (m *pairOrder) put(e *authn.Encoder) {
	m.triple.put(e)
	e.U64(m.Counter)
	e.Raw(m.Sign)
	e.Raw(m.Box)
	e.Raw(m.Held)
	e.Block(m.Passkey)
	m.standing.put(e)
}

func (m *pairOrder) take(d *authn.Decoder) {
	m.triple.take(d)
	m.Counter, m.Sign, m.Box, m.Held, m.Passkey = d.U64(), d.Raw(32), d.Raw(32), d.Raw(8), takePasskey(d)
	m.standing.take(d)
}

// pairGrant gives the server the public half of the new login key, and for
// the phone the sealed key that opens the private half.
type pairGrant struct {
	triple
	Counter uint64 // of the request that it answers
	Pairing []byte // 8 bytes, names this pairing
	Login   []byte // 32 bytes
	Sealed  []byte
}

func (m *pairGrant) put(e *authn.Encoder) {
	m.triple.put(e)
	e.U64(m.Counter)
	e.Raw(m.Pairing)
	e.Raw(m.Login)
	e.Block(m.Sealed)
}

func (m *pairGrant) take(d *authn.Decoder) {
	m.triple.take(d)
	m.Counter, m.Pairing, m.Login, m.Sealed = d.U64(), d.Raw(8), d.Raw(32), d.Block()
}

// certificateKind stands where a message has its kind; a certificate is not
// sent by itself.
const certificateKind = "certificate"

// certificate is the login certificate: the server's signature says that
// this login key is this user's, with this phone, on this workstation. It
// answers one request and no other.
type certificate struct {
	triple
	Counter        uint64
	Pairing, Login []byte
}

func (m *certificate) put(e *authn.Encoder) {
	m.triple.put(e)
	e.U64(m.Counter)
	e.Raw(m.Pairing)
	e.Raw(m.Login)
}

func (m *certificate) take(d *authn.Decoder) {
	m.triple.take(d)
	m.Counter, m.Pairing, m.Login = d.U64(), d.Raw(8), d.Raw(32)
}

// pairDone gives the phone all that it needs to ask for an unlock.
type pairDone struct {
	Certificate []byte // signed by the server
	Sign, Box   []byte // the workstation's
	Sealed      []byte
	standing
}

func (m *pairDone) put(e *authn.Encoder) {
	e.Block(m.Certificate)
	e.Raw(m.Sign)
	e.Raw(m.Box)
	e.Block(m.Sealed)
	m.standing.put(e)
}

func (m *pairDone) take(d *authn.Decoder) {
	m.Certificate, m.Sign, m.Box, m.Sealed = d.Block(), d.Raw(32), d.Raw(32), d.Block()
	m.standing.take(d)
}

// unlockRequest is a tap. It names the pairing, with its certificate, and the
// set that the phone holds, 0 for none (A11).
type unlockRequest struct {
	triple
	Certificate []byte
	Counter     uint64
	Held        uint64
}

func (m *unlockRequest) put(e *authn.Encoder) {
	m.triple.put(e)
	e.Block(m.Certificate)
	e.U64(m.Counter)
	e.U64(m.Held)
}

func (m *unlockRequest) take(d *authn.Decoder) {
	m.triple.take(d)
	m.Certificate, m.Counter, m.Held = d.Block(), d.U64(), d.U64()
}

// unlockOrder is the phone's request with the server's consent and the
// settings of the moment (H10). The standing reports whether there is Offline Mode
// for this user, phone and workstation, or why not.
type unlockOrder struct {
	Request  []byte // a signed unlock_request
	Settings Settings
	standing
}

func (m *unlockOrder) put(e *authn.Encoder) {
	e.Block(m.Request)
	putSettings(e, m.Settings)
	m.standing.put(e)
}

func (m *unlockOrder) take(d *authn.Decoder) {
	m.Request, m.Settings = d.Block(), takeSettings(d)
	m.standing.take(d)
}

func putSettings(e *authn.Encoder, s Settings) {
	e.Bool(s.OfflineMode)
	e.Text(s.Profile)
	for _, n := range []int{s.Length, s.Count, s.Days, s.DisplaySeconds, s.ThresholdPercent, s.Lockout} {
		e.U16(uint16(n))
	}
	e.U64(uint64(s.LockoutMinutes))
	e.Text(s.ServerVersion)
}

func takeSettings(d *authn.Decoder) Settings {
	s := Settings{OfflineMode: d.Bool(), Profile: d.Text()}
	for _, n := range []*int{&s.Length, &s.Count, &s.Days, &s.DisplaySeconds, &s.ThresholdPercent, &s.Lockout} {
		*n = int(d.U16())
	}
	minutes := d.U64()
	s.LockoutMinutes, s.ServerVersion = int(minutes), d.Text()
	if uint64(s.LockoutMinutes) != minutes {
		d.Fail()
	}
	for _, row := range table() {
		if !row.Accepts(s) {
			d.Fail()
		}
	}
	return s
}
