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
type body interface {
	put(*authn.Encoder)
	take(*authn.Decoder)
}

// longest is how long a message may be: a logon names everybody whose data the
// workstation holds.
const longest = 1 << 20

func encode(kind string, b body, signer ed25519.PrivateKey) []byte {
	return authn.EncodeFrame(kind, b.put, signer)
}

func decode(kind string, raw []byte, b body) error {
	return authn.DecodeFrame(kind, raw, longest, b.take)
}

// join tells the server of a new workstation; it proves that the sender holds
// the signing key.
type join struct {
	Name      string
	Sign, Box []byte // 32 bytes each
}

func (m *join) put(e *authn.Encoder)  { e.Text(m.Name); e.Raw(m.Sign); e.Raw(m.Box) }
func (m *join) take(d *authn.Decoder) { m.Name, m.Sign, m.Box = d.Text(), d.Raw(32), d.Raw(32) }

// joined gives the workstation the server's keys.
type joined struct{ join }

// activate asks for the Digipass that was assigned to a phone.
type activate struct{ join }

// activated brings it; sealed is its secret, for the phone's box key.
type activated struct {
	Phone, User, Serial string
	Type                Type
	Digits, StepSeconds int
	Sign                []byte // the server's
	Sealed              []byte
}

func (m *activated) put(e *authn.Encoder) {
	for _, s := range []string{m.Phone, m.User, m.Serial} {
		e.Text(s)
	}
	m.Type.put(e)
	e.U8(byte(m.Digits))
	e.U16(uint16(m.StepSeconds))
	e.Raw(m.Sign)
	e.Block(m.Sealed)
}

func (m *activated) take(d *authn.Decoder) {
	m.Phone, m.User, m.Serial = d.Text(), d.Text(), d.Text()
	m.Type.take(d)
	m.Digits, m.StepSeconds = int(d.U8()), int(d.U16())
	m.Sign, m.Sealed = d.Raw(32), d.Block()
}

// logon hands a credential to the server, sealed to its box key, and says how
// the data here stands.
type logon struct {
	asked
	Update bool
	State  state
	// Others are the states of the data of everybody else here.
	Others []stateOf
	Sealed []byte
}

// stateOf is how a user's data stands.
type stateOf struct {
	User  string
	State state
}

// mostOthers is how many other users a logon tells of.
const mostOthers = 2_000

func (m *logon) put(e *authn.Encoder) {
	m.asked.put(e)
	e.Bool(m.Update)
	m.State.put(e)
	e.U16(uint16(len(m.Others)))
	for _, o := range m.Others {
		e.Text(o.User)
		o.State.put(e)
	}
	e.Block(m.Sealed)
}

func (m *logon) take(d *authn.Decoder) {
	m.asked.take(d)
	m.Update = d.Bool()
	m.State.take(d)
	for range d.U16() {
		if d.Left() == 0 {
			d.Fail()
			break
		}
		o := stateOf{User: d.Text()}
		o.State.take(d)
		m.Others = append(m.Others, o)
	}
	m.Sealed = d.Block()
}

// asked names a request of a workstation: the counter never repeats.
type asked struct {
	Workstation, User string
	Counter           uint64
}

func (a asked) put(e *authn.Encoder) { e.Text(a.Workstation); e.Text(a.User); e.U64(a.Counter) }

func (a *asked) take(d *authn.Decoder) {
	a.Workstation, a.User, a.Counter = d.Text(), d.Text(), d.U64()
}

// bound is what something sealed under way is bound to.
func (a asked) bound(purpose string) []byte {
	var e authn.Encoder
	e.Text("onespan " + purpose)
	a.put(&e)
	return e.Bytes()
}

// fate is what becomes of the offline data on the workstation.
type fate byte

const (
	fateKeep   fate = iota // nothing is said of it
	fateNotDue             // it stays, and is due later (O9)
	fateComing             // an offer, and parts, follow
	fateDrop               // it goes
	fateNone               // there is none, and what is there stays
	fates
)

// word is what the server says of the data of one user.
type word struct {
	State state
	Fate  fate
	// Reason says why there is no data; empty unless Fate is fateDrop or
	// fateNone.
	Reason string
	// Drift is how many steps the authenticator is off, by which the data that
	// is held is to be read (O54).
	Drift int64
}

func (w word) put(e *authn.Encoder) {
	w.State.put(e)
	e.U8(byte(w.Fate))
	e.Text(w.Reason)
	e.U64(uint64(w.Drift))
}

func (w *word) take(d *authn.Decoder) {
	w.State.take(d)
	w.Fate, w.Reason, w.Drift = fate(d.U8()), d.Text(), int64(d.U64())
	if w.Fate >= fates || !slices.Contains(reasons(w.Fate), w.Reason) {
		d.Fail()
	}
}

// none reports that there is no data; that it has to go stands.
func (w *word) none(reason string) {
	if w.Fate != fateDrop {
		w.Fate, w.Reason = fateNone, reason
	}
}

// wordOf is the word on another user's data.
type wordOf struct {
	User string
	word
}

// answer is the server's word on a logon. The settings and the state come
// with every answer, a refusing one too.
type answer struct {
	asked
	Verdict verdict
	// Skew is how far the authenticator's clock seems off, in seconds, where
	// a code outside the window was found (O47).
	Skew     int64
	Settings clientSettings
	word
	// Others is the word on the data of everybody whom the request told of.
	Others     []wordOf
	PINChanged bool
	// Offer is looked at if Fate is fateComing.
	Offer offer
	// Sealed is a grant for the workstation's box key; empty in a refusal.
	Sealed []byte
}

func (m *answer) put(e *authn.Encoder) {
	m.asked.put(e)
	m.Verdict.put(e)
	e.U64(uint64(m.Skew))
	m.Settings.put(e)
	m.word.put(e)
	e.U16(uint16(len(m.Others)))
	for _, o := range m.Others {
		e.Text(o.User)
		o.word.put(e)
	}
	e.Bool(m.PINChanged)
	if m.Fate == fateComing {
		m.Offer.put(e)
	}
	e.Block(m.Sealed)
}

func (m *answer) take(d *authn.Decoder) {
	m.asked.take(d)
	m.Verdict.take(d)
	m.Skew = int64(d.U64())
	m.Settings.take(d)
	m.word.take(d)
	for range d.U16() {
		o := wordOf{User: d.Text()}
		o.word.take(d)
		if d.Left() == 0 || o.Fate != fateKeep && o.Fate != fateDrop {
			d.Fail()
			break
		}
		m.Others = append(m.Others, o)
	}
	m.PINChanged = d.Bool()
	if m.Fate == fateComing {
		m.Offer.take(d)
	}
	m.Sealed = d.Block()
}

// reasons lists those that may stand beside a fate.
func reasons(f fate) []string {
	switch f {
	case fateDrop:
		return []string{ReasonDisabled, ReasonBackend, ReasonTaken}
	case fateNone:
		return []string{ReasonDisabled, ReasonBackend, ReasonOther, ReasonLocked}
	}
	return []string{""}
}

// put and take write a type as a number.
func (t Type) put(e *authn.Encoder) { e.U8(byte(slices.Index(types(), t) + 1)) }

func (t *Type) take(d *authn.Decoder) {
	n := int(d.U8())
	if n < 1 || n > len(types()) {
		d.Fail()
		return
	}
	*t = types()[n-1]
}

func types() []Type { return []Type{TimeBased, EventBased} }
