package hypr

import (
	"bytes"

	"github.com/offauth/offauth/authn"
)

// Receive takes a message that reached the workstation.
func (w Workstation) Receive(m authn.Message) error {
	switch m.Kind {
	case msgEnrolled:
		return w.enrolled(m)
	case msgPairOrder:
		return w.pairOrder(m)
	case msgPairCertificate:
		return w.certified(m)
	case msgUnlockOrder:
		return w.unlockOrder(m)
	case msgPINSetHeld:
		return w.setHeld(m)
	case msgOrder:
		return w.order(m)
	case msgPasskeyAsk:
		return w.passkeyAsk(m)
	case msgPasskeyAnswer:
		return w.passkeyAnswer(m)
	case msgAuditTaken:
		return auditTakenBy(w.Host, m)
	}
	return refuseMessage(w.Host, m, "unexpected")
}

func (w Workstation) enrolled(m authn.Message) error {
	s, k, err := w.self()
	if err != nil {
		return err
	}
	if s.Server, err = takeEnrolled(w.Host, m, s.Server); err != nil || s.Server == nil {
		return err
	}
	return w.Shelf.Save(recordKeys, s, k)
}

// pairOrder makes a login key for a triple and grants it to the phone.
func (w Workstation) pairOrder(m authn.Message) error {
	var o pairOrder
	s, k, err := w.self()
	if err != nil {
		return err
	}
	if decode(msgPairOrder, m.Body, &o) != nil {
		return refuseMessage(w.Host, m, "malformed")
	}
	if !signedBy(m.Body, s.Server) || o.Workstation != w.Site.Name() {
		return refuseMessage(w.Host, m, "not_authentic")
	}
	var p pairing
	if _, err := w.Shelf.Load(o.pairingName(), &p, nil); err != nil {
		return err
	}
	if o.Counter <= p.Counter {
		return refuseMessage(w.Host, m, "replayed")
	}
	b, err := w.Env.Draw("hypr.pairing", 8+32+32)
	if err != nil {
		return err
	}
	id, login, unlock := b[:8], b[8:40], b[40:]
	bound := pairBound(o.triple, id)
	p.Counter = o.Counter
	p.Next = &grant{
		ID: id, Login: publicOf(login), Sign: o.Sign, Box: o.Box, Passkey: o.Passkey,
		Sealed: seal(derive(unlock, "login", bound, 32), login, bound),
	}
	sealed, err := sealTo(o.Box, unlock, bound)
	if err != nil {
		return err
	}
	g := pairGrant{triple: o.triple, Pairing: id, Login: p.Next.Login, Sealed: sealed}
	w.Send(authn.SiteServer, msgPairGrant, encode(msgPairGrant, &g, k.signer()))
	return w.Shelf.Save(o.pairingName(), p, nil)
}

// pairBound binds what is sealed at a pairing to that pairing.
func pairBound(t triple, id []byte) []byte {
	var e authn.Encoder
	e.Text("offauth hypr pairing 1")
	t.put(&e)
	e.Raw(id)
	return e.Bytes()
}

// certified takes the certificate of a login key that it granted.
func (w Workstation) certified(m authn.Message) error {
	var cert certificate
	s, _, err := w.self()
	if err != nil {
		return err
	}
	if decode(msgPairCertificate, m.Body, &cert) != nil {
		return refuseMessage(w.Host, m, "malformed")
	}
	var p pairing
	if _, err := w.Shelf.Load(cert.pairingName(), &p, nil); err != nil {
		return err
	}
	if !signedBy(m.Body, s.Server) || cert.Workstation != w.Site.Name() || p.Next == nil ||
		!bytes.Equal(cert.Pairing, p.Next.ID) || !bytes.Equal(cert.Login, p.Next.Login) {
		return refuseMessage(w.Host, m, "not_authentic")
	}
	p.Next.Certified = true
	if err := w.account(cert.User); err != nil {
		return err
	}
	emit(w.Host, kindPaired, cert.subject(), "H9", map[string]any{"phone": cert.Phone, "workstation": cert.Workstation})
	return w.Shelf.Save(cert.pairingName(), p, nil)
}

