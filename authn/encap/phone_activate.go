package encap

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/offauth/offauth/authn"
)

// Hello begins an activation, with new keys. AnswerOffer and Activated follow,
// once the messages between are through.
func (p Phone) Hello(user, platform string, a Activate) error {
	if err := p.refuseIfBusy(); err != nil {
		return err
	}
	methods, err := parseMethods(a.Methods)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(methods, Method.Offline); i >= 0 {
		return p.refuse(CodeNotAtActivation, "E3",
			fmt.Sprintf("%s cannot be activated in the initial activation; add it later", methods[i]), about{Method: methods[i]})
	}
	if slices.ContainsFunc(methods, Method.WantsPIN) && a.PIN.Empty() {
		return authn.BadArgument(fmt.Sprintf("%s wants a PIN", DevicePIN))
	}
	k, err := authn.DrawKeys(p.Env, "encap.keys")
	if err != nil {
		return err
	}
	nonce, err := p.Env.Draw("encap.nonce", challengeSize)
	if err != nil {
		return err
	}
	box, err := k.BoxPublic()
	if err != nil {
		return err
	}
	m := hello{User: user, Phone: p.Site.Name(), Platform: platform, Nonce: nonce, Sign: k.SignPublic(), Box: box}
	p.Send(authn.SiteServer, msgHello, encode(msgHello, &m, k.Signer()))
	return p.Shelf.Save(recordPending,
		pending{Activation: true, User: user, Platform: platform, Nonce: nonce, Methods: methods}, k)
}

// offered takes the server's offer. A phone that is activated knows the
// server's key already and takes no other.
func (p Phone) offered(m authn.Message, o *offer) error {
	r, _, there, err := p.registration()
	if err != nil {
		return err
	}
	if !authn.SignedBy(m.Body, o.Sign) || o.Phone != p.Site.Name() || there && !bytes.Equal(r.Server, o.Sign) {
		return authn.NotAuthentic
	}
	n, k, err := p.pending()
	if err != nil {
		return err
	}
	if !n.Activation || len(n.Challenge) > 0 || !bytes.Equal(o.Nonce, n.Nonce) {
		return authn.Replayed
	}
	n.Challenge, n.Server, n.Box = o.Challenge, o.Sign, o.Box
	return p.Shelf.Save(recordPending, n, k)
}

// AnswerOffer names the methods to the server, with the hash of the PIN, if an
// offer came.
func (p Phone) AnswerOffer(a Activate) error {
	n, k, err := p.pending()
	if err != nil || len(n.Challenge) == 0 {
		return err
	}
	m := activate{Phone: p.Site.Name(), Challenge: n.Challenge, Methods: n.Methods}
	hash := []byte{}
	if slices.ContainsFunc(n.Methods, Method.WantsPIN) {
		hash = hashPIN(a.PIN)
	}
	if m.Sealed, err = authn.SealTo(n.Box, hash, activateBound(m.Phone, n.Challenge)); err != nil {
		return err
	}
	p.Send(authn.SiteServer, msgActivate, encode(msgActivate, &m, k.Signer()))
	return nil
}

// activateBound returns the associated data of what an activation seals, in
// either direction.
func activateBound(phone string, challenge []byte) []byte {
	var e authn.Encoder
	e.Text("offauth encap activation 1")
	e.Text(phone)
	e.Raw(challenge)
	return e.Bytes()
}

// activated takes the registration and tells the server that it has it.
func (p Phone) activated(m authn.Message, a *activated) error {
	n, k, err := p.pending()
	if err != nil {
		return err
	}
	if !n.matchesActivation(a.Challenge) {
		return authn.Replayed
	}
	shared, ok := authn.OpenFor(k.Box, a.Sealed, activateBound(p.Site.Name(), n.Challenge))
	if !authn.SignedBy(m.Body, n.Server) || a.Phone != p.Site.Name() || a.Verdict.ok() && (!ok || len(shared) != 32) {
		return authn.NotAuthentic
	}
	n.Verdict, n.Registration = &a.Verdict, a.Registration
	if a.Verdict.ok() {
		r := phoneRegistration{ID: a.Registration, User: n.User, Platform: n.Platform, Server: n.Server, Box: n.Box,
			Methods: n.Methods, Counter: 1}
		p.Happened(EventActivated, n.User, "E3",
			map[string]any{"phone": p.Site.Name(), "registration": r.ID, "methods": commaList(n.Methods)})
		p.Send(authn.SiteServer, msgConfirm, encode(msgConfirm, &confirm{phoneRequest{r.ID, r.Counter}}, k.Signer()))
		if err := p.Shelf.Save(recordRegistration, r, phoneSecret{Shared: shared, Keys: k}); err != nil {
			return err
		}
	}
	return p.Shelf.Save(recordPending, n, k)
}

// Activated ends an activation: the refusal if no answer came.
func (p Phone) Activated() (ActivateResult, error) {
	n, _, err := p.finished("activation")
	if err != nil {
		return ActivateResult{}, err
	}
	return ActivateResult{Phone: p.Site.Name(), User: n.User, Registration: n.Registration, Methods: n.Methods}, nil
}

// finished returns the operation that was under way and the registration, and
// deletes the record of the operation. The error is a refusal if the server
// refused or did not answer.
func (p Phone) finished(what string) (n pending, r phoneRegistration, err error) {
	if n, _, err = p.pending(); err != nil {
		return n, r, err
	}
	if err = p.Shelf.Remove(recordPending); err != nil {
		return n, r, err
	}
	if n.Verdict == nil {
		return n, r, unreachable(p.Host, what)
	}
	r, _, _, err = p.registration()
	if err == nil && !n.Verdict.ok() {
		user := r.User
		if n.Activation {
			user = n.User
		}
		err = n.Verdict.refusal(about{User: user, Phone: p.Site.Name(), Method: n.Method})
	}
	return n, r, err
}
