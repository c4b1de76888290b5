package cli

import "github.com/spf13/cobra"

func newScenarioCmd(d *Deps) *cobra.Command {
	cmd := parent("scenario", groupLook, "stories in YAML: play them, check them, write them", newScenarioRecordCmd(d, nil))
	cmd.Hidden = true // from the first page, which is full
	return cmd
}
