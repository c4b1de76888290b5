package provider

import (
	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
)

// New returns the command "provider" with all below it.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("provider", app.GroupPeople, "a service provider's site, with its QR codes",
		leaf.New(d, add()), newProviderChallengeCmd(d), leaf.New(d, verify()), newProviderSessionsCmd(d))
}
