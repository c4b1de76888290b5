package cli

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/keystore"
)

func newWorldCmd(d *Deps) *cobra.Command {
	return parent("world", groupWorld, "the simulations that are kept",
		newWorldCreateCmd(d), newWorldListCmd(d), newWorldShowCmd(d), newWorldSnapshotCmd(d),
		newWorldRestoreCmd(d), newWorldRepairCmd(d), newWorldDeleteCmd(d))
}

// oneWorld returns the home and the name of the world that a verb names, or the
// one that the flags mean.
func (d *Deps) oneWorld(name string) (keystore.Home, string, error) {
	home, err := d.home()
	if err != nil {
		return home, name, err
	}
	if asked := d.asked(); name != "" && asked != "" && asked != name {
		return home, name, usage(nil, "two worlds are named: %s and %s", name, asked)
	}
	if name == "" {
		name, err = d.worldName(home)
	}
	return home, name, err
}

// newWorldName is like oneWorld for a world that is to be made: the only one
// that there is already is not meant then.
func (d *Deps) newWorldName(name string) (keystore.Home, string, error) {
	if name == "" {
		name = cmp.Or(d.asked(), cmp.Or(d.env("OFFAUTH_WORLD"), "default"))
	}
	return d.oneWorld(name)
}

// named opens the world that a verb names, or the one that the flags mean.
func (d *Deps) named(ctx context.Context, name string, do func(keystore.Home, *World) error) error {
	home, name, err := d.oneWorld(name)
	if err != nil {
		return err
	}
	d.Flags.World, d.Flags.Demo = name, d.Flags.Demo && name == demoWorld
	return d.within(ctx, func(w *World) error { return do(home, w) })
}

// exposed warns of files of a world that other users may read or write: its
// database, and the identity that its vault is opened with.
func (d *Deps) exposed(home keystore.Home, name string, kind keystore.Kind) []string {
	var identity []string
	switch {
	case kind != keystore.KindFile:
	case d.identityFile() != "":
		identity = []string{d.identityFile()}
	case name == demoWorld:
		identity = []string{demoIdentity(home)}
	}
	var warnings []string
	for _, path := range home.Exposed(name, identity...) {
		warnings = append(warnings, "other users may read or write "+path+"; `chmod 600 "+shellWord(path)+"` keeps them out")
	}
	return warnings
}
