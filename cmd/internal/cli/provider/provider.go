package provider

import (
	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
)

// New returns the command "provider" with all below it.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("provider", app.GroupPeople, "a service provider's site, with its QR codes",
		newProviderAddCmd(d), newProviderChallengeCmd(d), newProviderVerifyCmd(d), newProviderSessionsCmd(d))
}
