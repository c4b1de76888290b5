package scenario

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/scenarios/lint"
)

type scenarioNewOptions struct {
	deps *app.Deps

	name, profile, from, out string
}

func newScenarioNewCmd(d *app.Deps) *cobra.Command {
	o := &scenarioNewOptions{deps: d}
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
				return app.Usage([]string{"offauth scenario new my-story --profile hypr"}, "a story's name has a-z, 0-9 and '-', and begins with no '-'")
			}
			if err := knownProfile(o.profile); err != nil {
				return err
			}
			return runScenarioNew(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.profile, "profile", "", "the `PROFILE`: hypr, hypr@current, encap or onespan")
	flags.StringVar(&o.from, "from", "", "begin with the fixture in `FILE`")
	flags.StringVar(&o.out, "out", "", "write to `FILE`, not below scenarios; - is stdout")
	return cmd
}

// Profiles lists the profiles of stories.
func Profiles() []string {
	var all []string
	for _, v := range verb.All() {
		f := string(v.Family)
		if f != "" && !slices.Contains(all, f) {
			all = append(all, f)
			if v.Family == authn.FamilyHYPR {
				all = append(all, "hypr@classic", "hypr@current")
			}
		}
	}
	return all
}

func knownProfile(profile string) error {
	if slices.Contains(Profiles(), profile) {
		return nil
	}
	f := app.Usage(nil, "--profile is one of %s, not %q", strings.Join(Profiles(), ", "), profile)
	for _, near := range app.Nearest(profile, Profiles()) {
		f.Hints = append(f.Hints, "did you mean "+near+"?")
	}
	return f
}

type scenarioNewJSON struct {
	Name    string `json:"name"`
	File    string `json:"file"`
	Profile string `json:"profile"`
	Text    string `json:"text"`
}

func runScenarioNew(_ context.Context, o *scenarioNewOptions) error {
	d := o.deps
	text := string(lint.New(o.name, o.profile, o.from))
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if o.out == "-" {
		return d.Print(app.Report{Result: scenarioNewJSON{o.name, "", o.profile, text}, Lines: lines, Bare: lines, File: true})
	}
	if o.out == "" {
		o.out = filepath.Join(defaultSuite, o.name+lint.ScenarioSuffix)
		if err := storyFolder(defaultSuite); err != nil {
			return err
		}
	}
	if err := writeNew(o.out, text); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return app.Usage([]string{"choose another name", "offauth scenario show " + app.ShellWord(o.out)}, "%s is there already", o.out)
		}
		return err
	}
	rep := app.Report{Result: scenarioNewJSON{o.name, o.out, o.profile, text}, Bare: []string{o.out}, Lines: []string{fmt.Sprintf("wrote %s", o.out)},
		Next: "offauth scenario run " + app.ShellWord(o.out)}
	return d.Print(rep)
}

// storyFolder makes a folder for stories, with the schema by which an editor
// completes them; it is the same for all stories of the folder.
func storyFolder(name string) error {
	if err := os.MkdirAll(name, 0o755); err != nil {
		return err
	}
	err := writeNew(filepath.Join(name, "scenario.schema.json"), string(lint.Schema("")))
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// writeNew writes a file that must not be there yet.
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
