package provider

import (
	"cmp"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

// New returns the command "provider" with all below it.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("provider", app.GroupPeople, "a service provider's site, with its QR codes",
		newProviderAddCmd(d), newProviderChallengeCmd(d), newProviderVerifyCmd(d), newProviderSessionsCmd(d))
}

// provider finds the provider of that name, or the first-made one.
func provider(w *app.World, r authn.Roster, name string) (string, error) {
	switch {
	case len(r.Providers) == 0:
		f := app.Missing(app.CodeNoProvider, "there is no service provider yet", "offauth provider add "+cmp.Or(name, "bank"))
		if w.Name == app.DemoWorld {
			f.Hints = append(f.Hints, pick.OlderDemo)
		}
		return "", f
	case name == "":
		return r.Providers[0], nil
	}
	i := app.IndexName(r.Providers, name)
	if i < 0 {
		return "", app.NoSuch(app.CodeNoSuchProvider, "provider", name, r.Providers, "offauth provider sessions")
	}
	return r.Providers[i], nil
}
