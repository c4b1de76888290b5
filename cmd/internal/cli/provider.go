package cli

import (
	"cmp"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

func newProviderCmd(d *Deps) *cobra.Command {
	return parent("provider", groupPeople, "a service provider's site, with its QR codes",
		newProviderAddCmd(d), newProviderChallengeCmd(d), newProviderVerifyCmd(d), newProviderSessionsCmd(d))
}

// provider finds the provider of that name, or the first-made one.
func (w *World) provider(r authn.Roster, name string) (string, error) {
	switch {
	case len(r.Providers) == 0:
		f := missing(CodeNoProvider, "there is no service provider yet", "offauth provider add "+cmp.Or(name, "bank"))
		if w.Name == demoWorld {
			f.Hints = append(f.Hints, olderDemo)
		}
		return "", f
	case name == "":
		return r.Providers[0], nil
	}
	i := indexName(r.Providers, name)
	if i < 0 {
		return "", noSuch(CodeNoSuchProvider, "provider", name, r.Providers, "offauth provider sessions")
	}
	return r.Providers[i], nil
}
