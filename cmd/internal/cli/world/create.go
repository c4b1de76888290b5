package world

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/worlds"
)

type createOptions struct {
	deps *app.Deps

	name   string
	record bool
}

func newCreate(d *app.Deps) *cobra.Command {
	o := &createOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "create [name]",
		Short: "make a new, empty world",
		Long: `Make a new world, whole or not at all. Its name has 1 to 32 of a-z, 0-9 and '-';
without one it is OFFAUTH_WORLD, else default. With --record it keeps every
action, secrets sealed, so that "scenario record" can make a story of them.

Its keys lie in the keyring of the operating system. With --keystore file (or
OFFAUTH_KEYSTORE=file) they lie in files, encrypted to an age identity
(--identity FILE or OFFAUTH_IDENTITY, which is made if it is not there) or under
a passphrase (OFFAUTH_PASSPHRASE, else it is asked for). Keep what you choose:
without it nobody can open the world. Where no keyring answers, only --demo is
made, with a user, a phone and a workstation, under a throw-away identity.`,
		Example: `  offauth world create lab
  offauth world create tape --record
  offauth world create lab-2 --keystore file --identity lab-identity.txt`,
		Annotations: app.Takes("new"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = app.Arg(args, 0)
			return runCreate(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.record, "record", false, "keep every action, to make a scenario of")
	return cmd
}

type worldJSON struct {
	World     string        `json:"world"`
	ID        string        `json:"id"`
	Keystore  keystore.Kind `json:"keystore"`
	CreatedAt *app.Stamp    `json:"created_at"`
}

func runCreate(ctx context.Context, o *createOptions) error {
	d := o.deps
	home, name, err := newWorldName(d, o.name)
	if err != nil {
		return err
	}
	var said []string
	b := app.FirstState{Record: o.record}
	if d.Flags.Demo {
		b.Story = app.DemoStory()
	}
	if err := app.CreateWorld(ctx, d, home, name, b, func(what string) { said = append(said, what) }); err != nil {
		return &app.Failure{World: name, Err: o.unlessRecording(ctx, home, name, err)}
	}
	info, err := infoOf(home, name)
	if err != nil {
		return &app.Failure{World: name, Err: err}
	}
	rep := app.Report{World: name, Result: info, Bare: []string{name},
		Lines: []string{"world " + name + ": made in " + home.WorldDir(name)},
		Talk:  said, Next: "offauth admin user add alice"}
	if o.record {
		rep.Lines = append(rep.Lines, "world "+name+
			": records every action; offauth scenario record NAME makes a scenario of them")
	}
	if b.Story != nil {
		rep.Next = "offauth device unlock"
	}
	if !d.Flags.Demo {
		// The next command uses this world only if it names it.
		d.Flags.World = name
	}
	if d.Flags.JSON {
		rep.Outcome.Warnings = said
	}
	return d.Print(rep)
}

// unlessRecording returns a note if the demo exists already and does not
// record.
func (o *createOptions) unlessRecording(ctx context.Context, home worlds.Home, name string, err error) error {
	if f, ok := authn.AsFault(err); !ok || f.Code != keystore.CodeWorldExists || !o.record || !o.deps.Flags.Demo {
		return err
	}
	w, opened := app.OpenWorld(ctx, o.deps, home, name)
	if opened != nil {
		return opened
	}
	defer w.Store.Close() // it was only read
	_, on, looked := w.Recording(ctx)
	if looked != nil {
		return looked
	}
	if on {
		return err
	}
	return app.Usage([]string{"offauth world delete " + name + " --force", "offauth world create NEWNAME --record"},
		"the world %s is there already and does not record; a world records from its beginning or not at all", name)
}

// infoOf returns what is known of a world without its vault.
func infoOf(home worlds.Home, name string) (worldJSON, error) {
	list, err := home.List()
	if err != nil {
		return worldJSON{}, err
	}
	for _, i := range list {
		if i.Name == name {
			return worldJSON{World: i.Name, ID: i.ID, Keystore: i.VaultKind, CreatedAt: app.StampOf(i.CreatedAt)}, i.Err
		}
	}
	return worldJSON{}, app.NoWorld(home, name)
}

type deleteOptions struct {
	deps *app.Deps

	name  string
	force bool
}

func newDelete(d *app.Deps) *cobra.Command {
	o := &deleteOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "delete <name>",
		Short: "delete a world and its keys",
		Long: `Delete a world: its records, its events, and its keys in the vault. There is no
way back. The name must be typed again, or --force given.

With --force a world goes even if it is damaged or its vault is dead.`,
		Example:     `  offauth world delete demo --force`,
		Annotations: app.Takes("world"),
		Args:        app.Exactly(1, "which world; there is no default for this"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			return runDelete(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.force, "force", false, "do not ask, and delete a damaged one too")
	return cmd
}

func runDelete(ctx context.Context, o *deleteOptions) error {
	d := o.deps
	home, name, err := oneWorld(d, o.name)
	if err != nil {
		return err
	}
	if err := delete(ctx, d, home, name, o.force); err != nil {
		return &app.Failure{World: name, Err: err}
	}
	// The deleted world is the subject of the report, not its World.
	return d.Print(app.Report{Result: map[string]string{"deleted": name}, Lines: []string{"world " + name + ": deleted"}})
}

func delete(ctx context.Context, d *app.Deps, home worlds.Home, name string, force bool) error {
	vault := func(kind keystore.Kind, id string) (keystore.Vault, error) {
		return app.Vault(ctx, d, home, name, kind, id)
	}
	if !home.Exists(name) {
		// Finish a delete that was killed half-way.
		err := home.Delete(ctx, name, vault, force)
		if f, ok := authn.AsFault(err); ok && f.Code == keystore.CodeNoWorld {
			return app.NoWorld(home, name)
		}
		return err
	}
	if !force {
		question := "this deletes the world " + name + " for ever. type its name to go on: "
		if err := typedAgain(ctx, d, name, question, "offauth world delete "+name+" --force"); err != nil {
			return err
		}
	}
	return home.Delete(ctx, name, vault, force)
}
