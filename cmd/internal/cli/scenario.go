package cli

import "github.com/spf13/cobra"

func newScenarioCmd(d *Deps) *cobra.Command {
	return parent("scenario", groupLook, "stories in YAML: play them, check them, write them", newScenarioRecordCmd(d, nil))
}
