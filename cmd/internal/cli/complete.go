package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/family"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/scenario"
	"github.com/offauth/offauth/keystore"
	stories "github.com/offauth/offauth/scenarios/library"
)

// completes reports whether a command line is a shell's request for
// completions.
func completes(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// completer answers a shell's requests for completions. It reads the world
// without asking the user, without waiting and without changes; if it cannot
// open the world, it offers no names.
type completer struct {
	deps *app.Deps
	ctx  context.Context
	// roster is read when the first name is needed.
	roster *authn.Roster
}

// completion adds completion to a tree of commands. It runs only for a shell's
// request.
func completion(ctx context.Context, d *app.Deps, root *cobra.Command) error {
	c := &completer{deps: d, ctx: ctx}
	flags := func(set *pflag.FlagSet, cmd *cobra.Command) (err error) {
		set.VisitAll(func(f *pflag.Flag) {
			values := c.ofFlag(cmd, f)
			if values == nil || err != nil {
				return
			}
			err = cmd.RegisterFlagCompletionFunc(f.Name,
				func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
					return withPrefix(values(), typed), cobra.ShellCompDirectiveNoFileComp
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

// arguments completes the next positional argument, by the places of the
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
			return withPrefix(stories.Names(), typed), cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveDefault
	case "file":
		return nil, cobra.ShellCompDirectiveDefault // the shell's own matter
	default:
		return withPrefix(c.ofPlace(cmd, place, args), typed), cobra.ShellCompDirectiveNoFileComp
	}
}

// ofPlace returns the values of a positional argument, by its row in the
// command's verb or, without a verb, by its name in Takes.
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

// verbOf returns the verb that a command would have.
func verbOf(cmd *cobra.Command) string { return strings.TrimPrefix(cmd.CommandPath(), "offauth ") }

// argOf returns an argument of a verb and its row. For a verb of several
// families the row has no family.
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

// ofFlag returns the function that lists a flag's values, or nil if files are
// completed.
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
		return verb.Profiles
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

// withPrefix returns the words that begin with typed, ignoring case (A16).
func withPrefix(words []string, typed string) []string {
	typed = authn.FoldName(typed)
	return slices.DeleteFunc(slices.Clone(words),
		func(w string) bool { return !strings.HasPrefix(authn.FoldName(w), typed) })
}

// bashAsks is where cobra's script calls the package bash-completion, and
// bashSays is inserted before it. Without the package every TAB would print an
// error.
const (
	bashAsks = `    _get_comp_words_by_ref "$@" cur prev words cword
`
	bashSays = `    if ! declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
        if [[ -z ${__offauth_said-} ]]; then
            __offauth_said=1
            printf '\noffauth: completion needs the package bash-completion, and bash 4.1 or later\n' >&2
        fi
        return 1
    fi
`
)

// bashScript prints the completion script for bash, which reports a missing
// package once.
func bashScript(cmd *cobra.Command, _ []string) error {
	bare, err := cmd.Flags().GetBool("no-descriptions")
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := cmd.Root().GenBashCompletionV2(&text, !bare); err != nil {
		return err
	}
	before, after, ok := strings.Cut(text.String(), bashAsks)
	if !ok {
		return errors.New("the completion script of bash is another one than was expected")
	}
	_, err = io.WriteString(cmd.OutOrStdout(), before+bashSays+bashAsks+after)
	return err
}

// completionTimeout limits how long a completion waits for a busy world; after
// that it offers no names.
const completionTimeout = time.Second

// names returns the roster of the selected world, or an empty one if it cannot
// be read without asking or waiting.
func (c *completer) names() authn.Roster {
	if c.roster != nil {
		return *c.roster
	}
	c.roster = &authn.Roster{}
	quiet := *c.deps
	quiet.Streams.InTTY, quiet.Streams.ErrTTY = false, false // nobody is asked
	quiet.LookupEnv = func(name string) (string, bool) {
		if name == "OFFAUTH_PASSPHRASE" {
			return "", false // its scrypt takes a second
		}
		return c.deps.LookupEnv(name)
	}
	// The command itself reports errors when it runs.
	if r, err := readRoster(c.ctx, &quiet); err == nil {
		c.roster = &r
	}
	return *c.roster
}

// readRoster returns the roster of the selected world, if it exists.
func readRoster(ctx context.Context, d *app.Deps) (r authn.Roster, err error) {
	ctx, stop := context.WithTimeout(ctx, completionTimeout)
	defer stop()
	home, err := d.Home()
	if err != nil {
		return r, err
	}
	name, err := d.WorldName(home)
	if err != nil {
		return r, err
	}
	w, err := app.OpenWorld(ctx, d, home, name)
	if err != nil {
		return r, err
	}
	r, err = w.Roster(ctx)
	if closed := w.Store.Close(); err == nil {
		err = closed
	}
	return r, err
}

func (c *completer) users() []string { return c.names().Users }

// phones returns the phones in use and then, if asked, the replaced ones.
func (c *completer) phones(replaced bool) []string {
	r := c.names()
	all := app.NamesOf(pick.InUse(r.Phones), pick.RosterPhone)
	for _, p := range r.Phones {
		if replaced && p.ReplacedBy != "" {
			all = append(all, p.Name+"\treplaced by "+p.ReplacedBy)
		}
	}
	return all
}

func (c *completer) providers() []string { return c.names().Providers }

// stations returns the workstations of a family, or all of them.
func (c *completer) stations(family authn.FamilyName) []string {
	if family != "" {
		return pick.StationsOf(c.names(), family)
	}
	return app.NamesOf(c.names().Workstations, pick.RosterStation)
}

// sites returns the sites, and Bluetooth links if near is set.
func (c *completer) sites(near bool) []string {
	r := c.names()
	all := app.NamesOf(pick.Sites(r), pick.SiteID)
	if near {
		all = append(all, app.NamesOf(pick.Bluetooth(r), pick.SiteID)...)
	}
	return all
}

func (c *completer) worlds() []string {
	home, err := c.deps.Home()
	if err != nil {
		return nil
	}
	all, err := app.WorldNames(home)
	if err != nil {
		return nil
	}
	return all
}

// settings completes KEY=VALUE: the key with its =, then the value if the
// setting has a list of values.
func (c *completer) settings(typed string) ([]string, cobra.ShellCompDirective) {
	key, _, ok := strings.Cut(typed, "=")
	if !ok {
		return withPrefix(settingKeys("="), typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	var all []string
	if s, err := app.SettingOf(key); err == nil {
		for _, word := range s.Range.Words {
			all = append(all, key+"="+word)
		}
	}
	return withPrefix(all, typed), cobra.ShellCompDirectiveNoFileComp
}

// settingKeys returns the keys of the policy, each followed by suffix.
func settingKeys(suffix string) []string {
	return app.NamesOf(app.DefaultSettings(),
		func(s authn.SettingView) string { return string(s.Key) + suffix + "\t" + s.Doc })
}

func eventKinds() []string {
	return app.NamesOf(verb.Kinds(), func(k authn.KindSpec) string { return string(k.Kind) + "\t" + k.Meaning })
}

// explainableWords returns the names of all topics.
func explainableWords() []string {
	var words []string
	for _, t := range topics() {
		words = append(words, t.Name+"\t"+t.Text[0])
	}
	return words
}

// commandsBelow returns the subcommands of the command that words name.
func commandsBelow(cmd *cobra.Command, words []string) []string {
	for _, w := range words {
		if cmd = below(cmd, w); cmd == nil {
			return nil
		}
	}
	var all []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			all = append(all, c.Name()+"\t"+c.Short)
		}
	}
	return all
}

// flagged reports whether a boolean flag was given.
func flagged(cmd *cobra.Command, name string) bool {
	f := cmd.Flags().Lookup(name)
	return f != nil && f.Value.String() == "true"
}

// methodNames lists the methods for completion.
func methodNames() []string {
	return app.NamesOf(encap.Methods(), func(m encap.Method) string { return string(m) })
}
