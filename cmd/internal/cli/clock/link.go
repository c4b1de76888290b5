package clock

import (
	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
)

// NewLink returns the command "link" with all below it.
func NewLink(d *app.Deps) *cobra.Command {
	return app.Noun("link", app.GroupWorld, "the lines between the sites, to cut and to spoil",
		newLinkShowCmd(d), newLinkSetCmd(d), newLinkFaultCmd(d))
}
