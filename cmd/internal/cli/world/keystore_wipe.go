package world

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/worlds"
)

type keystoreWipeOptions struct {
	deps *app.Deps

	force bool
}

func newKeystoreWipeCmd(d *app.Deps) *cobra.Command {
	o := &keystoreWipeOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "wipe",
		Short: "delete a world's keys, so that nobody can open it again",
		Long: `Delete all that vaults keep for a world: its key, its generation, and the
identity that lies under its passphrase. An identity file of yours stays. The
world's folder stays too, and nobody can ever open it. The world's name must be
typed again, or --force given.

"offauth world delete" deletes the keys and the folder.`,
		Example: `  offauth keystore wipe --world demo --force`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runKeystoreWipe(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.force, "force", false, "do not ask; the world must be named")
	return cmd
}

func runKeystoreWipe(ctx context.Context, o *keystoreWipeOptions) error {
	d := o.deps
	isNamed := d.FlagWorld() != "" || d.Env("OFFAUTH_WORLD") != ""
	home, name, err := existing(d, "")
	if err != nil {
		return err
	}
	if err := wipe(ctx, d, home, name, o.force, isNamed); err != nil {
		return &app.Failure{World: name, Err: err}
	}
	return d.Print(app.Report{World: name, Result: map[string]string{"wiped": name}, Next: "offauth world delete " + name + " --force",
		Lines: []string{"world " + name + ": its keys are gone from every vault; nobody can open it again"}})
}

func wipe(ctx context.Context, d *app.Deps, home worlds.Home, name string, force, isNamed bool) error {
	if force && !isNamed {
		return app.Usage([]string{"offauth keystore wipe --world " + name + " --force"}, "--force needs the world's name: there is no default for this")
	}
	if !force {
		question := "this deletes the keys of the world " + name + ", and nobody can open it again. type its name to go on: "
		if err := typedAgain(ctx, d, name, question, "offauth keystore wipe --world "+name+" --force"); err != nil {
			return err
		}
	}
	return home.Wipe(ctx, name, func(kind keystore.Kind, id string) (keystore.Vault, error) {
		return app.Vault(ctx, d, home, name, kind, id)
	})
}

// typedAgain has a name typed again by who is at the terminal.
func typedAgain(ctx context.Context, d *app.Deps, name, question, force string) error {
	if !d.Streams.Interactive() {
		return app.Usage([]string{force}, "there is no terminal to ask whether you are sure")
	}
	typed, err := d.Prompt.Line(ctx, question)
	if err != nil {
		return err
	}
	if typed != name {
		return app.Cancelled()
	}
	return nil
}
