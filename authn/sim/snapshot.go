package sim

import (
	"context"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/offauth/offauth/authn"
)

// Snapshot copies what may be shown, with due timers shown as fired. It
// writes nothing. Users and sites come in the order in which they were made.
func (w *World) Snapshot(ctx context.Context, scope authn.Scope) (authn.Snapshot, error) {
	var s authn.Snapshot
	err := w.read(ctx, func(p *pass) error {
		var err error
		s, err = p.snapshot(scope)
		return err
	})
	return s, err
}

func (p *pass) snapshot(scope authn.Scope) (authn.Snapshot, error) {
	s := authn.Snapshot{Now: p.now, Clock: authn.ClockView{Frozen: p.clock.Frozen, Offset: p.clock.Offset}, Recording: p.clock.Recording, Moves: p.clock.Moves}
	s.ClocksOff = p.clocksOff(slices.Collect(maps.Keys(p.net.Skews))...)
	if err := p.viewUsers(&s, scope); err != nil {
		return s, err
	}
	if err := p.viewSites(&s, scope); err != nil {
		return s, err
	}
	for _, site := range slices.Sorted(maps.Keys(p.net.Uplinks)) {
		if _, _, near := site.BluetoothEnds(); near && len(scope.Sites) == 0 {
			s.Links = append(s.Links, authn.LinkView{Site: site, State: p.net.uplink(site)})
		}
	}
	for _, f := range p.net.Faults {
		s.Faults = append(s.Faults, authn.FaultView(f))
	}
	settings, err := p.server().Settings()
	if err != nil {
		return s, err
	}
	s.Policy = settings.View()
	more, err := p.encapServer().Settings()
	if err != nil {
		return s, err
	}
	s.Policy = append(s.Policy, more.View()...)
	third, err := p.onespanServer().Settings()
	if err != nil {
		return s, err
	}
	s.Policy = append(s.Policy, third.View()...)
	timers, err := p.allTimers()
	for _, t := range timers {
		whose, err := p.timerOf(t)
		if err != nil {
			return s, err
		}
		if scope.Holds(t.Site) && (scope.User == "" || scope.User == whose) {
			s.Deadlines = append(s.Deadlines, authn.Deadline{At: t.At.Add(-p.net.skew(t.Site)), Site: t.Site, Kind: t.Kind, Subject: t.Subject})
		}
	}
	sort.SliceStable(s.Deadlines, func(i, j int) bool { return s.Deadlines[i].At.Before(s.Deadlines[j].At) })
	return s, err
}

// timerOf names the user whom a timer concerns: a phone's is its user's, a
// workstation's and the server's begin with the user's name.
func (p *pass) timerOf(t authn.Timer) (string, error) {
	if t.Site.Role() == authn.RolePhone {
		rec, err := p.device(t.Site.Name())
		return rec.User, err
	}
	user, _, _ := strings.Cut(t.Subject, "/")
	return user, nil
}

func (p *pass) viewUsers(s *authn.Snapshot, scope authn.Scope) error {
	names, err := p.userNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		if scope.User != "" && scope.User != name {
			continue
		}
		var rec userRecord
		if _, err := p.load(authn.SiteServer, users+name, &rec, nil); err != nil {
			return err
		}
		locks, err := p.encapServer().Locks(name)
		if err != nil {
			return err
		}
		for i := range locks {
			p.shiftAll(-p.net.skew(authn.SiteServer), &locks[i].Since)
		}
		view, err := p.viewOneSpanUser(name)
		if err != nil {
			return err
		}
		s.Users = append(s.Users, authn.UserView{Name: name, Roaming: rec.Roaming, AddedAt: rec.AddedAt, Locks: locks, OneSpan: view})
	}
	return nil
}

// viewSites adds phones, workstations, providers and all links.
func (p *pass) viewSites(s *authn.Snapshot, scope authn.Scope) error {
	sites, records, err := p.made()
	if err != nil {
		return err
	}
	for _, site := range append([]authn.Site{authn.SiteServer}, sites...) {
		if !scope.Holds(site) {
			continue
		}
		s.Links = append(s.Links, authn.LinkView{Site: site, State: p.net.uplink(site), Skew: p.net.skew(site)})
		if err := p.viewSite(s, scope, site, records[site]); err != nil {
			return err
		}
	}
	return nil
}

func (p *pass) viewSite(s *authn.Snapshot, scope authn.Scope, site authn.Site, rec deviceRecord) error {
	switch site.Role() {
	case authn.RolePhone:
		if scope.User != "" && scope.User != rec.User {
			return nil
		}
		computers, err := p.phone(site.Name()).View()
		if err != nil {
			return err
		}
		view, err := p.viewEncap(site)
		if err != nil {
			return err
		}
		notice, err := p.phone(site.Name()).Notice()
		if err != nil {
			return err
		}
		digipass, err := p.onespanPhone(site.Name()).View()
		s.Phones = append(s.Phones, authn.PhoneView{
			Name: site.Name(), User: rec.User, Platform: rec.Platform, Version: rec.Version, AddedAt: rec.AddedAt, Notice: notice, Computers: computers, ReplacedBy: rec.ReplacedBy, Encap: view, Digipass: digipass,
		})
		return err
	case authn.RoleWorkstation:
		v := authn.WorkstationView{Name: site.Name(), Family: rec.Family, Version: rec.Version, AddedAt: rec.AddedAt}
		look := p.workstation(site.Name()).View
		if rec.Family == authn.FamilyOneSpan {
			look = p.viewOneSpanWorkstation
		}
		if err := look(&v, scope.User); err != nil {
			return err
		}
		for i, a := range v.Accounts {
			waits, err := p.server().UnlockWaits(v.Name, a.User)
			if err != nil {
				return err
			}
			v.Accounts[i].UnlockWaits = waits
		}
		s.Workstations = append(s.Workstations, v)
		return nil
	case authn.RoleProvider:
		sessions, err := p.sessions(site.Name(), scope.User)
		s.Providers = append(s.Providers, authn.ProviderView{Name: site.Name(), AddedAt: rec.AddedAt, Sessions: sessions})
		return err
	}
	return nil
}
