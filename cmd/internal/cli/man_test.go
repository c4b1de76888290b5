package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// macros are the requests that the pages use; all others would be a line of
// text that begins with a dot.
var macros = map[string]bool{".TH": true, ".SH": true, ".TP": true, ".PP": true, ".nf": true, ".fi": true}

func TestManPagesAreRoff(t *testing.T) {
	t.Parallel()
	walk(NewRoot(&Deps{Program: "offauth"}), func(cmd *cobra.Command) {
		page := manPage(cmd, "(devel)")
		if !strings.HasPrefix(page, ".TH ") || !strings.HasSuffix(page, "\n") {
			t.Errorf("%s: it begins %.20q", cmd.CommandPath(), page)
		}
		for _, section := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "SEE ALSO"} {
			if strings.Count(page, "\n.SH "+section+"\n") != 1 {
				t.Errorf("%s: not one section %s", cmd.CommandPath(), section)
			}
		}
		if strings.Count(page, "\n.nf\n") != strings.Count(page, "\n.fi\n") {
			t.Errorf("%s: an example does not end", cmd.CommandPath())
		}
		for _, line := range strings.Split(page, "\n") {
			word, _, _ := strings.Cut(line, " ")
			if strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !macros[word] {
				t.Errorf("%s: roff would read %q", cmd.CommandPath(), line)
			}
			if bare := strings.NewReplacer(`\e`, "", `\-`, "", `\&`, "", `\(ga`, "", `\(dq`, "", `\fB`, "", `\fI`, "", `\fR`, "").Replace(line); strings.Contains(bare, `\`) {
				t.Errorf("%s: an escape of roff's in %q", cmd.CommandPath(), line)
			}
		}
	})
}

func TestRoffEscapesWhatRoffWouldRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a-b": `a\-b`, `C:\x`: `C:\ex`, ".hidden": `\&.hidden`, "'quoted'": `\&'quoted'`, "a\n.b": "a\n\\&.b", "`x`": `\(gax\(ga`,
	} {
		if got := roff(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
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
	out, err := exec.CommandContext(t.Context(), mandoc, append([]string{"-T", "lint", "-W", "warning"}, pages...)...).CombinedOutput()
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
