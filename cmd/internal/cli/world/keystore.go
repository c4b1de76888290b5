package world

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/worlds"
)

// NewKeystore returns the command "keystore" with all below it.
func NewKeystore(d *app.Deps) *cobra.Command {
	return app.Noun("keystore", app.GroupAlso, "where a world's keys lie",
		newKeystoreStatusCmd(d), newKeystoreMoveCmd(d), newKeystoreWipeCmd(d))
}

// existing returns the home and the name of the world that a verb names, or the one
// that the flags mean, which is to be there. Hints name it as the verb does.
func existing(d *app.Deps, given string) (worlds.Home, string, error) {
	home, name, err := oneWorld(d, given)
	if err != nil {
		return home, name, err
	}
	if given != "" {
		d.Flags.World, d.Flags.Demo = name, d.Flags.Demo && name == app.DemoWorld
	}
	if !home.Exists(name) {
		return home, name, &app.Failure{World: name, Err: app.NoWorld(home, name)}
	}
	return home, name, nil
}

// vaultsOf returns the function that opens a world's vaults, each once: a
// passphrase is asked for once, however often a vault is needed.
func vaultsOf(ctx context.Context, d *app.Deps, home worlds.Home, world string) func(keystore.Kind, string) (keystore.Vault, error) {
	type place struct {
		kind keystore.Kind
		id   string
	}
	opened := map[place]keystore.Vault{}
	return func(kind keystore.Kind, id string) (keystore.Vault, error) {
		at := place{kind, id}
		if v := opened[at]; v != nil {
			return v, nil
		}
		v, err := app.VaultOf(ctx, d, home, world, kind, id)
		if err == nil {
			opened[at] = v
		}
		return v, err
	}
}

// whereabouts says where a world's keys lie, and in which vault a killed move
// may have left something, without asking any vault.
func whereabouts(ctx context.Context, home worlds.Home, world string) (worlds.Status, error) {
	return home.Status(ctx, world, func(keystore.Kind, string) (keystore.Vault, error) { return nil, keystore.ErrUnavailable })
}

// guard says in two sentences what a vault holds off, and what it does not.
func guard(kind keystore.Kind, thrownAway bool) []string {
	switch {
	case thrownAway:
		return []string{"It guards nothing from who reads this folder, for the identity lies in it.",
			"It is meant for the demo, and for nothing else."}
	case kind == keystore.KindOS:
		return []string{"Who copies the world's folder, or this whole disk, cannot open the world without your keyring.",
			"It does not hold against a program that runs as you while the keyring is unlocked."}
	}
	return []string{"Who copies the world's folder and this vault cannot open the world without the identity or its passphrase.",
		"It does not hold against who has both, nor notice when vault and world are copied back from an earlier day together."}
}
