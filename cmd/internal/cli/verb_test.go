package cli

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
)

// looks are the commands that apply no Action: they show or explain something,
// or manage worlds.
func looks() []string {
	return []string{
		"admin audit", "admin policy explain", "admin policy show", "admin user list", "admin user show", "clock show",
		"device status", "explain", "link show",
		"log", "man", "version", "provider sessions", "workstation list", "workstation status", "world create",
		"world delete", "world list", "world show",
		"tray status", "admin offline-data list", "keystore move", "keystore status", "keystore wipe", "world restore",
		"world snapshot",
		"scenario coverage", "scenario explain", "scenario fmt", "scenario lint", "scenario list", "scenario new",
		"scenario record",
		"scenario run", "scenario schema", "scenario show",
	}
}

// leaves returns the commands without subcommands, by their path.
func leaves() map[string]*cobra.Command {
	found := map[string]*cobra.Command{}
	walk(NewRoot(&app.Deps{Program: "offauth"}), func(cmd *cobra.Command) {
		if !cmd.HasSubCommands() && ours(cmd) {
			found[strings.TrimPrefix(cmd.CommandPath(), "offauth ")] = cmd
		}
	})
	return found
}

func TestCommandsAreTheVerbs(t *testing.T) {
	t.Parallel()
	commands := leaves()
	var verbs []string
	for _, v := range verb.All() {
		verbs = append(verbs, v.Name)
		cmd := commands[v.Name]
		if cmd == nil {
			t.Errorf("the verb %q is no command", v.Name)
			continue
		}
		for _, a := range v.Args {
			flag := strings.ReplaceAll(a.Name, "_", "-")
			if a.Kind == verb.Secret {
				flag = "stdin"
			}
			if cmd.Flags().Lookup(flag) == nil && !positional(cmd, a) {
				t.Errorf("%q takes no %s, as the verb does: %s", v.Name, a.Name, cmd.Use)
			}
		}
	}
	for name := range commands {
		if slices.Contains(verbs, name) == slices.Contains(looks(), name) {
			t.Errorf("the command %q is to be a verb or one that only looks", name)
		}
	}
}

// positional reports whether a command's usage names an argument, or where the
// argument is one of a few words, those.
func positional(cmd *cobra.Command, a verb.Arg) bool {
	if len(a.OneOf) > 0 && strings.Contains(cmd.Use, "{"+strings.Join(a.OneOf, " | ")+"}") {
		return true
	}
	want := a.Name
	if a.Name == "data" {
		want = "file | -" // what carries it
	}
	switch a.Kind {
	case verb.Settings:
		want = "key>=<value"
	case verb.Span:
		want = "span"
	case verb.Instant:
		want = "time"
	}
	return regexp.MustCompile(`[<\[]` + regexp.QuoteMeta(want) + `[>\]]`).MatchString(cmd.Use)
}
