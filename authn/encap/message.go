package encap

import (
	"crypto/ed25519"

	"github.com/offauth/offauth/authn"
)

// The kinds of messages, as a one-shot fault names them. They begin with the
// family's name, so none is another family's. The table in
// docs/protocol-encap.md says who sends which to whom.
const (
	msgJoin          = "encap_join"
	msgJoined        = "encap_joined"
	msgHello         = "encap_hello"
	msgOffer         = "encap_offer"
	msgActivate      = "encap_activate"
	msgActivated     = "encap_activated"
	msgConfirm       = "encap_confirm"
	msgAuth          = "encap_auth"
	msgAuthChallenge = "encap_auth_challenge"
	msgAuthAnswer    = "encap_auth_answer"
	msgAuthResult    = "encap_auth_result"
	msgAdd           = "encap_add"
	msgAdded         = "encap_added"
	msgStart         = "encap_start"
	msgStarted       = "encap_started"
	msgVerify        = "encap_verify"
	msgVerified      = "encap_verified"
)

// MessageKinds lists the kinds of messages that the family sends, in the
// order in which they first appear.
func MessageKinds() []string {
	return []string{
		msgJoin, msgJoined, msgHello, msgOffer, msgActivate, msgActivated, msgConfirm,
		msgAuth, msgAuthChallenge, msgAuthAnswer, msgAuthResult, msgAdd, msgAdded, msgStart, msgStarted, msgVerify, msgVerified,
	}
}

// body is the content of a message between its header and its signature.
type body interface {
	put(*authn.Encoder)
	take(*authn.Decoder)
}

// longest is how long a message may be: a context, or verification data, and
// some.
const longest = 8_192

func encode(kind string, b body, signer ed25519.PrivateKey) []byte {
	return authn.EncodeFrame(kind, b.put, signer)
}

func decode(kind string, raw []byte, b body) error {
	return authn.DecodeFrame(kind, raw, longest, b.take)
}

// join tells the server of a new provider; it proves that the sender holds
// the signing key.
type join struct {
	Name string
	Sign []byte // 32 bytes
}

func (m *join) put(e *authn.Encoder)  { e.Text(m.Name); e.Raw(m.Sign) }
func (m *join) take(d *authn.Decoder) { m.Name, m.Sign = d.Text(), d.Raw(32) }

// joined gives the provider the server's key.
type joined struct{ join }

// hello asks for an activation, with new keys of the phone.
type hello struct {
	User, Phone, Platform string
	Nonce                 []byte // 16 bytes
	Sign, Box             []byte // 32 bytes each
}

func (m *hello) put(e *authn.Encoder) {
	for _, s := range []string{m.User, m.Phone, m.Platform} {
		e.Text(s)
	}
	for _, b := range [][]byte{m.Nonce, m.Sign, m.Box} {
		e.Raw(b)
	}
}

func (m *hello) take(d *authn.Decoder) {
	m.User, m.Phone, m.Platform = d.Text(), d.Text(), d.Text()
	m.Nonce, m.Sign, m.Box = d.Raw(challengeSize), d.Raw(32), d.Raw(32)
}

// offer answers a hello with the server's keys and a challenge that is good
// for one activation.
type offer struct {
	Phone            string
	Nonce, Challenge []byte
	Sign, Box        []byte
}

func (m *offer) put(e *authn.Encoder) {
	e.Text(m.Phone)
	for _, b := range [][]byte{m.Nonce, m.Challenge, m.Sign, m.Box} {
		e.Raw(b)
	}
}

func (m *offer) take(d *authn.Decoder) {
	m.Phone = d.Text()
	m.Nonce, m.Challenge, m.Sign, m.Box = d.Raw(challengeSize), d.Raw(challengeSize), d.Raw(32), d.Raw(32)
}

// activate names the methods; sealed is the hash of the online PIN, or
// nothing.
type activate struct {
	Phone     string
	Challenge []byte
	Methods   []Method
	Sealed    []byte
}

func (m *activate) put(e *authn.Encoder) {
	e.Text(m.Phone)
	e.Raw(m.Challenge)
	putMethods(e, m.Methods)
	e.Block(m.Sealed)
}

func (m *activate) take(d *authn.Decoder) {
	m.Phone, m.Challenge, m.Methods, m.Sealed = d.Text(), d.Raw(challengeSize), takeMethods(d), d.Block()
}

// activated gives the phone its registration; sealed is the shared secret.
type activated struct {
	Phone        string
	Challenge    []byte
	Verdict      verdict
	Registration string
	Sealed       []byte
}

func (m *activated) put(e *authn.Encoder) {
	e.Text(m.Phone)
	e.Raw(m.Challenge)
	m.Verdict.put(e)
	putID(e, m.Registration)
	e.Block(m.Sealed)
}

func (m *activated) take(d *authn.Decoder) {
	m.Phone, m.Challenge = d.Text(), d.Raw(challengeSize)
	m.Verdict.take(d)
	m.Registration, m.Sealed = takeID(d), d.Block()
}

// putMethods writes methods in the order of Methods, none twice.
func putMethods(e *authn.Encoder, methods []Method) {
	e.U8(byte(len(methods)))
	for _, m := range methods {
		m.put(e)
	}
}

func takeMethods(d *authn.Decoder) []Method {
	methods := []Method{}
	last := byte(0)
	for range d.U8() {
		var m Method
		n := d.U8()
		if n <= last || int(n) > len(Methods()) {
			d.Fail()
			return nil
		}
		m, last = Methods()[n-1], n
		methods = append(methods, m)
	}
	return methods
}
