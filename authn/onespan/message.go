package onespan

import (
	"crypto/ed25519"
	"slices"

	"github.com/offauth/offauth/authn"
)

// The kinds of messages, as a one-shot fault names them. They begin with the
// family's name, so none is another family's. The table in
// docs/protocol-onespan.md says who sends which to whom.
const (
	msgJoin      = "onespan_join"
	msgJoined    = "onespan_joined"
	msgActivate  = "onespan_activate"
	msgActivated = "onespan_activated"
	msgLogon     = "onespan_logon"
	msgAnswer    = "onespan_answer"
	msgPart      = "onespan_part"
)

// MessageKinds lists the kinds of messages that the family sends, in the
// order in which they first appear.
func MessageKinds() []string {
	return []string{msgJoin, msgJoined, msgActivate, msgActivated, msgLogon, msgAnswer, msgPart}
}

// body is the content of a message between its header and its signature.
type body interface{ fields(authn.Fields) }

// maxMessage is how long a message may be: a logon names everybody whose data the
// workstation holds.
const maxMessage = 1 << 20

func encode(kind string, b body, signer ed25519.PrivateKey) []byte {
	return authn.EncodeFrame(kind, b.fields, signer)
}

func decode(kind string, raw []byte, b body) error {
	return authn.DecodeFrame(kind, raw, maxMessage, b.fields)
}

// decoded returns the handler of a kind of message, which takes the decoded body. A
// malformed message is discarded.
func decoded[B any, P interface {
	*B
	body
}](handle func(authn.Message, P) error) func(authn.Message) error {
	return func(m authn.Message) error {
		b := P(new(B))
		if decode(m.Kind, m.Body, b) != nil {
			return authn.Malformed
		}
		return handle(m, b)
	}
}

// join tells the server of a new workstation; it proves that the sender holds
// the signing key.
type join struct {
	Name      string
	Sign, Box []byte // 32 bytes each
}

func (m *join) fields(f authn.Fields) {
	f.Text(&m.Name)
	f.Raw(32, &m.Sign, &m.Box)
}

// joined answers with the server's keys.
type joined struct{ join }

// activate asks for the Digipass that was assigned to a phone.
type activate struct{ join }

// activated brings the Digipass; Sealed is its secret, for the phone's box key.
type activated struct {
	Phone, User, Serial string
	Type                Type
	Digits, StepSeconds int
	Sign                []byte // the server's
	Sealed              []byte
}

func (m *activated) fields(f authn.Fields) {
	f.Text(&m.Phone, &m.User, &m.Serial)
	m.Type.fields(f)
	f.Int8(&m.Digits)
	f.Int16(&m.StepSeconds)
	f.Raw(32, &m.Sign)
	f.Block(&m.Sealed)
}

// logon hands a credential to the server, sealed to its box key, and says how
// the data here stands.
type logon struct {
	requestID
	Update bool
	State  state
	// Others are the states of the data of everybody else here.
	Others []userState
	Sealed []byte
}

// userState is how a user's data stands.
type userState struct {
	User  string
	State state
}

// maxOthers is how many other users a logon tells of.
const maxOthers = 2_000

func (m *logon) fields(f authn.Fields) {
	m.requestID.fields(f)
	f.Bool(&m.Update)
	m.State.fields(f)
	authn.PassList(f, &m.Others, 0xffff, func(f authn.Fields, o *userState) {
		f.Text(&o.User)
		o.State.fields(f)
	})
	f.Block(&m.Sealed)
}

// requestID identifies a request of a workstation: the counter never repeats.
type requestID struct {
	Workstation, User string
	Counter           uint64
}

func (a *requestID) fields(f authn.Fields) {
	f.Text(&a.Workstation, &a.User)
	f.U64(&a.Counter)
}

// sealBound returns the associated data of what is sealed for a request.
func (a requestID) sealBound(purpose string) []byte {
	var e authn.Encoder
	e.Text("onespan " + purpose)
	a.fields(e.Fields())
	return e.Bytes()
}

// fate tells the workstation what to do with its offline data.
type fate byte

const (
	fateKeep   fate = iota // nothing to do
	fateNotDue             // it stays, and is due later (O9)
	fateComing             // an offer, and parts, follow
	fateDrop               // delete it
	fateNone               // there is no new data, and the old stays
	fates
)