// account makes a user's account with a salt of its own, once.
func (w Workstation) account(user string) error {
	var acc account
	there, err := w.Shelf.Load(accounts+user, &acc, nil)
	if err != nil || there {
		return err
	}
	acc.KDF = w.KDF
	if acc.Salt, err = w.Env.Draw("hypr.salt", 16); err != nil {
		return err
	}
	return w.Shelf.Save(accounts+user, acc, nil)
}

// unlockOrder is an online login: the phone's request, passed on by the
// server. It opens the login key, unlocks, and makes a new set (H10, H32) or,
// with Offline Mode off, deletes the old ones (H42).
func (w Workstation) unlockOrder(m authn.Message) error {
	var o unlockOrder
	var r unlockRequest
	s, k, err := w.self()
	if err != nil {
		return err
	}
	if decode(msgUnlockOrder, m.Body, &o) != nil || decode(msgUnlockRequest, o.Request, &r) != nil {
		return refuseMessage(w.Host, m, "malformed")
	}
	if !signedBy(m.Body, s.Server) || r.Workstation != w.Site.Name() {
		return refuseMessage(w.Host, m, "not_authentic")
	}
	var p pairing
	if _, err := w.Shelf.Load(r.pairingName(), &p, nil); err != nil {
		return err
	}
	if r.Counter <= p.Counter {
		return refuseMessage(w.Host, m, "replayed")
	}
	g := p.named(r.Pairing)
	if g == nil || !signedBy(o.Request, g.Sign) {
		return refuseMessage(w.Host, m, "not_authentic")
	}
	seed, ok := w.openLogin(k, r, g)
	if !ok {
		return refuseMessage(w.Host, m, "not_authentic")
	}
	p.Counter = r.Counter
	if g == p.Next {
		if err := w.promote(r.triple, &p); err != nil {
			return err
		}
	}
	if err := w.Shelf.Save(r.pairingName(), p, nil); err != nil {
		return err
	}
	return w.loggedIn(r, o, &p, seed, k)
}

// named finds the certified grant of a pairing's id.
func (p pairing) named(id []byte) *grant {
	for _, g := range []*grant{p.Now, p.Next} {
		if g != nil && g.Certified && bytes.Equal(g.ID, id) {
			return g
		}
	}
	return nil
}

// openLogin opens the login key with the key that the phone sent.
func (w Workstation) openLogin(k keys, r unlockRequest, g *grant) ([]byte, bool) {
	unlock, ok := openFor(k.Box, r.Sealed, requestBound(r.triple, r.Counter))
	if !ok {
		return nil, false
	}
	bound := pairBound(r.triple, g.ID)
	return open(derive(unlock, "login", bound, 32), g.Sealed, bound)
}

// promote makes a newer pairing the one that counts. The sets of the one
// before hold copies of its login key, so they go.
func (w Workstation) promote(t triple, p *pairing) error {
	p.Now, p.Next = p.Next, nil
	return w.keepSets(t, "paired_again", "H12", func(uint64) bool { return false })
}

// loggedIn does what follows from a proven online login.
func (w Workstation) loggedIn(r unlockRequest, o unlockOrder, p *pairing, seed []byte, k keys) error {
	if err := w.prove(p.Now, seed); err != nil {
		return err
	}
	p.Primed, p.Offline = true, o.Offline
	if err := w.Shelf.Save(r.pairingName(), *p, nil); err != nil {
		return err
	}
	var acc account
	if _, err := w.Shelf.Load(accounts+r.User, &acc, nil); err != nil {
		return err
	}
	acc.Failures, acc.Lockout = 0, o.Settings.Lockout
	if err := w.Shelf.Save(accounts+r.User, acc, nil); err != nil {
		return err
	}
	emit(w.Host, kindOnline, r.subject(), "H10", map[string]any{"phone": r.Phone})
	result := unlockResult{triple: r.triple, Counter: r.Counter, Offline: o.Offline}
	w.Send(authn.Phone(r.Phone), msgUnlockResult, encode(msgUnlockResult, &result, k.signer()))
	if o.Offline == offlineOn {
		if err := w.issue(r, o.Settings, p, acc, seed); err != nil {
			return err
		}
	} else if err := w.dropSets(r.triple, o.Offline); err != nil {
		return err
	}
	emit(w.Host, kindUnlocked, r.subject(), "", map[string]any{"phone": r.Phone, "mode": ModeOnline})
	if err := w.unlock(r.User, ModeOnline); err != nil {
		return err
	}
	return report(w.Host, k.signer())
}
