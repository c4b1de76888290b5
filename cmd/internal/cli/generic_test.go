package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
)

// TestACommandCanBeMadeOfARowAlone uses a tree in which no command is written
// out: every verb is made of its row.
func TestACommandCanBeMadeOfARowAlone(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	run := func(args ...string) string {
		var out, errs bytes.Buffer
		d := f.deps(&out, &errs)
		root := newRoot(d)
		leaf.AddGeneric(d, root, verb.All())
		root.SetArgs(args)
		if err := root.ExecuteContext(t.Context()); err != nil {
			return "error: " + err.Error()
		}
		return out.String()
	}
	pin := f.ok("device", "unlock", "-q")
	for _, row := range []struct{ args, stdin, want string }{
		{args: "clock freeze", want: "done\n"},
		{args: "clock advance 1h", want: "done\n"},
		{args: "admin user add bob --roaming --json", want: `"result":{"name":"bob","roaming":true}`},
		{args: "device register iphone bob --platform ios", want: "done\n"},
		{args: "device register", want: "error: say name and user"},
		{args: "device hide --phone pixel", want: "hidden  false\nphone   pixel\n"},
		{args: "link set workstation/LAPTOP-7 sideways", want: `error: state is up or down or captive, not "sideways"`},
		{args: "link set workstation/LAPTOP-7 up", want: "done\n"},
		{args: "workstation login LAPTOP-7 --user alice --stdin", stdin: pin, want: "mode         offline\n"},
		{args: "workstation lock LAPTOP-7 --json", want: `"result":{"workstation":"LAPTOP-7","already":false}`},
		{args: "device tap LAPTOP-7 --phone pixel --press long", want: "outcome      offer\n"},
	} {
		f.stdin = row.stdin
		if got := run(strings.Fields(row.args)...); !strings.Contains(got, row.want) {
			t.Errorf("%s: %q, want %q", row.args, got, row.want)
		}
	}
}

func TestACommandThatIsMadeOfARowHasItsHelp(t *testing.T) {
	t.Parallel()
	d := &app.Deps{Program: "offauth"}
	root := newRoot(d)
	leaf.AddGeneric(d, root, verb.All())
	made := 0
	walk(root, func(cmd *cobra.Command) {
		if cmd.HasSubCommands() {
			return
		}
		made++
		if cmd.Long == "" || cmd.Short == "" || cmd.Example == "" || cmd.Args == nil {
			t.Errorf("%s lacks its short or long text, its examples or its arguments", cmd.CommandPath())
		}
		for _, line := range strings.Split(cmd.Long, "\n") {
			if len(line) > 80 {
				t.Errorf("%s: a line of its help has %d columns", cmd.CommandPath(), len(line))
			}
		}
	})
	if made < 30 {
		t.Errorf("only %d commands were made", made)
	}
}
