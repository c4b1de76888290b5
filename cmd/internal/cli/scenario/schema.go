package scenario

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/scenarios/lint"
)

type scenarioSchemaOptions struct {
	deps *app.Deps

	profile string
}

func newScenarioSchemaCmd(d *app.Deps) *cobra.Command {
	o := &scenarioSchemaOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "print the JSON Schema with which an editor completes stories",
		Long: `Print the JSON Schema (draft-07) of stories and fixtures: an editor completes
keys, verbs and arguments by it, and shows the rules of each verb. With a
profile it has that product's verbs alone. What it accepts, "offauth scenario
lint" may still refuse.`,
		Example: `  offauth scenario schema
  offauth scenario schema --profile hypr`,
		Args: app.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := knownProfile(o.profile); o.profile != "" && err != nil {
				return err
			}
			return runScenarioSchema(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.profile, "profile", "", "only the verbs of a `PROFILE`, such as hypr")
	return cmd
}

func runScenarioSchema(_ context.Context, o *scenarioSchemaOptions) error {
	text := lint.Schema(o.profile)
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	return o.deps.Print(app.Report{Result: json.RawMessage(text), Lines: lines, Bare: lines})
}
