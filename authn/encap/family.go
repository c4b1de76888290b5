package encap

import (
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// Family is Encap's offline authentication: a challenge in a QR code to a
// one-time password.
func Family() family.Family {
	return family.Family{
		Name: authn.FamilyEncap, Rules: "E",
		Sample: family.Sample{Description: sampleDescription, Text: sampleText},
		Verbs:  verbs(), Codes: Codes(), Kinds: Kinds(), Leaves: leaves(),
		Messages: MessageKinds(), Timers: []string{timerOperation, timerSession, timerGrant},
		Policy: family.PolicyOf(DefaultSettings(), serverOf),
		Enrolments: map[authn.Role]family.Enrolment{
			authn.RoleProvider: {Ask: joinProvider, Answered: providerJoined, Rule: "E19"},
		},
		Act: act, Receive: receive, Fire: fire, Advise: advise,
		View: family.View{User: viewUser, Phone: viewPhone, Provider: viewProvider},
		On: family.On{
			ClockBack: func(s family.Sites, phone authn.Site) error { return phoneOf(s, phone.Name()).ClockWentBack() },
			Cancel:    func(s family.Sites, phone string) (bool, error) { return phoneOf(s, phone).Cancel() },
			Unlock:    func(s family.Sites, user string) ([]string, error) { return nil, serverOf(s).UnlockUser(user) },
			Revoke:    func(s family.Sites, phone string) ([]string, error) { return nil, serverOf(s).Revoke(phone) },
			Restarted: restarted, RolledBack: rolledBack,
		},
	}
}

func phoneOf(s family.Sites, name string) Phone { return Phone{Host: s.Host(authn.Phone(name))} }

func providerOf(s family.Sites, name string) Provider {
	return Provider{Host: s.Host(authn.Provider(name))}
}

func serverOf(s family.Sites) Server { return Server{Host: s.Host(authn.SiteServer)} }

func joinProvider(s family.Sites, d family.Device, _ authn.Action) error {
	return providerOf(s, d.Site.Name()).Join()
}

func providerJoined(s family.Sites, d family.Device) (bool, error) {
	return providerOf(s, d.Site.Name()).Joined()
}

func receive(s family.Sites, m authn.Message) error {
	switch m.To.Role() {
	case authn.RolePhone:
		return phoneOf(s, m.To.Name()).Receive(m)
	case authn.RoleProvider:
		return providerOf(s, m.To.Name()).Receive(m)
	}
	return serverOf(s).Receive(m)
}

func fire(s family.Sites, t authn.Timer) error {
	if t.Site.Role() == authn.RolePhone {
		return phoneOf(s, t.Site.Name()).Fire(t)
	}
	return serverOf(s).Fire(t)
}

// act does an Action of the family.
func act(s family.Sites, a authn.Action) (result any, pending *authn.Pending, err error) {
	switch a := a.(type) {
	case Activate:
		result, err = doActivate(s, a)
	case Auth:
		result, err = doAuth(s, a)
	case AddMethod:
		result, err = doAddMethod(s, a)
	case Challenge:
		result, err = doChallenge(s, a)
	case Verify:
		result, err = doVerify(s, a)
	case Scan:
		if _, err = s.Device(authn.Phone(a.Phone)); err == nil {
			result, err = phoneOf(s, a.Phone).Scan(a.Data)
		}
	case Approve:
		if _, err = s.Device(authn.Phone(a.Phone)); err == nil {
			result, err = phoneOf(s, a.Phone).Approve(a)
		}
	case Passcode:
		if _, err = s.Device(authn.Phone(a.Phone)); err == nil {
			result, err = phoneOf(s, a.Phone).Passcode()
		}
	}
	return result, nil, err
}

func doActivate(s family.Sites, a Activate) (ActivateResult, error) {
	rec, err := s.Device(authn.Phone(a.Phone))
	if err != nil {
		return ActivateResult{}, err
	}
	phone := phoneOf(s, a.Phone)
	err = family.Steps(s,
		func() error { return phone.Hello(rec.User, rec.Platform, a) },
		func() error { return phone.AnswerOffer(a) },
	)
	if err != nil {
		return ActivateResult{}, err
	}
	return phone.Activated()
}

func doAuth(s family.Sites, a Auth) (AuthResult, error) {
	if _, err := s.Device(authn.Phone(a.Phone)); err != nil {
		return AuthResult{}, err
	}
	phone := phoneOf(s, a.Phone)
	err := family.Steps(s,
		func() error { return phone.Auth(a) },
		func() error { return phone.AnswerChallenge(a.PIN) },
	)
	if err != nil {
		return AuthResult{}, err
	}
	return phone.Authenticated()
}

func doAddMethod(s family.Sites, a AddMethod) (AddResult, error) {
	if _, err := s.Device(authn.Phone(a.Phone)); err != nil {
		return AddResult{}, err
	}
	phone := phoneOf(s, a.Phone)
	if err := family.Steps(s, func() error { return phone.AddMethod(a) }); err != nil {
		return AddResult{}, err
	}
	return phone.MethodAdded()
}

func doChallenge(s family.Sites, a Challenge) (ChallengeResult, error) {
	if _, err := s.Device(authn.Provider(a.Provider)); err != nil {
		return ChallengeResult{}, err
	}
	var err error
	if a.Phone, err = challenged(s, a); err != nil {
		return ChallengeResult{}, err
	}
	provider := providerOf(s, a.Provider)
	if err := family.Steps(s, func() error { return provider.Challenge(a) }); err != nil {
		return ChallengeResult{}, err
	}
	return provider.Challenged()
}

// challenged returns the phone of a challenge: the named one, or the user's
// only one. If the user has several, only activated ones count.
func challenged(s family.Sites, a Challenge) (string, error) {
	if a.Phone != "" {
		rec, err := s.Device(authn.Phone(a.Phone))
		if err == nil && a.User != "" && rec.User != a.User {
			err = authn.BadArgument(fmt.Sprintf("phone %s is %s's, not %s's", a.Phone, rec.User, a.User))
		}
		return a.Phone, err
	}
	if a.User == "" {
		return "", authn.BadArgument("name the user or the phone that the challenge is for")
	}
	if err := s.User(a.User); err != nil {
		return "", err
	}
	all, err := family.Phones(s, a.User)
	var ready []string
	for _, phone := range all {
		on, err := serverOf(s).Activated(phone.Site.Name())
		if err != nil {
			return "", err
		}
		if on {
			ready = append(ready, phone.Site.Name())
		}
	}
	switch {
	case err != nil:
		return "", err
	case len(ready) == 1:
		return ready[0], nil
	case len(all) == 0:
		return "", &authn.Fault{
			Code: authn.CodeNoPhone, Message: a.User + " has no phone",
			Hints: []string{"offauth device register PHONE --user " + a.User},
		}
	case len(ready) == 0:
		return all[0].Site.Name(), nil // its refusal says that it is not activated
	}
	return "", authn.BadArgument(fmt.Sprintf("%s has more than one phone that is activated: %q; name one", a.User, ready))
}

func doVerify(s family.Sites, a Verify) (VerifyResult, error) {
	if _, err := s.Device(authn.Provider(a.Provider)); err != nil {
		return VerifyResult{}, err
	}
	provider := providerOf(s, a.Provider)
	if err := family.Steps(s, func() error { return provider.Verify(a.Session, a.Code) }); err != nil {
		return VerifyResult{}, err
	}
	return provider.Verified()
}

func restarted(s family.Sites, site authn.Site) (r family.Restarted, err error) {
	if site.Role() == authn.RolePhone {
		r.Cancelled, err = phoneOf(s, site.Name()).Restart()
	}
	return r, err
}

// rolledBack closes the sessions of the server and the operation of a phone.
func rolledBack(s family.Sites, site authn.Site) error {
	switch site.Role() {
	case authn.RolePhone:
		return phoneOf(s, site.Name()).Forget("rolled_back", "A14")
	case authn.RoleServer:
		return serverOf(s).Forget("rolled_back", "A14")
	}
	return nil
}

func viewUser(s family.Sites, v *authn.UserView) (err error) {
	v.Locks, err = serverOf(s).Locks(v.Name)
	for i := range v.Locks {
		family.WorldTime(s, authn.SiteServer, &v.Locks[i].Since)
	}
	return err
}

func viewPhone(s family.Sites, v *authn.PhoneView) (err error) {
	v.Encap, err = phoneOf(s, v.Name).View()
	if v.Encap != nil && v.Encap.Operation != nil {
		family.WorldTime(s, authn.Phone(v.Name), &v.Encap.Operation.Since, &v.Encap.Operation.Until)
	}
	return err
}

func viewProvider(s family.Sites, v *authn.ProviderView, user string) (err error) {
	v.Sessions, err = serverOf(s).Sessions(v.Name, user)
	for i := range v.Sessions {
		family.WorldTime(s, authn.SiteServer, &v.Sessions[i].StartedAt, &v.Sessions[i].ExpiresAt)
	}
	return err
}
