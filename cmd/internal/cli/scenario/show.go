package scenario

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/scenarios/coverage"
	stories "github.com/offauth/offauth/scenarios/library"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/lint/schema"
	"github.com/offauth/offauth/scenarios/syntax"
)

type showOptions struct {
	deps *app.Deps

	name string
}

func newShow(d *app.Deps) *cobra.Command {
	o := &showOptions{deps: d}
	return &cobra.Command{
		Use:   "show <story>",
		Short: "print a story or a fixture as it stands in its file",
		Long: `Print the file of a story or a fixture: of the library by its name, or of your
own by its path. "offauth scenario explain" tells a story in sentences.`,
		Example: `  offauth scenario show hypr-first-pin
  offauth scenario show hypr-paired`,
		Annotations: app.Takes("story"),
		Args:        app.Exactly(1, "which story: a name of the library, or a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			return runShow(cmd.Context(), o)
		},
	}
}

type showJSON struct {
	Name string `json:"name"`
	File string `json:"file"`
	Text string `json:"text"`
}

func runShow(_ context.Context, o *showOptions) error {
	file, text, err := storyText(o.name)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return o.deps.Print(app.Report{Result: showJSON{o.name, file, text}, Lines: lines, Bare: lines, File: true})
}

// storyText returns a file of the library by its name, or one of the user's by
// its path.
func storyText(name string) (file, text string, err error) {
	switch {
	case slices.Contains(stories.Names(), name):
		file = stories.Path(name)
	case slices.Contains(stories.Fixtures(), name):
		file = stories.FixturePath(name)
	default:
		text, err := ownStory(name)
		return name, text, err
	}
	b, err := fs.ReadFile(stories.FS(), file)
	return "library/" + file, string(b), err
}

// ownStory reads a file of the user's, up to the largest size of a story.
func ownStory(name string) (string, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, `/\.`) {
		return "", app.NoSuch(app.CodeNothingFound, "story in the library, and no file,", name,
			append(stories.Names(), stories.Fixtures()...), "offauth scenario list --library")
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", app.Missing(app.CodeNoFile, "there is no file "+app.ShellWord(name), "offauth scenario list")
	}
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", app.Usage([]string{"offauth scenario list " + app.ShellWord(name)}, "%s is no file", name)
	}
	if !strings.HasSuffix(name, lint.ScenarioSuffix) && !strings.HasSuffix(name, lint.FixtureSuffix) {
		return "", app.Usage(nil, "a story is called NAME%s, a fixture NAME%s", lint.ScenarioSuffix, lint.FixtureSuffix)
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was read only
	b, err := syntax.ReadAll(f)
	return string(b), err
}

type listOptions struct {
	deps *app.Deps
	picking

	paths []string
}

func newList(d *app.Deps) *cobra.Command {
	o := &listOptions{deps: d}
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
			return runList(cmd.Context(), o)
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

func runList(ctx context.Context, o *listOptions) error {
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
		rows = append(rows, []string{in.ID, in.Story.Profile, cmp.Or(strings.Join(in.Story.Tags, " "), "-"),
			cmp.Or(joinedRules(rules), "-")})
		items = append(items, instanceJSON{ID: in.ID, File: s.mounts.shown(in.Story.Path), Line: in.Line(),
			Profile: in.Story.Profile,
			Tags:    append([]string{}, in.Story.Tags...), Rules: append([]authn.RuleID{}, rules...), Skip: in.Skip()})
	}
	return d.Print(app.Report{Result: app.ListOf(items), Lines: app.Table(rows), Bare: ids})
}

func joinedRules(ids []authn.RuleID) string {
	return strings.Join(app.NamesOf(ids, func(id authn.RuleID) string { return string(id) }), " ")
}

type schemaOptions struct {
	deps *app.Deps

	profile string
}

func newSchema(d *app.Deps) *cobra.Command {
	o := &schemaOptions{deps: d}
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
			return runSchema(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.profile, "profile", "", "only the verbs of a `PROFILE`, such as hypr")
	return cmd
}

func runSchema(_ context.Context, o *schemaOptions) error {
	text := schema.JSON(o.profile)
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	return o.deps.Print(app.Report{Result: json.RawMessage(text), Lines: lines, Bare: lines})
}
