package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

// tabulator is how long a person waits who has pressed that key: a world that
// is busy for longer has no names.
const tabulator = time.Second

// names reads who is in the world that the flags mean. It is the empty roster
// where that would make, ask or wait for anything.
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
	// What goes wrong is said by the command itself, when it runs.
	if r, err := glance(c.ctx, &quiet); err == nil {
		c.roster = &r
	}
	return *c.roster
}

// glance reads the roster of the world that the flags mean, if it is there.
func glance(ctx context.Context, d *app.Deps) (r authn.Roster, err error) {
	ctx, stop := context.WithTimeout(ctx, tabulator)
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

// phones returns the phones, with those that were replaced behind the others.
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

// stations returns the workstations of a family, or all.
func (c *completer) stations(family authn.FamilyName) []string {
	if family != "" {
		return pick.StationsOf(c.names(), family)
	}
	return app.NamesOf(c.names().Workstations, pick.RosterStation)
}

// sites returns the sites, and the Bluetooth links where they count.
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

// settings completes KEY=VALUE: the key with its =, then the value where there
// are few.
func (c *completer) settings(typed string) ([]string, cobra.ShellCompDirective) {
	key, _, ok := strings.Cut(typed, "=")
	if !ok {
		return begun(settingKeys("="), typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	var all []string
	if s, err := app.SettingOf(key); err == nil {
		for _, word := range s.Range.Words {
			all = append(all, key+"="+word)
		}
	}
	return begun(all, typed), cobra.ShellCompDirectiveNoFileComp
}

// settingKeys returns the keys of the policy, with what is behind each.
func settingKeys(behind string) []string {
	return app.NamesOf(app.DefaultSettings(), func(s authn.SettingView) string { return string(s.Key) + behind + "\t" + s.Doc })
}

func eventKinds() []string {
	return app.NamesOf(verb.Kinds(), func(k authn.KindSpec) string { return string(k.Kind) + "\t" + app.Sentence(k.Meaning) })
}

// explainableWords returns what has a name of its own to be explained by.
func explainableWords() []string {
	var words []string
	for _, t := range topics() {
		words = append(words, t.Name+"\t"+t.Text[0])
	}
	return words
}

// commandsBelow returns the commands below the one that some words name.
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

// flagged reports whether a flag of yes and no was typed.
func flagged(cmd *cobra.Command, name string) bool {
	f := cmd.Flags().Lookup(name)
	return f != nil && f.Value.String() == "true"
}

// methodNames lists the methods for completion.
func methodNames() []string {
	return app.NamesOf(encap.Methods(), func(m encap.Method) string { return string(m) })
}
