package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/offauth/offauth/cmd/internal/app"
)

// TestManPagesSayWhatHelpSays checks that each line of a command's help is in
// its manual page.
func TestManPagesSayWhatHelpSays(t *testing.T) {
	t.Parallel()
	plain := strings.NewReplacer(`\fB`, "", `\fI`, "", `\fP`, "", `\fR`, "", `\&`, "", `\\`, `\`, `\-`, "-", "`", "")
	words := func(text string) string { return strings.Join(strings.Fields(plain.Replace(text)), " ") }
	walk(NewRoot(&app.Deps{Program: "offauth"}), func(cmd *cobra.Command) {
		page, err := manPage(cmd, "(devel)")
		if err != nil {
			t.Fatal(err)
		}
		text := words(page)
		said := []string{strings.TrimSuffix(cmd.UseLine(), " [flags]"), cmd.Short, cmd.Long, cmd.Example}
		for _, flags := range []*pflag.FlagSet{cmd.NonInheritedFlags(), cmd.InheritedFlags()} {
			flags.VisitAll(func(f *pflag.Flag) {
				if !f.Hidden {
					said = append(said, "--"+f.Name, f.Usage)
				}
			})
		}
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				said = append(said, cmd.CommandPath()+" <command>", c.CommandPath()+" "+c.Short)
			}
		}
		for _, line := range strings.Split(strings.Join(said, "\n"), "\n") {
			if !strings.Contains(text, words(line)) {
				t.Errorf("the page of %s does not say: %s", cmd.CommandPath(), line)
			}
		}
		for _, section := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "SEE ALSO"} {
			if strings.Count(page, "\n.SH "+section+"\n") != 1 {
				t.Errorf("%s: not one section %s", cmd.CommandPath(), section)
			}
		}
	})
}

func TestManPagesHaveTheDateOfTheirSource(t *testing.T) {
	root := NewRoot(&app.Deps{Program: "offauth"})
	page := func() string {
		text, err := manPage(root, "(devel)")
		if err != nil {
			t.Fatal(err)
		}
		_, title, _ := strings.Cut(text, ".TH ")
		title, _, _ = strings.Cut(title, "\n")
		return title
	}
	t.Setenv("SOURCE_DATE_EPOCH", "")
	if got, want := page(), `"OFFAUTH" "1" "" "offauth (devel)" "offauth manual"`; got != want {
		t.Errorf("without a date it begins %s, want %s", got, want)
	}
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	if got, want := page(), `"OFFAUTH" "1" "Nov 2023" "offauth (devel)" "offauth manual"`; got != want {
		t.Errorf("with a date it begins %s, want %s", got, want)
	}
}

func TestManPagesPassMandocsLint(t *testing.T) {
	t.Parallel()
	mandoc, err := exec.LookPath("mandoc")
	if err != nil {
		if os.Getenv("OFFAUTH_REQUIRE_TOOLS") != "" {
			t.Fatal(err)
		}
		t.Skip("mandoc is not there")
	}
	dir := filepath.Join(t.TempDir(), "man1")
	newFixture(t).ok("man", "--dir", dir)
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil || len(pages) < 30 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	// It ends with a code of its own when it has found anything.
	out, err := exec.CommandContext(t.Context(), mandoc,
		append([]string{"-T", "lint", "-W", "warning"}, pages...)...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		// The pages have no date, so that the same program writes the same.
		if line != "" && !strings.Contains(line, "missing date") {
			t.Error(line)
		}
	}
}
