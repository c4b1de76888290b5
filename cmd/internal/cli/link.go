package cli

import (
	"github.com/spf13/cobra"
)

func newLinkCmd(d *Deps) *cobra.Command {
	return parent("link", groupWorld, "the lines between the sites, to cut and to spoil",
		newLinkShowCmd(d), newLinkSetCmd(d), newLinkFaultCmd(d))
}
