package cli

import (
	"context"
	"strings"

	"github.com/offauth/offauth/authn"
)

// siteOf finds a site by its id, or by its bare name where only one has it.
// near adds the Bluetooth links.
func (w *World) siteOf(ctx context.Context, text string, near bool) (authn.Site, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return "", err
	}
	ids := sites(r)
	var bare []authn.Site
	for _, id := range ids {
		if authn.SameName(id.Name(), text) {
			bare = append(bare, id)
		}
	}
	var links []authn.Site
	if near {
		links = bluetooth(r)
	}
	for _, all := range [][]authn.Site{ids, links} {
		if i := indexName(all, text); i >= 0 {
			return all[i], nil
		}
	}
	switch {
	case len(bare) == 1:
		return bare[0], nil
	case strings.HasPrefix(text, "bluetooth"):
		ids = links // whoever writes so means one of those
	}
	return "", noSuch(CodeNoSuchSite, "site", text, names(ids, siteID), "offauth link show")
}

func siteID(s authn.Site) string { return string(s) }

// sites returns the ids of all that has an uplink and a clock.
func sites(r authn.Roster) []authn.Site {
	ids := []authn.Site{authn.SiteServer}
	for _, p := range r.Phones {
		ids = append(ids, authn.Phone(p.Name))
	}
	for _, ws := range r.Workstations {
		ids = append(ids, authn.Workstation(ws.Name))
	}
	for _, name := range r.Providers {
		ids = append(ids, authn.Provider(name))
	}
	return ids
}

// bluetooth returns the links between phones and the workstations that have it.
func bluetooth(r authn.Roster) []authn.Site {
	var links []authn.Site
	for _, p := range r.Phones {
		for _, ws := range r.Workstations {
			if ws.Family == authn.FamilyHYPR {
				links = append(links, authn.Bluetooth(p.Name, ws.Name))
			}
		}
	}
	return links
}
