package scenario

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/lint/schema"
	"github.com/offauth/offauth/scenarios/record"
)

type newOptions struct {
	deps *app.Deps

	name, profile, from, out string
}

func newNew(d *app.Deps) *cobra.Command {
	o := &newOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "new <name>",
		Short: "write a small story that passes, to begin with",
		Long: `Write a small story of a profile that passes as it is into the folder scenarios,
and the JSON Schema for your editor beside it. With --from it begins with a
fixture, named relative to the file. What is there already is not written over.`,
		Example: `  offauth scenario new my-story --profile encap
  offauth scenario new other-story --profile hypr --out -`,
		Annotations: app.Takes("new"),
		Args:        app.Exactly(1, "what the story is to be called"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			if !slug.MatchString(o.name) {
				return app.Usage([]string{"offauth scenario new my-story --profile hypr"},
					"a story's name has a-z, 0-9 and '-', and begins with no '-'")
			}
			if err := knownProfile(o.profile); err != nil {
				return err
			}
			return runNew(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.profile, "profile", "", "the `PROFILE`: hypr, hypr@current, encap or onespan")
	flags.StringVar(&o.from, "from", "", "begin with the fixture in `FILE`")
	flags.StringVar(&o.out, "out", "", "write to `FILE`, not below scenarios; - is stdout")
	return cmd
}

func knownProfile(profile string) error {
	if slices.Contains(verb.Profiles(), profile) {
		return nil
	}
	f := app.Usage(nil, "--profile is one of %s, not %q", strings.Join(verb.Profiles(), ", "), profile)
	for _, near := range app.Nearest(profile, verb.Profiles()) {
		f.Hints = append(f.Hints, "did you mean "+near+"?")
	}
	return f
}

type newJSON struct {
	Name    string `json:"name"`
	File    string `json:"file"`
	Profile string `json:"profile"`
	Text    string `json:"text"`
}

func runNew(_ context.Context, o *newOptions) error {
	d := o.deps
	text := string(lint.New(o.name, o.profile, o.from))
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if o.out == "-" {
		return d.Print(app.Report{Result: newJSON{o.name, "", o.profile, text}, Lines: lines, Bare: lines, File: true})
	}
	if o.out == "" {
		o.out = filepath.Join(defaultSuite, o.name+lint.ScenarioSuffix)
		if err := storyFolder(defaultSuite); err != nil {
			return err
		}
	}
	if err := writeNew(o.out, text); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return app.Usage([]string{"choose another name", "offauth scenario show " + app.ShellWord(o.out)},
				"%s is there already", o.out)
		}
		return err
	}
	rep := app.Report{Result: newJSON{o.name, o.out, o.profile, text}, Bare: []string{o.out},
		Lines: []string{fmt.Sprintf("wrote %s", o.out)},
		Next:  "offauth scenario run " + app.ShellWord(o.out)}
	return d.Print(rep)
}

// storyFolder creates a folder for stories with the schema that editors use for
// completion; all stories of the folder share it.
func storyFolder(name string) error {
	if err := os.MkdirAll(name, 0o755); err != nil {
		return err
	}
	err := writeNew(filepath.Join(name, "scenario.schema.json"), string(schema.JSON("")))
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// writeNew writes a file that must not exist.
func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(name)
	}
	return err
}

type recordOptions struct {
	deps *app.Deps

	name, out, profile string
	force              bool
}

func newRecord(d *app.Deps) *cobra.Command {
	o := &recordOptions{deps: d}
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
				return app.Usage([]string{"offauth scenario record first-steps"},
					"a scenario's name has a-z, 0-9 and '-', and begins with no '-'")
			}
			return runRecord(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.out, "out", "", "write to `FILE`, not below scenarios")
	flags.StringVar(&o.profile, "profile", "", "the `PRODUCT` whose story it is: hypr, encap or onespan")
	flags.BoolVar(&o.force, "force", false, "replace a file that is there")
	return cmd
}

// slug matches a scenario's name.
var slug = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

type recordJSON struct {
	Scenario string           `json:"scenario"`
	File     string           `json:"file"`
	Profile  authn.FamilyName `json:"profile"`
	Moves    int              `json:"moves"`
	Left     []string         `json:"left_out"`
}

func runRecord(ctx context.Context, o *recordOptions) error {
	d := o.deps
	inSuite := o.out == ""
	if inSuite {
		o.out = filepath.Join(defaultSuite, o.name+lint.ScenarioSuffix)
	}
	if _, err := os.Lstat(o.out); err == nil && !o.force {
		return app.Usage([]string{"offauth scenario record " + o.name + " --force", "name another file with --out"},
			"there is a file %s already", o.out)
	}
	return d.Within(ctx, func(w *app.World) error {
		moves, err := w.Recorded(ctx, record.Known()...)
		if errors.Is(err, sim.ErrNotRecording) {
			return app.Usage([]string{"offauth world create NEWNAME --record"},
				"the world %s does not record what is done in it", w.Name)
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
		written, err := record.Write(ctx, scene, func() authn.Store { return memory.NewStore() }, d.Now)
		if err != nil || !written.Passed() {
			return scenarioFailed(written, err)
		}
		if inSuite {
			if err := storyFolder(defaultSuite); err != nil {
				return err
			}
		}
		if err := app.WriteFile(o.out, written.Text); err != nil {
			return err
		}
		rep := app.Report{World: w.Name, Bare: []string{o.out},
			Lines: []string{fmt.Sprintf("%s: %s of %s, played once and passed", o.out, authn.Counted(len(scene.Moves), "step"),
				family)},
			Next:   "offauth scenario run " + app.ShellWord(o.out),
			Result: recordJSON{o.name, o.out, family, len(scene.Moves), append([]string{}, left...)}}
		if len(left) > 0 {
			rep.Talk = append(rep.Talk, "left out, as it belongs to another product: "+strings.Join(left, ", "))
		}
		if written.Exact {
			rep.Talk = append(rep.Talk, "times are told to the nanosecond: with whole seconds it did not come true")
		}
		return d.Print(rep)
	})
}

// family returns the product that the story is about.
func (o *recordOptions) family(moves []sim.Recorded) (authn.FamilyName, error) {
	used := record.Families(moves)
	none := verb.Families()[0].Name // of a story in which nothing of a family was done
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
		if o.profile != string(none) || len(used) > 0 {
			return "", app.Usage(nil, "nothing was done with %s; there is: %s", o.profile, app.Commas(names))
		}
	}
	if len(used) == 0 {
		return none, nil
	}
	return used[0], nil
}

// scenarioFailed returns the error of a story that plays differently from its
// recording.
func scenarioFailed(written record.Scenario, err error) error {
	why := ""
	switch {
	case errors.Is(err, compose.ErrUnsupported):
		why = err.Error()
	case err != nil:
		return err
	case len(written.Result.Failures) > 0:
		f := written.Result.Failures[0]
		why = fmt.Sprintf("line %d, %s: %s: expected %s, got %s", f.Line, f.Step, f.What, f.Expected, f.Got)
	default:
		why = written.Result.Reason
		for _, f := range written.Findings {
			if !f.Warning() {
				why = fmt.Sprintf("line %d: %s", f.Line, f.Message)
				break
			}
		}
	}
	return &authn.Fault{Code: app.CodeNotRetold, Message: "the scenario does not come true, so it was not kept: " + why,
		Hints: []string{"offauth log"}}
}
