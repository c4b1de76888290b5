package encap

import (
	"crypto/ed25519"
	"slices"
	"time"

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

// maxMessage is the length limit of a message: a context or verification data,
// and some room.
const maxMessage = 8_192

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

// joined answers with the server's key.
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

// activate names the methods; Sealed is the hash of the online PIN, or empty.
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

// activated brings the phone its registration; Sealed is the shared secret.
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

// passMethods reads or writes methods in the order of Methods, none twice.
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

// phoneRequest begins every request of a registration, and its answer. The
// counter is above that of any earlier request of the registration.
type phoneRequest struct {
	Registration string
	Counter      uint64
}

func (m *phoneRequest) fields(f authn.Fields) {
	passID(f, &m.Registration)
	f.U64(&m.Counter)
}

// confirm tells the server that the phone has its registration.
type confirm struct{ phoneRequest }

// auth asks for a challenge.
type auth struct {
	phoneRequest
	Method Method
}

func (m *auth) fields(f authn.Fields) {
	m.phoneRequest.fields(f)
	m.Method.fields(f)
}

// authChallenge is good for one answer.
type authChallenge struct {
	phoneRequest
	Challenge []byte
}

func (m *authChallenge) fields(f authn.Fields) {
	m.phoneRequest.fields(f)
	f.Raw(challengeSize, &m.Challenge)
}

// authAnswer is the OCRA response, 64 hexadecimal digits.
type authAnswer struct {
	phoneRequest
	Answer string
}

func (m *authAnswer) fields(f authn.Fields) {
	m.phoneRequest.fields(f)
	f.Text(&m.Answer)
}

// authResult ends an authentication.
type authResult struct {
	phoneRequest
	Verdict verdict
}

func (m *authResult) fields(f authn.Fields) {
	m.phoneRequest.fields(f)
	m.Verdict.fields(f)
}

// add is addOrUpdate; sealed is the hash of the method's PIN, or nothing.
type add struct {
	phoneRequest
	Retries uint64 // the counter of the first such request that got no answer, or 0
	Method  Method
	Sealed  []byte
}

func (m *add) fields(f authn.Fields) {
	m.phoneRequest.fields(f)
	f.U64(&m.Retries)
	m.Method.fields(f)
	f.Block(&m.Sealed)
}

// added ends it.
type added struct {
	phoneRequest
	Verdict verdict
	Updated bool
}

func (m *added) fields(f authn.Fields) {
	m.phoneRequest.fields(f)
	m.Verdict.fields(f)
	f.Bool(&m.Updated)
}

// providerRequest begins every request of a provider, and its answer.
type providerRequest struct {
	Provider string
	Counter  uint64
}

func (m *providerRequest) fields(f authn.Fields) {
	f.Text(&m.Provider)
	f.U64(&m.Counter)
}

// start asks for a session (E9).
type start struct {
	providerRequest
	Phone                string
	Method               Method
	Title, Content, MIME string
}

func (m *start) fields(f authn.Fields) {
	m.providerRequest.fields(f)
	f.Text(&m.Phone)
	m.Method.fields(f)
	f.Text(&m.Title, &m.Content, &m.MIME)
	f.Require(m.Method.Offline() && checkContext(m.Title, m.Content, m.MIME) == nil)
}

// started brings the provider the data of the QR code. If the verdict is a
// refusal, the rest is empty.
type started struct {
	providerRequest
	Verdict             verdict
	Session, User, Data string
	Expires             time.Time
}

func (m *started) fields(f authn.Fields) {
	m.providerRequest.fields(f)
	m.Verdict.fields(f)
	f.Text(&m.Session, &m.User, &m.Data)
	f.Time(&m.Expires)
}

// verify asks for a verdict on a code that was typed into the provider's site.
type verify struct {
	providerRequest
	Retries       uint64 // as in add
	Session, Code string
}

func (m *verify) fields(f authn.Fields) {
	m.providerRequest.fields(f)
	f.U64(&m.Retries)
	passID(f, &m.Session)
	f.Text(&m.Code)
}

// verified tells the provider the verdict, the user and the phone.
type verified struct {
	providerRequest
	Verdict     verdict
	User, Phone string
	Method      Method // Offline, where the session is not known
}

func (m *verified) fields(f authn.Fields) {
	m.providerRequest.fields(f)
	m.Verdict.fields(f)
	f.Text(&m.User, &m.Phone)
	m.Method.fields(f)
}
