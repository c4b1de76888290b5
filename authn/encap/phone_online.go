package encap

import (
	"fmt"
	"slices"

	"github.com/offauth/offauth/authn"
)

// Auth begins an online authentication. AnswerChallenge and Authenticated
// follow, once the messages between are through.
func (p Phone) Auth(a Auth) error {
	r, s, err := p.activatedAndIdle()
	if err != nil {
		return err
	}
	method, err := ParseMethod(string(a.Method))
	switch {
	case err != nil:
		return err
	case method.Offline():
		r := p.refuse(CodeWrongMethod, "E5", fmt.Sprintf("%s is an offline method; an online authentication is by %s", method,
			commaList(Methods()[:2])), about{Method: method})
		r.Hints = []string{"offauth device auth"}
		return r
	case !slices.Contains(r.Methods, method):
		return p.refuse(CodeMethodNotActivated, "E18", fmt.Sprintf("%s is not activated on %s", method, p.Site.Name()),
			about{Method: method})
	case method.WantsPIN() && a.PIN.Empty():
		return authn.BadArgument(fmt.Sprintf("%s wants a PIN", method))
	}
	r.Counter++
	if err := p.Shelf.Save(recordRegistration, r, s); err != nil {
		return err
	}
	m := auth{phoneRequest: phoneRequest{r.ID, r.Counter}, Method: method}
	p.Send(authn.SiteServer, msgAuth, encode(msgAuth, &m, s.Keys.Signer()))
	return p.Shelf.Save(recordPending, pending{Counter: r.Counter, Method: method}, nil)
}

// pendingFor returns the pending operation that an answer of the server belongs
// to.
func (p Phone) pendingFor(m authn.Message, a phoneRequest) (n pending, err error) {
	r, _, there, err := p.registration()
	if err != nil {
		return n, err
	}
	if !there || !authn.SignedBy(m.Body, r.Server) || a.Registration != r.ID {
		return n, authn.NotAuthentic
	}
	n, _, err = p.pending()
	if err == nil && !n.matches(r, a) {
		err = authn.Replayed
	}
	return n, err
}

// challenged saves the server's challenge until AnswerChallenge.
func (p Phone) challenged(m authn.Message, c *authChallenge) error {
	n, err := p.pendingFor(m, c.phoneRequest)
	if err != nil {
		return err
	}
	if len(n.Challenge) > 0 {
		return authn.Replayed
	}
	n.Challenge = c.Challenge
	return p.Shelf.Save(recordPending, n, nil)
}

// AnswerChallenge answers the challenge, if one came.
func (p Phone) AnswerChallenge(pin authn.Secret) error {
	n, _, err := p.pending()
	if err != nil || len(n.Challenge) == 0 || n.Verdict != nil {
		return err
	}
	r, s, _, err := p.registration()
	if err != nil {
		return err
	}
	answerer, err := newResponder(s.Shared, r.ID, n.Method, 0, authQuestion(r.ID, n.Counter, n.Method, n.Challenge),
		hashPIN(pin))
	if err != nil {
		return err
	}
	m := authAnswer{phoneRequest: phoneRequest{r.ID, n.Counter}}
	if m.Answer, err = answerer.code(); err != nil {
		return err
	}
	p.Send(authn.SiteServer, msgAuthAnswer, encode(msgAuthAnswer, &m, s.Keys.Signer()))
	return nil
}

func (p Phone) authResult(m authn.Message, a *authResult) error {
	n, err := p.pendingFor(m, a.phoneRequest)
	if err != nil {
		return err
	}
	n.Verdict = &a.Verdict
	return p.Shelf.Save(recordPending, n, nil)
}

// Authenticated ends an online authentication.
func (p Phone) Authenticated() (AuthResult, error) {
	n, r, err := p.finished("an online authentication")
	if err != nil {
		return AuthResult{}, err
	}
	return AuthResult{Phone: p.Site.Name(), User: r.User, Method: n.Method}, nil
}

// AddMethod begins addOrUpdate; MethodAdded follows.
func (p Phone) AddMethod(a AddMethod) error {
	r, s, err := p.activatedAndIdle()
	if err != nil {
		return err
	}
	methods, err := parseMethods(a.Methods)
	if err != nil {
		return err
	}
	if len(methods) != 1 {
		return p.refuse(CodeOneMethodAtATime, "E4",
			fmt.Sprintf("methods are added one at a time, not %s together", commaList(methods)), about{Method: methods[0]})
	}
	method := methods[0]
	if platform := method.Platform(); platform != "" && platform != r.Platform {
		return authn.BadArgument(
			fmt.Sprintf("%s is a method of %s, and %s is %s", method, platform, p.Site.Name(), r.Platform))
	}
	biometric := a.Biometric
	if biometric == "" {
		biometric = BiometricOK
	}
	if err := p.checkPerson(method, a.PIN, biometric); err != nil {
		return err
	}
	r.Counter++
	m := add{phoneRequest: phoneRequest{r.ID, r.Counter}, Retries: r.Unanswered, Method: method}
	hash := []byte{}
	if method.WantsPIN() {
		hash = hashPIN(a.PIN)
	}
	if m.Sealed, err = authn.SealTo(r.Box, hash, addBound(m.phoneRequest, method)); err != nil {
		return err
	}
	if r.Unanswered == 0 {
		r.Unanswered = r.Counter
	}
	p.Send(authn.SiteServer, msgAdd, encode(msgAdd, &m, s.Keys.Signer()))
	if err := p.Shelf.Save(recordPending, pending{Counter: r.Counter, Method: method}, nil); err != nil {
		return err
	}
	return p.Shelf.Save(recordRegistration, r, s)
}

// addBound returns the associated data of a sealed PIN hash.
func addBound(a phoneRequest, method Method) []byte {
	var e authn.Encoder
	e.Text("offauth encap add 1")
	a.fields(e.Fields())
	method.fields(e.Fields())
	return e.Bytes()
}

func (p Phone) added(m authn.Message, a *added) error {
	n, err := p.pendingFor(m, a.phoneRequest)
	if err != nil {
		return err
	}
	n.Verdict, n.Updated = &a.Verdict, a.Updated
	if err := p.Shelf.Save(recordPending, n, nil); err != nil {
		return err
	}
	r, s, _, err := p.registration()
	if err != nil {
		return err
	}
	r.Unanswered = 0
	if a.Verdict.ok() {
		r.Methods = withMethod(r.Methods, n.Method)
	}
	return p.Shelf.Save(recordRegistration, r, s)
}

// withMethod adds a method to a list, in the order of Methods.
func withMethod(methods []Method, method Method) []Method {
	return slices.DeleteFunc(Methods(), func(m Method) bool { return m != method && !slices.Contains(methods, m) })
}

// MethodAdded ends addOrUpdate.
func (p Phone) MethodAdded() (AddResult, error) {
	n, r, err := p.finished("adding a method")
	if err != nil {
		return AddResult{}, err
	}
	return AddResult{Phone: p.Site.Name(), User: r.User, Method: n.Method, Updated: n.Updated, Methods: r.Methods}, nil
}
