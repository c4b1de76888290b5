package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

func newLinkCmd(d *Deps) *cobra.Command {
	return parent("link", groupWorld, "the lines between the sites, to cut and to spoil",
		newLinkShowCmd(d, nil), newLinkSetCmd(d, nil), newLinkFaultCmd(d, nil))
}

// siteOf finds a site by its id, or by its bare name where only one has it.
func siteOf(snap authn.Snapshot, text string) (authn.Site, error) {
	var ids []string
	var bare []authn.Site
	for _, l := range snap.Links {
		ids = append(ids, string(l.Site))
		if l.Site.Name() == text {
			bare = append(bare, l.Site)
		}
	}
	if slices.Contains(ids, text) {
		return authn.Site(text), nil
	}
	if len(bare) == 1 {
		return bare[0], nil
	}
	return "", noSuch(codeNoSuchSite, "site", text, ids, "offauth link show")
}
