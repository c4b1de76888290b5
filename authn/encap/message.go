package encap

import (
	"crypto/ed25519"
	"slices"

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
		msgAuth, msgAuthChallenge, msgAuthAnswer, msgAuthResult, msgAdd, msgAdded, msgStart, msgStarted, msgVerify,
		msgVerified,
	}
}

// body is the content of a message between its header and its signature.
type body interface{ fields(authn.Fields) }

// longest is how long a message may be: a context, or verification data, and
// some.
const longest = 8_192

func encode(kind string, b body, signer ed25519.PrivateKey) []byte {
	return authn.EncodeFrame(kind, b.fields, signer)
}

func decode(kind string, raw []byte, b body) error {
	return authn.DecodeFrame(kind, raw, longest, b.fields)
}

// on returns the handler of a kind of message, which takes the decoded body. A
// malformed message is discarded.
func on[B any, P interface {
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

// join tells the server of a new provider; it proves that the sender holds
// the signing key.
type join struct {
	Name string
	Sign []byte // 32 bytes
}

func (m *join) fields(f authn.Fields) {
	f.Text(&m.Name)
	f.Raw(32, &m.Sign)
}

// joined gives the provider the server's key.
type joined struct{ join }

// hello asks for an activation, with new keys of the phone.
type hello struct {
	User, Phone, Platform string
	Nonce                 []byte // 16 bytes
	Sign, Box             []byte // 32 bytes each
}

func (m *hello) fields(f authn.Fields) {
	f.Text(&m.User, &m.Phone, &m.Platform)
	f.Raw(challengeSize, &m.Nonce)
	f.Raw(32, &m.Sign, &m.Box)
}

// offer answers a hello with the server's keys and a challenge that is good
// for one activation.
type offer struct {
	Phone            string
	Nonce, Challenge []byte
	Sign, Box        []byte
}

func (m *offer) fields(f authn.Fields) {
	f.Text(&m.Phone)
	f.Raw(challengeSize, &m.Nonce, &m.Challenge)
	f.Raw(32, &m.Sign, &m.Box)
}

// activate names the methods; sealed is the hash of the online PIN, or
// nothing.
type activate struct {
	Phone     string
	Challenge []byte
	Methods   []Method
	Sealed    []byte
}

func (m *activate) fields(f authn.Fields) {
	f.Text(&m.Phone)
	f.Raw(challengeSize, &m.Challenge)
	passMethods(f, &m.Methods)
	f.Block(&m.Sealed)
}

// activated gives the phone its registration; sealed is the shared secret.
type activated struct {
	Phone        string
	Challenge    []byte
	Verdict      verdict
	Registration string
	Sealed       []byte
}

func (m *activated) fields(f authn.Fields) {
	f.Text(&m.Phone)
	f.Raw(challengeSize, &m.Challenge)
	m.Verdict.fields(f)
	passID(f, &m.Registration)
	f.Block(&m.Sealed)
}

// passMethods passes methods in the order of Methods, none twice.
func passMethods(f authn.Fields, methods *[]Method) {
	n := len(*methods)
	f.Int8(&n)
	if f.Reading() {
		*methods = make([]Method, min(n, len(Methods())+1))
	}
	last := -1
	for i := range *methods {
		(*methods)[i].fields(f)
		number := slices.Index(Methods(), (*methods)[i])
		f.Require(number > last)
		last = number
	}
}
