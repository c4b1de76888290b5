package encap

import (
	"slices"

	"github.com/offauth/offauth/authn"
)

// auth answers with a challenge, or with a verdict that refuses one.
func (s Server) auth(m authn.Message, a *auth) error {
	h, err := s.fromPhone(m, a.phoneRequest)
	if err == unknownRegistration {
		return s.answer(m.From, msgAuthResult, &authResult{a.phoneRequest, notActivated})
	}
	if err != nil {
		return err
	}
	v := verdict{}
	if !slices.Contains(h.public.Methods, a.Method) || a.Method.Offline() {
		v = methodNotActivated
	} else if v, err = s.locked(h.public.Phone, a.Method); err != nil {
		return err
	}
	if !v.ok() {
		return s.answer(m.From, msgAuthResult, &authResult{a.phoneRequest, v})
	}
	challenge, err := s.Env.Draw("encap.challenge", challengeSize)
	if err != nil {
		return err
	}
	h.public.Ask = &openChallenge{Counter: a.Counter, Method: a.Method, Challenge: challenge}
	if err := s.save(h); err != nil {
		return err
	}
	return s.answer(m.From, msgAuthChallenge, &authChallenge{a.phoneRequest, challenge})
}

// authAnswer judges the answer to the newest challenge, once. A wrong one
// counts (A6), a right one authorises (E5).
func (s Server) authAnswer(m authn.Message, a *authAnswer) error {
	public, secret, there, err := s.registration(a.Registration)
	if err != nil {
		return err
	}
	if !there || m.From != authn.Phone(public.Phone) || !authn.SignedBy(m.Body, public.Sign) {
		return authn.NotAuthentic
	}
	asked := public.Ask
	if asked == nil || asked.Counter != a.Counter {
		return authn.Replayed
	}
	public.Ask = nil
	v, err := s.locked(public.Phone, asked.Method) // another message may have locked it since
	if err != nil {
		return err
	}
	judge, err := newResponder(secret.Shared, a.Registration, asked.Method, 0,
		authQuestion(a.Registration, asked.Counter, asked.Method, asked.Challenge), secret.PINs[asked.Method])
	if err != nil {
		return err
	}
	right, err := judge.matches(a.Answer)
	if err != nil {
		return err
	}
	switch {
	case !v.ok():
	case right:
		err = s.resetFailures(public.Phone, asked.Method)
		public.Grant = &grant{By: asked.Method, Until: s.Env.Now().Add(grantLife)}
		s.SetTimer(timerGrant, public.User+"/"+a.Registration, public.Grant.Until)
		s.Happened(EventDeviceAuthenticated, public.User, "E5",
			map[string]any{"phone": public.Phone, "method": string(asked.Method)})
	default:
		v = wrongPIN
		err = s.countFailure(public.Phone, public.User, asked.Method)
	}
	if err != nil {
		return err
	}
	if err := s.save(holder{a.Registration, public, secret}); err != nil {
		return err
	}
	return s.answer(m.From, msgAuthResult, &authResult{a.phoneRequest, v})
}

// add is addOrUpdate: one method, which an online authentication
// has permitted (E4, E5, E6).
func (s Server) add(m authn.Message, a *add) error {
	h, err := s.fromPhone(m, a.phoneRequest)
	if err == unknownRegistration {
		return s.answer(m.From, msgAdded, &added{phoneRequest: a.phoneRequest, Verdict: notActivated})
	}
	if err != nil {
		return err
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	hash, ok := authn.OpenFor(k.Box, a.Sealed, addBound(a.phoneRequest, a.Method))
	if !ok || a.Method.WantsPIN() != (len(hash) == 32) {
		return authn.NotAuthentic
	}
	v, err := s.mayAdd(h.public, *a)
	if err != nil {
		return err
	}
	answer := added{phoneRequest: a.phoneRequest, Verdict: v}
	if v.ok() {
		answer.Updated = slices.Contains(h.public.Methods, a.Method)
		h.public.Methods = withMethod(h.public.Methods, a.Method)
		h.public.Grant.Spent, h.public.Grant.For = a.Counter, a.Method
		if a.Method.WantsPIN() {
			if h.secret.PINs == nil {
				h.secret.PINs = map[Method][]byte{}
			}
			h.secret.PINs[a.Method] = hash
		}
		s.Happened(EventMethodAdded, h.public.User, "E4",
			map[string]any{"phone": h.public.Phone, "method": string(a.Method), "updated": answer.Updated})
		if err := s.save(h); err != nil {
			return err
		}
	}
	return s.answer(m.From, msgAdded, &answer)
}

// mayAdd judges an addOrUpdate. A request that got no answer may be repeated
// for the same method.
func (s Server) mayAdd(r registration, a add) (verdict, error) {
	set, err := s.Settings()
	if err != nil {
		return verdict{}, err
	}
	l, err := locksOf(s, r.Phone)
	if err != nil {
		return verdict{}, err
	}
	again := r.Grant != nil && a.Retries > 0 && r.Grant.Spent >= a.Retries && r.Grant.For == a.Method
	v := set.allows(a.Method)
	switch {
	case l.Device:
		v = deviceLocked
	case !v.ok():
	case r.Grant == nil || !s.Env.Now().Before(r.Grant.Until) || r.Grant.Spent > 0 && !again:
		v = onlineAuthRequired
	case !slices.Contains(set.Authorising, r.Grant.By):
		v = notAuthorising
	}
	return v, nil
}

// allows judges a method by the settings (E1, E2).
func (s Settings) allows(method Method) verdict {
	switch {
	case method.Online():
		return verdict{}
	case !slices.Contains(s.Offline, method):
		return methodNotAllowed
	case s.OTPLength == nil:
		return otpLengthUnset
	}
	return verdict{}
}
