package sim

import (
	"fmt"
	"reflect"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// act does an Action: those of no family here, the others by their family.
func (p *pass) act(a authn.Action) (result any, pending *authn.Pending, err error) {
	result, done, err := acts{p}.act(a)
	if done {
		return result, nil, err
	}
	f, ok := p.world.byAction[reflect.TypeOf(a)]
	if !ok {
		return nil, nil, fmt.Errorf("sim: no such action: %T", a)
	}
	return f.Act(sites{p}, a)
}

// acts does the Actions that belong to no family.
type acts struct{ *pass }

func (p acts) act(a authn.Action) (result any, done bool, err error) {
	switch a := a.(type) {
	case authn.AddUser:
		err = p.addUser(a)
	case authn.AddWorkstation:
		err = p.addWorkstation(a)
	case authn.AddProvider:
		err = p.addProvider(a)
	case authn.RegisterDevice:
		err = p.registerDevice(a)
	case authn.ReplaceDevice:
		result, err = p.replaceDevice(a)
	case authn.RestartDevice:
		result, err = p.restartDevice(a)
	case authn.RestartWorkstation:
		result, err = p.restartWorkstation(a)
	case authn.Lock:
		result, err = p.lock(a.Workstation)
	case authn.Cancel:
		return p.cancel(a)
	case authn.UnlockUser:
		result, err = p.unlockUser(a)
	case authn.SetPolicy:
		err = p.setPolicy(a)
	case acceptRollback:
		err = p.acceptRollback()
	case authn.SetLink:
		err = p.setLink(a.Site, a.State)
	case authn.SetFault:
		err = p.setFault(a)
	default:
		return p.actOnClock(a)
	}
	return result, true, err
}

func (p acts) actOnClock(a authn.Action) (result any, done bool, err error) {
	switch a := a.(type) {
	case authn.AdvanceClock:
		err = p.shift(a.By, 1)
	case authn.BackClock:
		err = p.shift(a.By, -1)
	case authn.SetClock:
		err = p.moveTo(a.To.UTC())
	case authn.FreezeClock:
		p.freeze(true)
	case authn.RunClock:
		p.freeze(false)
	case authn.SkewClock:
		err = p.setSkew(a.Site, a.By)
	default:
		return nil, false, nil
	}
	return nil, true, err
}

// shift moves the clock by a span, forward or back.
func (p acts) shift(by, sign time.Duration) error {
	if by <= 0 {
		return authn.BadArgument("a span of time is longer than nothing, such as 5s")
	}
	return p.moveTo(p.now.Add(sign * by))
}

func (p acts) addUser(a authn.AddUser) error {
	if err := p.claim(roleUser, a.Name, "offauth admin user list"); err != nil {
		return err
	}
	p.clock.Made++
	p.happened(authn.SiteServer, authn.EventUserAdded, a.Name, "", map[string]any{"roaming": a.Roaming})
	for _, f := range p.world.families {
		if f.On.UserAdded == nil {
			continue
		}
		if err := f.On.UserAdded(sites(p), a); err != nil {
			return err
		}
	}
	return p.save(authn.SiteServer, userRecords+a.Name, user{Made: p.clock.Made, AddedAt: p.now, Roaming: a.Roaming}, nil)
}

func (p acts) addWorkstation(a authn.AddWorkstation) error {
	f := p.world.byName[a.Family]
	if _, ok := f.Enrolments[authn.RoleWorkstation]; !ok {
		message := "the family " + quote(string(a.Family)) + " has no workstations here; there are: " +
			p.world.withWorkstations()
		return authn.BadArgument(message)
	}
	if a.NoTray && !f.Tray {
		with, _ := p.world.first(func(f family.Family) bool { return f.Tray })
		return authn.BadArgument(fmt.Sprintf("the Tray Agent is of the family %s; %s has none to leave out",
			with.Name, a.Family))
	}
	return p.enrol(f, family.Device{Site: authn.Workstation(a.Name), Family: a.Family, Version: a.Version},
		EventWorkstationAdded, a)
}

func (p acts) addProvider(a authn.AddProvider) error {
	f, ok := p.world.enrols(authn.RoleProvider)
	if !ok {
		return authn.BadArgument("no family has providers here")
	}
	return p.enrol(f, family.Device{Site: authn.Provider(a.Name), Family: f.Name}, authn.EventProviderAdded, a)
}

func (p acts) registerDevice(a authn.RegisterDevice) error {
	if err := p.user(a.User); err != nil {
		return err
	}
	if a.Platform == "" {
		a.Platform = "android"
	}
	if a.Platform != "android" && a.Platform != "ios" {
		return authn.BadArgument("a phone's platform is android or ios")
	}
	f, ok := p.world.enrols(authn.RolePhone)
	if !ok {
		return authn.BadArgument("no family has phones here")
	}
	d := family.Device{Site: authn.Phone(a.Name), User: a.User, Platform: a.Platform, Version: a.Version}
	return p.enrol(f, d, EventPhoneRegistered, a)
}

// enrol makes a site and enrols it with the family's server. It removes the
// site again if the server does not answer.
func (p acts) enrol(f family.Family, d family.Device, kind authn.Kind, a authn.Action) error {
	err := p.claim(d.Site.Role(), d.Site.Name(), "offauth device status", "offauth workstation list")
	if err != nil {
		return err
	}
	p.clock.Made++
	if d.Version == "" {
		d.Version = authn.NewestVersion
	}
	if err := authn.CheckVersion(d.Version); err != nil {
		return authn.BadArgument("version " + quote(d.Version) + ": " + err.Error())
	}
	d.Made, d.AddedAt = p.clock.Made, p.now
	if err := p.save(d.Site, deviceRecord, d, nil); err != nil {
		return err
	}
	enrolment := f.Enrolments[d.Site.Role()]
	if err := family.Steps(sites(p), func() error { return enrolment.Ask(sites(p), d, a) }); err != nil {
		return err
	}
	answered, err := enrolment.Answered(sites(p), d)
	if err != nil {
		return err
	}
	if !answered {
		return p.notEnrolled(d.Site, enrolment.Rule)
	}
	fields, subject := map[string]any{"version": d.Version}, d.Site.Name()
	if d.Site.Role() == authn.RoleProvider {
		fields = nil
	}
	if d.User != "" {
		fields["phone"], subject = d.Site.Name(), d.User
	}
	p.happened(d.Site, kind, subject, "", fields)
	return nil
}

// notEnrolled removes a site and returns the refusal.
func (p acts) notEnrolled(site authn.Site, rule authn.RuleID) error {
	if err := p.forget(site); err != nil {
		return err
	}
	hints := []string{family.LookAtLines}
	if p.net.uplink(authn.SiteServer) != authn.Up {
		hints = []string{family.LinkUp(authn.SiteServer)}
	}
	return &authn.Refusal{
		Code: authn.CodeServerUnreachable, Rule: rule, Site: site, Subject: site.Name(),
		Message: fmt.Sprintf("the server did not answer, so %s was not added", site), Hints: hints,
	}
}

// replaceDevice registers a new phone for the user of a lost one, and revokes
// the lost one.
func (p acts) replaceDevice(a authn.ReplaceDevice) (authn.ReplaceResult, error) {
	r := authn.ReplaceResult{Old: a.Old, New: a.New}
	old, err := p.device(authn.Phone(a.Old))
	if err != nil {
		return r, err
	}
	if old.ReplacedBy != "" {
		return r, authn.BadArgument("phone " + quote(a.Old) + " was replaced by " + old.ReplacedBy + " already")
	}
	r.User = old.User
	if a.Platform == "" {
		a.Platform = old.Platform
	}
	err = p.registerDevice(authn.RegisterDevice{Name: a.New, User: old.User, Platform: a.Platform, Version: a.Version})
	if err != nil {
		return r, err
	}
	old.ReplacedBy = a.New
	if err := p.save(old.Site, deviceRecord, old, nil); err != nil {
		return r, err
	}
	r.Dead, r.Waiting, err = p.tell(func(f family.Family) ([]string, error) {
		if f.On.Revoke == nil {
			return nil, nil
		}
		return f.On.Revoke(sites(p), a.Old)
	})
	return r, err
}

// unlockUser ends a user's lock-outs. It returns which workstations have heard
// of it (H27).
func (p acts) unlockUser(a authn.UnlockUser) (authn.UnlockUserResult, error) {
	r := authn.UnlockUserResult{User: a.Name}
	if err := p.user(a.Name); err != nil {
		return r, err
	}
	var err error
	r.Reached, r.Waiting, err = p.tell(func(f family.Family) ([]string, error) {
		if f.On.Unlock == nil {
			return nil, nil
		}
		return f.On.Unlock(sites(p), a.Name)
	})
	return r, err
}

// tell lets every family's server send orders to workstations, and delivers
// them. It returns the workstations that have carried out their orders, and
// those that have not.
func (p acts) tell(by func(family.Family) ([]string, error)) (reached, waiting []string, err error) {
	told := make([][]string, len(p.world.families))
	for i, f := range p.world.families {
		if told[i], err = by(f); err != nil {
			return nil, nil, err
		}
	}
	if err := p.pump(); err != nil {
		return nil, nil, err
	}
	for i, f := range p.world.families {
		for _, ws := range told[i] {
			waits, err := f.On.Waits(sites(p), ws)
			if err != nil {
				return nil, nil, err
			}
			if waits {
				waiting = append(waiting, ws)
			} else {
				reached = append(reached, ws)
			}
		}
	}
	return reached, waiting, nil
}

// lock locks a workstation of whichever family.
func (p acts) lock(name string) (authn.LockResult, error) {
	d, err := p.device(authn.Workstation(name))
	if err != nil {
		return authn.LockResult{}, err
	}
	return p.world.byName[d.Family].On.Lock(sites(p), name)
}

// cancel cancels what a phone waits for, in every family.
func (p acts) cancel(a authn.Cancel) (result any, done bool, err error) {
	if _, err := p.device(authn.Phone(a.Phone)); err != nil {
		return nil, true, err
	}
	r := authn.CancelResult{Phone: a.Phone}
	for _, f := range p.world.families {
		if f.On.Cancel == nil {
			continue
		}
		cancelled, err := f.On.Cancel(sites(p), a.Phone)
		r.Cancelled = r.Cancelled || cancelled
		if err != nil {
			return r, true, err
		}
	}
	return r, true, nil
}

// restartDevice restarts a phone's app. Each family ends what the app had in
// memory; its stored records are kept (A6).
func (p acts) restartDevice(a authn.RestartDevice) (authn.RestartDeviceResult, error) {
	r, site := authn.RestartDeviceResult{Phone: a.Phone}, authn.Phone(a.Phone)
	if _, err := p.device(site); err != nil {
		return r, err
	}
	p.happened(site, EventDeviceRestarted, a.Phone, "A6", nil)
	for _, f := range p.world.families {
		if f.On.Restarted == nil {
			continue
		}
		ended, err := f.On.Restarted(sites(p), site)
		r.Hidden, r.Cancelled = r.Hidden || ended.Hidden, r.Cancelled || ended.Cancelled
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

// restartWorkstation reboots a workstation, which locks it.
func (p acts) restartWorkstation(a authn.RestartWorkstation) (authn.RestartWorkstationResult, error) {
	r, site := authn.RestartWorkstationResult{Workstation: a.Workstation}, authn.Workstation(a.Workstation)
	d, err := p.device(site)
	if err != nil {
		return r, err
	}
	p.happened(site, EventWorkstationRestarted, a.Workstation, "A6", nil)
	ended, err := p.world.byName[d.Family].On.Restarted(sites(p), site)
	r.Already = ended.Already
	return r, err
}
