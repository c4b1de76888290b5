package world

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/worlds"
)

type worldDeleteOptions struct {
	deps *app.Deps

	name  string
	force bool
}

func newWorldDeleteCmd(d *app.Deps) *cobra.Command {
	o := &worldDeleteOptions{deps: d}
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
			return runWorldDelete(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.force, "force", false, "do not ask, and delete a damaged one too")
	return cmd
}

func runWorldDelete(ctx context.Context, o *worldDeleteOptions) error {
	d := o.deps
	home, name, err := oneWorld(d, o.name)
	if err != nil {
		return err
	}
	if err := delete(ctx, d, home, name, o.force); err != nil {
		return &app.Failure{World: name, Err: err}
	}
	// The world is gone, so it is the subject and no longer where we are.
	return d.Print(app.Report{Result: map[string]string{"deleted": name}, Lines: []string{"world " + name + ": deleted"}})
}

func delete(ctx context.Context, d *app.Deps, home worlds.Home, name string, force bool) error {
	vault := func(kind keystore.Kind, id string) (keystore.Vault, error) {
		return app.Vault(ctx, d, home, name, kind, id)
	}
	if !home.Exists(name) {
		// A delete that was killed half-way is finished all the same.
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
