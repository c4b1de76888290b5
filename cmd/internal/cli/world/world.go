package world

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/worlds"
)

// New returns the command "world" with all below it.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("world", app.GroupWorld, "the simulations that are kept",
		newWorldCreateCmd(d), newWorldListCmd(d), newWorldShowCmd(d), newWorldSnapshotCmd(d),
		newWorldRestoreCmd(d), newWorldRepairCmd(d), newWorldDeleteCmd(d))
}

// oneWorld returns the home and the name of the world that a verb names, or the
// one that the flags mean.
func oneWorld(d *app.Deps, name string) (worlds.Home, string, error) {
	home, err := d.Home()
	if err != nil {
		return home, name, err
	}
	if asked := d.FlagWorld(); name != "" && asked != "" && asked != name {
		return home, name, app.Usage(nil, "two worlds are named: %s and %s", name, asked)
	}
	if name == "" {
		name, err = d.WorldName(home)
	}
	return home, name, err
}

// newWorldName is like oneWorld for a world that is to be made: the only one
// that there is already is not meant then.
func newWorldName(d *app.Deps, name string) (worlds.Home, string, error) {
	if name == "" {
		name = cmp.Or(d.FlagWorld(), cmp.Or(d.Env("OFFAUTH_WORLD"), "default"))
	}
	return oneWorld(d, name)
}

// openNamed opens the world that a verb names, or the one that the flags mean.
func openNamed(ctx context.Context, d *app.Deps, name string, do func(worlds.Home, *app.World) error) error {
	home, name, err := oneWorld(d, name)
	if err != nil {
		return err
	}
	d.Flags.World, d.Flags.Demo = name, d.Flags.Demo && name == app.DemoWorld
	return d.Within(ctx, func(w *app.World) error { return do(home, w) })
}

// exposed warns of files of a world that other users may read or write: its
// database, and the identity that its vault is opened with.
func exposed(d *app.Deps, home worlds.Home, name string, kind keystore.Kind) []string {
	var identity []string
	switch {
	case kind != keystore.KindFile:
	case app.IdentityFile(d) != "":
		identity = []string{app.IdentityFile(d)}
	case name == app.DemoWorld:
		identity = []string{app.DemoIdentity(home)}
	}
	var warnings []string
	for _, path := range home.Exposed(name, identity...) {
		warnings = append(warnings, "other users may read or write "+path+"; `chmod 600 "+app.ShellWord(path)+"` keeps them out")
	}
	return warnings
}
