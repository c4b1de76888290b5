package cli

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/scenario"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/invariant/watch"
	stories "github.com/offauth/offauth/scenarios/library"
	"github.com/offauth/offauth/scenarios/lint"
	runs "github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
)

func TestDocsOfScenariosAreTheTables(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Reference of scenarios\n\n## Verbs\n\nA verb's row lists every refusal that it can get; " +
		"another in `expect` is a mistake (OA303). `by` names who does it, `for` to whom. Clock and lines have steps of " +
		"their own ([format.md](format.md)).\n\n" +
		"| verb | family | done by | arguments | what it does | result | refusals |\n|---|---|---|---|---|---|---|\n")
	for _, v := range verb.All() {
		if v.Action == nil || strings.HasPrefix(v.Name, "link ") || strings.HasPrefix(v.Name, "clock ") &&
			v.Name != "clock back" {
			continue // which are steps of their own kinds
		}
		var args []string
		for _, a := range v.Args {
			if a.Role == "" {
				args = append(args, "`"+a.Name+"`")
			}
		}
		var fields []string
		for name := range verb.Fields(v.Result) {
			fields = append(fields, "`"+name+"`")
		}
		slices.Sort(fields)
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", v.Name, v.Family, v.Role, strings.Join(args, " "),
			cell(v.Doc), strings.Join(fields, " "),
			strings.Join(app.NamesOf(v.Refusals, func(c authn.Code) string { return "`" + string(c) + "`" }), " "))
	}
	b.WriteString("\n## Paths of state\n\nAn actor's name stands in front, as in `workstation.locked`.\n\n| path | " +
		"family | of | type | meaning |\n|---|---|---|---|---|\n")
	seen := map[string]bool{}
	for _, f := range []authn.FamilyName{authn.FamilyHYPR, authn.FamilyEncap, authn.FamilyOneSpan} {
		for _, r := range state.For(f).Rows() {
			row := fmt.Sprintf("| `%s` | %s | %s | %s | %s |\n", r.Path, r.Family, r.Role, r.Kind, cell(r.Doc))
			if !seen[row] {
				b.WriteString(row)
			}
			seen[row] = true
		}
	}
	b.WriteString("\n## Invariants\n\n| name | family | must always hold | rules |\n|---|---|---|---|\n")
	for _, i := range watch.All() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", i.ID, i.Family, cell(i.Sentence), joined(i.Rules))
	}
	b.WriteString("\n## Findings\n\nThose from OA401 are warnings.\n\n| code | meaning | what helps |\n|---|---|---|\n")
	for _, f := range scenario.Findings {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", f.Code, cell(f.What), cell(f.Help))
	}
	compare(t, "scenarios/reference.md", b.String())
}

// scenarioPages are the pages about scenarios that people wrote.
func scenarioPages(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, "docs", "scenarios", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for _, file := range append(files, filepath.Join(repository, "docs", "scenarios.md")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pages[filepath.Base(file)] = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	return pages
}

// TestEveryCommandOfTheScenarioPagesCanBeTyped reads the command lines of the
// pages: each is a command that there is, with flags that it has.
func TestEveryCommandOfTheScenarioPagesCanBeTyped(t *testing.T) {
	t.Parallel()
	line := regexp.MustCompile("(?m)^(?:      - run: )?(offauth scenario .*)$|`(offauth scenario [^`]*)`")
	found := 0
	for name, text := range scenarioPages(t) {
		for _, m := range line.FindAllStringSubmatch(text, -1) {
			args := words(m[1] + m[2])[1:]
			cmd, rest, err := NewRoot(&app.Deps{Program: "offauth",
				Streams: app.Streams{Out: io.Discard, Err: io.Discard}}).Find(args)
			if err != nil || cmd.HasSubCommands() {
				t.Errorf("%s: %q is no command (%v)", name, args, err)
				continue
			}
			if err := cmd.ParseFlags(rest); err != nil {
				t.Errorf("%s: %q: %v", name, args, err)
			}
			found++
		}
	}
	if found < 20 {
		t.Errorf("only %d commands were found", found)
	}
}

// TestTheStoryOfTheFirstPageHasNoMistake reads it as a file.
func TestTheStoryOfTheFirstPageHasNoMistake(t *testing.T) {
	t.Parallel()
	_, rest, _ := strings.Cut(scenarioPages(t)["first-story.md"], "```yaml\n")
	story, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("there is no story")
	}
	_, findings := lint.Load(fstest.MapFS{"my-story.scenario.yaml": {Data: []byte(story)}}, "my-story.scenario.yaml")
	for _, f := range findings {
		t.Error(f.Error())
	}
}

// TestTheStoryOfQRPhishingPasses plays the page's story beside the library's
// fixture.
func TestTheStoryOfQRPhishingPasses(t *testing.T) {
	t.Parallel()
	_, rest, _ := strings.Cut(scenarioPages(t)["qr-phishing.md"], "```yaml\n")
	text, _, ok := strings.Cut(rest, "```")
	fixture, err := fs.ReadFile(stories.FS(), "fixtures/encap-town.fixture.yaml")
	if !ok || err != nil {
		t.Fatal("there is no story", err)
	}
	fsys := fstest.MapFS{"relay.scenario.yaml": {Data: []byte(text)}, "fixtures/encap-town.fixture.yaml": {Data: fixture}}
	told, findings := lint.Load(fsys, "relay.scenario.yaml")
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	all, err := runs.Expand([]*story.Story{told}, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := runs.Run(t.Context(), all, runs.Options{Store: func() authn.Store { return memory.NewStore() }, Now: time.Now,
		Watch: watch.New})
	if r.Count(runs.Passed) != 1 {
		t.Errorf("%+v", r.Results)
	}
}
