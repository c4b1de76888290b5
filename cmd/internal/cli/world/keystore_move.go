package world

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

type keystoreMoveOptions struct {
	deps *app.Deps

	to string
}

func newKeystoreMoveCmd(d *app.Deps) *cobra.Command {
	o := &keystoreMoveOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "move --to {os | file}",
		Short: "move a world's keys to another vault",
		Long: `Move a world's keys to the keyring of the operating system, or to files: those
are encrypted to an age identity (--identity FILE or OFFAUTH_IDENTITY; the file
is made if it is not there) or lie under a passphrase (OFFAUTH_PASSPHRASE, else
it is asked for).

The world opens at every moment of it. A move that was cut short leaves copies
in both vaults; running it again finishes it. The key stays the same, so who
copied the old vault can still open the world.`,
		Example: `  offauth keystore move --to os
  offauth keystore move --to file --identity lab-identity.txt`,
		Args: app.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch kind := keystore.Kind(o.to); {
			case kind == "":
				return app.Usage([]string{cmd.CommandPath() + " --to file", cmd.CommandPath() + " --to os"}, "say which vault: --to os or --to file")
			case !kind.Known():
				return app.UnknownKind(kind)
			case kind == keystore.KindMemory:
				return app.NotInMemory()
			}
			return runKeystoreMove(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.to, "to", "", "the `KIND` of vault that the keys go to: os or file")
	return cmd
}

type keystoreMoveJSON struct {
	World string        `json:"world"`
	From  keystore.Kind `json:"from"`
	To    keystore.Kind `json:"to"`
	// Moved is false where the keys lay there already.
	Moved bool `json:"moved"`
	// Finished says that an earlier move was cut short.
	Finished bool `json:"finished"`
}

func runKeystoreMove(ctx context.Context, o *keystoreMoveOptions) error {
	d := o.deps
	home, name, err := existing(d, "")
	if err != nil {
		return err
	}
	before, err := whereabouts(ctx, home, name)
	if err != nil {
		return &app.Failure{World: name, Err: err}
	}
	to := keystore.Kind(o.to)
	if before.Kind == "" {
		return &app.Failure{World: name, Err: before.Err}
	}
	if d.Flags.Keystore != "" && keystore.Kind(d.Flags.Keystore) != before.Kind {
		return &app.Failure{World: name, Err: app.Contradicted(d, name, before.Kind)}
	}
	var said []string
	if err := move(ctx, d, home, before, to, func(text string) { said = append(said, text) }); err != nil {
		return &app.Failure{World: name, Err: cutShort(ctx, d, home, name, to, err)}
	}
	r := keystoreMoveJSON{World: name, From: before.Kind, To: to, Moved: before.Kind != to, Finished: before.Also != ""}
	rep := app.Report{World: name, Result: r, Bare: []string{string(to)}, Talk: said, Next: "offauth keystore status"}
	switch {
	case r.Moved:
		rep.Lines = []string{"world " + name + ": its keys were moved from " + string(before.Kind) + " to " + string(to)}
	case r.Finished:
		rep.Lines = []string{"world " + name + ": its keys lie in " + string(to) + "; what an earlier move had left in " + string(before.Also) + " was cleared"}
	default:
		rep.Lines = []string{"world " + name + ": its keys lie in " + string(to) + " already"}
	}
	if d.Flags.JSON {
		rep.Outcome.Warnings = said
	}
	if to == keystore.KindOS {
		d.Flags.Identity = "" // which opens it no longer
	}
	return d.Print(rep)
}

// move moves the items of the world that a status is of.
func move(ctx context.Context, d *app.Deps, home worlds.Home, before worlds.Status, to keystore.Kind, say func(string)) error {
	open := vaultsOf(ctx, d, home, before.World)
	var next keystore.Vault
	err := home.Move(ctx, before.World, to, func(kind keystore.Kind, id string) (keystore.Vault, error) {
		if kind != to || kind == before.Kind || kind == keystore.KindFile && vault.HasPassphraseIdentity(home.VaultDir(), id) {
			return open(kind, id)
		}
		if next != nil {
			return next, nil
		}
		v, err := app.NewVault{Deps: d, Home: home, World: before.World, Kind: kind, Command: "offauth keystore move --to file", Say: say}.Of(ctx, id)
		if err == nil {
			next = v
		}
		return v, err
	})
	if _, bad := app.KeyringTrouble(err); bad && to == keystore.KindOS && before.Kind == keystore.KindFile {
		f, _ := authn.AsFault(err)
		stays := *f
		stays.Hints = nil
		for _, h := range f.Hints {
			if h != "offauth keystore status" && !strings.HasPrefix(h, "offauth world create") {
				stays.Hints = append(stays.Hints, h)
			}
		}
		stays.Hints = append(stays.Hints, "the world still opens as before: `offauth keystore status`")
		return &stays
	}
	return err
}

// cutShort says of an error how to go on if the move had begun.
func cutShort(ctx context.Context, d *app.Deps, home worlds.Home, name string, to keystore.Kind, err error) error {
	now, statusErr := whereabouts(context.WithoutCancel(ctx), home, name)
	if statusErr != nil || now.Also == "" {
		return err
	}
	again := []string{"offauth keystore move --to " + string(to), "the world opens as it is; running the move again finishes it"}
	if f, ok := authn.AsFault(err); ok {
		half := *f
		half.Hints = append(again, f.Hints...)
		return &half
	}
	if errors.Is(err, context.Canceled) {
		f := app.Cancelled()
		f.Hints = again
		return f
	}
	return err
}