// notice is the server's part on the data of one user in an answer.
type notice struct {
	State state
	Fate  fate
	// Reason tells why there is no data; empty unless Fate is fateDrop or
	// fateNone.
	Reason string
	// Drift is how many steps the authenticator is off, by which the data that
	// is held is to be read (O54).
	Drift int64
}

func (w *notice) fields(f authn.Fields) {
	w.State.fields(f)
	f.U8((*byte)(&w.Fate))
	f.Text(&w.Reason)
	f.I64(&w.Drift)
	f.Require(w.Fate < fates && slices.Contains(reasons(w.Fate), w.Reason))
}

// withhold sets the fate to none, unless the data is to be dropped.
func (w *notice) withhold(reason string) {
	if w.Fate != fateDrop {
		w.Fate, w.Reason = fateNone, reason
	}
}

// userNotice is the notice on another user's data.
type userNotice struct {
	User string
	notice
}

// answer is the server's answer to a logon. The settings and the state come
// with every answer, a refusing one too.
type answer struct {
	requestID
	Verdict verdict
	// Skew is how far the authenticator's clock seems off, in seconds, where
	// a code outside the window was found (O47).
	Skew     int64
	Settings clientSettings
	notice
	// Others has the notices on the other users' data in the request.
	Others     []userNotice
	PINChanged bool
	// Offer is set if Fate is fateComing.
	Offer offer
	// Sealed is a grant for the workstation's box key; empty in a refusal.
	Sealed []byte
}

func (m *answer) fields(f authn.Fields) {
	m.requestID.fields(f)
	m.Verdict.fields(f)
	f.I64(&m.Skew)
	m.Settings.fields(f)
	m.notice.fields(f)
	authn.PassList(f, &m.Others, 0xffff, func(f authn.Fields, o *userNotice) {
		f.Text(&o.User)
		o.notice.fields(f)
		f.Require(o.Fate == fateKeep || o.Fate == fateDrop)
	})
	f.Bool(&m.PINChanged)
	if m.Fate == fateComing {
		m.Offer.fields(f)
	}
	f.Block(&m.Sealed)
}

// reasons lists the valid reasons for a fate.
func reasons(f fate) []string {
	switch f {
	case fateDrop:
		return []string{ReasonDisabled, ReasonBackend, ReasonTaken}
	case fateNone:
		return []string{ReasonDisabled, ReasonBackend, ReasonOther, ReasonLocked}
	}
	return []string{""}
}

// fields reads or writes a type as its number.
func (t *Type) fields(f authn.Fields) { authn.PassOneOf(f, t, types()) }

func types() []Type { return []Type{TimeBased, EventBased} }

func (o *offer) fields(f authn.Fields) {
	f.Text(&o.Serial)
	o.Type.fields(f)
	f.U64(&o.Number)
	f.Time(&o.Issued)
	f.Int16(&o.Days)
	for _, n := range []*uint32{&o.From, &o.To, &o.Per, &o.Pad, &o.Diversifier} {
		wide := uint64(*n)
		f.U64(&wide)
		f.Require(wide < 1<<32)
		*n = uint32(wide)
	}
	f.Int8(&o.Digits)
	f.Int16(&o.StepSeconds)
	f.I64(&o.Drift)
	f.Require(o.From < o.To && o.Per != 0)
}

// grant is the sealed part of an answer: the payload that the data key opens,
// the lengths of static password and server PIN for splitting credentials, and,
// with an offer, the keys.
type grant struct {
	Payload, Salt         []byte
	PasswordLen, PINLen   int
	HashKey, TransportKey []byte
}

func (g *grant) fields(f authn.Fields) {
	f.Block(&g.Payload, &g.Salt)
	f.Int8(&g.PasswordLen, &g.PINLen)
	f.Block(&g.HashKey, &g.TransportKey)
}

func (g grant) encode() []byte {
	var e authn.Encoder
	g.fields(e.Fields())
	return e.Bytes()
}

func decodeGrant(raw []byte) (grant, error) {
	var g grant
	d := authn.NewDecoder(raw)
	g.fields(d.Fields())
	return g, d.Close()
}

// part brings one block of data, encrypted.
type part struct {
	Workstation, User string
	Number            uint64
	Part              int
	Sealed            []byte
}

func (m *part) fields(f authn.Fields) {
	f.Text(&m.Workstation, &m.User)
	f.U64(&m.Number)
	f.Int16(&m.Part)
	f.Block(&m.Sealed)
}
