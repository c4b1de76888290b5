package pick

import (
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

// SiteOf finds a site by its id, or by its bare name where only one has it.
// near adds the Bluetooth links.
func SiteOf(r authn.Roster, text string, near bool) (authn.Site, error) {
	ids := Sites(r)
	var bare []authn.Site
	for _, id := range ids {
		if authn.SameName(id.Name(), text) {
			bare = append(bare, id)
		}
	}
	var links []authn.Site
	if near {
		links = Bluetooth(r)
	}
	for _, all := range [][]authn.Site{ids, links} {
		if i := app.IndexName(all, text); i >= 0 {
			return all[i], nil
		}
	}
	switch {
	case len(bare) == 1:
		return bare[0], nil
	case strings.HasPrefix(text, "bluetooth"):
		ids = links // whoever writes so means one of those
	}
	return "", app.NoSuch(app.CodeNoSuchSite, "site", text, app.NamesOf(ids, SiteID), "offauth link show")
}

// SiteID returns the text of a site.
func SiteID(s authn.Site) string { return string(s) }

// Sites returns the ids of all that has an uplink and a clock.
func Sites(r authn.Roster) []authn.Site {
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

// Bluetooth returns the links between phones and the workstations that have it.
func Bluetooth(r authn.Roster) []authn.Site {
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
