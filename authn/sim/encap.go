package sim

import (
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

func (p *pass) encapPhone(name string) encap.Phone {
	return encap.Phone{Host: p.host(authn.Phone(name))}
}

func (p *pass) encapProvider(name string) encap.Provider {
	return encap.Provider{Host: p.host(authn.Provider(name))}
}

func (p *pass) encapServer() encap.Server { return encap.Server{Host: p.host(authn.SiteServer)} }

// receiveEncap hands a message of the family to the site that it is for.
func (p *pass) receiveEncap(m authn.Message) error {
	switch m.To.Role() {
	case authn.RolePhone:
		return p.encapPhone(m.To.Name()).Receive(m)
	case authn.RoleProvider:
		return p.encapProvider(m.To.Name()).Receive(m)
	}
	return p.encapServer().Receive(m)
}

// fireEncap wakes the site that set a timer of the family.
func (p *pass) fireEncap(t authn.Timer) error {
	if t.Site.Role() == authn.RolePhone {
		return p.encapPhone(t.Site.Name()).Fire(t)
	}
	return p.encapServer().Fire(t)
}

// provider reports whether there is a service provider of that name.
func (p *pass) provider(name string) error {
	there, err := p.load(authn.Provider(name), recordDevice, nil, nil)
	if err == nil && !there {
		err = noSuch(CodeNoProvider, "provider", name, "offauth world show")
	}
	return err
}

func (p *pass) addProvider(a authn.AddProvider) error {
	rec := deviceRecord{Family: authn.FamilyEncap}
	site := authn.Provider(a.Name)
	if err := p.makeSite(site, &rec); err != nil {
		return err
	}
	provider := p.encapProvider(a.Name)
	if err := provider.Join(); err != nil {
		return err
	}
	return p.enrolled(site, rec, EventProviderAdded, provider.Joined)
}

// actEncap does the Actions of the family encap; done is false for others.
func (p *pass) actEncap(a authn.Action) (result any, done bool, err error) {
	switch a := a.(type) {
	case encap.Activate:
		result, err = p.activate(a)
	case encap.Auth:
		result, err = p.authenticate(a)
	case encap.AddMethod:
		result, err = p.addMethod(a)
	case encap.Challenge:
		result, err = p.challenge(a)
	case encap.Verify:
		result, err = p.verify(a)
	case encap.Scan:
		if _, err = p.device(a.Phone); err == nil {
			result, err = p.encapPhone(a.Phone).Scan(a.Data)
		}
	case encap.Approve:
		if _, err = p.device(a.Phone); err == nil {
			result, err = p.encapPhone(a.Phone).Approve(a)
		}
	case encap.Passcode:
		if _, err = p.device(a.Phone); err == nil {
			result, err = p.encapPhone(a.Phone).Passcode()
		}
	default:
		return nil, false, nil
	}
	return result, true, err
}

// steps does one step after another, and lets the messages of each through.
func (p *pass) steps(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
		if err := p.pump(); err != nil {
			return err
		}
	}
	return nil
}

func (p *pass) activate(a encap.Activate) (encap.ActivateResult, error) {
	rec, err := p.device(a.Phone)
	if err != nil {
		return encap.ActivateResult{}, err
	}
	phone := p.encapPhone(a.Phone)
	err = p.steps(
		func() error { return phone.Hello(rec.User, rec.Platform, a) },
		func() error { return phone.AnswerOffer(a) },
	)
	if err != nil {
		return encap.ActivateResult{}, err
	}
	return phone.Activated()
}

func (p *pass) authenticate(a encap.Auth) (encap.AuthResult, error) {
	if _, err := p.device(a.Phone); err != nil {
		return encap.AuthResult{}, err
	}
	phone := p.encapPhone(a.Phone)
	err := p.steps(
		func() error { return phone.Auth(a) },
		func() error { return phone.AnswerChallenge(a.PIN) },
	)
	if err != nil {
		return encap.AuthResult{}, err
	}
	return phone.Authenticated()
}

