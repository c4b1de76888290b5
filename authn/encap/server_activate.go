package encap

import (
	"bytes"
	"slices"

	"github.com/offauth/offauth/authn"
)

// greeting is a hello that the server answered with an offer.
type greeting struct {
	User      string `json:"user"`
	Nonce     []byte `json:"nonce"`
	Challenge []byte `json:"challenge,omitempty"` // empty once it is used
	Sign      []byte `json:"sign"`
	Box       []byte `json:"box"`
}

// hello answers with an offer. The simulator has no attacker at enrolment, and
// no activation code: whoever has the phone activates it.
func (s Server) hello(m authn.Message, h *hello) error {
	switch {
	case !authn.SignedBy(m.Body, h.Sign) || m.From != authn.Phone(h.Phone):
		return authn.NotAuthentic
	case !h.valid():
		return authn.BadKeyOrName
	}
	var last greeting
	if _, err := s.Shelf.Load(hellos+h.Phone, &last, nil); err != nil {
		return err
	}
	if bytes.Equal(last.Nonce, h.Nonce) {
		return authn.Replayed
	}
	challenge, err := s.Env.Draw("encap.challenge", challengeSize)
	if err != nil {
		return err
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	box, err := k.BoxPublic()
	if err != nil {
		return err
	}
	g := greeting{User: h.User, Nonce: h.Nonce, Challenge: challenge, Sign: h.Sign, Box: h.Box}
	if err := s.Shelf.Save(hellos+h.Phone, g, nil); err != nil {
		return err
	}
	return s.answer(m.From, msgOffer,
		&offer{Phone: h.Phone, Nonce: h.Nonce, Challenge: challenge, Sign: k.SignPublic(), Box: box})
}

// valid reports whether names and keys are well-formed. Sealing to a bad box key
// would fail later.
func (m *hello) valid() bool {
	_, err := authn.SealTo(m.Box, nil, nil)
	return err == nil && authn.CheckName(m.Phone) == nil && authn.CheckName(m.User) == nil
}

// activate makes a registration. It takes no offline method (E3).
func (s Server) activate(m authn.Message, a *activate) error {
	var g greeting
	if _, err := s.Shelf.Load(hellos+a.Phone, &g, nil); err != nil {
		return err
	}
	if m.From != authn.Phone(a.Phone) || !authn.SignedBy(m.Body, g.Sign) {
		return authn.NotAuthentic
	}
	if len(g.Challenge) == 0 || !bytes.Equal(a.Challenge, g.Challenge) {
		return authn.Replayed
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	bound := activateBound(a.Phone, a.Challenge)
	hash, ok := authn.OpenFor(k.Box, a.Sealed, bound)
	wantsPIN := slices.ContainsFunc(a.Methods, Method.WantsPIN)
	if !ok || len(a.Methods) == 0 || slices.ContainsFunc(a.Methods, Method.Offline) || wantsPIN != (len(hash) == 32) {
		return authn.NotAuthentic
	}
	g.Challenge = nil
	if err := s.Shelf.Save(hellos+a.Phone, g, nil); err != nil {
		return err
	}
	d, _, err := s.device(a.Phone)
	if err != nil {
		return err
	}
	answer := activated{Phone: a.Phone, Challenge: a.Challenge, Verdict: notActivated,
		Registration: idText(make([]byte, idSize))}
	if !d.Revoked {
		answer.Verdict = verdict{}
		if answer.Registration, answer.Sealed, err = s.register(d, g, *a, hash, bound); err != nil {
			return err
		}
	}
	return s.answer(m.From, msgActivated, &answer)
}

// register makes the phone's next registration, and seals its shared secret to
// the phone.
func (s Server) register(d device, g greeting, a activate, hash, bound []byte) (id string, sealed []byte, err error) {
	if d.Next != "" {
		if err := s.drop(&d, d.Next, a.Phone, "replaced"); err != nil {
			return "", nil, err
		}
	}
	if id, err = newID(s.Host, "encap.registration", registrations); err != nil {
		return "", nil, err
	}
	shared, err := s.Env.Draw("encap.secret", 32)
	if err != nil {
		return "", nil, err
	}
	if sealed, err = authn.SealTo(g.Box, shared, bound); err != nil {
		return "", nil, err
	}
	secret := registrationSecret{Shared: shared}
	if len(hash) > 0 {
		secret.PINs = map[Method][]byte{DevicePIN: hash}
	}
	public := registration{Phone: a.Phone, User: g.User, Sign: g.Sign, Methods: a.Methods}
	if err := s.save(holder{id, public, secret}); err != nil {
		return "", nil, err
	}
	s.Happened(EventRegistrationMade, g.User, "E3",
		map[string]any{"phone": a.Phone, "registration": id, "methods": commaList(a.Methods)})
	d.User, d.Next = g.User, id
	return id, sealed, s.Shelf.Save(devices+a.Phone, d, nil)
}

// confirm handles the phone's message that it has its registration.
func (s Server) confirm(m authn.Message, c *confirm) error {
	_, err := s.fromPhone(m, c.phoneRequest)
	return err
}

// confirmRegistration records that a phone has a registration; the previous one
// ends.
func (s Server) confirmRegistration(phone, id string) error {
	d, _, err := s.device(phone)
	if err != nil || d.Next != id {
		return err
	}
	old := d.Current
	d.Current, d.Next = id, ""
	if old != "" {
		if err := s.drop(&d, old, phone, "replaced"); err != nil {
			return err
		}
	}
	return s.Shelf.Save(devices+phone, d, nil)
}

// drop ends a registration with its open session; the caller saves the
// device.
func (s Server) drop(d *device, id, phone, reason string) error {
	var open session
	if d.Session != "" {
		if _, err := s.Shelf.Load(sessions+d.Session, &open, nil); err != nil {
			return err
		}
		if open.Registration == id {
			if err := s.closeSession(d, reason, "E18"); err != nil {
				return err
			}
		}
	}
	s.StopTimer(timerGrant, d.User+"/"+id)
	s.Happened(EventRegistrationDropped, d.User, "E16",
		map[string]any{"phone": phone, "registration": id, "reason": reason})
	return s.Shelf.Remove(registrations + id)
}

// Revoke ends the registrations of a lost phone; it can have no other.
func (s Server) Revoke(phone string) error {
	d, _, err := s.device(phone)
	if err != nil {
		return err
	}
	for _, id := range []string{d.Current, d.Next} {
		if id == "" {
			continue
		}
		if err := s.drop(&d, id, phone, "revoked"); err != nil {
			return err
		}
	}
	d.Current, d.Next, d.Revoked = "", "", true
	return s.Shelf.Save(devices+phone, d, nil)
}
