package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/scenarios/coverage"
)

//go:generate go test . -run TestDocs -update

var update = flag.Bool("update", false, "rewrite what the tests compare with")

// generated is the note at the head of a generated page.
const generated = "<!-- Made from the code: go generate ./cmd/internal/cli -->\n\n"

// compare checks a page of docs against the text that the code gives.
func compare(t *testing.T, name, want string) {
	t.Helper()
	want = generated + want
	file := filepath.Join(repository, "docs", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// A checkout on Windows may have its own ends of lines.
	got, wanted := strings.Split(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n"), strings.Split(want, "\n")
	for i := range max(len(got), len(wanted)) {
		if i >= len(got) || i >= len(wanted) || got[i] != wanted[i] {
			t.Errorf("docs/%s, line %d differs from the code; if the code is right, run: go generate ./cmd/internal/cli", name,
				i+1)
			return
		}
	}
}

func TestDocsOfCommandsAreTheCommands(t *testing.T) {
	t.Parallel()
	root := NewRoot(&app.Deps{Program: "offauth"})
	var index strings.Builder
	index.WriteString("# Commands\n\nEvery command, made from the help of the program. What every command " +
		"takes:\n\n```\n" +
		root.LocalFlags().FlagUsages() + "```\n\n| command | what it does |\n|---|---|\n")
	pages := []string{"README.md"}
	for _, noun := range root.Commands() {
		if !ours(noun) {
			continue
		}
		page := noun.Name() + ".md"
		pages = append(pages, page)
		walk(noun, func(cmd *cobra.Command) {
			if !cmd.HasSubCommands() {
				fmt.Fprintf(&index, "| [%s](%s#%s) | %s |\n", cmd.CommandPath(), page,
					strings.ReplaceAll(cmd.CommandPath(), " ", "-"), cell(cmd.Short))
			}
		})
		compare(t, "commands/"+page, nounPage(noun))
	}
	compare(t, "commands/README.md", index.String())
	files, err := os.ReadDir(filepath.Join(repository, "docs", "commands"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !slices.Contains(pages, f.Name()) {
			t.Errorf("docs/commands/%s is about no command", f.Name())
		}
	}
}

// nounPage is the page of a noun and its verbs.
func nounPage(noun *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", noun.CommandPath(), noun.Short)
	walk(noun, func(cmd *cobra.Command) {
		if cmd.HasSubCommands() {
			return
		}
		fmt.Fprintf(&b, "\n## %s\n\n```\n%s\n```\n\n%s\n", cmd.CommandPath(), strings.TrimSuffix(cmd.UseLine(), " [flags]"),
			cmd.Long)
		if flags := cmd.NonInheritedFlags(); flags.HasAvailableFlags() {
			fmt.Fprintf(&b, "\n```\n%s```\n", flags.FlagUsages())
		}
		fmt.Fprintf(&b, "\nExamples:\n\n```\n%s\n```\n", cmd.Example)
	})
	return b.String()
}

func TestDocsOfCodesAreTheCodes(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Codes, exit codes and kinds of events\n\n" +
		"A code is the same everywhere: in `--json`, in the log, in `offauth explain CODE`. Codes and exit codes are " +
		"never renumbered or renamed.\n\n" +
		"## Exit codes\n\n| exit | meaning |\n|---|---|\n")
	for code, text := range app.ExitText {
		fmt.Fprintf(&b, "| %d | %s |\n", code, text)
	}
	for _, part := range []struct {
		title   string
		refusal bool
	}{{"Refusals: the product says no", true}, {"Faults: offauth, or what it was given, is wrong", false}} {
		fmt.Fprintf(&b, "\n## %s\n\n| code | family | rules | exit | message | the product shows | native | causes | "+
			"hint |\n|---|---|---|---|---|---|---|---|---|\n", part.title)
		for _, s := range app.AllCodes() {
			if s.Refusal == part.refusal {
				fmt.Fprintf(&b, "| `%s` | %s | %s | %d | %s | %s | %s | %s | %s |\n", s.Code, s.Family, joined(s.Rules), s.Exit,
					cell(s.Message), cell(s.Shown), cell(s.Native), cell(strings.Join(s.Causes, "; ")), cell(s.Hint))
			}
		}
	}
	b.WriteString("\n## Kinds of events\n\nThe names are ours (H40). Every event has a time, a site, a subject, a " +
		"result (`ok` or a code) and, where one is the reason, a rule (A15).\n\n" +
		"| kind | family | site | fields | meaning |\n|---|---|---|---|---|\n")
	for _, k := range verb.Kinds() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", k.Kind, k.Family, k.Role, cell(strings.Join(k.Fields, ", ")),
			cell(k.Meaning))
	}
	compare(t, "codes.md", b.String())
}

