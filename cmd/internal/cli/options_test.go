package cli

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
)

// refusedLine is the error of a command line that cannot be meant. Such a line
// opens no world, so it needs nothing of the host.
func refusedLine(args ...string) string {
	cmd := NewRoot(&app.Deps{Program: "offauth"})
	cmd.SetArgs(args)
	cmd.SetOut(io.Discard)
	if err := cmd.Execute(); err != nil {
		return err.Error()
	}
	return ""
}

func TestCommandLinesThatCannotBeMeantAreRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ args, want string }{
		{"device unlock DESK LAPTOP", `"offauth device unlock" takes one argument`},
		{"device register", "say what the phone is called"},
		{"workstation login DESK ABCDEFGH", "that is no workstation, and a PIN is never an argument"},
		{"workstation add DESK --family hypr --no-tray", "--no-tray leaves OneSpan's Tray Agent out"},
		{"workstation add DESK", "say the family"},
		{"workstation add DESK --family mac", `there is no family "mac"`},
		{"admin policy set a", `"a" is not KEY=VALUE`},
		{"admin policy set", "say which setting"},
		{"link set server off", "an uplink is up, down or captive"},
		{"link fault tamper pin_set --nth 0", "--nth counts from 1"},
		{"link fault burn pin_set", "a fault is drop, replay or tamper"},
		{"clock set 1500-01-01T00:00:00Z", `"1500-01-01T00:00:00Z" is no time`},
		{"device replace old", "say which phone is lost"},
		{"admin audit --last -1", "--last is a number of events"},
		{"provider challenge", "say with which method"},
		{"provider challenge --method TELEPATHY", `no method is called "TELEPATHY"`},
		{"provider verify bank 123456", "that is no provider, and a one-time password is never an argument"},
		{"device method add", "say which method"},
		{"device approve --biometric maybe", "--biometric is ok or fail"},
		{"world delete", "say which world"},
	} {
		if got := refusedLine(strings.Fields(row.args)...); !strings.Contains(got, row.want) {
			t.Errorf("%s: %q, want %q", row.args, got, row.want)
		}
	}
}

func TestEveryLeafIsDocumentedAndRefusesWhatItDoesNotTake(t *testing.T) {
	t.Parallel()
	walk(NewRoot(&app.Deps{Program: "offauth"}), func(cmd *cobra.Command) {
		if cmd.HasSubCommands() || !ours(cmd) {
			return
		}
		path := cmd.CommandPath()
		if cmd.Long == "" || cmd.Short == "" || cmd.Example == "" || cmd.Args == nil {
			t.Errorf("%s lacks its short or long text, its examples or its arguments", path)
		}
		for _, line := range strings.Split(cmd.Long, "\n") {
			if len(line) > 80 {
				t.Errorf("%s: a line of its help has %d columns", path, len(line))
			}
		}
		if first := cmd.Short[:1]; strings.ToUpper(first) == first || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: the short text is to begin small and end without a full stop", path)
		}
	})
}

func TestTheFirstPageOfHelpFitsATerminal(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	lines := strings.Split(strings.TrimSuffix(f.ok("--help"), "\n"), "\n")
	if len(lines) > 23 {
		t.Errorf("it has %d lines; 24 with the prompt below is what fits", len(lines))
	}
	for _, line := range lines {
		if len(line) > 80 {
			t.Errorf("over 80 columns: %q", line)
		}
	}
}

// walk visits a command and all below it.
func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, c := range cmd.Commands() {
		walk(c, visit)
	}
}

// ours reports whether a command is offauth's own and not cobra's.
func ours(cmd *cobra.Command) bool {
	for c := cmd; c != nil; c = c.Parent() {
		if c.Name() == "completion" || c.Name() == "help" {
			return false
		}
	}
	return true
}
