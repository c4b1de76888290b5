package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/scenario"
	"github.com/offauth/offauth/keystore"
	stories "github.com/offauth/offauth/scenarios/library"
)

// completes reports whether a command line is a shell's question for what may
// come next.
func completes(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// completer answers what a shell asks. It looks at the world and changes
// nothing, asks nobody, and waits for nothing: where a world cannot be opened
// so, there are no names.
type completer struct {
	deps *app.Deps
	ctx  context.Context
	// roster is read once, when the first name is asked for.
	roster *authn.Roster
}

// completion teaches a tree of commands to complete. Only a shell's question
// pays for it.
func completion(ctx context.Context, d *app.Deps, root *cobra.Command) error {
	c := &completer{deps: d, ctx: ctx}
	flags := func(set *pflag.FlagSet, cmd *cobra.Command) (err error) {
		set.VisitAll(func(f *pflag.Flag) {
			values := c.ofFlag(cmd, f)
			if values == nil || err != nil {
				return
			}
			err = cmd.RegisterFlagCompletionFunc(f.Name, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
				return begun(values(), typed), cobra.ShellCompDirectiveNoFileComp
			})
		})
		return err
	}
	var teach func(*cobra.Command) error
	teach = func(cmd *cobra.Command) error {
		if cmd.ValidArgsFunction == nil && !cmd.HasSubCommands() {
			cmd.ValidArgsFunction = c.arguments
		}
		if err := flags(cmd.NonInheritedFlags(), cmd); err != nil {
			return err
		}
		for _, below := range cmd.Commands() {
			if err := teach(below); err != nil {
				return err
			}
		}
		return nil
	}
	return teach(root)
}

// arguments completes the argument that comes next, by the places of the
// command (app.Takes).
func (c *completer) arguments(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	places, next := app.PlacesOf(cmd), len(args)
	if last := len(places) - 1; last >= 0 && places[last] == app.Repeated {
		places, next = places[:last], min(next, last-1)
	}
	if next >= len(places) {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	switch place := places[next]; place {
	case "settings":
		return c.settings(typed)
	case "path":
		if flagged(cmd, "library") {
			return begun(stories.Names(), typed), cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveDefault
	case "file":
		return nil, cobra.ShellCompDirectiveDefault // the shell's own matter
	default:
		return begun(c.ofPlace(cmd, place, args), typed), cobra.ShellCompDirectiveNoFileComp
	}
}

// ofPlace returns what can stand in a place: an argument of the command's verb,
// or of a command that is no verb what Takes calls it.
func (c *completer) ofPlace(cmd *cobra.Command, place string, args []string) []string {
	name := verbOf(cmd)
	row, a := argOf(name, place)
	switch {
	case place == row.Makes.Arg && place != "":
		return nil // a new name is the user's own
	case place == "state" && strings.HasPrefix(args[0], "bluetooth"):
		return a.OneOf[:2] // there is no captive Bluetooth
	case len(a.OneOf) > 0:
		return a.OneOf
	case a.User || place == "user":
		return c.users()
	case a.Role == authn.RolePhone || place == "old":
		return c.phones(false)
	case a.Role == authn.RoleWorkstation || place == "workstation":
		return c.stations(row.Family)
	case a.Role == authn.RoleProvider || place == "provider":
		return c.providers()
	}
	switch place {
	case "onespan workstation":
		return c.stations(authn.FamilyOneSpan)
	case "methods":
		return methodNames()
	case "site":
		return c.sites(name == authn.SetLink{}.Verb())
	case "world":
		return c.worlds()
	case "key":
		return settingKeys("")
	case "story":
		return scenario.StoryNames()
	case "story word":
		return scenario.Words()
	case "word":
		return explainableWords()
	case "command":
		return commandsBelow(cmd.Root(), args)
	}
	return nil
}

// verbOf is the name that a command would have as a verb.
func verbOf(cmd *cobra.Command) string { return strings.TrimPrefix(cmd.CommandPath(), "offauth ") }

// argOf finds an argument of a verb. Of a verb that several families have, the
// row is of no family.
func argOf(name, arg string) (row family.Verb, found family.Arg) {
	for _, v := range verb.All() {
		a, ok := v.Arg(arg)
		if v.Name != name || !ok {
			continue
		}
		if row.Name != "" {
			v.Family = ""
		}
		row, found = v, a
	}
	return row, found
}

// ofFlag returns the values of a flag, or nil for those that nobody can list.
func (c *completer) ofFlag(cmd *cobra.Command, f *pflag.Flag) func() []string {
	switch f.Name {
	case "world":
		return c.worlds
	case "keystore", "to":
		return func() []string { return []string{string(keystore.KindOS), string(keystore.KindFile)} }
	case "phone":
		return func() []string { return c.phones(true) }
	case "user":
		return c.users
	case "site":
		return func() []string { return append(c.sites(false), string(authn.SiteWorld)) }
	case "kind":
		return eventKinds
	case "profile":
		return scenario.Profiles
	case "report":
		return scenario.ReportKinds
	case "invariants":
		return scenario.InvariantNames
	case "format":
		return scenario.Forms
	case "method", "methods":
		return methodNames
	case "identity", "to-identity", "png", "svg":
		return nil // a file: the shell's own matter
	case "dir":
		return nil
	}
	if _, a := argOf(verbOf(cmd), f.Name); len(a.OneOf) > 0 {
		return func() []string { return a.OneOf }
	}
	if f.NoOptDefVal != "" {
		return nil
	}
	return func() []string { return nil }
}

// begun keeps what begins as typed, in any case (A16).
func begun(words []string, typed string) []string {
	typed = authn.FoldName(typed)
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !strings.HasPrefix(authn.FoldName(w), typed) })
}