func TestDocsOfRulesAreTheRules(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Rules\n\nWhat offauth obeys; ids never change. *doc*: it stands in the product's own " +
		"documents; *public*: it was found in the vendor's public pages; *choice*: " +
		"offauth's own, as nothing public was found. A rule is *held* when tests name it, and *waits* until its part " +
		"is built. `offauth explain ID` says more.\n\n" +
		"| rule | source | state | text | refusals by it |\n|---|---|---|---|---|\n")
	l := newLibrary()
	for _, r := range authn.Rules() {
		state := "held"
		if coverage.WaitsFor(r.ID) != "" {
			state = "waits"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.ID, r.Source, state, cell(r.Text),
			strings.Join(l.named[r.ID], ", "))
	}
	compare(t, "rules.md", b.String())
}

// cell keeps a text inside its cell of a table.
func cell(s string) string { return strings.ReplaceAll(app.OneLine(s), "|", "\\|") }

func joined(ids []authn.RuleID) string {
	return strings.Join(app.NamesOf(ids, func(id authn.RuleID) string { return string(id) }), " ")
}

func TestCodesAreUniqueAndEveryHintIsACommand(t *testing.T) {
	t.Parallel()
	commands := leaves()
	type row struct {
		code   authn.Code
		family authn.FamilyName
	}
	seen := map[row]bool{}
	exits := map[authn.Code]authn.Exit{}
	for _, s := range app.AllCodes() {
		if seen[row{s.Code, s.Family}] {
			t.Errorf("%s has two rows for the family %q", s.Code, s.Family)
		}
		seen[row{s.Code, s.Family}] = true
		if exit, there := exits[s.Code]; there && exit != s.Exit {
			t.Errorf("%s has the exit codes %d and %d; exitOf looks at the code alone", s.Code, exit, s.Exit)
		}
		exits[s.Code] = s.Exit
		if s.Message == "" || s.Hint == "" || len(s.Causes) == 0 || int(s.Exit) >= len(app.ExitText) ||
			s.Exit == authn.ExitOK {
			t.Errorf("%s lacks a message, a hint, a cause or an exit code", s.Code)
		}
		if s.Refusal != (len(s.Rules) > 0) {
			t.Errorf("%s: a refusal names its rules, a fault has none", s.Code)
		}
		for _, id := range s.Rules {
			if _, ok := authn.RuleByID(id); !ok {
				t.Errorf("%s names the rule %s, which there is none of", s.Code, id)
			}
		}
		for _, hint := range strings.Split(s.Hint, "; ") {
			if !isCommand(commands, hint) {
				t.Errorf("%s: the hint %q is no command of this version", s.Code, hint)
			}
		}
	}
}

// isCommand reports whether a hint that looks like a command is one.
func isCommand(commands map[string]*cobra.Command, hint string) bool {
	rest, ok := strings.CutPrefix(hint, "offauth ")
	if !ok || rest == "help" || strings.HasPrefix(rest, "--") {
		return true
	}
	for name := range commands {
		if rest == name || strings.HasPrefix(rest, name+" ") {
			return true
		}
	}
	return false
}
