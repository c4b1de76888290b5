package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
)

type worldCreateOptions struct {
	deps *Deps

	name string
}

func newWorldCreateCmd(d *Deps, runF func(context.Context, *worldCreateOptions) error) *cobra.Command {
	o := &worldCreateOptions{deps: d}
	return &cobra.Command{
		Use:   "create [name]",
		Short: "make a new, empty world",
		Long: `Make a new world. Its name has 1 to 32 of a-z, 0-9 and '-'; without one it is
OFFAUTH_WORLD, else default.

Its keys lie in the keyring of the operating system. With --keystore file (or
OFFAUTH_KEYSTORE=file) they lie in files, encrypted either to an age identity
(--identity FILE or OFFAUTH_IDENTITY; the file is made if it is not there) or
under a passphrase (OFFAUTH_PASSPHRASE, else it is asked for). --identity alone
means --keystore file. Keep what you choose: without it nobody can open the
world. Where no keyring answers, nothing is made.

A world is made whole or not at all. With --demo it is the demo, with a user, a
phone and a workstation in it; where no keyring answers, its keys are kept under
a throw-away identity.`,
		Example: `  offauth world create lab
  offauth world create lab-2 --keystore file --identity lab-identity.txt`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = arg(args, 0)
			return run(cmd, o, runF, runWorldCreate)
		},
	}
}

type worldJSON struct {
	World     string        `json:"world"`
	ID        string        `json:"id"`
	Keystore  keystore.Kind `json:"keystore"`
	CreatedAt *stamp        `json:"created_at"`
}

func runWorldCreate(ctx context.Context, o *worldCreateOptions) error {
	d := o.deps
	home, name, err := d.newWorldName(o.name)
	if err != nil {
		return err
	}
	var said []string
	var story []authn.Action
	if d.Flags.Demo {
		story = demoStory()
	}
	if err := d.create(ctx, home, name, story, func(what string) { said = append(said, what) }); err != nil {
		return &failure{world: name, err: err}
	}
	info, err := infoOf(home, name)
	if err != nil {
		return &failure{world: name, err: err}
	}
	rep := report{world: name, result: info, bare: []string{name}, lines: []string{"world " + name + ": made in " + home.WorldDir(name)},
		talk: said, next: "offauth admin user add alice"}
	if story != nil {
		rep.next = "offauth device unlock"
	}
	if !d.Flags.Demo {
		// The next command means this world only if it says so.
		d.Flags.World = name
	}
	if d.Flags.JSON {
		rep.outcome.Warnings = said
	}
	return d.print(rep)
}

// infoOf is what can be known of a world without its vault.
func infoOf(home keystore.Home, name string) (worldJSON, error) {
	list, err := home.List()
	if err != nil {
		return worldJSON{}, err
	}
	for _, i := range list {
		if i.Name == name {
			return worldJSON{World: i.Name, ID: i.ID, Keystore: i.VaultKind, CreatedAt: stampOf(i.CreatedAt)}, i.Err
		}
	}
	return worldJSON{}, noWorld(home, name)
}
