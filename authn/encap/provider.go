package encap

import (
	"bytes"

	"github.com/offauth/offauth/authn"
)

// Provider is a service provider's site: it shows verification data, takes
// one-time passwords, and asks the server about both.
type Provider struct{ authn.Host }

const (
	recordKeys = "encap/keys"
	recordDesk = "encap/desk"
)

// providerSelf is the provider's own record; its secret half is its keys.
type providerSelf struct {
	Server []byte `json:"server,omitempty"` // the server's signing key, once joined
}

// desk is the state of a provider's current request.
type desk struct {
	Counter uint64 `json:"counter"`
	Newest  string `json:"newest,omitempty"` // the newest session that it started
	// Asked is the counter of the current request; the rest is its answer.
	Asked    uint64           `json:"asked,omitempty"`
	Method   Method           `json:"method,omitempty"`
	Phone    string           `json:"phone,omitempty"`
	Session  string           `json:"session,omitempty"`
	Verdict  *verdict         `json:"verdict,omitempty"`
	Started  *ChallengeResult `json:"started,omitempty"`
	Verified *VerifyResult    `json:"verified,omitempty"`
	// Unanswered is the counter of the first code that got no answer.
	Unanswered uint64 `json:"unanswered,omitempty"`
}

// Join makes the provider's keys and tells the server of them.
func (p Provider) Join() error {
	k, err := authn.DrawKeys(p.Env, "encap.keys")
	if err != nil {
		return err
	}
	if err := p.Shelf.Save(recordKeys, providerSelf{}, k); err != nil {
		return err
	}
	m := join{Name: p.Site.Name(), Sign: k.SignPublic()}
	p.Send(authn.SiteServer, msgJoin, encode(msgJoin, &m, k.Signer()))
	return nil
}

// Joined reports whether the server has answered.
func (p Provider) Joined() (bool, error) {
	s, _, err := p.self()
	return len(s.Server) > 0, err
}

func (p Provider) self() (s providerSelf, k authn.SiteKeys, err error) {
	there, err := p.Shelf.Load(recordKeys, &s, &k)
	if err == nil && there {
		err = k.Check()
	}
	return s, k, err
}

func (p Provider) desk() (d desk, err error) {
	_, err = p.Shelf.Load(recordDesk, &d, nil)
	return d, err
}

// Receive takes a message that reached the provider.
func (p Provider) Receive(m authn.Message) error {
	return p.Dispatch(m, map[string]func(authn.Message) error{
		msgJoined:   decoded(p.joined),
		msgStarted:  decoded(p.started),
		msgVerified: decoded(p.verified),
	})
}

func (p Provider) joined(m authn.Message, j *joined) error {
	s, k, err := p.self()
	switch {
	case err != nil:
		return err
	case !authn.SignedBy(m.Body, j.Sign) || j.Name != p.Site.Name() || s.Server != nil && !bytes.Equal(s.Server, j.Sign):
		return authn.NotAuthentic
	}
	return p.Shelf.Save(recordKeys, providerSelf{Server: j.Sign}, k)
}

// Challenge asks for a session with a phone (E9); Challenged follows.
func (p Provider) Challenge(c Challenge) error {
	method, err := ParseMethod(string(c.Method))
	if err != nil {
		return err
	}
	if method.Online() {
		return authn.BadArgument(string(method)+" is an online method; a session is for one of "+commaList(OfflineMethods()),
			"offauth provider challenge --help")
	}
	if c.MIME == "" {
		c.MIME = plainText
	}
	if err := checkContext(c.Title, c.Content, c.MIME); err != nil {
		return err
	}
	d, k, err := p.ask()
	if err != nil {
		return err
	}
	d.Method, d.Phone = method, c.Phone
	m := start{providerRequest: providerRequest{p.Site.Name(), d.Counter}, Phone: c.Phone, Method: method, Title: c.Title,
		Content: c.Content, MIME: c.MIME}
	p.Send(authn.SiteServer, msgStart, encode(msgStart, &m, k.Signer()))
	return p.Shelf.Save(recordDesk, d, nil)
}

