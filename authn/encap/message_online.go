package encap

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// asked is how every request of a registration and its answer begin. The
// counter is above that of any earlier request of the registration.
type asked struct {
	Registration string
	Counter      uint64
}

func (m *asked) fields(f authn.Fields) {
	passID(f, &m.Registration)
	f.U64(&m.Counter)
}

// confirm says that the phone has its registration.
type confirm struct{ asked }

// auth asks for a challenge.
type auth struct {
	asked
	Method Method
}

func (m *auth) fields(f authn.Fields) {
	m.asked.fields(f)
	m.Method.fields(f)
}

// authChallenge is good for one answer.
type authChallenge struct {
	asked
	Challenge []byte
}

func (m *authChallenge) fields(f authn.Fields) {
	m.asked.fields(f)
	f.Raw(challengeSize, &m.Challenge)
}

// authAnswer is the OCRA response, 64 hexadecimal digits.
type authAnswer struct {
	asked
	Answer string
}

func (m *authAnswer) fields(f authn.Fields) {
	m.asked.fields(f)
	f.Text(&m.Answer)
}

// authResult ends an authentication.
type authResult struct {
	asked
	Verdict verdict
}

func (m *authResult) fields(f authn.Fields) {
	m.asked.fields(f)
	m.Verdict.fields(f)
}

// add is addOrUpdate; sealed is the hash of the method's PIN, or nothing.
type add struct {
	asked
	Retries uint64 // the counter of the first such request that got no answer, or 0
	Method  Method
	Sealed  []byte
}

func (m *add) fields(f authn.Fields) {
	m.asked.fields(f)
	f.U64(&m.Retries)
	m.Method.fields(f)
	f.Block(&m.Sealed)
}

// added ends it.
type added struct {
	asked
	Verdict verdict
	Updated bool
}

func (m *added) fields(f authn.Fields) {
	m.asked.fields(f)
	m.Verdict.fields(f)
	f.Bool(&m.Updated)
}

// wanted is how every request of a provider and its answer begin.
type wanted struct {
	Provider string
	Counter  uint64
}

func (m *wanted) fields(f authn.Fields) {
	f.Text(&m.Provider)
	f.U64(&m.Counter)
}

// start asks for a session (E9).
type start struct {
	wanted
	Phone                string
	Method               Method
	Title, Content, MIME string
}

func (m *start) fields(f authn.Fields) {
	m.wanted.fields(f)
	f.Text(&m.Phone)
	m.Method.fields(f)
	f.Text(&m.Title, &m.Content, &m.MIME)
	f.Require(m.Method.Offline() && checkContext(m.Title, m.Content, m.MIME) == nil)
}

// started gives the provider what it shows as a QR code. Where the verdict is
// a refusal, the rest is empty.
type started struct {
	wanted
	Verdict             verdict
	Session, User, Data string
	Expires             time.Time
}

func (m *started) fields(f authn.Fields) {
	m.wanted.fields(f)
	m.Verdict.fields(f)
	f.Text(&m.Session, &m.User, &m.Data)
	f.Time(&m.Expires)
}

// verify brings a code that was typed into the provider's site.
type verify struct {
	wanted
	Retries       uint64 // as in add
	Session, Code string
}

func (m *verify) fields(f authn.Fields) {
	m.wanted.fields(f)
	f.U64(&m.Retries)
	passID(f, &m.Session)
	f.Text(&m.Code)
}

// verified tells the provider what became of it, and of whom.
type verified struct {
	wanted
	Verdict     verdict
	User, Phone string
	Method      Method // Offline, where the session is not known
}

func (m *verified) fields(f authn.Fields) {
	m.wanted.fields(f)
	m.Verdict.fields(f)
	f.Text(&m.User, &m.Phone)
	m.Method.fields(f)
}
