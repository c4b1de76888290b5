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

func (m asked) put(e *authn.Encoder)   { putID(e, m.Registration); e.U64(m.Counter) }
func (m *asked) take(d *authn.Decoder) { m.Registration, m.Counter = takeID(d), d.U64() }

// confirm says that the phone has its registration.
type confirm struct{ asked }

// auth asks for a challenge.
type auth struct {
	asked
	Method Method
}

func (m *auth) put(e *authn.Encoder)  { m.asked.put(e); m.Method.put(e) }
func (m *auth) take(d *authn.Decoder) { m.asked.take(d); m.Method.take(d) }

// authChallenge is good for one answer.
type authChallenge struct {
	asked
	Challenge []byte
}

func (m *authChallenge) put(e *authn.Encoder)  { m.asked.put(e); e.Raw(m.Challenge) }
func (m *authChallenge) take(d *authn.Decoder) { m.asked.take(d); m.Challenge = d.Raw(challengeSize) }

// authAnswer is the OCRA response, 64 hexadecimal digits.
type authAnswer struct {
	asked
	Answer string
}

func (m *authAnswer) put(e *authn.Encoder)  { m.asked.put(e); e.Text(m.Answer) }
func (m *authAnswer) take(d *authn.Decoder) { m.asked.take(d); m.Answer = d.Text() }

// authResult ends an authentication.
type authResult struct {
	asked
	Verdict verdict
}

func (m *authResult) put(e *authn.Encoder)  { m.asked.put(e); m.Verdict.put(e) }
func (m *authResult) take(d *authn.Decoder) { m.asked.take(d); m.Verdict.take(d) }

// add is addOrUpdate; sealed is the hash of the method's PIN, or nothing.
type add struct {
	asked
	Retries uint64 // the counter of the first such request that got no answer, or 0
	Method  Method
	Sealed  []byte
}

func (m *add) put(e *authn.Encoder) {
	m.asked.put(e)
	e.U64(m.Retries)
	m.Method.put(e)
	e.Block(m.Sealed)
}

func (m *add) take(d *authn.Decoder) {
	m.asked.take(d)
	m.Retries = d.U64()
	m.Method.take(d)
	m.Sealed = d.Block()
}

// added ends it.
type added struct {
	asked
	Verdict verdict
	Updated bool
}

func (m *added) put(e *authn.Encoder)  { m.asked.put(e); m.Verdict.put(e); e.Bool(m.Updated) }
func (m *added) take(d *authn.Decoder) { m.asked.take(d); m.Verdict.take(d); m.Updated = d.Bool() }

// wanted is how every request of a provider and its answer begin.
type wanted struct {
	Provider string
	Counter  uint64
}

func (m wanted) put(e *authn.Encoder)   { e.Text(m.Provider); e.U64(m.Counter) }
func (m *wanted) take(d *authn.Decoder) { m.Provider, m.Counter = d.Text(), d.U64() }

// start asks for a session (E9).
type start struct {
	wanted
	Phone                string
	Method               Method
	Title, Content, MIME string
}

func (m *start) put(e *authn.Encoder) {
	m.wanted.put(e)
	e.Text(m.Phone)
	m.Method.put(e)
	for _, s := range []string{m.Title, m.Content, m.MIME} {
		e.Text(s)
	}
}

func (m *start) take(d *authn.Decoder) {
	m.wanted.take(d)
	m.Phone = d.Text()
	m.Method.take(d)
	for _, s := range []*string{&m.Title, &m.Content, &m.MIME} {
		*s = d.Text()
	}
	if !m.Method.Offline() || checkContext(m.Title, m.Content, m.MIME) != nil {
		d.Fail()
	}
}

// started gives the provider what it shows as a QR code. Where the verdict is
// a refusal, the rest is empty.
type started struct {
	wanted
	Verdict             verdict
	Session, User, Data string
	Expires             time.Time
}

func (m *started) put(e *authn.Encoder) {
	m.wanted.put(e)
	m.Verdict.put(e)
	e.Text(m.Session)
	e.Text(m.User)
	e.Text(m.Data)
	e.Time(m.Expires)
}

func (m *started) take(d *authn.Decoder) {
	m.wanted.take(d)
	m.Verdict.take(d)
	m.Session, m.User, m.Data, m.Expires = d.Text(), d.Text(), d.Text(), d.Time()
}

// verify brings a code that was typed into the provider's site.
type verify struct {
	wanted
	Retries       uint64 // as in add
	Session, Code string
}

func (m *verify) put(e *authn.Encoder) {
	m.wanted.put(e)
	e.U64(m.Retries)
	putID(e, m.Session)
	e.Text(m.Code)
}

func (m *verify) take(d *authn.Decoder) {
	m.wanted.take(d)
	m.Retries, m.Session, m.Code = d.U64(), takeID(d), d.Text()
}

// verified tells the provider what became of it, and of whom.
type verified struct {
	wanted
	Verdict     verdict
	User, Phone string
	Method      Method // Offline, where the session is not known
}

func (m *verified) put(e *authn.Encoder) {
	m.wanted.put(e)
	m.Verdict.put(e)
	e.Text(m.User)
	e.Text(m.Phone)
	m.Method.put(e)
}

func (m *verified) take(d *authn.Decoder) {
	m.wanted.take(d)
	m.Verdict.take(d)
	m.User, m.Phone = d.Text(), d.Text()
	m.Method.take(d)
}