func (p *pass) addMethod(a encap.AddMethod) (encap.AddResult, error) {
	if _, err := p.device(a.Phone); err != nil {
		return encap.AddResult{}, err
	}
	phone := p.encapPhone(a.Phone)
	if err := p.steps(func() error { return phone.AddMethod(a) }); err != nil {
		return encap.AddResult{}, err
	}
	return phone.MethodAdded()
}

func (p *pass) challenge(a encap.Challenge) (encap.ChallengeResult, error) {
	if err := p.provider(a.Provider); err != nil {
		return encap.ChallengeResult{}, err
	}
	var err error
	if a.Phone, err = p.challenged(a); err != nil {
		return encap.ChallengeResult{}, err
	}
	provider := p.encapProvider(a.Provider)
	if err := p.steps(func() error { return provider.Challenge(a) }); err != nil {
		return encap.ChallengeResult{}, err
	}
	return provider.Challenged()
}

// challenged finds the phone that a challenge is for: the one that is named,
// or the user's only one. Of several, those that are not activated do not
// count.
func (p *pass) challenged(a encap.Challenge) (string, error) {
	if a.Phone != "" {
		rec, err := p.device(a.Phone)
		if err == nil && a.User != "" && rec.User != a.User {
			err = badArgument(fmt.Sprintf("phone %s is %s's, not %s's", a.Phone, rec.User, a.User))
		}
		return a.Phone, err
	}
	if a.User == "" {
		return "", badArgument("name the user or the phone that the challenge is for")
	}
	if err := p.userExists(a.User); err != nil {
		return "", err
	}
	var all, ready []string
	sites, records, err := p.made()
	for _, site := range sites {
		rec := records[site]
		if site.Role() != authn.RolePhone || rec.User != a.User || rec.ReplacedBy != "" {
			continue
		}
		all = append(all, site.Name())
		on, err := p.encapServer().Activated(site.Name())
		if err != nil {
			return "", err
		}
		if on {
			ready = append(ready, site.Name())
		}
	}
	switch {
	case err != nil:
		return "", err
	case len(ready) == 1:
		return ready[0], nil
	case len(all) == 0:
		return "", &authn.Fault{Code: CodeNoPhone, Message: a.User + " has no phone", Hints: []string{"offauth device register PHONE --user " + a.User}}
	case len(ready) == 0:
		return all[0], nil // which says that it is not activated
	}
	return "", badArgument(fmt.Sprintf("%s has more than one phone that is activated: %q; name one", a.User, ready))
}

func (p *pass) verify(a encap.Verify) (encap.VerifyResult, error) {
	if err := p.provider(a.Provider); err != nil {
		return encap.VerifyResult{}, err
	}
	provider := p.encapProvider(a.Provider)
	if err := p.steps(func() error { return provider.Verify(a.Session, a.Code) }); err != nil {
		return encap.VerifyResult{}, err
	}
	return provider.Verified()
}

// viewEncap shows what a phone has of the family, in the world's time.
func (p *pass) viewEncap(site authn.Site) (*authn.EncapView, error) {
	v, err := p.encapPhone(site.Name()).View()
	if v != nil && v.Operation != nil {
		skew := p.net.skew(site)
		v.Operation.Since, v.Operation.Until = v.Operation.Since.Add(-skew), v.Operation.Until.Add(-skew)
	}
	return v, err
}

// sessions shows those of a provider, in the world's time.
func (p *pass) sessions(provider, user string) ([]authn.SessionView, error) {
	views, err := p.encapServer().Sessions(provider, user)
	skew := p.net.skew(authn.SiteServer)
	for i := range views {
		views[i].StartedAt, views[i].ExpiresAt = views[i].StartedAt.Add(-skew), views[i].ExpiresAt.Add(-skew)
	}
	return views, err
}
