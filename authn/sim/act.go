package sim

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// act is the switch behind the one door: it finds the sites that an Action
// names and lets them decide.
func (p *pass) act(a authn.Action) (result any, pending *authn.Pending, err error) {
	switch a := a.(type) {
	case authn.AddUser:
		return nil, nil, p.addUser(a)
	case authn.AddWorkstation:
		return nil, nil, p.addWorkstation(a)
	case authn.AddProvider:
		return nil, nil, p.addProvider(a)
	case authn.RegisterDevice:
		return nil, nil, p.registerDevice(a)
	case authn.ReplaceDevice:
		r, err := p.replaceDevice(a)
		return r, nil, err
	case authn.RestartDevice:
		r, err := p.restartDevice(a)
		return r, nil, err
	case authn.RestartWorkstation:
		r, err := p.restartWorkstation(a)
		return r, nil, err
	case authn.UnlockUser:
		r, err := p.unlockUser(a)
		return r, nil, err
	case acceptRollback:
		return nil, nil, p.acceptRollback()
	case authn.SetPolicy:
		return nil, nil, p.setPolicy(a)
	case authn.SetLink:
		return nil, nil, p.setLink(a.Site, a.State)
	case authn.SetFault:
		return nil, nil, p.setFault(a)
	case authn.AdvanceClock:
		return nil, nil, p.shift(a.By, 1)
	case authn.BackClock:
		return nil, nil, p.shift(a.By, -1)
	case authn.SetClock:
		return nil, nil, p.moveTo(a.To.UTC())
	case authn.FreezeClock:
		p.freeze(true)
		return nil, nil, nil
	case authn.RunClock:
		p.freeze(false)
		return nil, nil, nil
	case authn.SkewClock:
		return nil, nil, p.setSkew(a.Site, a.By)
	case authn.Lock:
		r, err := p.lock(a.Workstation)
		return r, nil, err
	}
	if r, done, err := p.actEncap(a); done {
		return r, nil, err
	}
	if r, done, err := p.actOneSpan(a); done {
		return r, nil, err
	}
	return p.actHYPR(a)
}

// shift moves the clock by a span, forward or back.
func (p *pass) shift(by, sign time.Duration) error {
	if by <= 0 {
		return badArgument("a span of time is longer than nothing, such as 5s")
	}
	return p.moveTo(p.now.Add(sign * by))
}

// actHYPR does the Actions of the family hypr.
func (p *pass) actHYPR(a authn.Action) (any, *authn.Pending, error) {
	switch a := a.(type) {
	case hypr.Pair:
		r, err := p.pair(a)
		return r, nil, err
	case hypr.Tap:
		return p.tap(a)
	case hypr.Unlock:
		if err := p.phoneAndComputer(a.Phone, a.Workstation); err != nil {
			return nil, nil, err
		}
		r, err := p.phone(a.Phone).Unlock(a.Workstation, a.Next)
		return r, nil, err
	case hypr.Hide:
		if _, err := p.device(a.Phone); err != nil {
			return nil, nil, err
		}
		r, err := p.phone(a.Phone).Hide()
		return r, nil, err
	case authn.Cancel:
		if _, err := p.device(a.Phone); err != nil {
			return nil, nil, err
		}
		r, err := p.phone(a.Phone).Cancel()
		if err != nil {
			return r, nil, err
		}
		closed, err := p.encapPhone(a.Phone).Cancel()
		r.Cancelled = r.Cancelled || closed
		return r, nil, err
	case hypr.PasskeyUnlock:
		r, err := p.passkeyUnlock(a)
		return r, nil, err
	case hypr.Login:
		if err := p.computerOf(a.Workstation, authn.FamilyHYPR); err != nil {
			return nil, nil, err
		}
		if err := p.userExists(a.User); err != nil {
			return nil, nil, err
		}
		r, err := p.workstation(a.Workstation).Login(a.User, a.PIN)
		return r, nil, err
	}
	return nil, nil, fmt.Errorf("sim: no such action: %T", a)
}

func (p *pass) pair(a hypr.Pair) (any, error) {
	if err := p.phoneAndComputer(a.Phone, a.Workstation); err != nil {
		return nil, err
	}
	if err := p.phone(a.Phone).Pair(a.Workstation, a.Passkey); err != nil {
		return nil, err
	}
	if err := p.pump(); err != nil {
		return nil, err
	}
	return p.phone(a.Phone).Paired(a.Workstation)
}

func (p *pass) tap(a hypr.Tap) (any, *authn.Pending, error) {
	if err := p.phoneAndComputer(a.Phone, a.Workstation); err != nil {
		return nil, nil, err
	}
	if err := p.phone(a.Phone).Tap(a.Workstation, a.Long); err != nil {
		return nil, nil, err
	}
	if err := p.pump(); err != nil {
		return nil, nil, err
	}
	if err := p.settle(); err != nil { // a set that has expired already goes at once
		return nil, nil, err
	}
	return p.tapState(a.Phone, a.Workstation)
}

func (p *pass) passkeyUnlock(a hypr.PasskeyUnlock) (any, error) {
	if err := p.phoneAndComputer(a.Phone, a.Workstation); err != nil {
		return nil, err
	}
	if err := p.phone(a.Phone).PasskeyUnlock(a.Workstation); err != nil {
		return nil, err
	}
	if err := p.pump(); err != nil {
		return nil, err
	}
	return p.phone(a.Phone).PasskeyUnlocked(a.Workstation)
}

// phoneAndComputer reports whether both exist and the workstation is of this
// family.
func (p *pass) phoneAndComputer(phone, workstation string) error {
	if _, err := p.device(phone); err != nil {
		return err
	}
	return p.computerOf(workstation, authn.FamilyHYPR)
}

// lock locks a workstation of whichever family.
func (p *pass) lock(name string) (authn.LockResult, error) {
	rec, err := p.computer(name)
	switch {
	case err != nil:
		return authn.LockResult{}, err
	case rec.Family == authn.FamilyOneSpan:
		return p.onespanWorkstation(name).Lock()
	}
	return p.workstation(name).Lock()
}
