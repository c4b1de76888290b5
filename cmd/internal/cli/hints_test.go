package cli

import (
	"strings"
	"testing"

	"github.com/offauth/offauth/cmd/internal/app"
)

// TestTheCommandsOfHintsTakeTheirArguments checks the commands in hints of
// explain and docs/codes.md: none may be a usage error. A hint consists of
// sentences and commands between semicolons.
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

// takes reports whether the command exists and accepts these arguments.
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
