package cli

import (
	"strings"
	"testing"

	"github.com/offauth/offauth/cmd/internal/app"
)

// TestTheCommandsOfHintsTakeTheirArguments holds what explain and docs/codes.md
// advise against the commands: none is a usage error. A hint is sentences and
// commands between semicolons.
func TestTheCommandsOfHintsTakeTheirArguments(t *testing.T) {
	t.Parallel()
	for _, spec := range app.AllCodes() {
		for _, step := range strings.Split(spec.Hint, "; ") {
			for _, stage := range strings.Split(step, " | ") {
				command, ok := strings.CutPrefix(stage, "offauth ")
				if !ok || strings.HasSuffix(command, "help") {
					continue
				}
				if err := takes(command); err != nil {
					t.Errorf("%s: %q: %v", spec.Code, stage, err)
				}
				if command == "admin user unlock" || command == "admin user show" {
					t.Errorf("%s: %q names nobody, and there may be several users", spec.Code, stage)
				}
			}
		}
	}
}

// takes reports whether there is such a command, with these arguments.
func takes(command string) error {
	cmd, rest, err := NewRoot(&app.Deps{Program: "offauth"}).Find(strings.Fields(command))
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}
