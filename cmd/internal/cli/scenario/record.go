package scenario

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/record"
)

type scenarioRecordOptions struct {
	deps *app.Deps

	name, out, profile string
	force              bool
}

func newScenarioRecordCmd(d *app.Deps) *cobra.Command {
	o := &scenarioRecordOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "record <name>",
		Short: "make a scenario of what was done in a recording world",
		Long: `Make a scenario of everything that was done in a world that was made with
--record. PINs and codes become references, secrets that a person chose become
variables: no secret of the world is in the file. It is played once in a world
of its own, and kept only if it comes true.

A scenario tells one product: without --profile the one that was used last.
What was done with another is left out, and named.`,
		Example: `  offauth world create tape --record
  offauth admin user add alice --world tape
  offauth scenario record first-steps --world tape --profile hypr`,
		Annotations: app.Takes("new"),
		Args:        app.Exactly(1, "what the scenario is to be called"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			if !slug.MatchString(o.name) {
				return app.Usage([]string{"offauth scenario record first-steps"}, "a scenario's name has a-z, 0-9 and '-', and begins with no '-'")
			}
			return runScenarioRecord(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.out, "out", "", "write to `FILE`, not below scenarios")
	flags.StringVar(&o.profile, "profile", "", "the `PRODUCT` whose story it is: hypr, encap or onespan")
	flags.BoolVar(&o.force, "force", false, "replace a file that is there")
	return cmd
}

// slug is the form of a scenario's name.
var slug = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

type scenarioRecordJSON struct {
	Scenario string           `json:"scenario"`
	File     string           `json:"file"`
	Profile  authn.FamilyName `json:"profile"`
	Moves    int              `json:"moves"`
	Left     []string         `json:"left_out"`
}

func runScenarioRecord(ctx context.Context, o *scenarioRecordOptions) error {
	d := o.deps
	inSuite := o.out == ""
	if inSuite {
		o.out = filepath.Join(defaultSuite, o.name+lint.ScenarioSuffix)
	}
	if _, err := os.Lstat(o.out); err == nil && !o.force {
		return app.Usage([]string{"offauth scenario record " + o.name + " --force", "name another file with --out"}, "there is a file %s already", o.out)
	}
	return d.Within(ctx, func(w *app.World) error {
		moves, err := w.Recorded(ctx, record.Known()...)
		if errors.Is(err, sim.ErrNotRecording) {
			return app.Usage([]string{"offauth world create NEWNAME --record"}, "the world %s does not record what is done in it", w.Name)
		}
		if err != nil {
			return err
		}
		family, err := o.family(moves)
		if err != nil {
			return err
		}
		scene, left, err := record.Scene(o.name, family, moves)
		if err != nil {
			return app.Usage([]string{"offauth log"}, "%v", err)
		}
		told, err := record.Tell(ctx, scene, func() authn.Store { return memory.NewStore() }, d.Now)
		if err != nil || !told.Passed() {
			return notRetold(told, err)
		}
		if inSuite {
			if err := storyFolder(defaultSuite); err != nil {
				return err
			}
		}
		if err := app.WriteFile(o.out, told.Text); err != nil {
			return err
		}
		rep := app.Report{World: w.Name, Bare: []string{o.out},
			Lines:  []string{fmt.Sprintf("%s: %s of %s, played once and passed", o.out, authn.Counted(len(scene.Moves), "step"), family)},
			Next:   "offauth scenario run " + app.ShellWord(o.out),
			Result: scenarioRecordJSON{o.name, o.out, family, len(scene.Moves), append([]string{}, left...)}}
		if len(left) > 0 {
			rep.Talk = append(rep.Talk, "left out, as it belongs to another product: "+strings.Join(left, ", "))
		}
		if told.Exact {
			rep.Talk = append(rep.Talk, "times are told to the nanosecond: with whole seconds it did not come true")
		}
		return d.Print(rep)
	})
}

// family is the product whose story it is.
func (o *scenarioRecordOptions) family(moves []sim.Recorded) (authn.FamilyName, error) {
	used := record.Families(moves)
	if o.profile != "" {
		for _, f := range used {
			if string(f) == o.profile {
				return f, nil
			}
		}
		names := make([]string, len(used))
		for i, f := range used {
			names[i] = string(f)
		}
		if o.profile != string(authn.FamilyHYPR) || len(used) > 0 {
			return "", app.Usage(nil, "nothing was done with %s; there is: %s", o.profile, app.Commas(names))
		}
	}
	if len(used) == 0 {
		return authn.FamilyHYPR, nil
	}
	return used[0], nil
}

// notRetold says where a story that was written is not what was done.
func notRetold(told record.Told, err error) error {
	why := ""
	switch {
	case errors.Is(err, compose.ErrUntold):
		why = err.Error()
	case err != nil:
		return err
	case len(told.Result.Failures) > 0:
		f := told.Result.Failures[0]
		why = fmt.Sprintf("line %d, %s: %s: expected %s, got %s", f.Line, f.Step, f.What, f.Expected, f.Got)
	default:
		why = told.Result.Reason
		for _, f := range told.Findings {
			if !f.Warning() {
				why = fmt.Sprintf("line %d: %s", f.Line, f.Message)
				break
			}
		}
	}
	return &authn.Fault{Code: app.CodeNotRetold, Message: "the scenario does not come true, so it was not kept: " + why, Hints: []string{"offauth log"}}
}
