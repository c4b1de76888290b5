package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
)

// TestTheHelpOfEveryCommandFitsAScreen measures every page against a terminal
// of 80 columns and 24 lines.
func TestTheHelpOfEveryCommandFitsAScreen(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	walk(NewRoot(&app.Deps{Program: "offauth"}), func(cmd *cobra.Command) {
		if cmd.Name() == "help" {
			return // cobra's other way to ask for the same pages
		}
		args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		lines := strings.Split(strings.TrimSuffix(f.ok(args...), "\n"), "\n")
		if len(lines) > 24 {
			t.Errorf("%s: its help has %d lines", cmd.CommandPath(), len(lines))
		}
		for _, line := range lines {
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("%s: over 80 columns: %q", cmd.CommandPath(), line)
			}
		}
	})
}
