package world

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

type snapshotOptions struct {
	deps *app.Deps

	file, to string
}

func newSnapshot(d *app.Deps) *cobra.Command {
	o := &snapshotOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "snapshot <file>",
		Short: "copy a world into one file",
		Long: `Copy the world, as it is now, into a file that must not be there yet. Others may
go on working in it meanwhile. What is secret in it is sealed as it was: the
file can be restored as long as the world's vault has its key.

With --to-identity the key comes along, encrypted to an age identity, and who
has the file and the identity needs no vault.`,
		Example:     `  offauth world snapshot demo.snapshot`,
		Annotations: app.Takes("file"),
		Args:        app.Exactly(1, "into which file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return runSnapshot(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.to, "to-identity", "", "put the key in, encrypted to the age identity in `FILE`")
	return cmd
}

type snapshotJSON struct {
	World string `json:"world"`
	File  string `json:"file"`
	// Key reports whether the snapshot contains the key.
	Key bool `json:"key"`
}

func runSnapshot(ctx context.Context, o *snapshotOptions) error {
	d := o.deps
	home, name, err := existing(d, "")
	if err != nil {
		return err
	}
	var to *vault.Identity
	if o.to != "" {
		if to, err = vault.LoadIdentityFile(o.to); err != nil {
			return &app.Failure{World: name, Err: namesIdentity(err, "--to-identity")}
		}
	}
	file, err := filepath.Abs(o.file)
	if err != nil {
		return err
	}
	err = home.Snapshot(ctx, name, file, func(kind keystore.Kind, id string) (keystore.Vault, error) {
		return app.Vault(ctx, d, home, name, kind, id)
	}, to)
	if err != nil {
		return &app.Failure{World: name, Err: err}
	}
	restore := "offauth world restore " + app.ShellWord(o.file) + " --as NEWNAME"
	opens := "it opens with the key in the vault of " + name + " alone"
	if to != nil {
		restore += " --identity " + app.ShellWord(o.to)
		opens = "it opens with the identity " + o.to
	}
	return d.Print(app.Report{World: name, Result: snapshotJSON{World: name, File: file, Key: to != nil},
		Bare:  []string{o.file},
		Lines: []string{"world " + name + ": copied into " + o.file}, Talk: []string{opens}, Next: restore})
}

// namesIdentity puts the right flag into the hints about an identity.
func namesIdentity(err error, flag string) error {
	f, ok := authn.AsFault(err)
	if !ok || f.Code != keystore.CodeIdentityMissing {
		return err
	}
	meant := *f
	meant.Hints = []string{"name an identity file that is there with " + flag + ", or make one with `age-keygen -o FILE`"}
	return &meant
}

type restoreOptions struct {
	deps *app.Deps

	snapshot, as string
}

func newRestore(d *app.Deps) *cobra.Command {
	o := &restoreOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "restore <snapshot> --as <newname>",
		Short: "make a new world of a snapshot",
		Long: `Make a world of a snapshot: a separate one, with an id and a key of its own. The
world that the snapshot was made of is not touched.

The snapshot's key comes from the vault of its world or, if the snapshot was
made with --to-identity, from the snapshot: --identity FILE (or
OFFAUTH_IDENTITY) opens it. The new world's keys lie in the keyring, or where
--keystore or OFFAUTH_KEYSTORE says; with --keystore file, under that identity
or a passphrase.`,
		Example: `  offauth world snapshot demo.snapshot
  offauth world restore demo.snapshot --as copy`,
		Annotations: app.Takes("file"),
		Args:        app.Exactly(1, "which snapshot"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.snapshot = args[0]; o.as == "" {
				return app.Usage([]string{"offauth world restore " + app.ShellWord(o.snapshot) + " --as copy"},
					"say what the new world is called, with --as")
			}
			return runRestore(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.as, "as", "", "the new world's `NAME`")
	return cmd
}

type restoreJSON struct {
	worldJSON
	Snapshot string `json:"snapshot"`
}

func runRestore(ctx context.Context, o *restoreOptions) error {
	d := o.deps
	home, err := d.Home()
	if err != nil {
		return err
	}
	if asked := d.FlagWorld(); asked != "" && asked != o.as {
		return app.Usage([]string{"leave --world out"}, "two worlds are named: %s and %s", asked, o.as)
	}
	// The identity opens the snapshot, and is not for the new vault.
	kind, _, err := app.NewKind(d, "")
	if err != nil {
		return err
	}
	var said []string
	to := app.NewVault{Deps: d, Home: home, World: o.as, Kind: kind, Say: func(text string) { said = append(said, text) },
		Command: "offauth world restore " + app.ShellWord(o.snapshot) + " --as " + o.as + " --keystore file"}
	if err := restore(ctx, d, to, o.snapshot); err != nil {
		return &app.Failure{World: o.as, Err: err}
	}
	info, err := infoOf(home, o.as)
	if err != nil {
		return &app.Failure{World: o.as, Err: err}
	}
	d.Flags.World, d.Flags.Demo = o.as, false
	if kind == keystore.KindOS {
		d.Flags.Identity = "" // it was the snapshot's
	}
	rep := app.Report{World: o.as, Result: restoreJSON{info, o.snapshot}, Bare: []string{o.as}, Talk: said,
		Next:  "offauth world show " + o.as,
		Lines: []string{"world " + o.as + ": made of " + o.snapshot + ", in " + home.WorldDir(o.as)}}
	if d.Flags.JSON {
		rep.Outcome.Warnings = said
	}
	return d.Print(rep)
}

// restore creates a world from a snapshot. A named identity opens the key in
// the snapshot or, if it contains none, the vault of its world; a new identity
// file is for the new world only.
func restore(ctx context.Context, d *app.Deps, to app.NewVault, snapshot string) error {
	ownKeyring := false // which no choice of a vault for the new world changes
	r := worlds.Restoration{File: snapshot, As: to.World, Kind: to.Kind,
		To: func(id string) (keystore.Vault, error) { return to.Of(ctx, id) },
		From: func(kind keystore.Kind, id string) (keystore.Vault, error) {
			ownKeyring = kind == keystore.KindOS
			return snapshotVault(ctx, d, to.Home, kind, id)
		}}
	if path := app.IdentityFile(d); path != "" && (app.IsFile(path) || to.Kind != keystore.KindFile) {
		identity, err := vault.LoadIdentityFile(path)
		if err != nil {
			return err
		}
		r.Identity = identity
		err = to.Home.Restore(ctx, r)
		// An identity from the environment may be meant for something else.
		if f, ok := authn.AsFault(err); !ok || f.Code != keystore.CodeSnapshotNoKey &&
			(f.Code != keystore.CodeWrongIdentity || d.Flags.Identity != "") {
			return to.WaysOn(err)
		}
		r.Identity = nil
	}
	err := to.Home.Restore(ctx, r)
	if f, ok := authn.AsFault(err); ok && f.Code == keystore.CodeItemMissing {
		lost := *f
		lost.Hints = []string{"a snapshot that was made with --to-identity opens with --identity FILE",
			"bring back the vault item of the world that the snapshot was made of"}
		return &lost
	}
	if ownKeyring {
		return err
	}
	return to.WaysOn(err)
}

// snapshotVault opens the vault of the snapshot's world. An identity that does
// not open it may be meant for the new world.
func snapshotVault(
	ctx context.Context, d *app.Deps, home worlds.Home, kind keystore.Kind, id string,
) (keystore.Vault, error) {
	world := nameOf(d, home, id)
	if kind != keystore.KindFile || d.Flags.Identity == "" {
		return app.VaultOf(ctx, d, home, world, kind, id)
	}
	if app.IsFile(d.Flags.Identity) {
		v, err := app.FileVault(ctx, d, home, world, id, d.Flags.Identity)
		if err != nil {
			return nil, err
		}
		if _, err := v.Get(ctx, id+"/key"); !errors.Is(err, keystore.ErrWrongIdentity) {
			return v, nil
		}
	}
	return app.FileVault(ctx, d, home, world, id, "")
}

// nameOf returns the name of the world with that id, if it exists here.
func nameOf(d *app.Deps, home worlds.Home, id string) string {
	worlds, err := home.List()
	if err != nil {
		return ""
	}
	for _, w := range worlds {
		if w.ID == id {
			return w.Name
		}
	}
	return ""
}
