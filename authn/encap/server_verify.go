package encap

import (
	"crypto/subtle"
	"slices"

	"github.com/offauth/offauth/authn"
)

// verify judges a code. A provider whose answer was lost gets the same
// verdict again for the same code, which is not judged twice (E30).
func (s Server) verify(m authn.Message, w *verify) error {
	p, last, err := s.fromProvider(m, w.providerRequest)
	if err != nil {
		return err
	}
	var o session
	there, err := s.Shelf.Load(sessions+w.Session, &o, nil)
	if err != nil {
		return err
	}
	if !there || o.Provider != w.Provider {
		return s.answer(m.From, msgVerified,
			&verified{providerRequest: w.providerRequest, Verdict: notStarted, Method: Offline})
	}
	answer := verified{providerRequest: w.providerRequest, User: o.User, Phone: o.Phone, Method: o.Method}
	if p.Last != nil && w.Retries > 0 && p.Last.Counter >= w.Retries && p.Last.Session == w.Session &&
		subtle.ConstantTimeCompare([]byte(last.Code), []byte(w.Code)) == 1 {
		answer.Verdict = p.Last.Verdict
		return s.answer(m.From, msgVerified, &answer)
	}
	if answer.Verdict, err = s.judge(w.Session, o, w.Code); err != nil {
		return err
	}
	p.Last = &lastVerify{Counter: w.Counter, Session: w.Session, Verdict: answer.Verdict}
	if err := s.Shelf.Save(providers+w.Provider, p, lastCode{Code: w.Code}); err != nil {
		return err
	}
	return s.answer(m.From, msgVerified, &answer)
}

// judge returns the verdict on a code.
func (s Server) judge(id string, o session, code string) (verdict, error) {
	switch {
	case o.State == stateSuperseded:
		return sessionSuperseded, nil
	case o.State == stateExpired:
		o.State = stateClosed // it is told once (E29), and closed from then on
		s.Happened(EventSessionClosed, o.User, "E29", o.fields(id, map[string]any{"reason": "expired"}))
		return sessionExpired, s.Shelf.Save(sessions+id, o, nil)
	case !o.isOpen():
		return sessionClosed, nil
	}
	set, err := s.Settings()
	if err != nil {
		return verdict{}, err
	}
	if !slices.Contains(set.Offline, o.Method) {
		return methodWithdrawn, nil // the session stays open: the method may be allowed again
	}
	if v, err := s.locked(o.Phone, o.Method); err != nil || !v.ok() {
		return v, err
	}
	_, secret, there, err := s.registration(o.Registration)
	if err != nil {
		return verdict{}, err
	}
	if !there {
		return verdict{}, authn.ErrDamaged // its sessions were closed with it
	}
	judge, err := newResponder(secret.Shared, o.Registration, o.Method, o.Digits, o.Question, secret.PINs[o.Method])
	if err != nil {
		return verdict{}, err
	}
	right, err := judge.matches(code)
	if err != nil {
		return verdict{}, err
	}
	if right {
		return verdict{}, s.approve(id, o)
	}
	v := wrongCode
	switch {
	case o.Method.WantsPIN() && o.Wrong == 0:
		v = wrongCodeOrPIN
	case o.Method.WantsPIN():
		v = wrongCodeAgain
	}
	o.Wrong++
	if err := s.Shelf.Save(sessions+id, o, nil); err != nil {
		return verdict{}, err
	}
	return v, s.countFailure(o.Phone, o.User, o.Method)
}

// approve closes a session whose code was right (E30), and resets the count
// (E26). A phone that made a code has its registration.
func (s Server) approve(id string, o session) error {
	if err := s.resetFailures(o.Phone, o.Method); err != nil {
		return err
	}
	d, _, err := s.device(o.Phone)
	if err != nil {
		return err
	}
	if _, _, err := s.endSession(&d, stateApproved); err != nil {
		return err
	}
	s.Happened(EventSessionApproved, o.User, "E30", o.fields(id, map[string]any{"method": string(o.Method)}))
	if err := s.Shelf.Save(devices+o.Phone, d, nil); err != nil {
		return err
	}
	return s.confirmRegistration(o.Phone, o.Registration)
}