// ask begins a request.
func (p Provider) ask() (desk, authn.SiteKeys, error) {
	d, err := p.desk()
	if err != nil {
		return d, authn.SiteKeys{}, err
	}
	_, k, err := p.self()
	return desk{Counter: d.Counter + 1, Asked: d.Counter + 1, Newest: d.Newest, Unanswered: d.Unanswered}, k, err
}

// answered checks that an answer of the server belongs to the current request.
func (p Provider) answered(m authn.Message, w providerRequest) (d desk, err error) {
	s, _, err := p.self()
	if err != nil {
		return d, err
	}
	if !authn.SignedBy(m.Body, s.Server) || w.Provider != p.Site.Name() {
		return d, authn.NotAuthentic
	}
	d, err = p.desk()
	if err == nil && (d.Asked == 0 || d.Asked != w.Counter) {
		err = authn.Replayed
	}
	d.Asked = 0
	return d, err
}

func (p Provider) started(m authn.Message, s *started) error {
	d, err := p.answered(m, s.providerRequest)
	if err != nil {
		return err
	}
	d.Verdict = &s.Verdict
	if s.Verdict.ok() {
		d.Newest = s.Session
		d.Started = &ChallengeResult{
			Provider: p.Site.Name(), User: s.User, Phone: d.Phone, Session: s.Session, Method: d.Method, Data: s.Data,
			ExpiresAt: s.Expires,
		}
	}
	return p.Shelf.Save(recordDesk, d, nil)
}

// Challenged ends a Challenge.
func (p Provider) Challenged() (ChallengeResult, error) {
	d, err := p.finished()
	if err != nil {
		return ChallengeResult{}, err
	}
	switch {
	case d.Verdict == nil:
		return ChallengeResult{}, unreachable(p.Host, "starting a session")
	case d.Started == nil:
		return ChallengeResult{}, d.Verdict.refusal(about{Phone: d.Phone, Provider: p.Site.Name(), Method: d.Method})
	}
	return *d.Started, nil
}

// finished returns the request that was under way, and saves only what the next
// one needs.
func (p Provider) finished() (desk, error) {
	d, err := p.desk()
	if err != nil {
		return d, err
	}
	return d, p.Shelf.Save(recordDesk, desk{Counter: d.Counter, Newest: d.Newest, Unanswered: d.Unanswered}, nil)
}

// Verify hands a typed code to the server; Verified follows. Text that
// is no session id is refused without asking the server.
func (p Provider) Verify(session string, code authn.Secret) error {
	d, k, err := p.ask()
	if err != nil {
		return err
	}
	if session == "" {
		session = d.Newest
	}
	id, ok := parseID(session)
	if !ok {
		return notStarted.refusal(about{Provider: p.Site.Name(), Session: truncated(session)})
	}
	m := verify{providerRequest: providerRequest{p.Site.Name(), d.Counter}, Retries: d.Unanswered, Session: id,
		Code: typedCode(code)}
	d.Session = id
	if d.Unanswered == 0 {
		d.Unanswered = d.Counter
	}
	p.Send(authn.SiteServer, msgVerify, encode(msgVerify, &m, k.Signer()))
	return p.Shelf.Save(recordDesk, d, nil)
}

func (p Provider) verified(m authn.Message, v *verified) error {
	d, err := p.answered(m, v.providerRequest)
	if err != nil {
		return err
	}
	d.Verdict, d.Unanswered = &v.Verdict, 0
	d.Verified = &VerifyResult{Provider: p.Site.Name(), Session: d.Session, User: v.User, Phone: v.Phone, Method: v.Method,
		Approved: v.Verdict.ok()}
	return p.Shelf.Save(recordDesk, d, nil)
}

// Verified ends a Verify.
func (p Provider) Verified() (VerifyResult, error) {
	d, err := p.finished()
	if err != nil {
		return VerifyResult{}, err
	}
	if d.Verdict == nil {
		return VerifyResult{}, unreachable(p.Host, "judging a code")
	}
	if !d.Verdict.ok() {
		return VerifyResult{}, d.Verdict.refusal(about{
			User: d.Verified.User, Provider: p.Site.Name(), Session: d.Session, Phone: d.Verified.Phone,
			Method: d.Verified.Method})
	}
	return *d.Verified, nil
}
