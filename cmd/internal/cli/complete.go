package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
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

// arguments completes the argument that comes next, by what the usage of the
// command calls it.
func (c *completer) arguments(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	places, repeated := placeholders(cmd.Use)
	next := len(args)
	if repeated && next >= len(places) {
		next = len(places) - 1
	}
	if next < 0 || next >= len(places) {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	if places[next] == "key>=<value" {
		return c.settings(typed)
	}
	if places[next] == "path" && flagged(cmd, "library") {
		return begun(stories.Names(), typed), cobra.ShellCompDirectiveNoFileComp
	}
	if places[next] == "path" || places[next] == "file" || places[next] == "file | -" || places[next] == "snapshot" {
		return nil, cobra.ShellCompDirectiveDefault // the shell's own matter
	}
	return begun(c.ofPlace(cmd, places[next], args), typed), cobra.ShellCompDirectiveNoFileComp
}

// placeholders reads the arguments out of a command's usage, without their
// brackets, and whether the last may be repeated.
func placeholders(use string) (places []string, repeated bool) {
	_, rest, _ := strings.Cut(use, " ")
	rest, _, _ = strings.Cut(rest, " --") // flags are no arguments
	for rest != "" {
		var end string
		switch rest[0] {
		case '<':
			end = ">"
		case '[':
			end = "]"
		case '{':
			end = "}"
		default:
			return places, repeated
		}
		// An argument ends before a blank or with the usage.
		i := strings.Index(rest+" ", end+" ")
		place := rest[1:i]
		rest = strings.TrimPrefix(strings.TrimPrefix(rest[i:], end), " ")
		if strings.HasSuffix(place, " ...") || strings.HasPrefix(rest, "...") {
			place, repeated = strings.TrimSuffix(place, " ..."), true
		}
		places = append(places, place)
	}
	return places, repeated
}

// ofPlace returns what can stand in a place.
func (c *completer) ofPlace(cmd *cobra.Command, place string, args []string) []string {
	noun := strings.TrimPrefix(cmd.CommandPath(), "offauth ")
	if words := strings.Split(place, " | "); len(words) > 1 {
		if noun == (authn.SetLink{}).Verb() && strings.HasPrefix(args[0], "bluetooth") {
			return words[:2] // there is no captive Bluetooth
		}
		return words
	}
	switch place {
	case "workstation":
		return c.workstationsFor(noun)
	case "provider":
		return c.providers()
	case "methods":
		return methodNames()
	case "old", "phone":
		return c.phones(false)
	case "user":
		return c.users()
	case "site":
		return c.sites(noun == authn.SetLink{}.Verb())
	case "key":
		return settingKeys("")
	case "message":
		return sim.MessageKinds()
	case "story":
		return scenario.StoryNames()
	case "word":
		if noun == "scenario explain" {
			return scenario.ScenarioWords()
		}
		return explainableWords()
	case "command":
		return commandsBelow(cmd.Root(), args)
	case "name":
		switch noun {
		case "admin user show", authn.UnlockUser{}.Verb():
			return c.users()
		case "world show", "world delete", sim.VerbRepair:
			return c.worlds()
		}
	}
	return nil
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
	case "family":
		return func() []string { return []string{string(authn.FamilyHYPR), string(authn.FamilyOneSpan)} }
	case "method", "methods":
		return methodNames
	case "identity", "to-identity", "png", "svg":
		return nil // a file: the shell's own matter
	case "dir":
		return nil
	}
	// {android | ios}: the words stand in the flag's text.
	if _, rest, ok := strings.Cut(f.Usage, "{"); ok {
		words, _, _ := strings.Cut(rest, "}")
		return func() []string { return strings.Split(words, " | ") }
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
