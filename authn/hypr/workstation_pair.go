package hypr

import (
	"bytes"
	"slices"

	"github.com/offauth/offauth/authn"
)

// pairOrder makes a login key for a triple and grants it to the phone.
func (w Workstation) pairOrder(m authn.Message) error {
	var o pairOrder
	s, k, err := w.self()
	if err != nil {
		return err
	}
	if decode(msgPairOrder, m.Body, &o) != nil {
		return w.Refuse(m, "malformed")
	}
	if !signedBy(m.Body, s.Server) || o.Workstation != w.Site.Name() {
		return w.Refuse(m, "not_authentic")
	}
	p, err := w.pairing(o.triple)
	if err != nil {
		return err
	}
	if p.Revoked {
		return w.Refuse(m, "revoked")
	}
	if o.Counter <= p.Counter {
		return w.Refuse(m, "replayed")
	}
	b, err := w.Env.Draw("hypr.pairing", 8+32+32)
	if err != nil {
		return err
	}
	id, login, unlock := b[:8], b[8:40], b[40:]
	bound := pairBound(o.triple, id)
	g := grant{
		ID: id, Login: publicOf(login), Sign: o.Sign, Box: o.Box, Passkey: o.Passkey,
		Sealed: seal(derive(unlock, "login", bound, 32), login, bound),
	}
	sealed, err := sealTo(o.Box, unlock, bound)
	if err != nil {
		return err
	}
	p.Counter, p.offlineStatus = o.Counter, o.offlineStatus
	p.Next = append(slices.DeleteFunc(p.Next, func(g grant) bool { return !bytes.Equal(g.ID, o.Held) }), g)
	if err := w.newAccount(o.User); err != nil {
		return err
	}
	answer := pairGrant{triple: o.triple, Counter: o.Counter, Pairing: id, Login: g.Login, Sealed: sealed}
	w.Send(authn.SiteServer, msgPairGrant, encode(msgPairGrant, &answer, k.Signer()))
	return w.Shelf.Save(o.pairingName(), p, nil)
}

// pairing loads the record of a triple.
func (w Workstation) pairing(t triple) (pairing, error) {
	var p pairing
	_, err := w.Shelf.Load(t.pairingName(), &p, nil)
	if err == nil && p.Now != nil && len(p.Now.Login) != 32 {
		err = authn.ErrDamaged
	}
	return p, err
}

// pairBound returns the data that binds a sealed key to its pairing.
func pairBound(t triple, id []byte) []byte {
	var e authn.Encoder
	e.Text("offauth hypr pairing 1")
	t.fields(e.Fields())
	e.Raw(id)
	return e.Bytes()
}

// certifiedGrant returns the grant that a certificate of the server is for, or
// nil.
func (p pairing) certifiedGrant(t triple, raw, server []byte) *grant {
	var cert certificate
	if !certifies(raw, t, server) || decode(certificateKind, raw, &cert) != nil {
		return nil
	}
	g := p.grantWithID(cert.Pairing)
	if g == nil || !bytes.Equal(g.Login, cert.Login) {
		return nil
	}
	return g
}

// certifies reports whether a certificate is signed by the server and for a
// triple.
func certifies(raw []byte, t triple, server []byte) bool {
	var cert certificate
	return decode(certificateKind, raw, &cert) == nil && signedBy(raw, server) && cert.triple == t
}

// grantWithID returns the grant with an id, or nil.
func (p pairing) grantWithID(id []byte) *grant {
	if p.Now != nil && bytes.Equal(p.Now.ID, id) {
		return p.Now
	}
	for i, g := range p.Next {
		if bytes.Equal(g.ID, id) {
			return &p.Next[i]
		}
	}
	return nil
}
