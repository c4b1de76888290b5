package scenario

import (
	"cmp"
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/scenarios/coverage"
)

type scenarioListOptions struct {
	deps *app.Deps
	picking

	paths []string
}

func newScenarioListCmd(d *app.Deps) *cobra.Command {
	o := &scenarioListOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "list [path ...]",
		Short: "list what would be played, by id",
		Long: `List the instances of the stories of files and folders (./scenarios), or of the
library: the id, which is what --filter takes, the profile, the tags, and the
rules that the story names.`,
		Example: `  offauth scenario list --library
  offauth scenario list --library --tags 'hypr and smoke' --json`,
		Annotations: app.Takes("path", app.Repeated),
		Args:        cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			return runScenarioList(cmd.Context(), o)
		},
	}
	o.picking.bind(cmd)
	return cmd
}

type instanceJSON struct {
	ID      string         `json:"id"`
	File    string         `json:"file"`
	Line    int            `json:"line"`
	Profile string         `json:"profile"`
	Tags    []string       `json:"tags"`
	Rules   []authn.RuleID `json:"rules"`
	Skip    string         `json:"skip"`
}

func runScenarioList(ctx context.Context, o *scenarioListOptions) error {
	d := o.deps
	s, err := readSuite(ctx, d, o.paths, o.library)
	if err != nil {
		return err
	}
	if err := sound(d, s); err != nil {
		return err
	}
	instances, err := o.instances(s)
	if err != nil {
		return err
	}
	rows := [][]string{{"id", "profile", "tags", "rules"}}
	var items []instanceJSON
	var ids []string
	for _, in := range instances {
		rules := coverage.Named(in.Story)
		ids = append(ids, in.ID)
		rows = append(rows, []string{in.ID, in.Story.Profile, cmp.Or(strings.Join(in.Story.Tags, " "), "-"), cmp.Or(joinedRules(rules), "-")})
		items = append(items, instanceJSON{ID: in.ID, File: s.mounts.shown(in.Story.Path), Line: in.Line(), Profile: in.Story.Profile,
			Tags: append([]string{}, in.Story.Tags...), Rules: append([]authn.RuleID{}, rules...), Skip: in.Skip()})
	}
	return d.Print(app.Report{Result: app.ListOf(items), Lines: app.Table(rows), Bare: ids})
}

func joinedRules(ids []authn.RuleID) string {
	return strings.Join(app.NamesOf(ids, func(id authn.RuleID) string { return string(id) }), " ")
}
