package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/keystore"
)

type keystoreWipeOptions struct {
	deps *Deps

	force bool
}

func newKeystoreWipeCmd(d *Deps) *cobra.Command {
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
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runKeystoreWipe(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.force, "force", false, "do not ask; the world must be named")
	return cmd
}

func runKeystoreWipe(ctx context.Context, o *keystoreWipeOptions) error {
	d := o.deps
	isNamed := d.asked() != "" || d.env("OFFAUTH_WORLD") != ""
	home, name, err := d.kept("")
	if err != nil {
		return err
	}
	if err := d.wipe(ctx, home, name, o.force, isNamed); err != nil {
		return &failure{world: name, err: err}
	}
	return d.print(report{world: name, result: map[string]string{"wiped": name}, next: "offauth world delete " + name + " --force",
		lines: []string{"world " + name + ": its keys are gone from every vault; nobody can open it again"}})
}

func (d *Deps) wipe(ctx context.Context, home keystore.Home, name string, force, isNamed bool) error {
	if force && !isNamed {
		return usage([]string{"offauth keystore wipe --world " + name + " --force"}, "--force needs the world's name: there is no default for this")
	}
	if !force {
		question := "this deletes the keys of the world " + name + ", and nobody can open it again. type its name to go on: "
		if err := d.typedAgain(ctx, name, question, "offauth keystore wipe --world "+name+" --force"); err != nil {
			return err
		}
	}
	return home.Wipe(ctx, name, func(kind keystore.Kind, id string) (keystore.Vault, error) {
		return d.vault(ctx, home, name, kind, id)
	})
}

// typedAgain has a name typed again by who is at the terminal.
func (d *Deps) typedAgain(ctx context.Context, name, question, force string) error {
	if !d.Streams.Interactive() {
		return usage([]string{force}, "there is no terminal to ask whether you are sure")
	}
	typed, err := d.Prompt.Line(ctx, question)
	if err != nil {
		return err
	}
	if typed != name {
		return cancelled()
	}
	return nil
}
