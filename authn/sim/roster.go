package sim

import (
	"context"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// Roster names the users, phones, workstations and providers of the world, which is all
// that a command needs to find out whom it means. It reads no PIN set and
// fires no timer.
func (w *World) Roster(ctx context.Context) (authn.Roster, error) {
	var r authn.Roster
	err := w.cfg.Store.View(ctx, func(reader authn.Reader) error {
		l := newLedger(reader)
		var err error
		if r.Users, err = l.userNames(); err != nil {
			return err
		}
		sites, records, err := l.made()
		for _, site := range sites {
			rec := records[site]
			switch site.Role() {
			case authn.RolePhone:
				r.Phones = append(r.Phones, authn.RosterPhone{Name: site.Name(), User: rec.User, ReplacedBy: rec.ReplacedBy})
			case authn.RoleProvider:
				r.Providers = append(r.Providers, site.Name())
			default:
				r.Workstations = append(r.Workstations, authn.RosterWorkstation{Name: site.Name(), Family: rec.Family})
			}
		}
		return err
	})
	return r, err
}

// userNames lists the users in the order in which they were added.
func (l *ledger) userNames() ([]string, error) {
	keys, err := l.keys(authn.SiteServer, users)
	if err != nil {
		return nil, err
	}
	made := map[string]uint64{}
	names := []string{}
	for _, key := range keys {
		var rec userRecord
		if _, err := l.load(key.Site, key.Name, &rec, nil); err != nil {
			return nil, err
		}
		name := strings.TrimPrefix(key.Name, users)
		made[name] = rec.Made
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return int(made[a]) - int(made[b]) })
	return names, nil
}

// made lists phones, workstations and providers in the order in which they were made.
func (l *ledger) made() ([]authn.Site, map[authn.Site]deviceRecord, error) {
	keys, err := l.keys("", recordDevice)
	if err != nil {
		return nil, nil, err
	}
	records := map[authn.Site]deviceRecord{}
	sites := []authn.Site{}
	for _, key := range keys {
		if key.Name != recordDevice {
			continue
		}
		var rec deviceRecord
		if _, err := l.load(key.Site, key.Name, &rec, nil); err != nil {
			return nil, nil, err
		}
		records[key.Site] = rec
		sites = append(sites, key.Site)
	}
	slices.SortFunc(sites, func(a, b authn.Site) int { return int(records[a].Made) - int(records[b].Made) })
	return sites, records, nil
}
