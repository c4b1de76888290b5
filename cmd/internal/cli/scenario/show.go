package scenario

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
	stories "github.com/offauth/offauth/scenarios/library"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/syntax"
)

type scenarioShowOptions struct {
	deps *app.Deps

	name string
}

func newScenarioShowCmd(d *app.Deps) *cobra.Command {
	o := &scenarioShowOptions{deps: d}
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
			return runScenarioShow(cmd.Context(), o)
		},
	}
}

type scenarioShowJSON struct {
	Name string `json:"name"`
	File string `json:"file"`
	Text string `json:"text"`
}

func runScenarioShow(_ context.Context, o *scenarioShowOptions) error {
	file, text, err := storyText(o.name)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return o.deps.Print(app.Report{Result: scenarioShowJSON{o.name, file, text}, Lines: lines, Bare: lines, File: true})
}

// storyText reads a file of the library by its name, or one of the user's by
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

// ownStory reads a file of the user's, but not more of it than a story has.
func ownStory(name string) (string, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, `/\.`) {
		return "", app.NoSuch(app.CodeNothingFound, "story in the library, and no file,", name, append(stories.Names(), stories.Fixtures()...), "offauth scenario list --library")
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
