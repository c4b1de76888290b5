package workstation

import (
	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
)

// NewTray returns the command "tray" with all below it.
func NewTray(d *app.Deps) *cobra.Command {
	return app.Noun("tray", app.GroupPeople, "OneSpan's Tray Agent: offline data",
		newTrayStatusCmd(d), newTrayUpdateCmd(d))
}
