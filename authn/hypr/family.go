package hypr

import (
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// Family returns HYPR's Offline Mode: a phone shows offline PINs that unlock a
// workstation.
func Family() family.Family {
	return family.Family{
		Name: authn.FamilyHYPR, Rules: "H", Days: KeyDays,
		Variants: []family.Variant{
			{Name: ProfileClassic},
			{Name: ProfileCurrent, Settings: []authn.Setting{{Key: KeyProfile, Value: ProfileCurrent}}},
		},
		Sample: family.Sample{Description: sampleDescription, Text: sampleText},
		Verbs:  verbs(), Codes: Codes(), Kinds: Kinds(), Leaves: leaves(),
		Messages: MessageKinds(), Timers: []string{timerHide, timerAsk, timerLockout, timerExpire, TimerOffer, TimerOfferEnd},
		Policy: family.PolicyOf(DefaultSettings(), serverOf),
		Enrolments: map[authn.Role]family.Enrolment{
			authn.RolePhone:       {Ask: enrolPhone, Answered: phoneEnrolled, Rule: "H46"},
			authn.RoleWorkstation: {Ask: enrolWorkstation, Answered: workstationEnrolled, Rule: "H46"},
		},
		Bluetooth: true,
		Act:       act, Receive: receive, Fire: fire, Advise: advise, Look: look,
		View: family.View{Phone: viewPhone, Workstation: viewWorkstation},
		On: family.On{
			UserAdded: userAdded, UplinkSet: uplinkSet, Restarted: restarted, RolledBack: rolledBack,
			ClockBack: func(s family.Sites, phone authn.Site) error { return phoneOf(s, phone.Name()).ClockWentBack() },
			Lock:      func(s family.Sites, ws string) (authn.LockResult, error) { return workstationOf(s, ws).Lock() },
			Cancel: func(s family.Sites, phone string) (bool, error) {
				r, err := phoneOf(s, phone).Cancel()
				return r.Cancelled, err
			},
			Unlock: func(s family.Sites, user string) ([]string, error) { return serverOf(s).UnlockUser(user) },
			Revoke: func(s family.Sites, phone string) ([]string, error) { return serverOf(s).Revoke(phone) },
			Waits:  func(s family.Sites, ws string) (bool, error) { return serverOf(s).Waiting(ws) },
		},
	}
}

func phoneOf(s family.Sites, name string) Phone { return Phone{Host: s.Host(authn.Phone(name))} }

func workstationOf(s family.Sites, name string) Workstation {
	return Workstation{Host: s.Host(authn.Workstation(name)), KDF: s.KDF()}
}

func serverOf(s family.Sites) Server { return Server{Host: s.Host(authn.SiteServer)} }

func enrolPhone(s family.Sites, d family.Device, _ authn.Action) error {
	return phoneOf(s, d.Site.Name()).Enrol(d.User, d.Platform, d.Version)
}

func phoneEnrolled(s family.Sites, d family.Device) (bool, error) {
	return phoneOf(s, d.Site.Name()).Enrolled()
}

func enrolWorkstation(s family.Sites, d family.Device, _ authn.Action) error {
	return workstationOf(s, d.Site.Name()).Enrol(d.Version)
}

func workstationEnrolled(s family.Sites, d family.Device) (bool, error) {
	return workstationOf(s, d.Site.Name()).Enrolled()
}

// act does an Action of the family.
func act(s family.Sites, a authn.Action) (any, *authn.Pending, error) {
	switch a := a.(type) {
	case Pair:
		r, err := doPair(s, a)
		return r, nil, err
	case Tap:
		return doTap(s, a)
	case Unlock:
		if err := phoneAndWorkstation(s, a.Phone, a.Workstation); err != nil {
			return nil, nil, err
		}
		r, err := phoneOf(s, a.Phone).Unlock(a.Workstation, a.Next)
		return r, nil, err
	case Hide:
		if _, err := s.Device(authn.Phone(a.Phone)); err != nil {
			return nil, nil, err
		}
		r, err := phoneOf(s, a.Phone).Hide()
		return r, nil, err
	case PasskeyUnlock:
		r, err := doPasskeyUnlock(s, a)
		return r, nil, err
	case Login:
		if err := family.WorkstationOf(s, a.Workstation, authn.FamilyHYPR); err != nil {
			return nil, nil, err
		}
		if err := s.User(a.User); err != nil {
			return nil, nil, err
		}
		r, err := workstationOf(s, a.Workstation).Login(a.User, a.PIN)
		return r, nil, err
	}
	return nil, nil, nil
}

func doPair(s family.Sites, a Pair) (any, error) {
	if err := phoneAndWorkstation(s, a.Phone, a.Workstation); err != nil {
		return nil, err
	}
	phone := phoneOf(s, a.Phone)
	if err := family.Steps(s, func() error { return phone.Pair(a.Workstation, a.Passkey) }); err != nil {
		return nil, err
	}
	return phone.Paired(a.Workstation)
}

func doTap(s family.Sites, a Tap) (any, *authn.Pending, error) {
	if err := phoneAndWorkstation(s, a.Phone, a.Workstation); err != nil {
		return nil, nil, err
	}
	if err := family.Steps(s, func() error { return phoneOf(s, a.Phone).Tap(a.Workstation, a.Long) }); err != nil {
		return nil, nil, err
	}
	if err := s.Settle(); err != nil { // delete a set that has already expired
		return nil, nil, err
	}
	return stateOfTap(s, a.Phone, a.Workstation)
}

func doPasskeyUnlock(s family.Sites, a PasskeyUnlock) (any, error) {
	if err := phoneAndWorkstation(s, a.Phone, a.Workstation); err != nil {
		return nil, err
	}
	phone := phoneOf(s, a.Phone)
	if err := family.Steps(s, func() error { return phone.PasskeyUnlock(a.Workstation) }); err != nil {
		return nil, err
	}
	return phone.PasskeyUnlocked(a.Workstation)
}

// phoneAndWorkstation returns an error unless both exist and the workstation is
// of this family.
func phoneAndWorkstation(s family.Sites, phone, workstation string) error {
	if _, err := s.Device(authn.Phone(phone)); err != nil {
		return err
	}
	return family.WorkstationOf(s, workstation, authn.FamilyHYPR)
}

func receive(s family.Sites, m authn.Message) error {
	switch m.To.Role() {
	case authn.RolePhone:
		return phoneOf(s, m.To.Name()).Receive(m)
	case authn.RoleWorkstation:
		return workstationOf(s, m.To.Name()).Receive(m)
	}
	return serverOf(s).Receive(m)
}

func fire(s family.Sites, t authn.Timer) error {
	if t.Site.Role() == authn.RolePhone {
		return phoneOf(s, t.Site.Name()).Fire(t)
	}
	return workstationOf(s, t.Site.Name()).Fire(t)
}

func userAdded(s family.Sites, a authn.AddUser) error {
	if !a.Roaming {
		return nil
	}
	return serverOf(s).Roam(a.Name)
}

// uplinkSet sends everything that waited for the network: the server's orders,
// then the waiting taps of every phone. It also ends offers that no longer
// apply (H48). Taps and offers are found by their timers, which name the phone.
func uplinkSet(s family.Sites) error {
	if err := family.Steps(s, serverOf(s).Flush); err != nil {
		return err
	}
	timers, err := s.Timers()
	if err != nil {
		return err
	}
	asked := map[authn.Site]bool{}
	for _, t := range slices.Clone(timers) {
		if t.Kind != TimerOffer && t.Kind != TimerOfferEnd || asked[t.Site] {
			continue
		}
		asked[t.Site] = true
		reaches := func(ws string) bool {
			return len(family.CutOff(s, t.Site, authn.SiteServer, authn.Workstation(ws))) == 0
		}
		err := family.Steps(s, func() error { return phoneOf(s, t.Site.Name()).NetworkChanged(reaches) })
		if err != nil {
			return err
		}
	}
	return nil
}

func restarted(s family.Sites, site authn.Site) (r family.Restarted, err error) {
	if site.Role() == authn.RolePhone {
		r.Hidden, r.Cancelled, err = phoneOf(s, site.Name()).Restart()
		return r, err
	}
	r.Already, err = workstationOf(s, site.Name()).Restart()
	return r, err
}

// rolledBack deletes the PIN sets of a site.
func rolledBack(s family.Sites, site authn.Site) error {
	switch site.Role() {
	case authn.RolePhone:
		return phoneOf(s, site.Name()).ForgetSets("rolled_back", "A14")
	case authn.RoleWorkstation:
		return workstationOf(s, site.Name()).ForgetSets("rolled_back", "A14")
	}
	return nil
}

func viewPhone(s family.Sites, v *authn.PhoneView) (err error) {
	phone := phoneOf(s, v.Name)
	if v.Computers, err = phone.View(); err != nil {
		return err
	}
	v.Notice, err = phone.Notice()
	return err
}

func viewWorkstation(s family.Sites, v *authn.WorkstationView, user string) error {
	if err := workstationOf(s, v.Name).View(v, user); err != nil {
		return err
	}
	for i, a := range v.Accounts {
		waits, err := serverOf(s).UnlockWaits(v.Name, a.User)
		if err != nil {
			return err
		}
		v.Accounts[i].UnlockWaits = waits
	}
	return nil
}
