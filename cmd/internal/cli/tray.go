package cli

import "github.com/spf13/cobra"

func newTrayCmd(d *Deps) *cobra.Command {
	return parent("tray", groupPeople, "OneSpan's Tray Agent: offline data",
		newTrayStatusCmd(d), newTrayUpdateCmd(d))
}
