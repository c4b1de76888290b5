package sim

import (
	"context"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// Snapshot returns a copy of the visible state, as if the due timers had fired.
// It writes nothing. Users and sites are in the order of their creation.
func (w *World) Snapshot(ctx context.Context, scope authn.Scope) (authn.Snapshot, error) {
	var s authn.Snapshot
	err := w.read(ctx, func(p *pass) error {
		var err error
		s, err = viewer{p}.snapshot(scope)
		return err
	})
	return s, err
}

// viewer makes a Snapshot.
type viewer struct{ *pass }

func (p viewer) snapshot(scope authn.Scope) (authn.Snapshot, error) {
	s := authn.Snapshot{
		Now: p.now, Clock: authn.ClockView{Frozen: p.clock.Frozen, Offset: p.clock.Offset},
		Recording: p.clock.Recording, Moves: p.clock.Moves,
	}
	s.ClocksOff = family.ClocksOff(sites(p), slices.Collect(maps.Keys(p.net.Skews))...)
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
	for _, f := range p.world.families {
		if f.Policy.View == nil {
			continue
		}
		settings, err := f.Policy.View(sites(p))
		if err != nil {
			return s, err
		}
		s.Policy = append(s.Policy, settings...)
	}
	timers, err := p.allTimers()
	for _, t := range timers {
		whose, err := p.timerOf(t)
		if err != nil {
			return s, err
		}
		if scope.Holds(t.Site) && (scope.User == "" || scope.User == whose) {
			s.Deadlines = append(s.Deadlines,
				authn.Deadline{At: t.At.Add(-p.net.skew(t.Site)), Site: t.Site, Kind: t.Kind, Subject: t.Subject})
		}
	}
	sort.SliceStable(s.Deadlines, func(i, j int) bool { return s.Deadlines[i].At.Before(s.Deadlines[j].At) })
	return s, err
}

// timerOf returns the user whom a timer concerns. A phone's timer concerns the
// phone's user; the subject of a workstation's or the server's timer begins
// with the user's name.
func (p viewer) timerOf(t authn.Timer) (string, error) {
	if t.Site.Role() == authn.RolePhone {
		d, err := p.device(t.Site)
		return d.User, err
	}
	user, _, _ := strings.Cut(t.Subject, "/")
	return user, nil
}

func (p viewer) viewUsers(s *authn.Snapshot, scope authn.Scope) error {
	names, err := p.users()
	if err != nil {
		return err
	}
	for _, name := range names {
		if scope.User != "" && scope.User != name {
			continue
		}
		var u user
		if _, err := p.load(authn.SiteServer, userRecords+name, &u, nil); err != nil {
			return err
		}
		v := authn.UserView{Name: name, Roaming: u.Roaming, AddedAt: u.AddedAt}
		for _, f := range p.world.families {
			if f.View.User == nil {
				continue
			}
			if err := f.View.User(sites(p), &v); err != nil {
				return err
			}
		}
		s.Users = append(s.Users, v)
	}
	return nil
}

// viewSites adds phones, workstations, providers and all links.
func (p viewer) viewSites(s *authn.Snapshot, scope authn.Scope) error {
	devices, err := p.devices()
	if err != nil {
		return err
	}
	for _, d := range append([]family.Device{{Site: authn.SiteServer}}, devices...) {
		if !scope.Holds(d.Site) {
			continue
		}
		s.Links = append(s.Links, authn.LinkView{Site: d.Site, State: p.net.uplink(d.Site), Skew: p.net.skew(d.Site)})
		if err := p.viewSite(s, scope, d); err != nil {
			return err
		}
	}
	return nil
}

func (p viewer) viewSite(s *authn.Snapshot, scope authn.Scope, d family.Device) error {
	switch d.Site.Role() {
	case authn.RolePhone:
		if scope.User != "" && scope.User != d.User {
			return nil
		}
		v := authn.PhoneView{
			Name: d.Site.Name(), User: d.User, Platform: d.Platform, Version: d.Version, AddedAt: d.AddedAt,
			ReplacedBy: d.ReplacedBy,
		}
		for _, f := range p.world.families {
			if f.View.Phone == nil {
				continue
			}
			if err := f.View.Phone(sites(p), &v); err != nil {
				return err
			}
		}
		s.Phones = append(s.Phones, v)
	case authn.RoleWorkstation:
		v := authn.WorkstationView{Name: d.Site.Name(), Family: d.Family, Version: d.Version, AddedAt: d.AddedAt}
		if look := p.world.byName[d.Family].View.Workstation; look != nil {
			if err := look(sites(p), &v, scope.User); err != nil {
				return err
			}
		}
		s.Workstations = append(s.Workstations, v)
	case authn.RoleProvider:
		v := authn.ProviderView{Name: d.Site.Name(), AddedAt: d.AddedAt}
		if look := p.world.byName[d.Family].View.Provider; look != nil {
			if err := look(sites(p), &v, scope.User); err != nil {
				return err
			}
		}
		s.Providers = append(s.Providers, v)
	}
	return nil
}
